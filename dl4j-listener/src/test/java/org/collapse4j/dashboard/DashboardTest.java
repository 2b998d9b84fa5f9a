package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.shade.jackson.databind.JsonNode;
import org.nd4j.shade.jackson.databind.ObjectMapper;

class DashboardTest {
  private static final String HOSTILE =
      "</script><!-- <img src=x onerror=alert(1)> {{script}} & \"quotes' \u2028 \u2029";

  @TempDir private Path folder;

  private static String between(String page, String start, String end) {
    Matcher found =
        Pattern.compile(Pattern.quote(start) + "(.*?)" + Pattern.quote(end), Pattern.DOTALL)
            .matcher(page);
    assertTrue(found.find(), start);
    return found.group(1);
  }

  private static JsonNode data(String page) throws IOException {
    return new ObjectMapper()
        .readTree(between(page, "<script type=\"application/json\" id=\"data\">", "</script>"));
  }

  private static String page(List<Observation> observations) {
    return Dashboard.of(observations).html();
  }

  private static String sha256(String content) throws Exception {
    return "'sha256-"
        + Base64.getEncoder()
            .encodeToString(
                MessageDigest.getInstance("SHA-256")
                    .digest(content.getBytes(StandardCharsets.UTF_8)))
        + "'";
  }

  @Test
  void thePolicyAllowsItsOwnScriptAndStyleOnly() throws Exception {
    String page = page(Runs.complete("a", 3, Map.of()));
    assertEquals(
        "default-src 'none'; script-src "
            + sha256(between(page, "<script>", "</script>"))
            + "; style-src "
            + sha256(between(page, "<style>", "</style>"))
            + "; img-src blob:; base-uri 'none'; form-action 'none'",
        between(page, "http-equiv=\"Content-Security-Policy\" content=\"", "\""));
    assertFalse(
        Pattern.compile("<[^>]+ (style|on\\w+)=")
            .matcher(page.substring(0, page.indexOf("<script>")))
            .find());
  }

  @Test
  void hostileNamesAreDataOnly() throws IOException {
    Observation observation =
        new Observation(
            HOSTILE, 1, 1, HOSTILE, HOSTILE, Runs.complete("a", 1, Map.of()).get(0).measurements());
    String page = page(List.of(observation.withParameters(Map.of(HOSTILE, HOSTILE))));
    assertFalse(page.contains("<img"), "a tag of a name is in the page");
    assertEquals(2, page.split("</script>", -1).length - 1);
    assertFalse(page.substring(page.indexOf("id=\"data\"")).contains("\u2028"));
    JsonNode run = data(page).get("runs").get(0);
    assertEquals(HOSTILE, run.get("name").asText());
    assertEquals(HOSTILE, run.get("parameters").get(HOSTILE).asText());
    assertEquals(HOSTILE, run.get("series").get(0).get("split").asText());
  }

  @Test
  void withoutScriptsThereAreVerdictsAndATable() {
    String page = page(Runs.complete("a<b", 4, Map.of()));
    String fallback = between(page, "<noscript>", "</noscript>");
    assertTrue(fallback.contains("83% of the 6 wrong labels are memorized"), fallback);
    assertTrue(fallback.contains("<th scope=\"row\">a&lt;b</th>"), fallback);
    assertEquals(10, fallback.split("<th scope=\"col\">", -1).length - 1);
    assertTrue(fallback.contains("<td>0.0067</td>"), fallback);
    assertFalse(fallback.contains("NaN"), fallback);
  }

  @Test
  void theJarsLicenceOfTheChartsIsInThePage() {
    assertTrue(page(Runs.complete("a", 1, Map.of())).contains("Copyright 2010-2023 Mike Bostock"));
  }

  @Test
  void writingReplacesThePageAndLeavesNothingElse() throws IOException {
    Path file = folder.resolve("deep").resolve("page.html");
    Dashboard.of(Runs.complete("first", 2, Map.of())).write(file);
    Dashboard.of(Runs.complete("second", 2, Map.of())).write(file);
    assertEquals("second", data(Files.readString(file)).get("runs").get(0).get("name").asText());
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void aLogThatIsNotThereIsRefused() {
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> {
              Dashboard.of(MetricLog.read(Path.of("runs"))).write(Path.of("page.html"));
            });
    assertEquals("runs does not exist", refused.getMessage());
  }

