package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads a file of observations line by line, past those that were torn in writing. */
abstract class LogReader {
  final Path file;
  final List<Observation> observations = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();
  private final Map<Object, Object> known = new HashMap<>();

  LogReader(Path file) {
    this.file = file;
  }

  /**
   * All observations of the file.
   *
   * @throws IllegalArgumentException if it is no log, or none that can be read here
   */
  final MetricLog read() throws IOException {
    try (LogLines lines = new LogLines(file)) {
      read(lines);
    }
    if (observations.isEmpty()) {
      throw isEmpty();
    }
    return new MetricLog(observations, warnings);
  }

  /** Adds the observations of the lines, and a warning for each that is left out. */
  abstract void read(LogLines lines) throws IOException;

  /** Adds an observation, which shares with those before what they have in common. */
  final void add(Observation observation) {
    observations.add(
        new Observation(
            shared(observation.run()),
            observation.epoch(),
            observation.iteration(),
            shared(observation.split()),
            shared(observation.layer()),
            observation.measurements(),
            shared(observation.parameters()),
            observation.examples(),
            observation.time(),
            shared(observation.started())));
  }

  @SuppressWarnings("unchecked") // What is equal to a value here is of its type.
  private <T> T shared(T value) {
    return (T) known.computeIfAbsent(value, first -> first);
  }

  final void warnOfTorn(LogLines.Line line) {
    warnings.add(place(line) + " was torn in writing, and is left out");
  }

  final String place(LogLines.Line line) {
    return file + ", line " + line.number();
  }

  final IllegalArgumentException isEmpty() {
    return new IllegalArgumentException(file + " is empty: it has no whole observation");
  }

  final IllegalArgumentException isNoObservation(LogLines.Line line, RuntimeException cause) {
    return new IllegalArgumentException(
        place(line) + " is no observation: " + cause.getMessage(), cause);
  }
}
