package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.collapse4j.stats.DecisionAccumulator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

class CalibrationTest {
  /** Top probabilities 0.75, 0.75 and 0.9, of which the second is wrong. */
  @Test
  void confidenceAccuracyAndTheirErrorByHand() {
    double[][] logits = {{0, Math.log(3)}, {0, Math.log(3)}, {Math.log(9), 0}};
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(2, null);
    decisions.observe(null, Nd4j.createFromArray(logits), new int[] {1, 0, 0});
    Measurements measured = Calibration.of(decisions.snapshot());
    assertEquals(2.0 / 3, measured.value(Metric.ACCURACY), 1e-15);
    assertArrayEquals(new double[] {0.5, 1}, measured.classValues(Metric.ACCURACY));
    assertEquals(0.8, measured.value(Metric.CONFIDENCE), 1e-15);
    assertEquals((0.5 + 0.1) / 3, measured.value(Metric.ECE), 1e-15);
  }
}
