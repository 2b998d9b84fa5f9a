package org.collapse4j.dl4j;

import java.util.Objects;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.nn.api.Model;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Scores a model by which of its training labels it fits, for DL4J's early stopping on labels that
 * may be wrong: those that look right count for it, those that look wrong against it. The larger
 * the better. It needs neither clean labels nor held-out data, and no pass over any: the numbers
 * are those of a {@link NeuralCollapseListener} of the model, with no option set of its sample.
 *
 * <pre>{@code
 * NeuralCollapseListener listener = new NeuralCollapseListener();
 * network.addListeners(listener);
 * EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
 *     new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
 *         .scoreCalculator(TrainingScoreCalculator.of(listener))
 *         .epochTerminationConditions(
 *             new MemorizationTerminationCondition(listener),
 *             new MaxEpochsTerminationCondition(60))
 *         .build();
 * MultiLayerNetwork kept =
 *     new EarlyStoppingTrainer(configuration, network, trainBatches).fit().getBestModel();
 * }</pre>
 *
 * <p>The score is the share of training examples that are predicted as their label and do not look
 * wrong, less the share of those that are and do: {@code accuracy - 2 s m}, s being {@code
 * suspects.share} and m {@code memorization.estimated}. Evidence on labels is scarce in the first
 * epochs, but then few suspects are predicted as their label, so that the score is the accuracy.
 *
 * <p>DL4J's trainers, for networks of layers and for graphs, tell the listeners of a model that an
 * epoch has ended before they ask for its score. So this is the score of that same epoch if the
 * listener observes each, as it does with no option set; an epoch that it does not observe scores
 * as the one observed before, and is not kept.
 *
 * @param <T> a MultiLayerNetwork or a ComputationGraph
 */
@SuppressWarnings("serial") // Serializable by inheritance only: a listener is not.
public final class TrainingScoreCalculator<T extends Model> implements ScoreCalculator<T> {
  private static final Logger LOGGER = LoggerFactory.getLogger(TrainingScoreCalculator.class);

  private final NeuralCollapseListener listener;
  private boolean hasWarned;

  private TrainingScoreCalculator(NeuralCollapseListener listener) {
    this.listener = Objects.requireNonNull(listener, "listener");
  }

  /**
   * Scores by what a listener has observed last.
   *
   * @param listener one of the model's; not modified
   */
  public static <T extends Model> TrainingScoreCalculator<T> of(NeuralCollapseListener listener) {
    return new TrainingScoreCalculator<>(listener);
  }

  /**
   * The score of measurements of training examples.
   *
   * @param train of the split {@code train}
   * @return from -1 to 1; the accuracy if no label looks wrong, or none was judged; NaN if the
   *     accuracy was not measured
   */
  public static double score(Measurements train) {
    double memorized =
        train.value(Metric.SUSPECTS_SHARE) * train.value(Metric.MEMORIZATION_ESTIMATED);
    double accuracy = train.value(Metric.ACCURACY);
    return Double.isNaN(memorized) ? accuracy : accuracy - 2 * memorized;
  }

  /**
   * The score of the epoch observed last, at the first output or layer that has one.
   *
   * @param model not modified; that the listener is none of its own is logged once
   * @return {@link #score(Measurements)}; negative infinity where it is undefined or nothing was
   *     observed, so that early stopping keeps any other epoch
   */
  @Override
  public double calculateScore(T model) {
    warnIfNotListening(model);
    return listener.lastObservations().stream()
        .filter(observation -> observation.split().equals(Observation.TRAIN))
        .mapToDouble(observation -> score(observation.measurements()))
        .filter(score -> !Double.isNaN(score))
        .findFirst()
        .orElse(Double.NEGATIVE_INFINITY);
  }

  private void warnIfNotListening(T model) {
    if (!hasWarned && !listener.listensTo(model)) {
      hasWarned = true;
      LOGGER.warn(
          "collapse4j: the listener that epochs are scored by has not been added to the model, so"
              + " that it observes none of them. This is logged once.");
    }
  }

  /** Whether a smaller score is better: a larger one is. */
  @Override
  public boolean minimizeScore() {
    return false;
  }
}