  @Test
  void aSinkRewritesThePageAtEveryObservation() throws IOException {
    Path file = folder.resolve("page.html");
    try (MetricSink sink = new DashboardSink(file)) {
      List<Observation> observations = Runs.complete("a", 3, Map.of());
      for (int i = 0; i < observations.size(); i++) {
        sink.write(observations.get(i));
        JsonNode run = data(Files.readString(file)).get("runs").get(0);
        int points = 0;
        for (JsonNode series : run.get("series")) {
          points += series.get("x").get("count").asInt();
        }
        assertEquals(i + 1, points);
      }
    }
  }

  @Test
  void aSinkDrawsThePageOnceAMoment() throws IOException {
    Path folderInItsPlace = Files.createDirectories(folder.resolve("page.html/file"));
    List<Observation> moment = Runs.complete("a", 1, Map.of());
    assertTrue(moment.size() > 1);
    try (MetricSink sink = new DashboardSink(folderInItsPlace.getParent())) {
      IOException once = assertThrows(IOException.class, () -> sink.writeAll(moment));
      assertEquals(0, once.getSuppressed().length, "it was drawn once for each observation");
    }
  }

  @Test
  void aSinkThatIsClosedRefusesMore() throws IOException {
    MetricSink sink = new DashboardSink(folder.resolve("page.html"));
    Observation observation = Runs.complete("a", 1, Map.of()).get(0);
    sink.write(observation);
    sink.close();
    sink.close();
    assertThrows(IOException.class, () -> sink.write(observation));
  }

  @Test
  void warningsOfTheLogAreOnThePage() throws IOException {
    Path log = folder.resolve("a.jsonl");
    try (MetricSink sink = new JsonLinesSink(log)) {
      sink.write(Runs.complete("a", 1, Map.of()).get(0));
    }
    Files.writeString(log, Files.readString(log) + "{\"schema\":1,\"run\":\"a");
    String page = Dashboard.of(MetricLog.read(log)).html();
    assertEquals(
        log + ", line 2 was torn in writing, and is left out",
        data(page).get("notes").get(0).asText());
  }

  @Test
  void runsThatDifferBySeedAreOneGroup() throws IOException {
    List<Observation> observations = new ArrayList<>();
    observations.addAll(Runs.complete("a", 1, Runs.about("cross-entropy", 0.2, 1)));
    observations.addAll(Runs.complete("b", 1, Runs.about("cross-entropy", 0.2, 2)));
    observations.addAll(Runs.complete("c", 1, Runs.about("cross-entropy", 0.4, 1)));
    observations.addAll(Runs.complete("d", 1, Map.of("loss", "x")));
    observations.addAll(Runs.complete("e", 1, Map.of("loss", "x")));
    List<Integer> groups = new ArrayList<>();
    data(page(observations)).get("runs").forEach(run -> groups.add(run.get("group").asInt()));
    assertEquals(List.of(0, 0, 1, 2, 3), groups);
  }

  @Test
  void parametersInWhichAllRunsAgreeAreThereOnce() throws IOException {
    List<Observation> observations = new ArrayList<>();
    observations.addAll(Runs.complete("a", 1, Runs.about("cross-entropy", 0.4, 1)));
    observations.addAll(Runs.complete("b", 1, Runs.about("cross-entropy", 0.2, 1)));
    JsonNode data = data(page(observations));
    assertEquals("{\"loss\":\"cross-entropy\",\"seed\":\"1\"}", data.get("parameters").toString());
    assertEquals("{\"noise.rate\":\"0.4\"}", data.at("/runs/0/parameters").toString());
    assertEquals("{\"noise.rate\":\"0.2\"}", data.at("/runs/1/parameters").toString());
  }

  /** Where a metric stands in the page's vocabulary. */
  private static String index(Metric metric) {
    return String.valueOf(List.of(Metric.values()).indexOf(metric));
  }

