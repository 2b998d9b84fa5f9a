package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.Main;
import org.collapse4j.theory.MemorizationDilationModel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TheoryCommandTest {
  private static final String HEADER =
      "noise.rate,alpha,expressivity,lambda,dilation.radius,separation,dilation.relative,"
          + "memorization.mean,memorization.fraction,objective";

  @TempDir Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(String... args) {
    List<String> all = new ArrayList<>(List.of("theory"));
    all.addAll(List.of(args));
    CommandLine command = Main.commandLine();
    command.setOut(new PrintWriter(out)).setErr(new PrintWriter(err));
    return command.execute(all.toArray(new String[0]));
  }

  private int runToFolder(String... args) {
    List<String> all = new ArrayList<>(List.of(args));
    all.addAll(List.of("--csv", folder.resolve("t.csv").toString()));
    if (!all.contains("--picture")) {
      all.addAll(List.of("--picture", folder.resolve("t.html").toString()));
    }
    return run(all.toArray(new String[0]));
  }

  @Test
  void sweepsEtaAlphaAndExpressivity() throws IOException {
    assertEquals(0, runToFolder("--eta", "0.1,0.02", "--alpha", "0:0.2:0.1", "-C", "0.5,1"));
    List<String> table =
        out.toString().lines().map(line -> line.strip().replaceAll(" +", " ")).toList();
    assertTrue(table.get(1).matches("eta +C +alpha 0 +alpha 0.1 +alpha 0.2"), table.get(1));
    assertTrue(table.contains("0.1 1 0.2259 0.1743 0.1553"), out::toString);
    assertTrue(table.contains("0.1 0.5 0.3438 0.2732 0.2471"), out::toString);

    List<String> csv = Files.readAllLines(folder.resolve("t.csv"));
    assertEquals(HEADER, csv.get(0));
    assertEquals(1 + 2 * 3 * 2, csv.size());
    double relative =
        MemorizationDilationModel.builder(0.02)
            .alpha(0.2)
            .expressivity(0.5)
            .build()
            .solve()
            .relativeDilation();
    String[] row =
        csv.stream()
            .filter(l -> l.startsWith("0.02,0.2,0.5,"))
            .findFirst()
            .orElseThrow()
            .split(",", -1);
    assertEquals(relative, Double.parseDouble(row[6]));

    JsonNode page = data(folder.resolve("t.html"));
    assertEquals(6, page.get("theory").size(), "a curve for each alpha and C");
    assertEquals(0, page.get("runs").size());
    try (Stream<Path> files = Files.list(folder)) {
      assertEquals(2, files.count(), "nothing else is left behind");
    }
  }

  @Test
  void drawsOneCurveForEachAlphaAndTheMeasuredRuns() throws IOException {
    Path log = folder.resolve("runs.jsonl");
    JsonLinesSink sink = new JsonLinesSink(log);
    Map<String, String> plain = Map.of("loss", "cross-entropy", "noise.rate", "0.1");
    Map<String, String> smooth = Map.of("loss", "label-smoothing", "alpha", "0.1");
    sink.write(heldOut("plain", 1, 0.9, plain));
    sink.write(heldOut("plain", 2, 0.25, plain));
    sink.write(observation("smooth", 1, "train", Metric.NOISE_RATE, 0.21, smooth));
    sink.write(heldOut("smooth", 1, 0.31, smooth));
    sink.write(heldOut("unknown", 1, 0.5, Map.of()));
    Path picture = folder.resolve("t.html");
    assertEquals(
        0,
        runToFolder("--alpha", "0,0.1", "--log", log.toString(), "--picture", picture.toString()));

    JsonNode page = data(picture);
    assertEquals(2, page.get("theory").size(), "a curve for each alpha");
    assertEquals("noise.rate", page.get("across").asText());
    assertEquals(List.of("plain", "smooth", "unknown"), page.get("runs").findValuesAsText("name"));
    assertEquals(0.1, page.at("/runs/0/noise").asDouble());
    List<String> lines = out.toString().lines().map(String::strip).toList();
    assertTrue(lines.stream().anyMatch(l -> l.matches("plain +cross-entropy +0 +0.1000 +0.2500")));
    assertTrue(
        lines.stream().anyMatch(l -> l.matches("smooth +label-smoothing +0.1 +0.2100 +0.3100")));
    assertTrue(
        err.toString().contains("left out the run unknown, which has no noise.rate"),
        err::toString);
  }

  private static JsonNode data(Path page) throws IOException {
    String html = Files.readString(page);
    String start = "<script type=\"application/json\" id=\"data\">";
    int from = html.indexOf(start) + start.length();
    return new ObjectMapper().readTree(html.substring(from, html.indexOf("</script>", from)));
  }

  @Test
  void severalLayersNeedAChoice() throws IOException {
    Path log = folder.resolve("runs.jsonl");
    JsonLinesSink sink = new JsonLinesSink(log);
    Map<String, String> parameters = Map.of("noise.rate", "0.1", "alpha", "0");
    Measurements values = Measurements.builder().put(Metric.DILATION_RELATIVE, 0.2).build();
    sink.write(new Observation("r", 1, 1, "heldout", "hidden", values, parameters));
    sink.write(new Observation("r", 1, 1, "heldout", "output", values, parameters));
    refuses(
        "The run r has dilations of several splits or layers, of which one must be chosen: heldout"
            + " at hidden, heldout at output",
        "--log",
        log.toString());
    assertEquals(0, runToFolder("--log", log.toString(), "--layer", "output", "--eta", "0.1"));
  }

  private static Observation heldOut(
      String run, int epoch, double relative, Map<String, String> parameters) {
    return observation(run, epoch, "heldout", Metric.DILATION_RELATIVE, relative, parameters);
  }

  private static Observation observation(
      String run,
      int epoch,
      String split,
      Metric metric,
      double value,
      Map<String, String> parameters) {
    Measurements values = Measurements.builder().put(metric, value).build();
    return new Observation(run, epoch, epoch * 10L, split, "output", values, parameters);
  }

  @Test
  void badInputIsToldInOneLineAndNothingIsWritten() throws IOException {
    Path empty = Files.writeString(folder.resolve("other.jsonl"), "");
    assertAll(
        () -> refuses("The noise rate eta must be from 0 to 1, not 1.5", "--eta", "1.5"),
        () -> refuses("alpha must be at least 0 and below 1, not 1.0", "--alpha", "0,1"),
        () -> refuses("The expressivity C must be positive, not 0.0", "-C", "0"),
        () -> refuses("lambda must be positive, not -1.0", "--lambda", "-1"),
        () -> refuses("alpha/2 + sqrt(2) lambda must be below 1/2", "--lambda", "0.4"),
        () -> refuses("must be numbers and ranges such as", "--eta", "a"),
        () -> refuses("must be numbers and ranges such as", "--eta", "0:1"),
        () -> refuses("a range must rise", "--eta", "0.4:0:0.1"),
        () -> refuses("a list must have at most 10000 numbers", "--eta", "0:1:1e-9"),
        () -> refuses("nowhere.jsonl does not exist", "--log", "nowhere.jsonl"),
        () -> refuses(empty.toString(), "--log", empty.toString()),
        () -> refuses("--picture must end in .html, a page", "--picture", "t.png"),
        () -> refuses("--picture must end in .html, a page", "--picture", "t.svg"));
    assertFalse(Files.exists(folder.resolve("t.csv")));
    assertFalse(Files.exists(folder.resolve("t.html")));
  }

  private void refuses(String message, String... args) {
    err.getBuffer().setLength(0);
    assertEquals(2, runToFolder(args), message);
    assertTrue(err.toString().contains(message), err::toString);
    assertEquals(1, err.toString().lines().count(), err::toString);
  }

  @Test
  void rangesStepInDecimals() {
    assertEquals(List.of(0.0, 0.1, 0.2, 0.3), NumberList.parse("0:0.3:0.1").values());
    assertEquals(List.of(0.0, 0.5, 1.0), NumberList.parse("1, 0.5,0,0.5").values());
  }
}
