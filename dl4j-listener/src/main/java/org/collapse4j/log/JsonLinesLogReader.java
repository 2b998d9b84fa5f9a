package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.nd4j.shade.jackson.databind.JsonNode;

/** Reads what {@link JsonLinesSink} wrote. */
final class JsonLinesLogReader extends LogReader {
  private final Set<String> unknownMetrics = new LinkedHashSet<>();
  private final Optional<DetailThinning<byte[]>> thinning;
  private int schema;

  /**
   * A reader.
   *
   * @param everyDetail whether all observations tell of classes and examples, or some of each place
   */
  JsonLinesLogReader(Path file, boolean everyDetail) {
    super(file);
    thinning =
        everyDetail
            ? Optional.empty()
            : Optional.of(new DetailThinning<>(observations, this::whole));
  }

  @Override
  void read(LogLines lines) throws IOException {
    for (LogLines.Line line = lines.next(); line != null; line = lines.next()) {
      read(line);
    }
    thinning.ifPresent(DetailThinning::complete);
    unknownMetrics.forEach(
        key -> warnings.add(file + " has a metric that is not known here, left out: " + key));
  }

  private void read(LogLines.Line line) {
    boolean details = thinning.map(DetailThinning::isWorthReading).orElse(true);
    Optional<Observation> atOnce =
        schema == 0 || schema == JsonLinesSink.SCHEMA
            ? ObservationJson.readAtOnce(line.bytes(), details, unknownMetrics::add)
            : Optional.empty();
    if (atOnce.isPresent()) {
      schema = JsonLinesSink.SCHEMA;
      add(atOnce.get());
      thinning.ifPresent(t -> t.added(line.bytes(), details));
    } else {
      readStepByStep(line);
    }
  }

  /** All that a line says, where only its numbers were read at first. */
  private Observation whole(byte[] line) {
    return ObservationJson.readAtOnce(line, true, unknownMetrics::add).orElse(null);
  }

  /** Finds out what is wrong with a line, if it is anything. */
  private void readStepByStep(LogLines.Line line) {
    if (line.text().isBlank()) {
      return;
    }
    Optional<JsonNode> json = ObservationJson.parse(line.text());
    if (json.isEmpty()) {
      requireTorn(line);
      warnOfTorn(line);
      return;
    }
    checkSchema(line, json.get());
    try {
      add(ObservationJson.read(json.get(), unknownMetrics::add));
    } catch (ArithmeticException | IllegalArgumentException wrong) {
      throw isNoObservation(line, wrong);
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
    String where = place(line);
    if (found < 1) {
      throw new IllegalArgumentException(
          file + " is no log: line " + line.number() + " has no member \"schema\" of 1 or above");
    }
    if (found > JsonLinesSink.SCHEMA) {
      throw new IllegalArgumentException(
          "%s was written by a newer version: schema %s, where up to %s can be read"
              .formatted(where, found, JsonLinesSink.SCHEMA));
    }
    if (schema != 0 && schema != found) {
      throw new IllegalArgumentException(
          where + " mixes schemas: " + found + " after lines of schema " + schema);
    }
    schema = found;
  }
}
