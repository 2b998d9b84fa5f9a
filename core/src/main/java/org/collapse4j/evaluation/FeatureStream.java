package org.collapse4j.evaluation;

import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.DecisionAccumulator;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gathers features and decisions as they come, in one pass. The class centres of the decisions are
 * those of what was gathered before, since those of the present are not known yet. Not for use by
 * several threads at once; give each its own and merge.
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
   * @param rows of features, with logits if decisions are wanted
   * @throws IllegalArgumentException if the rows are of another number of classes or features than
   *     those before; nothing of the batch has been added then
   */
  public void observe(LabelledRows rows) {
    if (features == null) {
      features =
          ClassStatisticsAccumulator.builder(rows.numClasses())
              .covarianceLimit(covarianceLimit)
              .build();
    }
    if (features.numClasses() != rows.numClasses()) {
      throw new IllegalArgumentException(
          "All batches must have the same number of classes, but there were "
              + features.numClasses()
              + " and are "
              + rows.numClasses()
              + " now");
    }
    if (decisions == null) {
      decisions = DecisionAccumulator.ofLogits(rows.numClasses(), centres);
    }
    int[] classes = rows.classes();
    features.observe(rows.features(), classes);
    INDArray logits = rows.logits().orElse(null);
    if (logits != null) {
      decisions.observe(rows.features(), logits, classes);
    }
  }

  /** What was gathered since the last call; null if nothing. */
  public FeatureStatistics drain() {
    if (features == null || features.isEmpty()) {
      return null;
    }
    FeatureStatistics gathered = new FeatureStatistics(features.snapshot(), decisions.snapshot());
    discard();
    return gathered;
  }

  /** Forgets what was gathered. */
  public void discard() {
    if (decisions != null) {
      decisions.close();
      decisions = null;
    }
    if (features != null) {
      features.close();
      features = null;
    }
  }

  /** Sets the class means that the next examples are compared with; null for none. */
  public void centres(ClassStatistics next) {
    centres = next;
  }
}
