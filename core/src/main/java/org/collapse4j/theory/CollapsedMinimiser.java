package org.collapse4j.theory;

/**
 * The collapsed minimiser of two classes without noise: {@code h_1 = s e_1}, {@code h_2 = s e_2},
 * {@code w_1 = c (e_1 - e_2) = -w_2}, where (s, c) minimise {@code loss_alpha((c s, -c s), 1) +
 * lambda s^2 + 2 lambda c^2}.
 *
 * <p>At a given product {@code c s} the penalty is least for {@code s = sqrt(2) c}. What is left is
 * convex in the margin {@code m = 2 c s}, and its derivative is zero where the probability of the
 * wrong class, {@code 1 / (1 + exp(m))}, is {@code q = alpha/2 + sqrt(2) lambda}.
 */
record CollapsedMinimiser(double featureNorm, double classifierScale, double margin) {
  static CollapsedMinimiser of(double alpha, double lambda) {
    double wrong = alpha / 2 + Math.sqrt(2) * lambda;
    if (!(wrong < 0.5)) {
      throw new IllegalArgumentException(
          String.format(
              "alpha/2 + sqrt(2) lambda must be below 1/2, or the two classes do not separate, not"
                  + " %s (alpha %s, lambda %s)",
              wrong, alpha, lambda));
    }
    double margin = Math.log1p(-wrong) - Math.log(wrong);
    double featureNorm = Math.sqrt(margin / Math.sqrt(2));
    return new CollapsedMinimiser(featureNorm, featureNorm / Math.sqrt(2), margin);
  }

  /** The distance D of the two features. */
  double separation() {
    return Math.sqrt(2) * featureNorm;
  }

  /** The change of the margin with a step along {@code e_1}. */
  double marginSlope() {
    return 2 * classifierScale;
  }
}
