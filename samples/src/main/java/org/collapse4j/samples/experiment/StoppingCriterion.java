package org.collapse4j.samples.experiment;

import java.util.Comparator;
import java.util.List;
import java.util.function.ToDoubleFunction;
import org.collapse4j.dl4j.MemorizationTerminationCondition;

/** What decides which epoch of a training is kept. */
public enum StoppingCriterion {
  /** The last epoch. */
  LAST_EPOCH("last epoch"),
  /** The epoch of the least held-out dilation. */
  DILATION("least held-out dilation"),
  /** The epoch of the best held-out accuracy. */
  ACCURACY("best held-out accuracy"),
  /** The epoch of the least dilation of held-out images with noisy labels. */
  NOISY_DILATION("least dilation, noisy held-out labels"),
  /** The epoch of the best accuracy on held-out images with noisy labels. */
  NOISY_ACCURACY("best accuracy, noisy held-out labels"),
  /**
   * The last epoch before {@link MemorizationTerminationCondition} ends training; the first if it
   * does so there.
   */
  MEMORIZATION("last before a quarter is memorized"),
  /**
   * The epoch that {@link org.collapse4j.dl4j.TrainingScoreCalculator} scores best of those until
   * {@link MemorizationTerminationCondition} ends training.
   */
  TRAIN_SCORE("best training score until then");

  private final String title;

  StoppingCriterion(String title) {
    this.title = title;
  }

  /**
   * The epoch that is kept.
   *
   * @param epochs of one training, from the first on, at least one
   */
  public EpochScores kept(List<EpochScores> epochs) {
    return switch (this) {
      case LAST_EPOCH -> last(epochs);
      case DILATION -> best(epochs, epoch -> -epoch.clean().dilation());
      case ACCURACY -> best(epochs, epoch -> epoch.clean().accuracy());
      case NOISY_DILATION -> best(epochs, epoch -> -epoch.noisy().dilation());
      case NOISY_ACCURACY -> best(epochs, epoch -> epoch.noisy().accuracy());
      case MEMORIZATION -> beforeMemorization(epochs);
      case TRAIN_SCORE -> best(untilMemorization(epochs), epoch -> epoch.train().score());
    };
  }

  private static EpochScores beforeMemorization(List<EpochScores> epochs) {
    int trained = untilMemorization(epochs).size();
    return isMemorized(epochs.get(trained - 1))
        ? epochs.get(Math.max(0, trained - 2))
        : last(epochs);
  }

  /** Up to the first epoch at which too much is memorized. */
  private static List<EpochScores> untilMemorization(List<EpochScores> epochs) {
    for (int i = 0; i < epochs.size(); i++) {
      if (isMemorized(epochs.get(i))) {
        return epochs.subList(0, i + 1);
      }
    }
    return epochs;
  }

  private static boolean isMemorized(EpochScores epoch) {
    return epoch.train().memorizationEstimated() > MemorizationTerminationCondition.MOST_MEMORIZED;
  }

  private static EpochScores last(List<EpochScores> epochs) {
    return epochs.get(epochs.size() - 1);
  }

  /** The first of the highest scores; the last epoch if no score is defined. */
  private static EpochScores best(List<EpochScores> epochs, ToDoubleFunction<EpochScores> score) {
    return epochs.stream()
        .filter(epoch -> !Double.isNaN(score.applyAsDouble(epoch)))
        .max(Comparator.comparingDouble(score))
        .orElseGet(() -> last(epochs));
  }

  /** The criterion in words. */
  public String title() {
    return title;
  }
}
