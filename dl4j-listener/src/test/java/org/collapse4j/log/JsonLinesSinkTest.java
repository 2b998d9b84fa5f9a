package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JsonLinesSinkTest extends MetricSinkContract {
  private static final ObjectMapper JSON = new ObjectMapper();

  private Path file() {
    return folder.resolve("new/log.jsonl");
  }

  @Override
  MetricSink open() {
    return new JsonLinesSink(file());
  }

  @Override
  List<Reading> read() throws IOException {
    return read(file());
  }

  static List<Reading> read(Path file) throws IOException {
    List<Reading> readings = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      readings.add(reading(JSON.readTree(line)));
    }
    return readings;
  }

  static Reading reading(JsonNode line) {
    Map<String, Double> values = new TreeMap<>();
    line.get("metrics")
        .properties()
        .forEach(
            m ->
                Optional.of(m.getValue())
                    .filter(JsonNode::isNumber)
                    .ifPresent(v -> values.put(m.getKey(), v.doubleValue())));
    Map<String, String> classes = new TreeMap<>();
    line.get("classes")
        .properties()
        .forEach(m -> classes.put(m.getKey(), numbers(m.getValue()).toString()));
    Map<String, String> parameters = new TreeMap<>();
    line.path("parameters")
        .properties()
        .forEach(m -> parameters.put(m.getKey(), m.getValue().textValue()));
    assertEquals(1, line.get("schema").intValue());
    return new Reading(
        line.get("run").textValue(),
        line.get("epoch").intValue(),
        line.get("iteration").longValue(),
        line.get("split").textValue(),
        line.get("layer").textValue(),
        values,
        classes,
        parameters,
        List.of(line.path("time").asText(""), line.path("started").asText("")));
  }

  private static List<Double> numbers(JsonNode array) {
    List<Double> numbers = new ArrayList<>();
    array.forEach(n -> numbers.add(n.isNull() ? Double.NaN : n.doubleValue()));
    return numbers;
  }

  @Override
  Reading expected(Observation observation) {
    return Reading.of(observation);
  }

  @Override
  Optional<MetricSink> unwritable() throws IOException {
    Path occupied = Files.createFile(folder.resolve("file"));
    return Optional.of(new JsonLinesSink(occupied.resolve("log.jsonl")));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 9, 10, 11, 60, 300})
  void aTornLastLineIsRemoved(int bytesLeft) throws IOException {
    open().write(Observations.of(1));
    byte[] whole = Files.readAllBytes(file());
    Files.write(file(), java.util.Arrays.copyOf(whole, bytesLeft), StandardOpenOption.APPEND);
    open().write(Observations.of(2));
    assertEquals(List.of(Reading.of(Observations.of(1)), Reading.of(Observations.of(2))), read());
  }

  @Test
  void aWholeLastLineWithoutLineBreakIsKept() throws IOException {
    open().write(Observations.of(1));
    Files.writeString(file(), Files.readString(file()).strip());
    open().write(Observations.of(2));
    assertEquals(List.of(Reading.of(Observations.of(1)), Reading.of(Observations.of(2))), read());
  }

  @Test
  void whatOthersWroteIsNotRemoved() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "a note without an end");
    open().write(Observations.of(1));
    assertEquals("a note without an end", Files.readAllLines(file()).get(0));
    assertEquals(2, Files.readAllLines(file()).size());
  }

  @Test
  void aFileTornWhileTheSinkIsOpenIsMended() throws IOException {
    try (MetricSink sink = open()) {
      sink.write(Observations.of(1));
      Files.writeString(file(), "{\"schema\":1,\"run\":\"oth", StandardOpenOption.APPEND);
      sink.write(Observations.of(2));
      Files.delete(file());
      sink.write(Observations.of(3));
      assertEquals(List.of(Reading.of(Observations.of(3))), read());
    }
  }
}
