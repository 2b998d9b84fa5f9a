package org.collapse4j.measure;

import org.collapse4j.metric.Calibration;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Everything that the statistics of features at one point of a network allow to be measured. */
public final class FeatureMeasures {
  private FeatureMeasures() {}

  /**
   * The measurements of features.
   *
   * @param statistics of the features
   * @param decisions over them, or null
   * @param classifier on top of them, or null
   * @param outOfDistributionMean or null
   */
  public static Measurements of(
      ClassStatistics statistics,
      DecisionStatistics decisions,
      Classifier classifier,
      INDArray outOfDistributionMean,
      GlobalMean globalMean) {
    Measurements values = NeuralCollapse.ofFeatures(statistics, globalMean);
    if (classifier != null) {
      values = values.and(NeuralCollapse.ofClassifier(statistics, classifier, globalMean));
    }
    if (decisions != null && decisions.hasCentres()) {
      values = values.and(NeuralCollapse.ofDecisions(decisions));
    }
    if (decisions != null && decisions.hasClassifier()) {
      values = values.and(Calibration.of(decisions));
    }
    if (outOfDistributionMean != null) {
      values = values.and(NeuralCollapse.ofOutOfDistribution(statistics, outOfDistributionMean));
    }
    return values;
  }
}
