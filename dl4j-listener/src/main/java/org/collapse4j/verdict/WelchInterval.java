package org.collapse4j.verdict;

import java.util.List;
import java.util.OptionalInt;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.descriptive.StatisticalSummary;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;

/**
 * The 95% confidence interval of the difference of two means, of samples whose variances may differ
 * (Welch 1947). Commons Math, which ND4J brings, has the quantile of the t distribution.
 */
final class WelchInterval {
  private static final double QUANTILE = 0.975;
  private static final int MOST_VALUES = 1_000;

  private final StatisticalSummary first;
  private final StatisticalSummary second;

  WelchInterval(List<Double> first, List<Double> second) {
    this.first = summary(first);
    this.second = summary(second);
  }

  private static StatisticalSummary summary(List<Double> values) {
    SummaryStatistics statistics = new SummaryStatistics();
    values.forEach(statistics::addValue);
    return statistics.getSummary();
  }

  /** The first mean less the second. */
  double difference() {
    return first.getMean() - second.getMean();
  }

  /** Whether there are at least two values a side, so that their scatter is known. */
  boolean isKnown() {
    return Math.min(first.getN(), second.getN()) >= 2;
  }

  /** Half the length of the interval; infinite below two values a side. */
  double halfWidth() {
    return isKnown() ? halfWidth(first.getN(), second.getN()) : Double.POSITIVE_INFINITY;
  }

  private double halfWidth(long firstSize, long secondSize) {
    double a = first.getVariance() / firstSize;
    double b = second.getVariance() / secondSize;
    if (a + b == 0) {
      return 0;
    }
    double freedom = (a + b) * (a + b) / (a * a / (firstSize - 1) + b * b / (secondSize - 1));
    // No source of random numbers, which would take longer to set up than the quantile.
    TDistribution distribution = new TDistribution(null, freedom);
    return Math.sqrt(a + b) * distribution.inverseCumulativeProbability(QUANTILE);
  }

  /**
   * Whether the difference is told from zero. Samples that do not vary at all are repetitions of
   * one training, which tell nothing of others.
   */
  boolean excludesZero() {
    return isKnown() && hasScatter() && Math.abs(difference()) > halfWidth();
  }

  private boolean hasScatter() {
    return first.getVariance() + second.getVariance() > 0;
  }

  /**
   * How many values a side would tell the same difference from zero, if they varied as these do.
   *
   * @return empty if that is not known, or more than a thousand
   */
  OptionalInt sizeNeeded() {
    if (!isKnown() || !hasScatter()) {
      return OptionalInt.empty();
    }
    for (int n = 2; n <= MOST_VALUES; n++) {
      if (Math.abs(difference()) > halfWidth(n, n)) {
        return OptionalInt.of(n);
      }
    }
    return OptionalInt.empty();
  }
}
