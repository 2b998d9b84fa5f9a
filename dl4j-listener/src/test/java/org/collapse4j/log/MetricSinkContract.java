package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.collapse4j.OpenFiles;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every sink does, whatever it writes to. A sink's test says how to open and read it. */
abstract class MetricSinkContract {
  @TempDir Path folder;

  /** A sink to the one destination of a test; opened again it continues what is there. */
  abstract MetricSink open() throws IOException;

  /** What an independent reader finds in the destination, in any order. */
  abstract List<Reading> read() throws IOException;

  /** A sink that cannot write, if there is such a thing. */
  abstract Optional<MetricSink> unwritable() throws IOException;

  /** An observation as the destination is able to keep it. */
  abstract Reading expected(Observation observation);

  /** Whether all observations can be read back, or the last of each series. */
  boolean keepsHistory() {
    return true;
  }

  /** Whether the destination is memory of this process, to which observations are added. */
  boolean growsInMemory() {
    return false;
  }

  static List<String> hostileNames() {
    return List.of(
        "",
        " ",
        "a/b",
        "a//b",
        "/a",
        ".",
        "..",
        "../../etc/passwd",
        "a\\b",
        "it's \"quoted\", twice \"\"",
        "\"",
        "one\nline\r\nand another\n",
        "\u0000\u001b[31m\t",
        "r\u00e9seau \u795e\u7ecf\u7f51\u7edc \ud83e\udde0",
        "%2F%%",
        "a#b@@@c&&&d",
        "<script>alert(1)</script>",
        "=HYPERLINK(\"x\")",
        "{\"schema\":1}",
        "{run=\"x\"} 1",
        "con",
        "x".repeat(5000),
        "x".repeat(4999) + "y",
        "a/".repeat(2000) + "a");
  }

  private void writeAll(List<Observation> observations) throws IOException {
    try (MetricSink sink = open()) {
      for (Observation observation : observations) {
        sink.write(observation);
      }
      assertReads(observations);
    }
  }

  private void assertReads(List<Observation> observations) throws IOException {
    List<String> expected = observations.stream().map(o -> expected(o).toString()).toList();
    assertEquals(
        expected.stream().sorted().toList(),
        read().stream().map(Reading::toString).sorted().toList());
  }

  @Test
  void severalRunsSplitsAndLayersAreReadBack() throws IOException {
    List<Observation> observations = new ArrayList<>();
    for (int epoch = 1; epoch <= (keepsHistory() ? 3 : 1); epoch++) {
      for (String run : List.of("first", "second")) {
        for (String split : List.of(Observation.STREAM, "heldout")) {
          observations.add(Observations.of(run, epoch, split, "features"));
          observations.add(Observations.of(run, epoch, split, "output"));
        }
      }
    }
    writeAll(observations);
  }

  @Test
  void whatIsOfOneMomentIsWrittenTogether() throws IOException {
    List<Observation> observations = new ArrayList<>();
    try (MetricSink sink = open()) {
      for (int epoch = 1; epoch <= (keepsHistory() ? 3 : 1); epoch++) {
        List<Observation> moment = new ArrayList<>();
        for (String run : List.of("first", "second")) {
          moment.add(Observations.of(run, epoch, Observation.TRAIN, "output"));
          moment.add(Observations.of(run, epoch, Observation.HELD_OUT, "output"));
        }
        sink.writeAll(moment);
        observations.addAll(moment);
        sink.write(Observations.of("third", epoch, Observation.TRAIN, "output"));
        observations.add(Observations.of("third", epoch, Observation.TRAIN, "output"));
      }
      sink.writeAll(List.of());
      assertReads(observations);
    }
  }

  @Test
  void aMomentThatHoldsNoObservationIsRefusedAsAWhole() throws IOException {
    try (MetricSink sink = open()) {
      sink.write(Observations.of(1));
      List<Observation> faulty = Arrays.asList(Observations.of("run", 2, "a", "b"), null);
      assertThrows(NullPointerException.class, () -> sink.writeAll(faulty));
      sink.write(Observations.of("run", 2, "after", "output"));
      assertReads(List.of(Observations.of(1), Observations.of("run", 2, "after", "output")));
    }
  }

  @Test
  void undefinedValuesAreMissing() throws IOException {
    Measurements.Builder undefined = Measurements.builder().put(Metric.ACCURACY, 0.0);
    undefined.put(Metric.NC1_PINV, Double.NaN).put(Metric.NC4_MISMATCH, 1.0 / 0.0);
    try (MetricSink sink = open()) {
      sink.write(new Observation("run", 1, 7, "train", "output", undefined.build()));
      assertEquals(Map.of("accuracy", 0.0), read().get(0).values());
    }
  }

  @ParameterizedTest
  @MethodSource("hostileNames")
  void aNameIsOnlyAName(String name) throws IOException {
    writeAll(
        List.of(
            Observations.of(name, 1, "train", "output"),
            Observations.of("run", 1, name, "output"),
            Observations.of("run", 1, "train", name),
            Observations.of("after", 1, "train", "output")));
  }

