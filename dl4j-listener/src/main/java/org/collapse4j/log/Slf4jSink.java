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
 * Logs observations through SLF4J, to the logger {@value #LOGGER}: at level INFO a line with the
 * metrics that tell most, as {@code key=value}; at level DEBUG a second one with the others that
 * were measured. Undefined values are left out.
 *
 * <p>With SLF4J 2 and a provider that takes key-value pairs (Logback does; a JSON encoder writes
 * them as members, the pattern {@code %kvp} prints them), the line at INFO is accompanied by run,
 * epoch, iteration, split, layer, the run's parameters ({@code parameters.loss}) and every value
 * that is in it, unrounded, each under its key. Where the logger's level is DEBUG it is not: a
 * Logback that is not configured logs at DEBUG and prints the pairs too, every number twice. At
 * level TRACE there is an event of its own with all values as pairs. Providers that would only
 * print pairs into the text get the lines alone, as does SLF4J 1.7.
 */
public final class Slf4jSink extends SerialSink {
  /** The name of the logger. */
  public static final String LOGGER = "org.collapse4j.metrics";

  /** What the stream is must be said where its numbers are. */
  private static final String STREAM_REMARK = " (training mode, moving weights)";

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
          Metric.EXAMPLES,
          Metric.NOISE_RATE,
          Metric.MEMORIZATION_FRACTION,
          Metric.MEMORIZATION_FITTED,
          Metric.MEMORIZATION_RECOVERED,
          Metric.SUSPECTS_SHARE,
          Metric.MEMORIZATION_ESTIMATED,
          Metric.EXAMPLES_NONFINITE);

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
    if (!logger.isInfoEnabled()) {
      return;
    }
    Map<String, Double> others = definedValues(observation.measurements());
    Map<String, Double> headlines = takeHeadlines(others);
    String line = line(observation, headlines);
    if (TAKES_PAIRS && !logger.isDebugEnabled() && KeyValueLogging.isTakenBy(logger)) {
      KeyValueLogging.info(logger, line, observation, headlines);
    } else {
      logger.info(line);
    }
    if (logger.isDebugEnabled() && !others.isEmpty()) {
      logger.debug(line(observation, others));
    }
    if (TAKES_PAIRS && logger.isTraceEnabled() && KeyValueLogging.isTakenBy(logger)) {
      others.putAll(headlines);
      KeyValueLogging.trace(logger, place(observation), observation, others);
    }
  }

  private static Map<String, Double> definedValues(Measurements measurements) {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Metric metric : measurements.metrics()) {
      if (!Double.isNaN(measurements.value(metric))) {
        values.put(metric.key(), measurements.value(metric));
      }
    }
    return values;
  }

  /** Takes those that tell most out of all; examples left out are among them only if there are. */
  private static Map<String, Double> takeHeadlines(Map<String, Double> values) {
    Map<String, Double> headlines = new LinkedHashMap<>();
    for (Metric metric : HEADLINES) {
      Double value = values.get(metric.key());
      if (value != null && (metric != Metric.EXAMPLES_NONFINITE || value > 0)) {
        headlines.put(metric.key(), values.remove(metric.key()));
      }
    }
    return headlines;
  }

  private static String line(Observation observation, Map<String, Double> values) {
    StringBuilder line = new StringBuilder(place(observation)).append(':');
    values.forEach((key, value) -> line.append(' ').append(key).append('=').append(number(value)));
    return line.toString();
  }

  /** Training that counts no epochs, and the first epoch, are at an iteration only. */
  private static String place(Observation observation) {
    String epoch = observation.epoch() == 0 ? "" : "epoch " + observation.epoch() + ", ";
    return String.format(
        "%siteration %s, %s%s at %s",
        epoch,
        observation.iteration(),
        onOneLine(observation.split()),
        observation.split().equals(Observation.STREAM) ? STREAM_REMARK : "",
        onOneLine(observation.layer()));
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
