package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.SOFTMAX;
import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.util.List;
import org.collapse4j.dl4j.RecordedWarnings;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What a loss says of its options. */
class LossOptionsTest {
  private static final INDArray HALVES = Nd4j.createFromArray(0.5, 0.5, 0);

  private static ISchedule halvedAtTheSecondEpoch() {
    return new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.4).add(1, 0.2).build();
  }

  @Test
  void theNameSaysTheOptions() {
    assertEquals("LossLabelSmoothing(alpha=0.1)", new LossLabelSmoothing(0.1).name());
    assertEquals("LossLabelRelaxation(alpha=0.1)", new LossLabelRelaxation(0.1).toString());
    assertEquals(
        "LossLabelSmoothing(alpha=0.1, weights=[0.5, 0.5, 0.0], prior=[0.5, 0.5, 0.0])",
        LossLabelSmoothing.builder(0.1).weights(HALVES).prior(HALVES).build().toString());
    ISchedule schedule = halvedAtTheSecondEpoch();
    assertEquals(
        "LossLabelRelaxation(alpha=" + schedule + ")",
        LossLabelRelaxation.builder(schedule).build().toString());
  }

  @Test
  void aPriorIsCopied() {
    assertNull(new LossLabelSmoothing(0.1).getPrior());
    LossLabelSmoothing loss = LossLabelSmoothing.builder(0.1).prior(HALVES).build();
    loss.getPrior()[0] = 7;
    assertArrayEquals(new double[] {0.5, 0.5, 0}, loss.getPrior());
  }

  @Test
  void lossesOfOtherOptionsHaveOtherHashes() {
    int hash = new LossLabelSmoothing(0.1).hashCode();
    assertNotEquals(hash, new LossLabelSmoothing(0.2).hashCode());
    assertNotEquals(hash, new LossLabelRelaxation(0.1).hashCode());
    assertNotEquals(hash, LossLabelSmoothing.builder(0.1).prior(HALVES).build().hashCode());
  }

  @Test
  void alphaIsThatOfTheEpochAtTheSameIteration() {
    SoftmaxLoss loss = LossLabelSmoothing.builder(halvedAtTheSecondEpoch()).build();
    loss.moveTo(5, 0);
    assertEquals(0.4, loss.getAlpha());
    loss.moveTo(5, 1);
    assertEquals(0.2, loss.getAlpha());
    loss.moveTo(5, 0);
    assertEquals(0.4, loss.getAlpha());
  }

  @Test
  void aScheduleThatNobodyMovesIsToldOnce() {
    INDArray logits = logits(DataType.FLOAT, 5, 3, 2, 1);
    INDArray labels = oneHot(DataType.FLOAT, 5, 3, 2);
    try (RecordedWarnings recorded = new RecordedWarnings()) {
      new LossLabelSmoothing(0.1).computeGradient(labels, logits, SOFTMAX, null);
      SoftmaxLoss moved = LossLabelSmoothing.builder(halvedAtTheSecondEpoch()).build();
      moved.moveTo(0, 1);
      moved.computeGradient(labels, logits, SOFTMAX, null);
      assertEquals(List.of(), recorded.warnings());
      SoftmaxLoss standing = LossLabelSmoothing.builder(halvedAtTheSecondEpoch()).build();
      standing.computeScore(labels, logits, SOFTMAX, null, true);
      standing.computeGradient(labels, logits, SOFTMAX, null);
      standing.computeGradient(labels, logits, SOFTMAX, null);
      assertEquals(
          List.of(
              "LossLabelSmoothing stays at the first value of its schedule, 0.4: add an"
                  + " AlphaScheduleListener to the network"),
          recorded.warnings());
    }
  }
}
