package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    TinyImages.write(folder);
  }

  private Shell train(String... more) {
    return TinyImages.train(
        "train",
        folder,
        Stream.concat(Stream.of("--run", "first"), Stream.of(more)).toArray(String[]::new));
  }

  @Test
  void aRowAnEpochAndLastLinesInWordsAndALog() throws IOException {
    Shell shell = train();
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<String> lines = shell.out().lines().toList();
    assertTrue(lines.get(0).contains("120 training and 30 held-out images of 3 classes"));
    int blank = lines.lastIndexOf("");
    assertTrue(lines.get(blank - 1).matches(" +4 +\\d.*s"), shell.out());
    assertTrue(lines.get(blank + 1).startsWith("Training classes have "), shell.out());

    List<Observation> observations =
        MetricLog.read(folder.resolve("runs/first.jsonl")).observations();
    assertEquals(8, observations.size());
    Observation last = observations.get(7);
    assertEquals("heldout", last.split());
    assertEquals(4, last.epoch());
    assertEquals(30, last.measurements().value(Metric.EXAMPLES));
  }

  @Test
  void lossAndNoiseAreOptionsAndStandInTheLog() throws IOException {
    Shell shell = train("--loss", "ls", "--alpha", "0.2", "--noise-rate", "0.5");
    assertEquals(0, shell.exitCode(), shell.err());
    Observation last = MetricLog.read(folder.resolve("runs/first.jsonl")).observations().get(6);
    assertEquals("train", last.split());
    assertEquals("ls", last.parameters().get("loss"));
    assertEquals("0.2", last.parameters().get("alpha"));
    assertEquals("0.5", last.parameters().get("noise.rate"));
    assertTrue(last.measurements().value(Metric.MEMORIZATION_SUM) > 0);
  }

  @Test
  void theSameSeedGivesTheSameRun() throws IOException {
    train("--seed", "7");
    Path log = folder.resolve("runs/first.jsonl");
    String first = withoutTimes(log);
    Files.delete(log);
    train("--seed", "7");
    assertEquals(first, withoutTimes(log));
  }

  private static String withoutTimes(Path log) throws IOException {
    return Files.readString(log).replaceAll("\"(time|started)\":\"[^\"]+\",", "");
  }

  @Test
  void aLogThatIsThereStaysAsItIs() throws IOException {
    train();
    String before = Files.readString(folder.resolve("runs/first.jsonl"));
    Shell again = train();
    assertEquals(2, again.exitCode());
    assertTrue(again.err().contains("first.jsonl is there already"), again.err());
    assertEquals(before, Files.readString(folder.resolve("runs/first.jsonl")));
  }

  @Test
  void aTrainingThatDivergesIsSaidToAndEndsWithExitCode1() {
    Shell shell = train("--learning-rate", "1e9");
    assertEquals(1, shell.exitCode(), shell.out());
    assertTrue(
        shell
            .out()
            .endsWith(
                "Training has diverged: no example has finite features any more."
                    + System.lineSeparator()),
        shell.out());
  }

  @Test
  void badOptionsAreOneLineAndExitCode2() {
    for (String[] bad :
        new String[][] {
          {"--epochs", "0"},
          {"--batch", "-1"},
          {"--widths", "12,0"},
          {"--learning-rate", "0"},
          {"--weight-decay", "-1"},
          {"--loss", "mse"},
          {"--loss", "lr", "--alpha", "1"},
          {"--noise-rate", "1.5"},
          {"--depth", "2"},
          {"--model", "resnet18"},
          {"--model", "cnn"},
          {"--drops", "3,2"},
          {"--classes", "1"},
          {"--classes", "0,3"},
          {"--examples-per-class", "41"},
          {"--run", "../x"},
          {"--data", folder.resolve("nowhere").toString()}
        }) {
      Shell shell = train(bad);
      assertEquals(2, shell.exitCode(), bad[0]);
      assertEquals(1, shell.err().lines().count(), shell.err());
      assertEquals("", shell.out());
    }
  }
}