  @Test
  void columnsAreFloat32AndConstantsANumber() throws IOException {
    List<Observation> observations = Runs.complete("a", 3, Map.of());
    JsonNode values =
        data(page(observations)).get("runs").get(0).get("series").get(0).get("values");
    assertEquals(0.2, values.get(index(Metric.NOISE_RATE)).asDouble());
    ByteBuffer bytes =
        ByteBuffer.wrap(Base64.getDecoder().decode(values.get(index(Metric.NC1_CDNV)).asText()))
            .order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 3; i++) {
      double expected = observations.get(2 * i).measurements().value(Metric.NC1_CDNV);
      assertEquals((float) expected, bytes.getFloat());
    }
    assertEquals(0, bytes.remaining());
  }

  @Test
  void twentyRunsOfAThousandEpochsAndFortyMetricsAreBelowFifteenMegabytes() {
    assertTrue(page(large(1)).length() < 15_000_000);
  }

  @Test
  void moreThanThatIsThinnedWithFirstLastAndExtremesKept() throws IOException {
    List<Observation> observations = large(3);
    String page = page(observations);
    assertTrue(page.length() < 15_000_000);
    assertTrue(data(page).get("thinned").asBoolean());
    JsonNode column = data(page).at("/runs/19/series/2/values/" + index(Metric.ACCURACY));
    IntBuffer at = bytes(column.get("at")).asIntBuffer();
    FloatBuffer values = bytes(column.get("values")).asFloatBuffer();
    double[] all =
        observations.stream()
            .filter(o -> o.run().equals("run 19") && o.split().equals("split 2"))
            .mapToDouble(o -> o.measurements().value(Metric.ACCURACY))
            .toArray();
    List<Float> kept = new ArrayList<>();
    for (int i = 0; i < values.limit(); i++) {
      assertEquals((float) all[at.get(i)], values.get(i));
      kept.add(values.get(i));
    }
    assertEquals(0, at.get(0));
    assertEquals(999, at.get(at.limit() - 1));
    assertEquals((float) Arrays.stream(all).max().orElseThrow(), Collections.max(kept));
    assertEquals((float) Arrays.stream(all).min().orElseThrow(), Collections.min(kept));
  }

  private static ByteBuffer bytes(JsonNode base64) {
    return ByteBuffer.wrap(Base64.getDecoder().decode(base64.asText()))
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void thousandsOfRunsLeaveOutDetailsOfLaterOnes() throws IOException {
    String page = page(new ManyRuns(3000, 3, 10).observations());
    assertTrue(page.length() < 15_000_000, page.length() + " characters");
    JsonNode data = data(page);
    assertEquals(3000, data.get("runs").size());
    assertTrue(data.get("withoutDetails").asInt() > 0);
    assertTrue(data.at("/runs/0/series/0").has("planes"));
    assertFalse(data.at("/runs/2999/series/0").has("planes"));
    assertTrue(data.at("/runs/2999/series/0/values").has(index(Metric.NC1_CDNV)));
  }

  @Test
  void fiveThousandRunsOfEveryMetricAreBelowFifteenMegabytes() throws IOException {
    List<Observation> observations = new ArrayList<>();
    for (int run = 0; run < 5000; run++) {
      for (int epoch = 1; epoch <= 3; epoch++) {
        observations.add(ofMany("run " + run, epoch, Observation.TRAIN));
        observations.add(ofMany("run " + run, epoch, Observation.HELD_OUT));
      }
    }
    String page = page(observations);
    assertTrue(page.length() < 15_000_000, page.length() + " characters");
    int withoutDetails = data(page).get("withoutDetails").asInt();
    assertTrue(4000 < withoutDetails && withoutDetails < 4900, withoutDetails + " without details");
  }

  /** Thirty-two metrics and the pairs of ten classes, as a training logs them. */
  private static Observation ofMany(String run, int epoch, String split) {
    Measurements.Builder values = Measurements.builder();
    Stream.of(Metric.values())
        .filter(metric -> !metric.key().startsWith("memorization"))
        .limit(32)
        .forEach(metric -> values.put(metric, Math.sqrt(epoch + metric.key().length())));
    List<ClassPair> pairs = new ArrayList<>();
    for (int first = 0; first < 10; first++) {
      for (int second = first + 1; second < 10; second++) {
        pairs.add(new ClassPair(first, second, 1.0 / (1 + first + second)));
      }
    }
    values.putPairs(Metric.NC1_CDNV, pairs);
    values.putClassValues(Metric.ACCURACY, new double[10]);
    return new Observation(run, epoch, 24L * epoch, split, "output", values.build());
  }

  @Test
  void twoHundredRunsWithPlanesAndPairsAreBelowFifteenMegabytes() {
    int length = page(new ManyRuns(200, 50, 10).observations()).length();
    assertTrue(length < 15_000_000, length + " characters");
  }

  /** Twenty runs of 1,000 epochs, every metric random, over so many splits. */
  private static List<Observation> large(int splits) {
    Random random = new Random(1);
    List<Observation> observations = new ArrayList<>();
    for (int run = 0; run < 20; run++) {
      for (int epoch = 1; epoch <= 1000; epoch++) {
        for (int split = 0; split < splits; split++) {
          Map<Metric, Double> values = new EnumMap<>(Metric.class);
          for (Metric metric : Metric.values()) {
            values.put(metric, random.nextDouble());
          }
          observations.add(
              Runs.observation("run " + run, epoch, "split " + split, values, Map.of()));
        }
      }
    }
    return observations;
  }
}
