package org.collapse4j.stats;

/**
 * Where corrupted training examples, whose given label is not their clean one, sit among held-out
 * class means, and what they are predicted as. Immutable; gathered by a {@link
 * MemorizationAccumulator}. Per-class numbers go by the clean class.
 */
public final class MemorizationStatistics {
  final long examples;
  final long[] corrupted;
  final double[] distances;
  final double[] fractions;
  final long[] fitted;
  final long[] recovered;
  private final ClassStatistics heldOut;
  private final boolean hasClassifier;

  MemorizationStatistics(
      ClassStatistics heldOut,
      boolean hasClassifier,
      long examples,
      long[] corrupted,
      double[] distances,
      double[] fractions,
      long[] fitted,
      long[] recovered) {
    this.heldOut = heldOut;
    this.hasClassifier = hasClassifier;
    this.examples = examples;
    this.corrupted = corrupted.clone();
    this.distances = distances.clone();
    this.fractions = fractions.clone();
    this.fitted = fitted.clone();
    this.recovered = recovered.clone();
  }

  /** The number of classes K. */
  public int numClasses() {
    return corrupted.length;
  }

  /** The held-out statistics whose class means are the reference. */
  public ClassStatistics heldOut() {
    return heldOut;
  }

  /** Whether a classifier took part, so that predictions are counted. */
  public boolean hasClassifier() {
    return hasClassifier;
  }

  /** The number of examples, corrupted or not. */
  public long totalCount() {
    return examples;
  }

  /** The number of corrupted examples of a clean class. */
  public long corruptedCount(int cleanClass) {
    return corrupted[cleanClass];
  }

  /**
   * The sum over a clean class's corrupted examples of the distance {@code ||h_i - r_z||} to the
   * held-out mean of that class; NaN if there is no such mean.
   */
  public double distanceSum(int cleanClass) {
    return distances[cleanClass];
  }

  /**
   * The sum over a clean class's corrupted examples of {@code <h_i - r_z, r_y - r_z> / ||r_y -
   * r_z||^2}, with y the given and z the clean class; NaN if a held-out mean is missing, or those
   * of the two classes are the same.
   */
  public double fractionSum(int cleanClass) {
    return fractions[cleanClass];
  }

  /** The number of a clean class's corrupted examples that are predicted as their given label. */
  public long fittedCount(int cleanClass) {
    return fitted[cleanClass];
  }

  /** The number of a clean class's corrupted examples that are predicted as their clean label. */
  public long recoveredCount(int cleanClass) {
    return recovered[cleanClass];
  }
}
