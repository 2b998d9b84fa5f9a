package org.collapse4j.evaluation;

import org.collapse4j.metric.Calibration;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Statistics of features at one point, and of the decisions over them: all that its metrics are
 * made of. Immutable; those of parts of a data set merge into those of the whole.
 *
 * @param features of the features
 * @param decisions over them; without centres or classifier there is no nc4, without classifier no
 *     accuracy
 */
public record FeatureStatistics(ClassStatistics features, DecisionStatistics decisions) {
  /**
   * The statistics of the examples of both.
   *
   * @throws IllegalArgumentException if they do not go together
   */
  public FeatureStatistics merge(FeatureStatistics other) {
    return new FeatureStatistics(features.merge(other.features), decisions.merge(other.decisions));
  }

  /**
   * Everything that can be measured of them.
   *
   * @param classifier on top of the features, or null
   * @param outOfDistributionMean the mean out-of-distribution feature {@code [d]}, or null
   * @param globalMean the centre that class means are taken from
   * @throws IllegalArgumentException if classes or features of the arguments differ from these
   */
  public Measurements measure(
      Classifier classifier, INDArray outOfDistributionMean, GlobalMean globalMean) {
    Measurements values =
        NeuralCollapse.ofFeatures(features, globalMean).and(inSpan(Metric.NC1_PINV, globalMean));
    if (classifier != null) {
      values = values.and(NeuralCollapse.ofClassifier(features, classifier, globalMean));
    }
    if (decisions.hasCentres()) {
      values = values.and(NeuralCollapse.ofDecisions(decisions));
    }
    if (decisions.hasClassifier()) {
      values = values.and(Calibration.of(decisions));
    }
    if (outOfDistributionMean != null) {
      values = values.and(NeuralCollapse.ofOutOfDistribution(features, outOfDistributionMean));
    }
    return values;
  }

  /** {@code nc1.pinv} where the within-class covariance was too large to be gathered. */
  private Measurements inSpan(Metric metric, GlobalMean globalMean) {
    return decisions
        .spanScatter()
        .map(
            scatter ->
                Measurements.builder()
                    .put(metric, NeuralCollapse.pinvInSpan(features, scatter, globalMean))
                    .build())
        .orElse(Measurements.empty());
  }

  /** The dilation of features that took no part in training, as {@link Dilation#of} has it. */
  Measurements dilation() {
    return Dilation.of(features).and(inSpan(Metric.DILATION_NC1, GlobalMean.SAMPLE));
  }
}
