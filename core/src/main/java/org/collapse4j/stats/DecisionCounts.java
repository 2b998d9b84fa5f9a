package org.collapse4j.stats;

import java.io.Serializable;

/** The counters behind {@link DecisionStatistics}. */
final class DecisionCounts implements Serializable {
  private static final long serialVersionUID = 1;

  final boolean hasClassifier;
  final boolean hasCentres;
  final long[] examples;
  final long[] correct;
  final long[] nearestCorrect;
  final long[] binExamples = new long[DecisionStatistics.CONFIDENCE_BINS];
  final long[] binCorrect = new long[DecisionStatistics.CONFIDENCE_BINS];
  final double[] binConfidence = new double[DecisionStatistics.CONFIDENCE_BINS];
  long mismatches;

  /**
   * {@code [B, B]} by columns, of which the upper triangle counts: see {@link
   * DecisionStatistics#spanScatter}; null if left out.
   */
  double[] span;

  DecisionCounts(int numClasses, boolean hasClassifier, boolean hasCentres) {
    this.hasClassifier = hasClassifier;
    this.hasCentres = hasCentres;
    this.examples = new long[numClasses];
    this.correct = new long[numClasses];
    this.nearestCorrect = new long[numClasses];
  }

  DecisionCounts copy() {
    DecisionCounts copy = new DecisionCounts(examples.length, hasClassifier, hasCentres);
    copy.add(this);
    return copy;
  }

  void add(DecisionCounts other) {
    for (int c = 0; c < examples.length; c++) {
      examples[c] += other.examples[c];
      correct[c] += other.correct[c];
      nearestCorrect[c] += other.nearestCorrect[c];
    }
    for (int bin = 0; bin < binExamples.length; bin++) {
      binExamples[bin] += other.binExamples[bin];
      binCorrect[bin] += other.binCorrect[bin];
      binConfidence[bin] += other.binConfidence[bin];
    }
    mismatches += other.mismatches;
    if (other.span != null) {
      double[] sum = span == null ? new double[other.span.length] : span;
      for (int i = 0; i < sum.length; i++) {
        sum[i] += other.span[i];
      }
      span = sum;
    }
  }

  void add(Decisions decisions) {
    for (int i = 0; i < decisions.labels.length; i++) {
      int label = decisions.labels[i];
      examples[label]++;
      if (hasCentres && decisions.nearest[i] == label) {
        nearestCorrect[label]++;
      }
      if (hasClassifier) {
        addPrediction(label, decisions.predicted[i], decisions.confidence[i]);
      }
      if (hasClassifier && hasCentres && decisions.nearest[i] != decisions.predicted[i]) {
        mismatches++;
      }
    }
  }

  private void addPrediction(int label, int predicted, double confidence) {
    int bin = bin(confidence);
    binExamples[bin]++;
    binConfidence[bin] += confidence;
    if (predicted == label) {
      correct[label]++;
      binCorrect[bin]++;
    }
  }

  /**
   * The bin j of a confidence: {@code j/15 < confidence <= (j+1)/15}. Every j/15 times 15 is j in
   * float64, but so is the number just above 11/15, which the comparison puts right.
   */
  static int bin(double confidence) {
    int bins = DecisionStatistics.CONFIDENCE_BINS;
    int bin = Math.max(0, (int) Math.ceil(confidence * bins) - 1);
    return confidence > (bin + 1.0) / bins ? bin + 1 : bin;
  }

  static long sum(long[] counts) {
    long sum = 0;
    for (long count : counts) {
      sum += count;
    }
    return sum;
  }

  @Override
  public String toString() {
    return examples.length
        + " classes "
        + (hasClassifier ? "with" : "without")
        + " classifier and "
        + (hasCentres ? "with" : "without")
        + " centres";
  }
}
