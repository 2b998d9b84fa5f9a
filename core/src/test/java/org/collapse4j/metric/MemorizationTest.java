package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.MemorizationAccumulator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Three held-out classes with their centres at (0, 0), (4, 0) and (0, 3), by hand. */
class MemorizationTest {
  private static final double EXACT = 1e-15;

  private final ClassStatistics heldOut = heldOut();

  private static ClassStatistics heldOut() {
    try (ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3)) {
      double[][] rows = {{-1, 0}, {1, 0}, {4, -2}, {4, 2}, {0, 3}, {0, 3}};
      accumulator.observe(Nd4j.createFromArray(rows), new int[] {0, 0, 1, 1, 2, 2});
      return accumulator.snapshot();
    }
  }

  /** Two of the first class and one of the second have a wrong label. */
  private Measurements memorized(Classifier classifier) {
    INDArray features = Nd4j.createFromArray(new double[][] {{1, 0}, {3, 0}, {4, 0}, {0, 3}});
    try (MemorizationAccumulator accumulator = MemorizationAccumulator.of(heldOut, classifier)) {
      accumulator.observe(features, new int[] {1, 1, 0, 2}, new int[] {0, 0, 1, 2});
      return Memorization.of(accumulator.snapshot());
    }
  }

  @Test
  void howFarWrongLabelsHaveMoved() {
    Measurements measured = memorized(null);
    assertEquals(3.0 / 4, measured.value(Metric.NOISE_RATE), EXACT);
    assertEquals(4, measured.value(Metric.MEMORIZATION_SUM), EXACT);
    assertEquals(4.0 / 3, measured.value(Metric.MEMORIZATION_MEAN), EXACT);
    assertEquals(1.0 / 3, measured.value(Metric.MEMORIZATION_RELATIVE), EXACT);
    assertEquals(1.0 / 3, measured.value(Metric.MEMORIZATION_FRACTION), EXACT);
    assertArrayEquals(
        new double[] {2, 0, Double.NaN}, measured.classValues(Metric.MEMORIZATION_MEAN), EXACT);
    assertArrayEquals(
        new double[] {0.5, 0, Double.NaN},
        measured.classValues(Metric.MEMORIZATION_FRACTION),
        EXACT);
    assertFalse(measured.has(Metric.MEMORIZATION_FITTED));
  }

  @Test
  void howManyAreFittedAndHowManyAreRecognised() {
    INDArray weights = Nd4j.createFromArray(new double[][] {{0, 0}, {4, 0}, {0, 3}});
    Classifier nearest = Classifier.of(weights, Nd4j.createFromArray(0, -8, -4.5));
    Measurements measured = memorized(nearest);
    assertEquals(1.0 / 3, measured.value(Metric.MEMORIZATION_FITTED), EXACT);
    assertEquals(2.0 / 3, measured.value(Metric.MEMORIZATION_RECOVERED), EXACT);
    assertArrayEquals(
        new double[] {0.5, 0, Double.NaN}, measured.classValues(Metric.MEMORIZATION_FITTED), EXACT);
    assertArrayEquals(
        new double[] {0.5, 1, Double.NaN},
        measured.classValues(Metric.MEMORIZATION_RECOVERED),
        EXACT);
  }

  @Test
  void theRadiusOfTheHeldOutClasses() {
    Measurements measured = Dilation.of(heldOut);
    assertArrayEquals(new double[] {1, 2, 0}, measured.classValues(Metric.DILATION_RADIUS), EXACT);
    assertEquals(Math.sqrt(5.0 / 3), measured.value(Metric.DILATION_RADIUS), EXACT);
    assertEquals(Math.sqrt(5.0 / 3) / 4, measured.value(Metric.DILATION_RELATIVE), EXACT);
  }
}
