package org.collapse4j.theory;

/**
 * Smoothed cross-entropy of two classes as a function of the margin m, the logit of the given class
 * less that of the other: {@code log(1 + exp(-m)) + alpha/2 m}. Convex.
 */
record TwoClassLoss(double alpha) {
  double value(double margin) {
    return softplus(-margin) + alpha / 2 * margin;
  }

  /** The first derivative by the margin. */
  double slope(double margin) {
    return alpha / 2 - logistic(-margin);
  }

  /** The second derivative by the margin, which is that of cross-entropy for every alpha. */
  static double curvature(double margin) {
    double small = Math.exp(-Math.abs(margin));
    return small / ((1 + small) * (1 + small));
  }

  /** {@code log(1 + exp(x))} for x at or below 0. */
  static double softplusOfNegative(double x) {
    return Math.log1p(Math.exp(x));
  }

  private static double softplus(double x) {
    return Math.max(x, 0) + softplusOfNegative(-Math.abs(x));
  }

  private static double logistic(double x) {
    return x < 0 ? Math.exp(x) / (1 + Math.exp(x)) : 1 / (1 + Math.exp(-x));
  }
}
