package org.collapse4j.dl4j;

import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.observe.Probe;
import org.collapse4j.stats.ClassStatistics;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Scores a model by how far the classes of held-out examples are spread, for DL4J's early stopping:
 * as a network begins to memorize wrong labels, the classes that unseen examples fall into dilate.
 * The smaller the better.
 *
 * <p>Least dilation is no sign of best accuracy in general. In the project's experiments on wrong
 * labels it kept an epoch better than the last of two classes, but of ten classes one of the first
 * two epochs, at times much worse than the last. {@link TrainingScoreCalculator}, which needs no
 * held-out data, did better on the ten, and on the two about as well.
 *
 * <pre>{@code
 * EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
 *     new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
 *         .scoreCalculator(HeldOutScoreCalculator.dilation(heldOutBatches))
 *         .epochTerminationConditions(new MaxEpochsTerminationCondition(60))
 *         .build();
 * }</pre>
 *
 * <p>The features are the input of the model's (first) output layer in inference mode. A model
 * whose score is undefined, for features that are not finite or class means that all coincide,
 * scores infinity, so that early stopping keeps any other.
 *
 * @param <T> a MultiLayerNetwork or a ComputationGraph
 */
@SuppressWarnings("serial") // Serializable by inheritance only: as far as the iterator is.
public final class HeldOutScoreCalculator<T extends Model> implements ScoreCalculator<T> {
  private final Metric metric;
  private final Probe probe;

  private HeldOutScoreCalculator(Metric metric, DataSetIterator heldOut) {
    this.metric = metric;
    this.probe = Probe.of(Observation.HELD_OUT, Probe.Role.HELD_OUT, heldOut);
  }

  /**
   * Scores by {@code dilation.relative}: the radius of the classes over the mean distance of their
   * centres.
   *
   * @param heldOut labelled examples of at least two classes that take no part in training
   * @throws IllegalArgumentException if the iterator cannot be reset
   */
  public static <T extends Model> HeldOutScoreCalculator<T> dilation(DataSetIterator heldOut) {
    return new HeldOutScoreCalculator<>(Metric.DILATION_RELATIVE, heldOut);
  }

  /**
   * Scores by {@code nc1.pinv} of the held-out features, which is {@code dilation.nc1}: the
   * within-class against the between-class covariance.
   *
   * @param heldOut labelled examples of at least two classes that take no part in training
   * @throws IllegalArgumentException if the iterator cannot be reset
   */
  public static <T extends Model> HeldOutScoreCalculator<T> nc1(DataSetIterator heldOut) {
    return new HeldOutScoreCalculator<>(Metric.DILATION_NC1, heldOut);
  }

  /** The metric that is the score. */
  public Metric metric() {
    return metric;
  }

  /**
   * The score of a model as it is now; the model is not changed.
   *
   * @return at least 0; infinity where the metric is undefined for the model
   * @throws IllegalArgumentException if the model cannot be measured, or the held-out set has
   *     examples of fewer than two classes
   */
  @Override
  public double calculateScore(T model) {
    ClassStatistics statistics = statistics(MeasuredNetwork.of(model, LayerSelection.OUTPUTS));
    if (statistics.presentClasses().length < 2 && statistics.nonFiniteCount() == 0) {
      throw new IllegalArgumentException(
          "A held-out set to score models by must have examples of at least two classes, not of "
              + statistics.presentClasses().length);
    }
    Measurements values = Dilation.of(statistics);
    double score = values.value(metric);
    return Double.isNaN(score) ? Double.POSITIVE_INFINITY : score;
  }

  private ClassStatistics statistics(MeasuredNetwork network) {
    return Evaluation.builder(probe.rows(network)).build().statistics().values().stream()
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "A held-out set to score models by must not be empty"));
  }

  /** Whether a smaller score is better: it is. */
  @Override
  public boolean minimizeScore() {
    return true;
  }
}
