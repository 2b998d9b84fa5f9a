package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.collapse4j.Examples;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FeatureStreamTest {
  private static final double DOUBLE = 1e-12;
  private static final int CLASSES = 4;
  private static final int ROWS = 80;

  private final Examples examples = Examples.of(CLASSES, 3, ROWS, 5);
  private final Classifier classifier = Classifier.of(Nd4j.eye(4).getColumns(0, 1, 2), null);
  private final FeatureStream stream = new FeatureStream(100);

  private LabelledRows rows(int from, int to) {
    INDArray part = examples.features().get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    int[] classes = Arrays.copyOfRange(examples.labels().toIntVector(), from, to);
    return LabelledRows.of(part, classes, null, CLASSES).withLogits(classifier.logits(part));
  }

  private Measurements measured(FeatureStatistics statistics) {
    return statistics.measure(classifier, null, GlobalMean.SAMPLE);
  }

  @Test
  void batchesAddUpUntilTheyAreDrained() {
    assertNull(stream.drain());
    stream.observe(rows(0, 30));
    stream.observe(rows(30, ROWS));
    FeatureStatistics all = stream.drain();
    assertNull(stream.drain(), "what was drained is gone");
    ClassStatistics expected = examples.statistics();
    assertEquals(ROWS, all.features().totalCount());
    assertEquals(expected.withinClassTrace(), all.features().withinClassTrace(), DOUBLE * ROWS);
    assertTrue(all.features().hasWithinClassCovariance());
    assertFalse(measured(all).has(Metric.NC4_MISMATCH), "centres are not known yet");
    assertTrue(measured(all).value(Metric.ACCURACY) > 0);
  }

  @Test
  void decisionsAreComparedWithTheCentresThatWereSet() {
    stream.centres(examples.statistics());
    stream.observe(rows(0, ROWS));
    Measurements streamed = measured(stream.drain());
    ArrayRows whole =
        ArrayRows.of("rows", examples.features(), examples.labels().toIntVector(), CLASSES)
            .withClassifier(classifier);
    Measurements evaluated =
        Evaluation.<String>builder(whole).build().measure().get("rows").measurements();
    for (Metric metric : new Metric[] {Metric.NC4_MISMATCH, Metric.ACCURACY, Metric.ECE}) {
      assertEquals(evaluated.value(metric), streamed.value(metric), DOUBLE, metric.key());
    }
    stream.centres(null);
    stream.observe(rows(0, ROWS));
    assertFalse(measured(stream.drain()).has(Metric.NC4_MISMATCH));
  }

  @Test
  void statisticsOfPartsMergeIntoThoseOfTheWhole() {
    stream.observe(rows(0, 50));
    FeatureStatistics first = stream.drain();
    stream.observe(rows(50, ROWS));
    FeatureStatistics merged = first.merge(stream.drain());
    stream.observe(rows(0, ROWS));
    Measurements whole = measured(stream.drain());
    Measurements parts = measured(merged);
    assertEquals(whole.metrics(), parts.metrics());
    for (Metric metric : new Metric[] {Metric.NC1_PINV, Metric.ACCURACY, Metric.ECE}) {
      assertEquals(whole.value(metric), parts.value(metric), 1e-9, metric.key());
    }
  }

  @Test
  void rowsWithoutLogitsDecideNothing() {
    LabelledRows rows = rows(0, ROWS);
    stream.observe(LabelledRows.of(rows.features(), rows.classes(), null, CLASSES));
    FeatureStatistics gathered = stream.drain();
    assertEquals(ROWS, gathered.features().totalCount());
    assertEquals(0, gathered.decisions().totalCount());
  }

  @Test
  void theCovarianceIsGatheredUpToTheLimit() {
    FeatureStream without = new FeatureStream(2);
    without.observe(rows(0, ROWS));
    assertFalse(without.drain().features().hasWithinClassCovariance());
  }

  @Test
  void whatIsDiscardedIsNotDrained() {
    stream.discard();
    stream.observe(rows(0, ROWS));
    stream.discard();
    assertNull(stream.drain());
  }

  @Test
  void theNumberOfClassesStaysTheSame() {
    stream.observe(rows(0, 10));
    LabelledRows other = LabelledRows.of(Nd4j.ones(2, 3), new int[2], null, 2);
    assertEquals(
        "All batches must have the same number of classes, but there were 4 and are 2 now",
        assertThrows(IllegalArgumentException.class, () -> stream.observe(other)).getMessage());
    assertEquals(10, stream.drain().features().totalCount());
  }
}
