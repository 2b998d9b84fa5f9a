package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class MeasurementsTest {
  private static final ClassPair PAIR = new ClassPair(0, 2, 3.5);

  private static Measurements.Builder some() {
    return Measurements.builder()
        .put(Metric.ACCURACY, 0.5)
        .put(Metric.NC1_PINV, Double.NaN)
        .putClassValues(Metric.ACCURACY, new double[] {0.25, 0.75})
        .putPairs(Metric.NC1_CDNV, List.of(PAIR));
  }

  @Test
  void whatWasMeasuredIsThereAndWhatWasNotIsAbsent() {
    Measurements measured = some().build();
    assertTrue(measured.has(Metric.ACCURACY) && measured.has(Metric.NC1_PINV));
    assertFalse(measured.has(Metric.ECE));
    assertEquals(0.5, measured.value(Metric.ACCURACY));
    assertEquals(Double.NaN, measured.value(Metric.NC1_PINV));
    assertEquals(Double.NaN, measured.value(Metric.ECE));
    assertEquals(Set.of(Metric.ACCURACY, Metric.NC1_PINV), measured.metrics());
    assertEquals(Set.of(Metric.ACCURACY), measured.classMetrics());
    assertEquals(Set.of(Metric.NC1_CDNV), measured.pairMetrics());
    assertArrayEquals(new double[] {0.25, 0.75}, measured.classValues(Metric.ACCURACY));
    assertArrayEquals(new double[0], measured.classValues(Metric.ECE));
    assertEquals(List.of(PAIR), measured.pairs(Metric.NC1_CDNV));
    assertEquals(List.of(), measured.pairs(Metric.ECE));
    assertEquals("{nc1.pinv=NaN, accuracy=0.5}", measured.toString());
    assertEquals(Set.of(), Measurements.empty().metrics());
  }

  @Test
  void anInfinityOfAZeroDenominatorIsUndefined() {
    Measurements measured =
        Measurements.builder()
            .put(Metric.ECE, Double.POSITIVE_INFINITY)
            .put(Metric.ACCURACY, Double.NEGATIVE_INFINITY)
            .build();
    assertEquals(Double.NaN, measured.value(Metric.ECE));
    assertEquals(Double.NaN, measured.value(Metric.ACCURACY));
  }

  @Test
  void whereBothHaveAMetricThatOfTheOtherCounts() {
    Measurements other =
        Measurements.builder()
            .put(Metric.ACCURACY, 0.75)
            .put(Metric.ECE, 0.125)
            .putClassValues(Metric.ACCURACY, new double[] {1})
            .putPairs(Metric.NC1_CDNV, List.of())
            .build();
    Measurements both = some().build().and(other);
    assertEquals(0.75, both.value(Metric.ACCURACY));
    assertEquals(0.125, both.value(Metric.ECE));
    assertTrue(both.has(Metric.NC1_PINV));
    assertArrayEquals(new double[] {1}, both.classValues(Metric.ACCURACY));
    assertEquals(List.of(), both.pairs(Metric.NC1_CDNV));
  }

  @Test
  void nothingThatWasHandedInOrOutChangesThem() {
    double[] perClass = {1, 2};
    List<ClassPair> pairs = new ArrayList<>(List.of(PAIR));
    Measurements.Builder builder =
        Measurements.builder()
            .putClassValues(Metric.ACCURACY, perClass)
            .putPairs(Metric.NC1_CDNV, pairs);
    Measurements measured = builder.build();
    perClass[0] = 7;
    pairs.clear();
    builder.put(Metric.ECE, 1);
    measured.classValues(Metric.ACCURACY)[1] = 7;
    assertArrayEquals(new double[] {1, 2}, measured.classValues(Metric.ACCURACY));
    assertEquals(List.of(PAIR), measured.pairs(Metric.NC1_CDNV));
    assertFalse(measured.has(Metric.ECE));
    assertThrows(UnsupportedOperationException.class, () -> measured.classMetrics().clear());
    assertThrows(UnsupportedOperationException.class, () -> measured.pairMetrics().clear());
  }

  @Test
  void theyAreEqualIfAllTheirValuesAre() {
    Measurements measured = some().build();
    assertEquals(measured, some().build());
    assertEquals(measured.hashCode(), some().build().hashCode());
    for (Measurements other :
        List.of(
            Measurements.empty(),
            some().put(Metric.ACCURACY, 0.25).build(),
            some().putClassValues(Metric.ACCURACY, new double[] {0.25, 0.5}).build(),
            some().putClassValues(Metric.ECE, new double[] {1}).build(),
            some().putPairs(Metric.NC1_CDNV, List.of()).build())) {
      assertNotEquals(measured, other);
      assertNotEquals(measured.hashCode(), other.hashCode());
    }
    assertNotEquals(measured, new Object());
  }
}
