package org.collapse4j.dl4j;

import java.util.Objects;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.earlystopping.termination.EpochTerminationCondition;

/**
 * Ends DL4J's early stopping after the first epoch at which a network has memorized more than a
 * quarter of the training labels that look wrong: more than that of {@code memorization.estimated},
 * as a {@link NeuralCollapseListener} of the model has observed it last. It needs neither clean
 * labels nor held-out data.
 *
 * <p>It says when there is no use in going on, and not which epoch to keep: that is for a score
 * calculator such as {@link TrainingScoreCalculator}, whose example has both. The last epoch before
 * memorization is no good choice, since at a high learning rate a single epoch may be far worse
 * than those around it.
 *
 * <p>DL4J's trainers, for networks of layers and for graphs, tell the listeners of a model that an
 * epoch has ended before they ask for its score, and then whether to end. So this goes by that same
 * epoch if the listener observes each, as it does with no option set, and else by the one that it
 * has observed last.
 *
 * <p>Where the estimate is undefined, since no label looks wrong, or there is none, since the
 * listener has not been added to the model, keeps no sample and has no probe of suspect labels, or
 * could not measure, training goes on: let another condition, such as a largest number of epochs,
 * end it. Of several outputs or layers the most memorized one counts.
 */
@SuppressWarnings("serial") // Serializable by inheritance only: a listener is not.
public final class MemorizationTerminationCondition implements EpochTerminationCondition {
  /** The largest share of memorized labels at which training goes on unless another is given. */
  public static final double MOST_MEMORIZED = 0.25;

  private final NeuralCollapseListener listener;
  private final double mostMemorized;

  /**
   * Ends training where more than {@link #MOST_MEMORIZED} is memorized.
   *
   * @param listener one of the model's; not modified
   */
  public MemorizationTerminationCondition(NeuralCollapseListener listener) {
    this(listener, MOST_MEMORIZED);
  }

  /**
   * Ends training where more than a share is memorized.
   *
   * @param listener one of the model's; not modified
   * @param mostMemorized the largest share of the labels that look wrong that may be memorized,
   *     from 0 to below 1
   * @throws IllegalArgumentException if the share is out of range
   */
  public MemorizationTerminationCondition(NeuralCollapseListener listener, double mostMemorized) {
    if (!(mostMemorized >= 0 && mostMemorized < 1)) {
      throw new IllegalArgumentException(
          "mostMemorized must be from 0 to below 1, not " + mostMemorized);
    }
    this.listener = Objects.requireNonNull(listener, "listener");
    this.mostMemorized = mostMemorized;
  }

  /** Does nothing: what there is to remember the listener remembers. */
  @Override
  public void initialize() {}

  /**
   * Whether more is memorized than may be.
   *
   * @param epoch not looked at, as are the others
   */
  @Override
  public boolean terminate(int epoch, double score, boolean minimize) {
    return listener.lastObservations().stream()
        .filter(observation -> observation.split().equals(Observation.TRAIN))
        .mapToDouble(observation -> observation.measurements().value(Metric.MEMORIZATION_ESTIMATED))
        .anyMatch(memorized -> memorized > mostMemorized);
  }

  /** What ends training, as DL4J logs it and its result has it. */
  @Override
  public String toString() {
    return "MemorizationTerminationCondition(%s > %s)"
        .formatted(Metric.MEMORIZATION_ESTIMATED.key(), mostMemorized);
  }
}
