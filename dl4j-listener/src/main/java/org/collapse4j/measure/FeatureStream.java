package org.collapse4j.measure;

import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gathers features and decisions of the training stream, batch by batch. The class centres of the
 * decisions are those of what was gathered before, since those of the present are not known yet.
 * Not for use by several threads at once; give each its own and merge.
 */
public final class FeatureStream {
  private final int covarianceLimit;
  private ClassStatisticsAccumulator features;
  private DecisionAccumulator decisions;
  private ClassStatistics centres;

  /**
   * Nothing gathered.
   *
   * @param covarianceLimit as {@link ClassStatisticsAccumulator.Builder#covarianceLimit}
   */
  public FeatureStream(int covarianceLimit) {
    this.covarianceLimit = covarianceLimit;
  }

  /**
   * Adds a batch.
   *
   * @param rows {@code [N, d]}; not modified
   * @param logits {@code [N, K]} of the same rows, or null; not modified
   * @param classes class indices {@code [N]}; not modified
   * @param numClasses K
   */
  public void observe(INDArray rows, INDArray logits, INDArray classes, int numClasses) {
    if (features == null || features.numClasses() != numClasses) {
      features =
          ClassStatisticsAccumulator.builder(numClasses).covarianceLimit(covarianceLimit).build();
    }
    if (decisions == null) {
      decisions = DecisionAccumulator.ofLogits(numClasses, centres);
    }
    features.observe(rows, classes);
    if (logits != null) {
      decisions.observe(rows, logits, classes);
    }
  }

  /** What was gathered since the last call; null if nothing. */
  public Gathered drain() {
    if (features == null || features.isEmpty()) {
      return null;
    }
    Gathered gathered = new Gathered(features.snapshot(), decisions.snapshot());
    discard();
    return gathered;
  }

  /** Forgets what was gathered. */
  public void discard() {
    decisions = null;
    if (features != null) {
      features.reset();
    }
  }

  /** Sets the class means that the next examples are compared with; null for none. */
  public void centres(ClassStatistics next) {
    centres = next;
  }

  /** Statistics of some batches, and of the decisions over them. */
  public record Gathered(ClassStatistics statistics, DecisionStatistics decisions) {
    /** The statistics of the batches of both. */
    public Gathered merge(Gathered other) {
      return new Gathered(statistics.merge(other.statistics), decisions.merge(other.decisions));
    }

    /**
     * Everything that can be measured of them.
     *
     * @param classifier on top of the features, or null
     * @param outOfDistributionMean or null
     */
    public Measurements measure(
        Classifier classifier, INDArray outOfDistributionMean, GlobalMean globalMean) {
      return FeatureMeasures.of(
          statistics, decisions, classifier, outOfDistributionMean, globalMean);
    }
  }
}
