package org.collapse4j.log;

import java.util.List;
import java.util.Locale;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line an observation through SLF4J, to the logger {@value #LOGGER}: at level INFO the
 * metrics that tell most, as {@code key=value}; at level DEBUG all that were measured. Undefined
 * values are left out.
 */
public final class Slf4jSink implements MetricSink {
  /** The name of the logger. */
  public static final String LOGGER = "org.collapse4j.metrics";

  private static final List<Metric> HEADLINES =
      List.of(
          Metric.ACCURACY,
          Metric.NC1_PINV,
          Metric.NC1_CDNV,
          Metric.NC2_ETF_MEANS,
          Metric.NC2_ETF_CLASSIFIER,
          Metric.NC3_DUALITY,
          Metric.NC4_MISMATCH,
          Metric.NC5_ORTHOGONALITY,
          Metric.ECE,
          Metric.DILATION_RELATIVE,
          Metric.NOISE_RATE,
          Metric.MEMORIZATION_FRACTION,
          Metric.MEMORIZATION_FITTED,
          Metric.MEMORIZATION_RECOVERED);

  private final Logger logger;

  /** A sink to the logger {@value #LOGGER}. */
  public Slf4jSink() {
    this(LoggerFactory.getLogger(LOGGER));
  }

  Slf4jSink(Logger logger) {
    this.logger = logger;
  }

  @Override
  public void write(Observation observation) {
    if (logger.isDebugEnabled()) {
      logger.debug(line(observation, List.copyOf(observation.measurements().metrics())));
    } else if (logger.isInfoEnabled()) {
      logger.info(line(observation, HEADLINES));
    }
  }

  private static String line(Observation observation, List<Metric> metrics) {
    StringBuilder line = new StringBuilder();
    line.append("epoch ").append(observation.epoch());
    line.append(", iteration ").append(observation.iteration());
    line.append(", ").append(observation.split());
    line.append(" at ").append(observation.layer()).append(':');
    Measurements values = observation.measurements();
    for (Metric metric : metrics) {
      if (!Double.isNaN(values.value(metric))) {
        line.append(' ').append(metric.key()).append('=').append(number(values.value(metric)));
      }
    }
    if (values.value(Metric.EXAMPLES_NONFINITE) > 0) {
      line.append(' ').append(Metric.EXAMPLES_NONFINITE.key());
      line.append('=').append(number(values.value(Metric.EXAMPLES_NONFINITE)));
    }
    return line.toString();
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
