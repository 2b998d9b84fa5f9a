package org.collapse4j.log;

import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.event.Level;
import org.slf4j.spi.DefaultLoggingEventBuilder;
import org.slf4j.spi.LoggingEventAware;
import org.slf4j.spi.LoggingEventBuilder;

/** What needs SLF4J 2, in a class that is not loaded where a project has SLF4J 1.7. */
final class KeyValueLogging {
  private KeyValueLogging() {}

  /** Whether a logger keeps the pairs as such, rather than to print them into the message. */
  static boolean isTakenBy(Logger logger) {
    return logger instanceof LoggingEventAware
        || logger.makeLoggingEventBuilder(Level.INFO).getClass()
            != DefaultLoggingEventBuilder.class;
  }

  static void info(
      Logger logger, String line, Observation observation, Map<String, Double> values) {
    withPairs(logger.atInfo(), observation, values).log(line);
  }

  static void trace(
      Logger logger, String line, Observation observation, Map<String, Double> values) {
    withPairs(logger.atTrace(), observation, values).log(line);
  }

  private static LoggingEventBuilder withPairs(
      LoggingEventBuilder bare, Observation observation, Map<String, Double> values) {
    LoggingEventBuilder event =
        bare.addKeyValue("run", observation.run())
            .addKeyValue("epoch", observation.epoch())
            .addKeyValue("iteration", observation.iteration())
            .addKeyValue("split", observation.split())
            .addKeyValue("layer", observation.layer());
    for (Map.Entry<String, String> parameter : observation.parameters().entrySet()) {
      event = event.addKeyValue("parameters." + parameter.getKey(), parameter.getValue());
    }
    for (Map.Entry<String, Double> value : values.entrySet()) {
      event = event.addKeyValue(value.getKey(), value.getValue());
    }
    return event;
  }
}
