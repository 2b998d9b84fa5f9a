package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrainCommandTest {
  @TempDir private Path folder;

  /** Images of 3 x 3 whose class is the row that is bright. */
  @BeforeEach
  void writeImages() throws IOException {
    write("train", 120, 1);
    write("t10k", 30, 2);
  }

  private void write(String part, int count, long seed) throws IOException {
    Random random = new Random(seed);
    try (DataOutputStream images = file(part + "-images-idx3-ubyte");
        DataOutputStream labels = file(part + "-labels-idx1-ubyte")) {
      for (int size : new int[] {0x0803, count, 3, 3}) {
        images.writeInt(size);
      }
      for (int size : new int[] {0x0801, count}) {
        labels.writeInt(size);
      }
      for (int i = 0; i < count; i++) {
        labels.writeByte(i % 3);
        for (int pixel = 0; pixel < 9; pixel++) {
          images.writeByte(random.nextInt(120) + (pixel / 3 == i % 3 ? 120 : 0));
        }
      }
    }
  }

  private DataOutputStream file(String name) throws IOException {
    return new DataOutputStream(Files.newOutputStream(folder.resolve(name)));
  }

  private Shell train(String... more) {
    String[] fixed = {
      "train",
      "--data",
      folder.toString(),
      "--runs",
      folder.resolve("runs").toString(),
      "--run",
      "first",
      "--epochs",
      "4",
      "--batch",
      "16",
      "--widths",
      "12,8"
    };
    String[] all = new String[fixed.length + more.length];
    System.arraycopy(fixed, 0, all, 0, fixed.length);
    System.arraycopy(more, 0, all, fixed.length, more.length);
    return Shell.run(all);
  }

  @Test
  void aRowAnEpochAndALastLineInWordsAndALog() throws IOException {
    Shell shell = train();
    assertEquals("", shell.err());
    assertEquals(0, shell.exitCode());
    List<String> lines = shell.out().lines().toList();
    assertTrue(lines.get(0).contains("120 training and 30 held-out images of 3 classes"));
    assertTrue(lines.get(lines.size() - 3).matches(" +4 +\\d.*s"), shell.out());
    assertTrue(lines.get(lines.size() - 1).startsWith("The classes "), shell.out());

    List<Observation> observations =
        MetricLog.read(folder.resolve("runs/first.jsonl")).observations();
    assertEquals(8, observations.size());
    Observation last = observations.get(7);
    assertEquals("heldout", last.split());
    assertEquals(4, last.epoch());
    assertEquals(30, last.measurements().value(Metric.EXAMPLES));
  }

  @Test
  void theSameSeedGivesTheSameRun() throws IOException {
    train("--seed", "7");
    Path log = folder.resolve("runs/first.jsonl");
    String first = Files.readString(log);
    Files.delete(log);
    train("--seed", "7");
    assertEquals(first, Files.readString(log));
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
  void badOptionsAreOneLineAndExitCode2() {
    for (String[] bad :
        new String[][] {
          {"--epochs", "0"},
          {"--batch", "-1"},
          {"--widths", "12,0"},
          {"--learning-rate", "0"},
          {"--weight-decay", "-1"},
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
