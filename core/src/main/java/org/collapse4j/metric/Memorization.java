package org.collapse4j.metric;

import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;
import org.collapse4j.stats.MemorizationStatistics;

/**
 * How far the network has moved corrupted examples away from where unseen examples of their true
 * class are (Nguyen, Levie, Lienen, Kutyniok, Hüllermeier 2023).
 */
public final class Memorization {
  private Memorization() {}

  /**
   * Memorization of training examples whose clean labels are known.
   *
   * @param statistics of the training examples against held-out class means
   * @return noise.rate and memorization.*; by class (the clean one) {@code memorization.mean},
   *     {@code .fraction}, {@code .fitted} and {@code .recovered}. Without a corrupted example
   *     memorization.* is NaN; so is what contains a distance to a class that has no held-out
   *     example.
   */
  public static Measurements of(MemorizationStatistics statistics) {
    double corrupted = total(statistics, statistics::corruptedCount);
    double sum = total(statistics, c -> used(statistics, c, statistics.distanceSum(c)));
    double fractions = total(statistics, c -> used(statistics, c, statistics.fractionSum(c)));
    double mean = sum / corrupted;
    Measurements.Builder values =
        Measurements.builder()
            .put(Metric.NOISE_RATE, corrupted / statistics.totalCount())
            .put(Metric.MEMORIZATION_SUM, corrupted == 0 ? Double.NaN : sum)
            .put(Metric.MEMORIZATION_MEAN, mean)
            .put(Metric.MEMORIZATION_RELATIVE, mean / Dilation.separation(statistics.heldOut()))
            .put(Metric.MEMORIZATION_FRACTION, fractions / corrupted)
            .putClassValues(Metric.MEMORIZATION_MEAN, perClass(statistics, statistics::distanceSum))
            .putClassValues(
                Metric.MEMORIZATION_FRACTION, perClass(statistics, statistics::fractionSum));
    if (statistics.hasClassifier()) {
      values
          .put(Metric.MEMORIZATION_FITTED, total(statistics, statistics::fittedCount) / corrupted)
          .put(
              Metric.MEMORIZATION_RECOVERED,
              total(statistics, statistics::recoveredCount) / corrupted)
          .putClassValues(Metric.MEMORIZATION_FITTED, perClass(statistics, statistics::fittedCount))
          .putClassValues(
              Metric.MEMORIZATION_RECOVERED, perClass(statistics, statistics::recoveredCount));
    }
    return values.build();
  }

  private static double total(MemorizationStatistics statistics, IntToDoubleFunction countOfClass) {
    return IntStream.range(0, statistics.numClasses()).mapToDouble(countOfClass).sum();
  }

  private static double used(MemorizationStatistics statistics, int c, double value) {
    return statistics.corruptedCount(c) == 0 ? 0 : value;
  }

  private static double[] perClass(
      MemorizationStatistics statistics, IntToDoubleFunction countOfClass) {
    return IntStream.range(0, statistics.numClasses())
        .mapToDouble(c -> countOfClass.applyAsDouble(c) / statistics.corruptedCount(c))
        .toArray();
  }
}