  @Test
  void hostileNamesStayApart() throws IOException {
    writeAll(hostileNames().stream().map(n -> Observations.of(n, 1, "train", "output")).toList());
  }

  @Test
  void threadsShareASink() throws Exception {
    List<Observation> written;
    try (MetricSink sink = open()) {
      written = writeFromFourThreads(List.of(sink));
      assertReads(written);
    }
  }

  @Test
  void sinksShareADestination() throws Exception {
    try (MetricSink first = open();
        MetricSink second = open()) {
      assertReads(writeFromFourThreads(List.of(first, second)));
    }
  }

  private static List<Observation> writeFromFourThreads(List<MetricSink> sinks) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<List<Observation>>> writing = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      int thread = t;
      writing.add(
          threads.submit(() -> writeSplits(sinks.get(thread % sinks.size()), "thread" + thread)));
    }
    List<Observation> written = new ArrayList<>();
    for (Future<List<Observation>> one : writing) {
      written.addAll(one.get());
    }
    threads.shutdown();
    return written;
  }

  private static List<Observation> writeSplits(MetricSink sink, String layer) throws IOException {
    List<Observation> written = new ArrayList<>();
    for (int i = 0; i < 25; i++) {
      Observation alone = Observations.of("run", 3, "split" + i, layer);
      Observation withAnother = Observations.of("run", 3, "other" + i, layer);
      Observation another = Observations.of("run", 3, "another" + i, layer);
      sink.write(alone);
      sink.writeAll(List.of(withAnother, another));
      written.addAll(List.of(alone, withAnother, another));
    }
    return written;
  }

  @Test
  void whatIsThereIsContinued() throws IOException {
    List<Observation> observations = new ArrayList<>();
    for (int i = 1; i <= 3; i++) {
      Observation observation = Observations.of("run", 5, "split" + i, "output");
      MetricSink sink = open();
      sink.write(observation);
      observations.add(observation);
      assertReads(observations);
    }
  }

  @Test
  void writingAfterClosingIsRefusedAndClosingAgainIsNot() throws IOException {
    MetricSink sink = open();
    sink.write(Observations.of(1));
    sink.close();
    assertDoesNotThrow(sink::close);
    List<Reading> before = read();
    IOException refused = assertThrows(IOException.class, () -> sink.write(Observations.of(2)));
    assertTrue(refused.getMessage().contains("is closed"), refused.getMessage());
    assertThrows(IOException.class, () -> sink.writeAll(List.of(Observations.of(3))));
    assertEquals(before, read());
  }

  @Test
  void aSinkThatWroteNothingCloses() {
    assertDoesNotThrow(() -> open().close());
  }

  @Test
  void whatCannotBeWrittenIsAnIoException() throws IOException {
    Optional<MetricSink> sink = unwritable();
    assumeTrue(sink.isPresent(), "there is nothing that this destination refuses");
    assertThrows(IOException.class, () -> sink.get().write(Observations.of(1)));
    assertThrows(IOException.class, () -> sink.get().write(Observations.of(2)));
    List<Observation> moment = List.of(Observations.of(3), Observations.of("run", 3, "b", "c"));
    IOException once = assertThrows(IOException.class, () -> sink.get().writeAll(moment));
    assertEquals(0, once.getSuppressed().length, "it was tried once for each observation");
    assertDoesNotThrow(() -> sink.get().close());
  }

  @Test
  void anInterruptCostsNoObservation() throws IOException {
    try (MetricSink sink = open()) {
      Thread.currentThread().interrupt();
      sink.write(Observations.of(1));
      assertTrue(Thread.interrupted());
      assertReads(List.of(Observations.of(1)));
    } finally {
      assertFalse(Thread.interrupted());
    }
  }

  @Test
  void numbersAreWrittenTheSameInEveryLocale() throws IOException {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag("ar-EG-u-nu-arab"));
    try {
      writeAll(List.of(Observations.of(1)));
    } finally {
      Locale.setDefault(before);
    }
  }

  @Test
  void manyWritesLeaveNoFileOpen() throws IOException, InterruptedException {
    try (MetricSink sink = open()) {
      writeMany(sink, 1);
      long before = OpenFiles.count();
      writeMany(sink, 200);
      OpenFiles.assertNoMoreThan(before);
    }
  }

  @Test
  void manyWritesHoldNoMemory() throws IOException {
    assumeTrue(!growsInMemory(), "the destination itself is memory of this process");
    try (MetricSink sink = open()) {
      writeMany(sink, 50);
      long before = usedMemory();
      writeMany(sink, 200);
      long grown = usedMemory() - before;
      long written = 200 * Long.BYTES * Observations.LARGE;
      assertTrue(grown < written / 4, grown + " of " + written + " bytes are still held");
    }
  }

  private static void writeMany(MetricSink sink, int times) throws IOException {
    for (int i = 1; i <= times; i++) {
      sink.write(Observations.large(i));
    }
  }

  private static long usedMemory() {
    long used = Long.MAX_VALUE;
    for (int i = 0; i < 3; i++) {
      System.gc();
      Runtime runtime = Runtime.getRuntime();
      used = Math.min(used, runtime.totalMemory() - runtime.freeMemory());
    }
    return used;
  }
}
