package org.collapse4j.log;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/** Made-up observations, the same for the same arguments. */
final class Observations {
  private static final Map<String, String> PARAMETERS = Map.of("loss", "label smoothing \"0.1\"");

  /** The number of classes of a large one. */
  static final int LARGE = 3000;

  private static final Instant STARTED = Instant.parse("2023-05-01T12:00:00Z");

  private Observations() {}

  /** Every metric defined but one that is undefined and two that were not measured. */
  static Observation of(String run, int epoch, String split, String layer) {
    return new Observation(
            run, epoch, epoch * 79L, split, layer, measurements(epoch, 4), PARAMETERS)
        .withTimes(Optional.of(STARTED.plusMillis(1500L * epoch)), Optional.of(STARTED));
  }

  static Observation of(int epoch) {
    return of("run", epoch, "train", "output");
  }

  /** One that takes many pages of a file, so that being killed can tear it. */
  static Observation large(int epoch) {
    return new Observation("run", epoch, epoch, "train", "output", measurements(epoch, LARGE));
  }

  private static Measurements measurements(int seed, int classes) {
    Random random = new Random(seed);
    Measurements.Builder values = Measurements.builder();
    for (Metric metric : Metric.values()) {
      values.put(metric, random.nextDouble() * Math.pow(10, random.nextInt(12) - 6));
    }
    double[] perClass = random.doubles(classes).toArray();
    perClass[classes - 1] = Double.NaN;
    values.put(Metric.NC5_ORTHOGONALITY, Double.NaN);
    values.putClassValues(Metric.NC1_CDNV, perClass);
    return without(values.build(), Metric.DILATION_NC1, Metric.NOISE_RATE);
  }

  private static Measurements without(Measurements all, Metric... left) {
    Measurements.Builder values = Measurements.builder();
    for (Metric metric : all.metrics()) {
      if (!List.of(left).contains(metric)) {
        values.put(metric, all.value(metric));
      }
    }
    for (Metric metric : all.classMetrics()) {
      values.putClassValues(metric, all.classValues(metric));
    }
    return values.build();
  }
}
