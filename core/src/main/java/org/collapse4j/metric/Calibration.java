package org.collapse4j.metric;

import org.collapse4j.stats.DecisionStatistics;

/** How often the classifier is right, and how far its confidence is from that. */
public final class Calibration {
  private Calibration() {}

  /**
   * Top-1 accuracy, also by class, and the expected calibration error over 15 bins of the top
   * probability: {@code sum over bins of |correct - sum of confidences| / N} (Guo et al. 2017), and
   * the mean of that probability, which tells which way confidence is off.
   *
   * @param decisions with a classifier
   * @return accuracy, ece and confidence, each from 0 to 1; NaN without examples
   * @throws IllegalArgumentException if the decisions are without a classifier
   */
  public static Measurements of(DecisionStatistics decisions) {
    if (!decisions.hasClassifier()) {
      throw new IllegalArgumentException("Calibration needs decisions with a classifier");
    }
    double total = decisions.totalCount();
    double error = 0;
    double confidence = 0;
    for (int bin = 0; bin < DecisionStatistics.CONFIDENCE_BINS; bin++) {
      error += Math.abs(decisions.binCorrectCount(bin) - decisions.binConfidenceSum(bin));
      confidence += decisions.binConfidenceSum(bin);
    }
    long correct = 0;
    double[] perClass = new double[decisions.numClasses()];
    for (int c = 0; c < perClass.length; c++) {
      correct += decisions.correctCount(c);
      perClass[c] = (double) decisions.correctCount(c) / decisions.count(c);
    }
    return Measurements.builder()
        .put(Metric.ACCURACY, correct / total)
        .putClassValues(Metric.ACCURACY, perClass)
        .put(Metric.ECE, error / total)
        .put(Metric.CONFIDENCE, confidence / total)
        .build();
  }
}
