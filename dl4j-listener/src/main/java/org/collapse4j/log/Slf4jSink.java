package org.collapse4j.log;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line an observation through SLF4J, to the logger {@value #LOGGER}: at level INFO the
 * metrics that tell most, as {@code key=value}; at level DEBUG all that were measured. Undefined
 * values are left out.
 *
 * <p>With SLF4J 2 and a provider that takes key-value pairs (Logback does; a JSON encoder writes
 * them as members, the pattern {@code %kvp} prints them), the line is accompanied by run, epoch,
 * iteration, split, layer, the run's parameters ({@code parameters.loss}) and every value that is
 * in it, unrounded, each under its key. Providers that would only print them into the text get the
 * line alone, as does SLF4J 1.7.
 */
public final class Slf4jSink extends SerialSink {
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

  /** Whether the SLF4J on the class path is of version 2, which has key-value pairs. */
  private static final boolean TAKES_PAIRS =
      Arrays.stream(Logger.class.getMethods()).anyMatch(m -> m.getName().equals("atInfo"));

  private final Logger logger;

  /** A sink to the logger {@value #LOGGER}. */
  public Slf4jSink() {
    this(LoggerFactory.getLogger(LOGGER));
  }

  Slf4jSink(Logger logger) {
    this.logger = logger;
  }

  @Override
  protected void put(Observation observation) {
    if (logger.isDebugEnabled()) {
      log(true, observation, List.copyOf(observation.measurements().metrics()));
    } else if (logger.isInfoEnabled()) {
      log(false, observation, HEADLINES);
    }
  }

  private void log(boolean debug, Observation observation, List<Metric> metrics) {
    Map<String, Double> values = values(observation.measurements(), metrics);
    String line = line(observation, values);
    if (TAKES_PAIRS && KeyValueLogging.isTakenBy(logger)) {
      KeyValueLogging.log(logger, debug, line, observation, values);
    } else if (debug) {
      logger.debug(line);
    } else {
      logger.info(line);
    }
  }

  private static Map<String, Double> values(Measurements measurements, List<Metric> metrics) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Metric metric : metrics) {
      if (!Double.isNaN(measurements.value(metric))) {
        values.put(metric.key(), measurements.value(metric));
      }
    }
    if (measurements.value(Metric.EXAMPLES_NONFINITE) > 0) {
      values.put(Metric.EXAMPLES_NONFINITE.key(), measurements.value(Metric.EXAMPLES_NONFINITE));
    }
    return values;
  }

  private static String line(Observation observation, Map<String, Double> values) {
    StringBuilder line = new StringBuilder();
    line.append("epoch ").append(observation.epoch());
    line.append(", iteration ").append(observation.iteration());
    line.append(", ").append(onOneLine(observation.split()));
    line.append(" at ").append(onOneLine(observation.layer())).append(':');
    values.forEach((key, value) -> line.append(' ').append(key).append('=').append(number(value)));
    return line.toString();
  }

  /** A name cannot forge a second line of the log, or send the terminal a command. */
  private static String onOneLine(String name) {
    return SafeName.of(name, c -> !Character.isISOControl(c) && c != '\u2028' && c != '\u2029');
  }

  private static String number(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.4g", value);
  }
}
