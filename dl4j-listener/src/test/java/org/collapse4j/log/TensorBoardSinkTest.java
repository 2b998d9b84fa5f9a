package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.tensorflow.proto.Event;
import org.tensorflow.proto.Summary;

class TensorBoardSinkTest extends MetricSinkContract {
  private Path root() {
    return folder.resolve("board");
  }

  @Override
  MetricSink open() {
    return new TensorBoardSink(root());
  }

  @Override
  List<Reading> read() throws IOException {
    return read(root());
  }

  static List<Reading> read(Path root) throws IOException {
    List<Reading> readings = new ArrayList<>();
    for (Path file : eventFiles(root)) {
      String run = root.relativize(file.getParent()).toString();
      List<Event> events = events(file);
      assertEquals("brain.Event:2", events.get(0).getFileVersion());
      events.stream().skip(1).map(e -> reading(run, e)).forEach(readings::add);
    }
    return readings;
  }

  static List<Path> eventFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .filter(f -> f.getFileName().toString().contains("tfevents"))
          .sorted()
          .toList();
    }
  }

  /** The records up to one that is torn, as TensorFlow's own reader takes them. */
  static List<Event> events(Path file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    List<Event> events = new ArrayList<>();
    while (bytes.remaining() >= 12 && bytes.remaining() >= bytes.getLong(bytes.position()) + 16) {
      byte[] length = new byte[8];
      bytes.get(length);
      assertEquals(masked(length), bytes.getInt());
      byte[] message =
          new byte[(int) ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).getLong()];
      bytes.get(message);
      assertEquals(masked(message), bytes.getInt());
      events.add(Event.parseFrom(message));
    }
    return events;
  }

  /** As in TensorFlow's tensorflow/core/lib/hash/crc32c.h. */
  private static int masked(byte[] bytes) {
    CRC32C crc = new CRC32C();
    crc.update(bytes);
    long value = crc.getValue();
    return (int) (((value >>> 15) | (value << 17)) + 0xa282ead8L);
  }

  private static Reading reading(String run, Event event) {
    Map<String, Double> values = new TreeMap<>();
    String[] tag = {"", "", ""};
    for (Summary.Value value : event.getSummary().getValueList()) {
      assertEquals(Summary.Value.ValueCase.SIMPLE_VALUE, value.getValueCase());
      tag = value.getTag().split("/", -1);
      assertEquals(3, tag.length, value.getTag());
      values.put(tag[2], (double) value.getSimpleValue());
    }
    return new Reading(
        run, 0, event.getStep(), decoded(tag[0]), decoded(tag[1]), values, Map.of(), Map.of());
  }

  private static String decoded(String name) {
    return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  @Override
  Reading expected(Observation observation) {
    Map<String, Double> values = Reading.definedValues(observation);
    values.replaceAll((key, value) -> (double) value.floatValue());
    return new Reading(
        TensorBoardSink.folderOf(observation.run()),
        0,
        observation.iteration(),
        observation.split(),
        observation.layer(),
        values,
        Map.of(),
        Map.of());
  }

  @Override
  Optional<MetricSink> unwritable() throws IOException {
    return Optional.of(new TensorBoardSink(Files.createFile(folder.resolve("file"))));
  }

  /** The first bytes of every event file that TensorFlow writes: a record of 24 bytes. */
  @Test
  void aFileStartsAsTensorFlowsDo() throws IOException {
    open().write(Observations.of(1));
    byte[] start = Arrays.copyOf(Files.readAllBytes(eventFiles(root()).get(0)), 13);
    assertEquals("1800000000000000a37f4b2209", HexFormat.of().formatHex(start));
  }

  @Test
  void aSeriesIsNamedSplitLayerKeyAndDescribedOnce() throws IOException {
    try (MetricSink sink = open()) {
      sink.write(Observations.of("mnist/seed 1", 1, "heldout", "output"));
      sink.write(Observations.of("mnist/seed 1", 2, "heldout", "output"));
    }
    Path file = eventFiles(root()).get(0);
    assertEquals(root().resolve("mnist").resolve("seed%201"), file.getParent());
    List<Event> events = events(file);
    Map<String, String> descriptions = new LinkedHashMap<>();
    events
        .get(1)
        .getSummary()
        .getValueList()
        .forEach(v -> descriptions.put(v.getTag(), v.getMetadata().getSummaryDescription()));
    assertEquals(
        Metric.DILATION_RELATIVE.meaning() + ". Ideally 0.0. Source: Nguyen et al. 2023.",
        descriptions.get("heldout/output/dilation.relative"));
    assertTrue(
        events.get(2).getSummary().getValueList().stream().noneMatch(Summary.Value::hasMetadata));
    assertEquals(2 * 79, events.get(2).getStep());
    double made = Observations.of(2).time().orElseThrow().toEpochMilli() / 1000.0;
    assertEquals(made, events.get(2).getWallTime());
  }

  @Test
  void aSinkStartedLaterAddsALaterFile() throws IOException {
    for (int epoch = 1; epoch <= 3; epoch++) {
      open().write(Observations.of(epoch));
    }
    List<Path> files = eventFiles(root());
    assertEquals(3, files.size());
    for (int epoch = 1; epoch <= 3; epoch++) {
      assertEquals(epoch * 79L, events(files.get(epoch - 1)).get(1).getStep());
    }
  }

  @Test
  void whatWasTornOrTakenAwayIsFollowedByAnotherFile() throws IOException {
    try (MetricSink sink = open()) {
      sink.write(Observations.of(1));
      Path first = eventFiles(root()).get(0);
      Files.write(first, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);
      sink.write(Observations.of(2));
      assertEquals(2, read().size());
      Files.delete(eventFiles(root()).get(1));
      sink.write(Observations.of(3));
      assertEquals(List.of(expected(Observations.of(1)), expected(Observations.of(3))), read());
    }
  }

  @Test
  void foldersStayWithinTheFolderAndApart() {
    for (String name : hostileNames()) {
      Path path = root().resolve(TensorBoardSink.folderOf(name)).normalize();
      assertTrue(path.startsWith(root()) && !path.equals(root()), name);
      assertEquals(path, root().resolve(TensorBoardSink.folderOf(name)));
      path.forEach(segment -> assertTrue(segment.toString().length() < 200));
      assertFalse(path.toString().length() - root().toString().length() > 200);
    }
    long folders = hostileNames().stream().map(TensorBoardSink::folderOf).distinct().count();
    assertEquals(hostileNames().size(), folders);
  }
}
