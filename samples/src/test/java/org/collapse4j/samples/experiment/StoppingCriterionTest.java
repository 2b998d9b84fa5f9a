package org.collapse4j.samples.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.samples.experiment.EpochScores.HeldOutScores;
import org.collapse4j.samples.experiment.EpochScores.TrainScores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StoppingCriterionTest {
  private final List<EpochScores> epochs = new ArrayList<>();

  private void epoch(HeldOutScores clean, HeldOutScores noisy, TrainScores train) {
    epochs.add(new EpochScores(epochs.size() + 1, clean, noisy, train, 0.5));
  }

  private static HeldOutScores heldOut(double dilation, double accuracy) {
    return new HeldOutScores(dilation, accuracy);
  }

  private static TrainScores train(double accuracy, double memorized) {
    double score = Double.isNaN(memorized) ? accuracy : accuracy - 0.4 * memorized;
    return new TrainScores(accuracy, 0.2, memorized, score);
  }

  private void assertKept(int epoch, StoppingCriterion criterion) {
    assertEquals(epoch, criterion.kept(epochs).epoch(), criterion.title());
  }

  @Test
  void eachGoesByItsOwnScoreAndTakesTheFirstOfEqualOnes() {
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.60, Double.NaN));
    epoch(heldOut(0.3, 0.7), heldOut(0.8, 0.6), train(0.70, 0.10));
    epoch(heldOut(0.3, 0.8), heldOut(0.7, 0.7), train(0.80, 0.25));
    epoch(heldOut(0.4, 0.8), heldOut(0.7, 0.8), train(0.90, 0.26));
    epoch(heldOut(0.6, 0.7), heldOut(0.8, 0.8), train(0.95, 0.20));
    epoch(heldOut(0.7, 0.6), heldOut(0.9, 0.6), train(0.99, 0.95));
    assertKept(6, StoppingCriterion.LAST_EPOCH);
    assertKept(2, StoppingCriterion.DILATION);
    assertKept(3, StoppingCriterion.ACCURACY);
    assertKept(3, StoppingCriterion.NOISY_DILATION);
    assertKept(4, StoppingCriterion.NOISY_ACCURACY);
    assertKept(3, StoppingCriterion.MEMORIZATION);
    assertKept(4, StoppingCriterion.TRAIN_SCORE);
  }

  @Test
  void whatIsNeverMemorizedIsKeptToTheEndAndWhatIsAtOnceFromTheFirstEpoch() {
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.60, 0.3));
    assertKept(1, StoppingCriterion.MEMORIZATION);
    epochs.clear();
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.60, Double.NaN));
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.60, 0.25));
    assertKept(2, StoppingCriterion.MEMORIZATION);
  }

  @ParameterizedTest
  @EnumSource(names = {"DILATION", "NOISY_DILATION"})
  void anUndefinedDilationIsNotKeptUnlessAllAre(StoppingCriterion criterion) {
    epoch(heldOut(Double.NaN, 0.6), heldOut(Double.NaN, 0.5), train(0.60, 0.1));
    epoch(heldOut(Double.NaN, 0.7), heldOut(Double.NaN, 0.6), train(0.70, 0.1));
    assertKept(2, criterion);
    epoch(heldOut(9, 0.6), heldOut(9, 0.5), train(0.60, 0.1));
    epoch(heldOut(Double.NaN, 0.6), heldOut(Double.NaN, 0.5), train(0.60, 0.1));
    assertKept(3, criterion);
  }

  @Test
  void theTrainingScoreIsLookedAtUntilTrainingWouldEnd() {
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.80, 0.1));
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.70, 0.1));
    assertKept(1, StoppingCriterion.TRAIN_SCORE);
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.95, 0.3));
    epoch(heldOut(0.5, 0.6), heldOut(0.9, 0.5), train(0.99, 0.2));
    assertKept(3, StoppingCriterion.TRAIN_SCORE);
    assertKept(2, StoppingCriterion.MEMORIZATION);
  }
}
