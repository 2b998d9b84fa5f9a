package org.collapse4j.stats;

import java.io.Serializable;
import java.util.stream.IntStream;

/**
 * Where corrupted training examples, whose given label is not their clean one, sit among held-out
 * class means, and what they are predicted as. Immutable; gathered by a {@link
 * MemorizationAccumulator}; statistics of parts merge into those of the whole. Per-class numbers go
 * by the clean class.
 *
 * <p>Serialized, they are without the held-out statistics, which {@link #against} gives back.
 */
public final class MemorizationStatistics implements Serializable {
  private static final long serialVersionUID = 1;

  final long examples;
  final long[] corrupted;
  final double[] distances;
  final double[] fractions;
  final long[] fitted;
  final long[] recovered;
  private final transient ClassStatistics heldOut;
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

  /**
   * The same with held-out statistics again, after they have been serialized.
   *
   * @param reference those that the examples were measured against
   * @throws IllegalArgumentException if it is of another number of classes
   */
  public MemorizationStatistics against(ClassStatistics reference) {
    if (reference.numClasses() != numClasses()) {
      throw new IllegalArgumentException(
          "Memorization of %s classes is measured against as many, not %s"
              .formatted(numClasses(), reference.numClasses()));
    }
    return new MemorizationStatistics(
        reference, hasClassifier, examples, corrupted, distances, fractions, fitted, recovered);
  }

  private Object readResolve() {
    return against(ClassStatistics.empty(numClasses(), 1));
  }

  /**
   * The statistics of the examples of both, against the held-out statistics of this.
   *
   * @throws IllegalArgumentException if the numbers of classes differ, or one has a classifier and
   *     the other has not
   */
  public MemorizationStatistics merge(MemorizationStatistics other) {
    if (other.numClasses() != numClasses() || other.hasClassifier != hasClassifier) {
      throw new IllegalArgumentException(
          String.format(
              "Memorization can be merged if the classes are as many, and a classifier took part"
                  + " in both or in neither: %s classes here, %s there",
              numClasses(), other.numClasses()));
    }
    return new MemorizationStatistics(
        heldOut,
        hasClassifier,
        examples + other.examples,
        sum(corrupted, other.corrupted),
        sum(distances, other.distances),
        sum(fractions, other.fractions),
        sum(fitted, other.fitted),
        sum(recovered, other.recovered));
  }

  private static long[] sum(long[] a, long[] b) {
    return IntStream.range(0, a.length).mapToLong(c -> a[c] + b[c]).toArray();
  }

  private static double[] sum(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(c -> a[c] + b[c]).toArray();
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
