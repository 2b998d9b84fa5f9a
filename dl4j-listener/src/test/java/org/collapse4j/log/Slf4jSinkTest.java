package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.layout.TTLLLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.event.KeyValuePair;
import org.slf4j.helpers.AbstractLogger;
import org.slf4j.helpers.LegacyAbstractLogger;

class Slf4jSinkTest extends MetricSinkContract {
  private final LoggerContext context = new LoggerContext();
  private final Logger logger = context.getLogger(Slf4jSink.LOGGER);
  private final ListAppender<ILoggingEvent> events = new ListAppender<>();

  @BeforeEach
  void appendToAList() {
    logger.setLevel(Level.TRACE);
    logger.addAppender(events);
    events.start();
  }

  @Override
  MetricSink open() {
    return new Slf4jSink(logger);
  }

  @Override
  List<Reading> read() {
    return events.list.stream()
        .filter(event -> event.getLevel() == Level.TRACE)
        .map(Slf4jSinkTest::reading)
        .toList();
  }

  private static Reading reading(ILoggingEvent event) {
    Map<String, Object> pairs = new TreeMap<>();
    for (KeyValuePair pair : event.getKeyValuePairs()) {
      assertNull(pairs.put(pair.key, pair.value), pair.key);
    }
    Object epoch = pairs.remove("epoch");
    Object iteration = pairs.remove("iteration");
    Object run = pairs.remove("run");
    Object split = pairs.remove("split");
    Object layer = pairs.remove("layer");
    Map<String, String> parameters = new TreeMap<>();
    Map<String, Double> values = new TreeMap<>();
    pairs.forEach(
        (key, value) -> {
          if (key.startsWith("parameters.")) {
            parameters.put(key.substring("parameters.".length()), (String) value);
          } else {
            values.put(key, (Double) value);
          }
        });
    return new Reading(
        (String) run,
        (Integer) epoch,
        (Long) iteration,
        (String) split,
        (String) layer,
        values,
        Map.of(),
        parameters);
  }

  @Override
  Reading expected(Observation observation) {
    Reading all = Reading.of(observation);
    return new Reading(
        all.run(),
        all.epoch(),
        all.iteration(),
        all.split(),
        all.layer(),
        all.values(),
        Map.of(),
        all.parameters());
  }

  @Override
  Optional<MetricSink> unwritable() {
    return Optional.empty();
  }

  @Override
  boolean growsInMemory() {
    return true;
  }

  @Test
  void theLineHasTheHeadlinesAtInfo() throws Exception {
    logger.setLevel(Level.INFO);
    open().write(Observations.of(3));
    String line = events.list.get(0).getFormattedMessage();
    assertTrue(
        line.matches("epoch 3, iteration 237, train at output: accuracy=\\S+ nc1\\.pinv=.*"), line);
    assertTrue(line.contains(" memorization.fraction=") && !line.contains("nc3.bias"), line);
    assertEquals(Level.INFO, events.list.get(0).getLevel());
  }

  @Test
  void atInfoTheLineHasItsValuesAsPairs() throws Exception {
    logger.setLevel(Level.INFO);
    Observation observation = Observations.of(3);
    open().write(observation);
    Reading reading = reading(events.list.get(0));
    assertEquals(observation.parameters(), reading.parameters());
    assertEquals(
        observation.measurements().value(Metric.NC1_PINV), reading.values().get("nc1.pinv"));
    assertFalse(reading.values().containsKey("nc3.bias"));
  }

  /** As an unconfigured Logback, which prints pairs beside the message. */
  @Test
  void atDebugEveryNumberIsInOneOfTwoLinesOnce() throws Exception {
    logger.setLevel(Level.DEBUG);
    TTLLLayout unconfigured = new TTLLLayout();
    unconfigured.setContext(context);
    unconfigured.start();
    Observation observation = Observations.of(3);
    open().write(observation);
    assertEquals(
        List.of(Level.INFO, Level.DEBUG),
        events.list.stream().map(ILoggingEvent::getLevel).toList());
    String printed = events.list.stream().map(unconfigured::doLayout).collect(Collectors.joining());
    for (String key : Reading.definedValues(observation).keySet()) {
      assertEquals(2, printed.split(" " + Pattern.quote(key) + "=", -1).length, key + printed);
    }
    assertTrue(printed.length() < 2048, printed);
  }

  @Test
  void whereNoEpochHasEndedTheIterationIsShownAlone() throws Exception {
    Observation first = Observations.of(1);
    Observation before = new Observation("run", 0, 40, "train", "output", first.measurements());
    open().write(before);
    String line = events.list.get(0).getFormattedMessage();
    assertTrue(line.startsWith("iteration 40, train at output: "), line);
  }

  @Test
  void nothingIsLoggedAboveInfo() throws Exception {
    logger.setLevel(Level.WARN);
    open().write(Observations.of(3));
    assertEquals(List.of(), events.list);
  }

  @Test
  void aNameMakesNoSecondLine() throws Exception {
    open().write(Observations.of("run", 1, "train\nERROR forged", "\u001b[31m\u2028"));
    String line = events.list.get(0).getFormattedMessage();
    assertTrue(line.contains("train%0AERROR forged at %1B[31m%E2%80%A8:"), line);
  }

  @Test
  void aPatternWithoutPairsPrintsTheLineAlone() throws Exception {
    open().write(Observations.of(3));
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.setPattern("%msg");
    layout.start();
    String printed = layout.doLayout(events.list.get(0));
    assertEquals(events.list.get(0).getFormattedMessage(), printed);
    assertEquals(1, printed.split(" accuracy=", -1).length - 1);
  }

  /** As slf4j-simple, whose fluent calls would print the pairs in front of the message. */
  @Test
  void aProviderWithoutPairsGetsTheLineAlone() throws Exception {
    PlainLogger plain = new PlainLogger();
    new Slf4jSink(plain).write(Observations.of(3));
    assertEquals(1, plain.messages.size());
    assertTrue(plain.messages.get(0).startsWith("epoch 3, iteration 237, train at output: "));
  }

  private static final class PlainLogger extends LegacyAbstractLogger {
    private static final long serialVersionUID = 1;

    final transient List<String> messages = new ArrayList<>();

    @Override
    public boolean isTraceEnabled() {
      return false;
    }

    @Override
    public boolean isDebugEnabled() {
      return false;
    }

    @Override
    public boolean isInfoEnabled() {
      return true;
    }

    @Override
    public boolean isWarnEnabled() {
      return true;
    }

    @Override
    public boolean isErrorEnabled() {
      return true;
    }

    @Override
    protected String getFullyQualifiedCallerName() {
      return AbstractLogger.class.getName();
    }

    @Override
    protected void handleNormalizedLoggingCall(
        org.slf4j.event.Level level,
        org.slf4j.Marker marker,
        String message,
        Object[] arguments,
        Throwable cause) {
      messages.add(message);
    }
  }
}
