package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NoiseCommandTest {
  @TempDir private Path folder;
  private Path log;

  @BeforeEach
  void writeImages() throws IOException {
    TinyImages.write(folder);
    log = folder.resolve("runs/noise.jsonl");
  }

  private Shell noise(String... more) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "noise", "--data", folder.toString(), "--log", log.toString(), "--epochs", "3"));
    all.addAll(List.of("--widths", "8", "--batch", "32", "--classes", "0,2"));
    all.addAll(List.of(more));
    return Shell.run(all.toArray(String[]::new));
  }

  private static final String[] SMALL = {
    "--losses", "ce,ls", "--alphas", "0.1,0.2", "--noise-rates", "0,0.5", "--seeds", "1,2"
  };

  private static String lastLines(Shell shell) {
    return shell.out().substring(shell.out().indexOf("loss  alpha"));
  }

  @Test
  void aLogThatCannotBeWrittenIsSaidBeforeTraining() throws IOException {
    Files.createDirectories(log);
    Shell directory = noise(SMALL);
    assertEquals(2, directory.exitCode());
    assertEquals(
        "collapse4j: log must be a file, and " + log + " is a directory", directory.err().strip());
    log = Files.createFile(folder.resolve("file")).resolve("noise.jsonl");
    Shell inFile = noise(SMALL);
    assertEquals(2, inFile.exitCode());
    assertTrue(inFile.err().startsWith("collapse4j: log must be a file that can be written"));
    log = folder.resolve("noise.csv");
    Shell csv = noise(SMALL);
    assertEquals(2, csv.exitCode());
    assertTrue(csv.err().contains("written as JSON lines"), csv.err());
    assertEquals("", directory.out() + inFile.out() + csv.out());
  }

  @Test
  void cellsOfOtherImagesInADirectoryOfThatNameAreRun() throws IOException {
    noise(SMALL);
    assertTrue(noise(SMALL).out().contains(" 0 of them still to run"));
    Path labels = folder.resolve("train-labels-idx1-ubyte");
    byte[] others = Files.readAllBytes(labels);
    others[8] = 2;
    Files.write(labels, others);
    assertTrue(noise(SMALL).out().contains(" 12 of them still to run"));
  }

  /** Of so few images the sample has all, so that what it sees is what the probe of all sees. */
  @Test
  void theSampleIsARunBesideWhatAllImagesGive() throws IOException {
    String[] options = {
      "--losses", "ce", "--noise-rates", "0.4", "--seeds", "1", "--measure-every", "1", "--sample"
    };
    assertEquals("", noise(options).err());
    assertTrue(noise(options).out().contains(" 0 of them still to run"));
    MetricLog read = MetricLog.read(log);
    assertEquals(2, read.runs().size(), read.runs().toString());
    String sample =
        read.runs().stream().filter(run -> run.endsWith(", sample")).findFirst().orElseThrow();
    for (Observation all : read.observations()) {
      if (all.split().equals(Observation.TRAIN) && !all.run().equals(sample)) {
        Observation ofSample =
            read.observations().stream()
                .filter(o -> o.run().equals(sample) && o.epoch() == all.epoch())
                .findFirst()
                .orElseThrow();
        double expected = all.measurements().value(Metric.SUSPECTS_SHARE);
        assertEquals(expected, ofSample.measurements().value(Metric.SUSPECTS_SHARE), 1e-9);
      }
    }
  }

  @Test
  void everyCellOfTheGridIsInTheLogWithItsHyperparameters() throws IOException {
    Shell shell = noise(SMALL);
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<Observation> observations = MetricLog.read(log).observations();
    assertEquals(12, MetricLog.read(log).runs().size(), "ce, ls 0.1, ls 0.2; two rates; two seeds");
    assertEquals(24, observations.size());
    Map<String, String> parameters = observations.get(23).parameters();
    assertEquals("0.2", parameters.get("alpha"));
    assertEquals("0.5", parameters.get("noise.rate"));
    assertEquals("2", parameters.get("seed"));
    assertEquals("0,2", parameters.get("classes"));
    assertEquals("8", parameters.get("widths"));
    assertEquals("5.0E-4", parameters.get("weight.decay"));
    assertTrue(parameters.containsKey("momentum"));
  }

  @Test
  void theTableHasMeanAndStandardDeviationOverTheSeeds() throws IOException {
    List<String> table = lastLines(noise(SMALL)).lines().toList();
    assertEquals(8, table.size(), "a head, six rows and a note");
    assertTrue(table.get(1).matches("ce +0\\.0 +2 +0\\.\\d{4} 0\\.\\d{4} .*"), table.get(1));
    double[] dilations =
        MetricLog.read(log).observations().stream()
            .filter(o -> o.split().equals("heldout") && o.parameters().get("alpha").equals("0.2"))
            .filter(o -> o.parameters().get("noise.rate").equals("0.5"))
            .mapToDouble(o -> o.measurements().value(Metric.DILATION_RELATIVE))
            .toArray();
    String expected =
        String.format(
            Locale.ROOT,
            "%.4f %.4f",
            (dilations[0] + dilations[1]) / 2,
            Math.abs(dilations[0] - dilations[1]) / Math.sqrt(2));
    assertTrue(table.get(6).matches("ls +0.2 +0.5 +2 .*"), table.get(6));
    assertTrue(table.get(6).contains(expected), table.get(6) + " lacks " + expected);
  }

  @Test
  void withoutNoiseMemorizationIsUndefinedAndDilationIsNot() {
    String row = lastLines(noise("--losses", "ce", "--noise-rates", "0")).lines().toList().get(1);
    assertTrue(row.matches("ce .*( +-){5} +[01]\\.\\d{4} 0\\.\\d{4}"), row);
  }

  @Test
  void whatTheLogHasToItsEndIsNotRunAgain() throws IOException {
    Shell first = noise(SMALL);
    String before = Files.readString(log);
    Shell again = noise(SMALL);
    assertTrue(again.out().startsWith("12 trainings, 0 of them still to run"), again.out());
    assertEquals(lastLines(first), lastLines(again));
    assertEquals(before, Files.readString(log));
  }

  @Test
  void aRunThatWasStoppedGoesOnWhereItWas() throws IOException {
    Shell whole = noise(SMALL);
    List<String> lines = Files.readAllLines(log);
    // As after a kill in the last measurement of the tenth training.
    String torn = lines.get(19).substring(0, 100);
    Files.writeString(log, String.join("\n", lines.subList(0, 19)) + "\n" + torn);
    Shell rest = noise(SMALL);
    assertTrue(rest.out().startsWith("12 trainings, 3 of them still to run"), rest.out());
    assertEquals(lastLines(whole), lastLines(rest));
  }

  @Test
  void aRunThatWasStoppedHasNoEpochTwice() throws IOException {
    String[] twice = {"--losses", "ce", "--noise-rates", "0.5", "--measure-every", "1"};
    noise(twice);
    List<String> lines = Files.readAllLines(log);
    // As after a kill in the second training, whose first epoch is logged.
    String torn = lines.get(8).substring(0, 100);
    Files.writeString(log, String.join("\n", lines.subList(0, 8)) + "\n" + torn);
    assertTrue(noise(twice).out().startsWith("3 trainings, 2 of them still to run"));
    List<String> moments =
        MetricLog.read(log).observations().stream()
            .map(o -> o.run() + " " + o.epoch() + " " + o.split())
            .toList();
    assertEquals(18, moments.size());
    assertEquals(18, Set.copyOf(moments).size(), moments.toString());
    assertEquals(List.of(), MetricLog.read(log).warnings());
    assertEquals(lines.subList(0, 6), Files.readAllLines(log).subList(0, 6), "others stay");
  }

  @Test
  void anotherHyperparameterIsAnotherCell() throws IOException {
    List<String> one = List.of("--losses", "ce", "--noise-rates", "0.5", "--seeds", "1");
    noise(one.toArray(String[]::new));
    for (List<String> other :
        List.of(
            List.of("--learning-rate", "0.02"),
            List.of("--weight-decay", "0"),
            List.of("--batch-norm"))) {
      List<String> options = new ArrayList<>(one);
      options.addAll(other);
      Shell shell = noise(options.toArray(String[]::new));
      assertTrue(shell.out().startsWith("1 trainings, 1 of them"), shell.out() + shell.err());
    }
    assertEquals(4, MetricLog.read(log).runs().size());
  }

  @Test
  void badOptionsAreOneLineAndExitCode2() {
    for (String[] bad :
        new String[][] {
          {"--losses", "ce,mse"},
          {"--alphas", "0.1,1"},
          {"--noise-rates", "0.2,-0.1"},
          {"--noise-rates", "1.01"},
          {"--seeds", "one"},
          {"--measure-every", "0"},
          {"--activation", "step"},
        }) {
      Shell shell = noise(bad);
      assertEquals(2, shell.exitCode(), bad[1]);
      assertEquals(1, shell.err().lines().count(), shell.err());
      assertEquals("", shell.out());
      assertFalse(Files.exists(log));
    }
  }

  @Test
  void aFileThatIsNoLogStaysAsItIs() throws IOException {
    log = folder.resolve("notes.txt");
    Files.writeString(log, "my notes\n");
    Shell shell = noise(SMALL);
    assertEquals(2, shell.exitCode());
    assertEquals(1, shell.err().lines().count(), shell.err());
    assertEquals("my notes\n", Files.readString(log));
  }
}
