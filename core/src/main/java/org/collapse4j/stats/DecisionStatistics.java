package org.collapse4j.stats;

import java.io.Serializable;
import java.util.Optional;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How often a classifier and the nearest class centre are right about some examples, and how sure
 * the classifier is. Immutable; gathered by a {@link DecisionAccumulator}; statistics of parts
 * merge into those of the whole.
 */
public final class DecisionStatistics implements Serializable {
  private static final long serialVersionUID = 1;

  /** The number of bins of equal width in which confidences are gathered. */
  public static final int CONFIDENCE_BINS = 15;

  final DecisionCounts counts;

  DecisionStatistics(DecisionCounts counts) {
    this.counts = counts;
  }

  /** The number of classes K. */
  public int numClasses() {
    return counts.examples.length;
  }

  /** Whether a classifier, or logits, took part. */
  public boolean hasClassifier() {
    return counts.hasClassifier;
  }

  /** Whether class centres took part. */
  public boolean hasCentres() {
    return counts.hasCentres;
  }

  /** The number of examples. */
  public long totalCount() {
    return DecisionCounts.sum(counts.examples);
  }

  /** The number of examples with a label. */
  public long count(int label) {
    return counts.examples[label];
  }

  /** The number of examples with a label whose predicted class is that label. */
  public long correctCount(int label) {
    return counts.correct[label];
  }

  /** The number of examples with a label whose nearest class centre is that of the label. */
  public long nearestCentreCorrectCount(int label) {
    return counts.nearestCorrect[label];
  }

  /** The number of examples whose predicted class is not that of the nearest class centre. */
  public long mismatchCount() {
    return counts.mismatches;
  }

  /** The number of examples whose top probability p lies in {@code bin/15 < p <= (bin+1)/15}. */
  public long binCount(int bin) {
    return counts.binExamples[bin];
  }

  /** The number of examples of a bin whose predicted class is their label. */
  public long binCorrectCount(int bin) {
    return counts.binCorrect[bin];
  }

  /** The sum of the top probabilities of a bin. */
  public double binConfidenceSum(int bin) {
    return counts.binConfidence[bin];
  }

  /**
   * How the features spread in the span of the class means, if an accumulator has been asked to
   * {@linkplain DecisionAccumulator#gatherSpan gather} it: the sum over the examples of the outer
   * square of {@code Q (h - mu_y)}, Q the {@linkplain ClassStatistics#basisOfMeans basis of the
   * class means}. Of the within-class covariance these numbers are all that {@code nc1.pinv} needs.
   *
   * @return {@code [B, B]} in float64, B as the basis has it
   */
  public Optional<INDArray> spanScatter() {
    if (counts.span == null) {
      return Optional.empty();
    }
    double[] all = counts.span.clone();
    int size = (int) Math.round(Math.sqrt(all.length));
    for (int b = 0; b < size; b++) {
      for (int a = 0; a < b; a++) {
        all[size * a + b] = all[size * b + a];
      }
    }
    return Optional.of(Nd4j.createFromArray(all).reshape(size, size));
  }

  /**
   * The statistics of the examples of both.
   *
   * @throws IllegalArgumentException if the numbers of classes differ, or one has a classifier or
   *     centres and the other has not
   */
  public DecisionStatistics merge(DecisionStatistics other) {
    if (other.numClasses() != numClasses()
        || other.hasClassifier() != hasClassifier()
        || other.hasCentres() != hasCentres()) {
      throw new IllegalArgumentException(
          "Decisions can be merged if the classes are as many, and classifier and centres took part"
              + " in both or in neither: "
              + counts
              + " here, "
              + other.counts
              + " there");
    }
    DecisionCounts sum = counts.copy();
    sum.add(other.counts);
    return new DecisionStatistics(sum);
  }
}
