package org.collapse4j.metric;

/**
 * Mean and population variance of numbers, updated without cancellation (Welford 1962; Chan, Golub,
 * LeVeque 1983). An infinite number makes the mean infinite and the variance undefined.
 */
final class Spread {
  private long count;
  private double mean;
  private double squares;

  void add(double value) {
    merge(1, value, 0);
  }

  /** Adds the numbers from an index on up to another, in fewer steps than one by one. */
  void addAll(double[] values, int from, int to) {
    double sum = 0;
    for (int i = from; i < to; i++) {
      sum += values[i];
    }
    double theirMean = sum / (to - from);
    double theirSquares = 0;
    for (int i = from; i < to; i++) {
      theirSquares += (values[i] - theirMean) * (values[i] - theirMean);
    }
    if (from < to) {
      merge(to - from, theirMean, theirSquares);
    }
  }

  private void merge(int theirCount, double theirMean, double theirSquares) {
    double difference = theirMean - mean;
    long total = count + theirCount;
    if (Double.isFinite(difference)) {
      mean += difference * theirCount / total;
      squares += theirSquares + difference * (difference * count / total * theirCount);
    } else {
      mean += theirMean;
      squares = Double.NaN;
    }
    count = total;
  }

  /** The mean of the numbers; NaN if there is none. */
  double mean() {
    return count == 0 ? Double.NaN : mean;
  }

  /** The population variance, divided by the count; NaN if there is no number. */
  double variance() {
    return squares / count;
  }

  /** The sample variance, divided by the count less one; NaN below two numbers. */
  double sampleVariance() {
    return count < 2 ? Double.NaN : squares / (count - 1);
  }

  double deviation() {
    return Math.sqrt(variance());
  }
}
