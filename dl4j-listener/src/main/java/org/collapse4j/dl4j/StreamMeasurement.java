package org.collapse4j.dl4j;

import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers the features of one point from the forward passes of training itself, so that an epoch
 * costs no further pass. They are training-mode features of a network that moves meanwhile.
 */
final class StreamMeasurement {
  private final FeaturePoint point;
  private final int covarianceLimit;

  private ClassStatisticsAccumulator features;
  private DecisionAccumulator decisions;
  private ClassStatistics previous;
  private INDArray staged;

  StreamMeasurement(FeaturePoint point, int covarianceLimit) {
    this.point = point;
    this.covarianceLimit = covarianceLimit;
  }

  FeaturePoint point() {
    return point;
  }

  /** Keeps a copy of the batch's features; their labels are known in the backward pass only. */
  void stage(MeasuredNetwork network, Activations activations) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      staged = network.features(point, activations).dup();
    }
  }

  /** Adds the batch whose features were staged. */
  void gather(MeasuredNetwork network) {
    INDArray batch = staged;
    staged = null;
    if (batch == null) {
      return;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray labels = network.labels(point.output());
      FeatureRows rows = FeatureRows.of(batch, labels, network.labelMask(point.output()));
      if (rows.isEmpty()) {
        return;
      }
      prepare((int) rows.labels().size(1));
      features.observe(rows.features(), rows.labels());
      INDArray logits = point.classified() ? network.logits(point.output(), rows.features()) : null;
      if (logits != null) {
        decisions.observe(rows.features(), logits, rows.labels());
      }
    }
  }

  private void prepare(int numClasses) {
    if (features == null || features.numClasses() != numClasses) {
      features =
          ClassStatisticsAccumulator.builder(numClasses).covarianceLimit(covarianceLimit).build();
      previous = null;
    }
    if (decisions == null) {
      decisions = DecisionAccumulator.ofLogits(numClasses, previous);
    }
  }

  /** Whether nothing has been gathered since the last {@link #finish}. */
  boolean isEmpty() {
    return features == null || features.isEmpty();
  }

  /** What was gathered since the last call; the class means become the centres of the next. */
  Measurements finish(
      MeasuredNetwork network, INDArray outOfDistributionMean, GlobalMean globalMean) {
    ClassStatistics statistics = features.snapshot();
    Measurements values =
        FeatureMeasures.of(
            statistics,
            decisions.snapshot(),
            point.classified() ? network.classifier(point.output()) : null,
            outOfDistributionMean,
            globalMean);
    previous = statistics;
    discard();
    return values;
  }

  /** Forgets what was gathered but for the class means. */
  void discard() {
    staged = null;
    decisions = null;
    if (features != null) {
      features.reset();
    }
  }
}
