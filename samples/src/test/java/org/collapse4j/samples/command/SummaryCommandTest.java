package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SummaryCommandTest {
  @TempDir private Path folder;

  private Shell summary(String... more) {
    String[] all = new String[more.length + 2];
    all[0] = "summary";
    all[1] = folder.toString();
    System.arraycopy(more, 0, all, 2, more.length);
    return Shell.run(all);
  }

  private void writeTwoRuns() throws IOException {
    Path first = folder.resolve("a.jsonl");
    Logs.append(first, "first", 1, 0.5, 0.75);
    Logs.append(first, "first", 2, 0.9, 0.5);
    Logs.append(first, "first", 3, 0.8, 0.6);
    Logs.append(folder.resolve("b.jsonl"), "second\u001b[31m", 1, 0.25, 1.5);
  }

  @Test
  void lastAndBestValuesOfEveryRun() throws IOException {
    writeTwoRuns();
    Shell shell = summary();
    assertEquals(0, shell.exitCode(), shell.err());
    assertEquals(
        String.join(
            System.lineSeparator(),
            "heldout at output",
            "run          epoch  accuracy  nc1.pinv",
            "first            3    0.8000    0.6000",
            "second?[31m      1    0.2500     1.500",
            "",
            "",
            "first",
            "Held-out accuracy is 80%, as high as it has been, scatter aside.",
            "",
            "second?[31m",
            "Held-out accuracy is 25%.",
            ""),
        shell.out());
    assertEquals("", shell.err());
  }

  @Test
  void metricsAreChosen() throws IOException {
    writeTwoRuns();
    Shell shell = summary("--metrics", "examples,nc1.pinv");
    assertTrue(
        shell.out().lines().toList().contains("run          epoch  examples  nc1.pinv"),
        shell.out());
    assertTrue(summary("--metrics", "all").out().contains("examples"));
    Shell wrong = summary("--metrics", "nc9");
    assertEquals(2, wrong.exitCode());
    assertTrue(
        wrong.err().startsWith("collapse4j: --metrics must name metrics, of which \"nc9\" is none"),
        wrong.err());
    assertEquals(1, wrong.err().lines().count());
  }

  @Test
  void wideHasTheBestValuesToo() throws IOException {
    writeTwoRuns();
    List<String> lines = summary("--wide").out().lines().toList();
    assertEquals("run          epoch  accuracy    best  at  nc1.pinv    best  at", lines.get(1));
    assertEquals("first            3    0.8000  0.9000   2    0.6000  0.5000   2", lines.get(2));
  }

  @Test
  void aTableIsNoWiderThanTheTerminalAndSaysWhatIsLeftOut() throws IOException {
    Path log = folder.resolve("a.jsonl");
    Measurements.Builder values = Measurements.builder();
    for (Metric metric : Metric.values()) {
      values.put(metric, 0.123456);
    }
    String name = "x".repeat(100);
    new JsonLinesSink(log).write(new Observation(name, 1, 10, "train", "output", values.build()));
    List<String> lines = summary().out().lines().toList();
    assertTrue(lines.get(1).length() <= 80 && lines.get(1).contains("nc1.pinv"), lines.get(1));
    assertTrue(lines.get(2).startsWith("x".repeat(29) + "..."), lines.get(2));
    assertTrue(lines.get(3).startsWith("With --wide or --metrics also: "), lines.get(3));
    assertTrue(summary("--wide").out().contains(name));
  }

  @Test
  void runsAreSortedByTheMetricNearestToItsIdealFirst() throws IOException {
    writeTwoRuns();
    Logs.append(folder.resolve("c.jsonl"), "third", 1, 0.9, Double.NaN);
    assertTrue(summary("--sort", "nc1.pinv").out().lines().toList().get(2).startsWith("first"));
    List<String> byAccuracy = summary("--sort", "accuracy").out().lines().toList();
    assertTrue(byAccuracy.get(2).startsWith("third"));
    assertTrue(byAccuracy.get(4).startsWith("second"));
    assertTrue(summary("--sort", "nc1.pinv").out().lines().toList().get(4).startsWith("third"));
    assertTrue(summary("--sort", "nc9").err().contains("--sort must name metrics"));
  }

  @Test
  void csvHasFullDigitsAndNothingElse() throws IOException {
    writeTwoRuns();
    Logs.append(folder.resolve("c.jsonl"), "a \"b\", c", 1, 1 / 3.0, 1);
    assertEquals(
        List.of(
            "run,split,layer,epoch,accuracy,accuracy.best,accuracy.best.epoch",
            "first,heldout,output,3,0.8,0.9,2",
            "second\u001b[31m,heldout,output,1,0.25,0.25,1",
            "\"a \"\"b\"\", c\",heldout,output,1,0.3333333333333333,0.3333333333333333,1"),
        summary("--csv", "--metrics", "accuracy").out().lines().toList());
  }

  @Test
  void aTornLineIsToldBesideTheTable() throws IOException {
    writeTwoRuns();
    Path log = folder.resolve("a.jsonl");
    Files.writeString(log, Files.readString(log) + "{\"schema\":1,\"ru");
    Shell shell = summary();
    assertEquals(0, shell.exitCode());
    assertTrue(shell.out().contains("first"));
    assertEquals(
        "collapse4j: " + log + ", line 4 was torn in writing, and is left out",
        shell.err().strip());
  }

  private void assertRefused(Shell shell, String message) {
    assertEquals(2, shell.exitCode());
    assertEquals("", shell.out());
    assertEquals("collapse4j: " + message, shell.err().strip());
  }

  @Test
  void badInputIsOneLine() throws IOException {
    String none =
        folder
            + " has no logs: files that end in .jsonl or .csv, as JsonLinesSink and CsvSink write"
            + " them";
    assertRefused(summary(), none);
    Path log = Files.writeString(folder.resolve("x.jsonl"), "no log\n");
    assertRefused(summary(), log + " is no log: line 1 is no JSON object");
    Files.delete(log);
    writeTwoRuns();
    Path newer = folder.resolve("a.jsonl");
    String good = Files.readString(newer);
    Files.writeString(newer, good + good.replace("\"schema\":1", "\"schema\":2"));
    Shell without = summary();
    assertEquals(0, without.exitCode());
    assertTrue(without.out().contains("second") && !without.out().contains("first"));
    assertEquals(
        "collapse4j: "
            + newer
            + ", line 4 was written by a newer version: schema 2, where up to 1 can be read; the"
            + " file is left out",
        without.err().strip());
    assertRefused(
        Shell.run("summary", folder.resolve("missing").toString()),
        folder.resolve("missing") + " does not exist");
  }
}
