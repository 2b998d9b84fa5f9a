package org.collapse4j.noise;

import java.util.Arrays;

/** The estimate of {@link SuspectLabels#estimatedCount}. */
final class WrongLabelCount {
  /** A normal distribution has nothing this many standard deviations below its median. */
  private static final double FAR = 8;

  /** With a median this few standard deviations above zero, margins up to it look uniform. */
  private static final double NEAR = 1e-3;

  private static final double STEP = 1e-9;

  /** What a standard normal variable exceeds with a probability of 1/20. */
  private static final double ONCE_IN_TWENTY = 1.6448536269514722;

  private WrongLabelCount() {}

  /**
   * Estimates the number of wrong labels.
   *
   * @param margins the average margin of every example, rising; not modified
   * @param fluctuation of a margin from one epoch to the next; 0 if it is not known
   * @return at least 0
   */
  static int of(double[] margins, double fluctuation) {
    double[] above = Arrays.stream(margins).filter(margin -> margin > 0).toArray();
    int excess = (int) Math.round(Math.max(0, below(margins, 0) - hard(above)));
    return fluctuation > 0
        ? Math.max(excess, below(margins, -ONCE_IN_TWENTY * fluctuation))
        : excess;
  }

  private static int below(double[] margins, double threshold) {
    return (int) Arrays.stream(margins).filter(margin -> margin < threshold).count();
  }

  /**
   * How many right labels have a margin below zero.
   *
   * @param above the margins above zero, rising
   */
  private static double hard(double[] above) {
    if (above.length == 0) {
      return 0;
    }
    double median = (above[(above.length - 1) / 2] + above[above.length / 2]) / 2;
    double[] lower = Arrays.copyOf(above, (above.length + 1) / 2);
    double square =
        Arrays.stream(lower).map(margin -> Math.pow(margin / median - 1, 2)).sum() / lower.length;
    double deviations = deviations(square);
    return deviations <= NEAR
        ? Double.POSITIVE_INFINITY
        : lower.length * (0.5 / within(deviations) - 1);
  }

  /**
   * How many standard deviations the median of a normal distribution is above zero, if between zero
   * and median the mean square distance to the median is this, in units of the median's square.
   */
  private static double deviations(double square) {
    double low = NEAR;
    double high = FAR;
    while (high - low > STEP) {
      double middle = (low + high) / 2;
      if (squareWithin(middle) > square) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Falls from 1/3, that of a uniform distribution, as the distribution gets narrower. */
  private static double squareWithin(double deviations) {
    double share = deviations * density(deviations) / within(deviations);
    return (1 - share) / (deviations * deviations);
  }

  private static double density(double z) {
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }

  /** The probability of a standard normal variable from 0 to z, by its series (Marsaglia 2004). */
  private static double within(double z) {
    double sum = 0;
    double term = z;
    for (int k = 3; sum + term != sum; k += 2) {
      sum += term;
      term *= z * z / k;
    }
    return sum * density(z);
  }
}
