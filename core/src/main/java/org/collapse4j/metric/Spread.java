package org.collapse4j.metric;

/** Mean and population variance of numbers, updated one by one without cancellation (Welford). */
final class Spread {
  private long count;
  private double mean;
  private double squares;

  void add(double value) {
    count++;
    double before = value - mean;
    mean += before / count;
    squares += before * (value - mean);
  }

  /** NaN if there is no number. */
  double mean() {
    return count == 0 ? Double.NaN : mean;
  }

  /** Divided by the count; NaN if there is no number. */
  double variance() {
    return squares / count;
  }

  /** Divided by the count less one; NaN if there are fewer than two numbers. */
  double sampleVariance() {
    return count < 2 ? Double.NaN : squares / (count - 1);
  }

  double deviation() {
    return Math.sqrt(variance());
  }
}
