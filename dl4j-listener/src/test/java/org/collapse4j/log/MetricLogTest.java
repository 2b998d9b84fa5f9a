package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MetricLogTest {
  private static final String HOSTILE = "a, \"b\"\n<script>alert(1)</script> \u2028 ü";

  @TempDir private Path folder;

  private static Observation observation(String run, int epoch) {
    return new Observation(
        run,
        epoch,
        10L * epoch,
        "heldout",
        "output",
        Measurements.builder()
            .put(Metric.NC1_CDNV, 0.1 / epoch)
            .put(Metric.NC5_ORTHOGONALITY, Double.NaN)
            .putClassValues(Metric.NC1_CDNV, new double[] {0.25, Double.NaN, 1e-9})
            .putPairs(
                Metric.NC1_CDNV, List.of(new ClassPair(0, 2, 0.75), new ClassPair(0, 1, 1e-9)))
            .build(),
        Map.of("loss", "label-smoothing", "alpha", "0.1"),
        new Examples(
            Optional.of(
                new FeaturePlane(
                    List.of(new FeaturePlane.Example(0.5, -1.25, 0, 2)),
                    Arrays.asList(new FeaturePlane.Centre(1, 2), null),
                    List.of(new FeaturePlane.ClassifierRow(1, -1, 0.5)))),
            List.of(new SuspectLabel(17, 0, 2, -1.5, Double.NaN, 4))));
  }

  private Path written(String name, Observation... observations) throws IOException {
    Path file = folder.resolve(name);
    MetricSink sink = name.endsWith(".csv") ? new CsvSink(file) : new JsonLinesSink(file);
    for (Observation observation : observations) {
      sink.write(observation);
    }
    return file;
  }

  private static Measurements withoutUndefined(Measurements values) {
    Measurements.Builder defined = Measurements.builder();
    for (Metric metric : values.metrics()) {
      if (!Double.isNaN(values.value(metric))) {
        defined.put(metric, values.value(metric));
      }
    }
    return defined.build();
  }

  private static String refusal(Path log) {
    return assertThrows(IllegalArgumentException.class, () -> MetricLog.read(log)).getMessage();
  }

  @Test
  void jsonLinesComeBackAsTheyWereWritten() throws IOException {
    List<Observation> observations = List.of(observation(HOSTILE, 1), observation(HOSTILE, 2));
    MetricLog log = MetricLog.read(written("a.jsonl", observations.toArray(Observation[]::new)));
    assertEquals(observations, log.observations());
    assertEquals(List.of(HOSTILE), log.runs());
    assertEquals(List.of(), log.warnings());
  }

  @Test
  void csvComesBackButForClassesAndParameters() throws IOException {
    Observation written = observation(HOSTILE, 3);
    Observation read = MetricLog.read(written("a.csv", written)).observations().get(0);
    Observation expected =
        new Observation(
            HOSTILE, 3, 30, "heldout", "output", withoutUndefined(written.measurements()));
    assertEquals(expected, read);
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.csv"})
  void timesComeBackWhereTheyAreKnown(String name) throws IOException {
    Optional<Instant> started = Optional.of(Instant.parse("2023-05-01T12:00:00Z"));
    Optional<Instant> made = Optional.of(Instant.parse("2023-05-01T12:00:31.250Z"));
    Observation of = observation("a", 1);
    Path file =
        written(name, of, of.withTimes(made, Optional.empty()), of.withTimes(made, started));
    List<Observation> read = MetricLog.read(file).observations();
    assertEquals(
        List.of(Optional.empty(), made, made), read.stream().map(Observation::time).toList());
    assertEquals(
        List.of(Optional.empty(), Optional.empty(), started),
        read.stream().map(Observation::started).toList());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.csv"})
  void aTimeThatIsNoneIsRefused(String name) throws IOException {
    Optional<Instant> made = Optional.of(Instant.parse("2023-05-01T12:00:31Z"));
    Path file = written(name, observation("a", 1).withTimes(made, made));
    Files.writeString(file, Files.readString(file).replaceFirst("2023-05-01T12:00:31Z", "noon"));
    assertTrue(refusal(file).contains("line " + (name.endsWith("csv") ? 2 : 1)), refusal(file));
    assertTrue(refusal(file).contains("noon"), refusal(file));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.csv"})
  void aTornLastLineIsLeftOutAndTold(String name) throws IOException {
    Path file = written(name, observation(HOSTILE, 1), observation(HOSTILE, 2));
    byte[] whole = Files.readAllBytes(file);
    for (int length = whole.length - 2; length > whole.length - 60; length--) {
      Files.write(file, Arrays.copyOf(whole, length));
      MetricLog log = MetricLog.read(file);
      assertEquals(1, log.observations().size());
      assertEquals(1, log.warnings().size());
      assertTrue(log.warnings().get(0).contains("torn"), log.warnings().get(0));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a.jsonl", "a.csv"})
  void aLogContinuedAfterATornLineIsReadOnBothSidesOfIt(String name) throws IOException {
    for (int torn : new int[] {3, 20, 90}) {
      Files.deleteIfExists(folder.resolve(name));
      Path file = written(name, observation(HOSTILE, 1), observation(HOSTILE, 2));
      byte[] whole = Files.readAllBytes(file);
      Files.write(file, Arrays.copyOf(whole, startOfLast(name) + torn));
      Files.writeString(file, "\n" + moreLines(name), StandardOpenOption.APPEND);
      MetricLog log = MetricLog.read(file);
      assertEquals(List.of(1, 3, 4), log.observations().stream().map(Observation::epoch).toList());
      assertEquals(1, log.warnings().size(), log.warnings().toString());
    }
  }

  /** As of a writer that does not remove what is torn, which the sinks do. */
  private String moreLines(String name) throws IOException {
    Files.deleteIfExists(folder.resolve("more-" + name));
    String more =
        Files.readString(written("more-" + name, observation(HOSTILE, 3), observation("plain", 4)));
    return name.endsWith(".csv") ? more.substring(more.indexOf('\n') + 1) : more;
  }

  private int startOfLast(String name) throws IOException {
    Path one = folder.resolve("one-" + name);
    Files.deleteIfExists(one);
    return (int) Files.size(written("one-" + name, observation(HOSTILE, 1)));
  }

  @Test
  void aLastRowOfCsvWhoseLastNumberMayBeCutIsLeftOut() throws IOException {
    Measurements values = Measurements.builder().put(Metric.EXAMPLES_NONFINITE, 12).build();
    Path file =
        written(
            "a.csv", observation("a", 1), new Observation("a", 2, 20, "train", "output", values));
    byte[] whole = Files.readAllBytes(file);
    for (int cut = 1; cut <= 4; cut++) {
      Files.write(file, Arrays.copyOf(whole, whole.length - cut));
      MetricLog log = MetricLog.read(file);
      assertEquals(1, log.observations().size());
      assertEquals(1, log.warnings().size());
    }
  }

  @Test
  void whatIsNoLogIsRefusedInOneLine() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.jsonl"), "hello\nworld\n");
    assertEquals(file + " is no log: line 1 is no JSON object", refusal(file));
    Files.writeString(file, "{\"a\":1}\n");
    assertEquals(file + " is no log: line 1 has no member \"schema\" of 1 or above", refusal(file));
    Files.writeString(file, "");
    assertEquals(file + " is empty: it has no whole observation", refusal(file));
    Path missing = folder.resolve("missing.jsonl");
    assertEquals(missing + " does not exist", refusal(missing));
    Path csv = Files.writeString(folder.resolve("table.csv"), "eta,alpha\n1,2\n");
    assertEquals(
        csv + " is no log: its first line must start with run,epoch,iteration,split,layer",
        refusal(csv));
    Files.writeString(csv, "");
    assertEquals(csv + " is empty: it has no whole observation", refusal(csv));
  }

  @Test
  void aLineThatIsNoObservationIsNamed() throws IOException {
    Path file = written("a.jsonl", observation("a", 1));
    String good = Files.readString(file);
    Files.writeString(file, good + good.replace("\"epoch\":1", "\"epoch\":\"one\""));
    assertEquals(
        file
            + ", line 2 is no observation: its member \"epoch\" must be a whole number, not"
            + " \"one\"",
        refusal(file));
    Files.writeString(file, good + good.replace("\"run\":\"a\",", ""));
    assertEquals(
        file + ", line 2 is no observation: its member \"run\" must be a text, not missing",
        refusal(file));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          "epoch":1                 | "epoch":1.5            | "epoch" must be a whole number, not 1.5
          "epoch":1                 | "epoch":null           | "epoch" must be a whole number, not null
          "epoch":1                 | "epoch":"1"            | "epoch" must be a whole number, not "1"
          "epoch":1,                | ''                     | "epoch" must be a whole number, not missing
          "split":"heldout"         | "split":["a"]          | "split" must be a text, not ["a"]
          "metrics":{               | "m":{                  | "metrics" must be an object, not missing
          "metrics":{"nc1.cdnv":0.1 | "metrics":{"nc1.cdnv":"x" | "metrics.nc1.cdnv" must be a number or null, not "x"
          [0.25,null,1.0E-9]        | 7                      | "classes.nc1.cdnv" must be a list, not 7
          """)
  void aMemberOfTheWrongKindIsNamed(String good, String wrong, String expected) throws IOException {
    Path file = written("a.jsonl", observation("a", 1));
    String line = Files.readString(file);
    assertTrue(line.contains(good), line);
    Files.writeString(file, line.replace(good, wrong));
    assertEquals(file + ", line 1 is no observation: its member " + expected, refusal(file));
  }

  /** As of no sink, but as any file may be. */
  @Test
  void nullsInListsAreLeftOut() throws IOException {
    Path file = written("a.jsonl", observation("a", 1));
    String line = Files.readString(file);
    Files.writeString(
        file,
        line.replace("[0,2,0.75]", "null,[0,2,0.75]")
            .replace("\"suspects\":[", "\"suspects\":[null,")
            .replace("\"classes\":{", "\"classes\":{\"nc1.quotient\":null,"));
    Observation read = MetricLog.read(file).observations().get(0);
    assertEquals(observation("a", 1).examples(), read.examples());
    assertEquals(
        observation("a", 1).measurements().pairs(Metric.NC1_CDNV),
        read.measurements().pairs(Metric.NC1_CDNV));
  }

  @Test
  void aWholeNumberMayHaveADecimalPoint() throws IOException {
    Path file = written("a.jsonl", observation("a", 1));
    Files.writeString(
        file,
        Files.readString(file)
            .replace("\"epoch\":1,\"iteration\":10", "\"epoch\":1.0,\"iteration\":1e1"));
    assertEquals(List.of(observation("a", 1)), MetricLog.read(file).observations());
  }

  @Test
  void aNewerVersionIsRefused() throws IOException {
    Path file = written("a.jsonl", observation("a", 1));
    String good = Files.readString(file);
    String newer = good.replace("\"schema\":1", "\"schema\":2");
    Files.writeString(file, newer);
    assertEquals(
        file + ", line 1 was written by a newer version: schema 2, where up to 1 can be read",
        refusal(file));
    Files.writeString(file, good + newer);
    assertTrue(refusal(file).startsWith(file + ", line 2 "), refusal(file));

    Path csv = written("a.csv", observation("a", 1));
    Files.writeString(csv, Files.readString(csv).replaceFirst("nc1.cdnv", "nc9.new"));
    assertEquals(
        csv + " was written by a newer version: its column \"nc9.new\" is no metric known here",
        refusal(csv));
  }

  @Test
  void membersAndMetricsOfTheSameSchemaThatAreNotKnownAreLeftOut() throws IOException {
    Path file = written("a.jsonl", observation("a", 1));
    Files.writeString(
        file,
        Files.readString(file)
            .replace("\"metrics\":{", "\"later\":[1],\"metrics\":{\"nc9.new\":1,"));
    MetricLog log = MetricLog.read(file);
    assertEquals(List.of(observation("a", 1)), log.observations());
    assertEquals(1, log.warnings().size());
    assertTrue(log.warnings().get(0).endsWith("nc9.new"), log.warnings().get(0));
  }

  @Test
  void aFolderIsReadWithTheFoldersInIt() throws IOException {
    written("b.jsonl", observation("b", 1));
    Files.createDirectories(folder.resolve("deep"));
    written("deep/a.jsonl", observation("a", 1), observation("a", 2));
    written("b.csv", observation("b", 1));
    Files.writeString(folder.resolve("theory.csv"), "eta,C\n1,2\n");
    Files.writeString(folder.resolve("README.txt"), "not looked at");
    MetricLog log = MetricLog.read(folder);
    assertEquals(List.of("b", "a"), log.runs());
    assertEquals(4, log.observations().size());
    assertEquals(observation("b", 1), log.observations().get(1));
    assertEquals(2, log.warnings().size(), log.warnings().toString());
    assertFalse(log.warnings().toString().contains("README"), log.warnings().toString());
  }

  @Test
  void aGrowingLogIsReadAgainOnlyWhereItHasChanged() throws IOException {
    written("a.jsonl", observation("a", 1));
    written("b.jsonl", observation("b", 1));
    GrowingLog growing = new GrowingLog(folder);
    MetricLog first = growing.read();
    assertSame(first, growing.read());
    written("b.jsonl", observation("b", 2));
    assertEquals(
        List.of(observation("a", 1), observation("b", 1), observation("b", 2)),
        growing.read().observations());
    written("c.jsonl", observation("c", 1));
    assertEquals(List.of("a", "b", "c"), growing.read().runs());
  }

  @Test
  void oneInvalidFileOfAFolderIsLeftOutAndSaid() throws IOException {
    new JsonLinesSink(folder.resolve("a.jsonl"))
        .write(new Observation("a", 1, 10, "train", "output", Measurements.empty()));
    Path invalid = Files.writeString(folder.resolve("b.jsonl"), "hello\nworld\n");
    Files.writeString(folder.resolve("theory.csv"), "noise.rate,alpha,expressivity,lambda\n");
    MetricLog log = MetricLog.read(folder);
    assertEquals(List.of("a"), log.runs());
    assertEquals(
        List.of(invalid + " is no log: line 1 is no JSON object; the file is left out"),
        log.warnings());
    Files.delete(folder.resolve("a.jsonl"));
    assertEquals(invalid + " is no log: line 1 is no JSON object", refusal(folder));
  }

  @Test
  void aFolderWithoutLogsIsRefused() throws IOException {
    String expected =
        folder
            + " has no logs: files that end in .jsonl or .csv, as JsonLinesSink and CsvSink write"
            + " them";
    assertEquals(expected, refusal(folder));
    Files.writeString(folder.resolve("theory.csv"), "eta,C\n1,2\n");
    assertEquals(expected, refusal(folder));
  }

  @Test
  void parametersAreCopiedAndCannotBeChanged() {
    Map<String, String> mutable = new HashMap<>(Map.of("loss", "a"));
    Observation observation =
        new Observation("r", 1, 1, "train", "output", Measurements.empty()).withParameters(mutable);
    mutable.put("loss", "b");
    assertEquals("a", observation.parameters().get("loss"));
    assertThrows(UnsupportedOperationException.class, () -> observation.parameters().put("x", "y"));
  }
}
