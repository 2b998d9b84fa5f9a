package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Reads what {@link JsonLinesSink} wrote. */
final class JsonLinesLogReader {
  private final Path file;
  private final List<Observation> observations = new ArrayList<>();
  private final List<String> warnings = new ArrayList<>();
  private final Set<String> unknownMetrics = new LinkedHashSet<>();
  private int schema;

  private JsonLinesLogReader(Path file) {
    this.file = file;
  }

  static MetricLog read(Path file) throws IOException {
    return new JsonLinesLogReader(file).read();
  }

  private MetricLog read() throws IOException {
    try (LogLines lines = new LogLines(file)) {
      for (LogLines.Line line = lines.next(); line != null; line = lines.next()) {
        read(line);
      }
    }
    if (observations.isEmpty()) {
      throw new IllegalArgumentException(file + " is empty: it has no whole observation");
    }
    unknownMetrics.forEach(
        key -> warnings.add(file + " has a metric that is not known here, left out: " + key));
    return new MetricLog(observations, warnings);
  }

  private void read(LogLines.Line line) {
    if (line.text().isBlank()) {
      return;
    }
    Optional<JsonNode> json = ObservationJson.parse(line.text());
    if (json.isEmpty()) {
      requireTorn(line);
      warnings.add(file + ", line " + line.number() + " was torn in writing, and is left out");
      return;
    }
    checkSchema(line, json.get());
    try {
      observations.add(ObservationJson.read(json.get(), unknownMetrics::add));
    } catch (ArithmeticException | IllegalArgumentException wrong) {
      throw new IllegalArgumentException(
          file + ", line " + line.number() + " is no observation: " + wrong.getMessage(), wrong);
    }
  }

  private void requireTorn(LogLines.Line line) {
    String start = ObservationJson.START;
    if (!line.text().startsWith(start) && !start.startsWith(line.text())) {
      throw new IllegalArgumentException(
          file + " is no log: line " + line.number() + " is no JSON object");
    }
  }

  private void checkSchema(LogLines.Line line, JsonNode json) {
    int found = ObservationJson.schema(json);
    String where = file + ", line " + line.number();
    if (found < 1) {
      throw new IllegalArgumentException(
          file + " is no log: line " + line.number() + " has no member \"schema\" of 1 or above");
    }
    if (found > JsonLinesSink.SCHEMA) {
      throw new IllegalArgumentException(
          where
              + " was written by a newer version: schema "
              + found
              + ", where up to "
              + JsonLinesSink.SCHEMA
              + " can be read");
    }
    if (schema != 0 && schema != found) {
      throw new IllegalArgumentException(
          where + " mixes schemas: " + found + " after lines of schema " + schema);
    }
    schema = found;
  }
}
