package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.collapse4j.samples.Main;
import org.collapse4j.samples.experiment.Checkpoint;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that are stopped and gone on with are those that were not stopped, to the bit. */
class ResumedTrainingTest {
  private static final int EPOCHS = 40;

  @TempDir private static Path folder;
  private static Shell whole;

  /** Trains to the end, and keeps the checkpoint before the first epoch. */
  @BeforeAll
  static void trainWhole() throws Exception {
    TinyImages.write(folder);
    Thread training = new Thread(() -> whole = Shell.run(train("whole")));
    training.start();
    Path checkpoint = Checkpoint.beside(log("whole"));
    while (training.isAlive() && !Files.exists(checkpoint)) {
      Thread.sleep(1);
    }
    Files.copy(checkpoint, folder.resolve("beginning.zip"));
    training.join();
    assertEquals(0, whole.exitCode(), whole.err());
  }

  private static String[] train(String runs, String... more) {
    List<String> all = new ArrayList<>(List.of("train", "--data", folder.toString(), "--runs"));
    all.add(folder.resolve(runs).toString());
    all.addAll(List.of("--run", "first", "--epochs", String.valueOf(EPOCHS), "--drops", "9,20"));
    all.addAll(List.of("--batch", "16", "--widths", "12,8", "--noise-rate", "0.3"));
    all.addAll(List.of(more));
    return all.toArray(String[]::new);
  }

  private static Path log(String runs) {
    return folder.resolve(runs).resolve("first.jsonl");
  }

  private String numbers(String runs) throws IOException {
    return Files.readString(log(runs)).replaceAll("\"(time|started)\":\"[^\"]+\",", "");
  }

  private MultiLayerNetwork network(String runs) throws IOException {
    Path file = Checkpoint.beside(log(runs));
    return ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
  }

  private void assertSameTraining(String runs, String others) throws IOException {
    assertEquals(numbers(runs), numbers(others));
    MultiLayerNetwork network = network(runs);
    MultiLayerNetwork other = network(others);
    assertEquals(network.params(), other.params());
    assertEquals(network.getUpdater().getStateViewArray(), other.getUpdater().getStateViewArray());
    assertEquals(EPOCHS, other.getEpochCount());
    assertEquals(network.getIterationCount(), other.getIterationCount());
  }

  /** Trains in a process of its own, which is killed when it has shown a number of epochs. */
  private void trainAndKill(int epochs, String... arguments) throws Exception {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx1g", "-cp", System.getProperty("java.class.path")));
    command.add(Main.class.getName());
    command.addAll(List.of(arguments));
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.DISCARD).start();
    try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
      String last = "";
      while (!last.matches(" *" + epochs + " .*")) {
        last = lines.readLine();
        assertTrue(last != null, "it ended before epoch " + epochs);
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  @Test
  void aKilledTrainingGoesOnWithTheSameBits() throws Exception {
    trainAndKill(3, train("killed"));
    trainAndKill(15, train("killed", "--resume"));
    int checkpoint = Checkpoint.read(Checkpoint.beside(log("killed"))).epoch();
    assertTrue(checkpoint < EPOCHS, "it was killed at the end");
    Shell rest = Shell.run(train("killed", "--resume"));
    assertEquals(0, rest.exitCode(), rest.err());
    assertTrue(rest.out().startsWith("Going on after epoch " + checkpoint + " of 40"), rest.out());
    assertSameTraining("whole", "killed");
    assertEquals(lastLines(whole), lastLines(rest));
    try (var files = Files.list(folder.resolve("killed"))) {
      assertEquals(2, files.count(), "log and checkpoint alone");
    }
  }

  private static String lastLines(Shell shell) {
    return shell.out().substring(shell.out().lastIndexOf("\n\n"));
  }

  /** What a kill leaves between the lines of an epoch and its checkpoint, and within a line. */
  @ParameterizedTest
  @ValueSource(ints = {1, 17})
  void whatTheLogHasBeyondTheCheckpointIsTakenOut(int epochs) throws IOException {
    String runs = "stopped" + epochs;
    Files.createDirectories(folder.resolve(runs));
    Files.copy(folder.resolve("beginning.zip"), Checkpoint.beside(log(runs)));
    List<String> lines = Files.readAllLines(log("whole"));
    Files.write(log(runs), lines.subList(0, 2 * epochs - 1));
    Files.writeString(log(runs), lines.get(1).substring(0, 90), StandardOpenOption.APPEND);
    Shell rest = Shell.run(train(runs, "--resume"));
    assertEquals(0, rest.exitCode(), rest.err());
    assertTrue(rest.out().startsWith("Going on after epoch 0 of"), rest.out());
    assertSameTraining("whole", runs);
  }

  @Test
  void aTrainingAtItsEndIsNotTrainedOn() throws IOException {
    String before = Files.readString(log("whole"));
    Shell again = Shell.run(train("whole", "--resume"));
    assertEquals(0, again.exitCode(), again.err());
    assertEquals(lastLines(whole), lastLines(again));
    assertEquals(before, Files.readString(log("whole")));
  }

  private void assertRefused(String message, String... arguments) {
    Shell shell = Shell.run(arguments);
    assertEquals(2, shell.exitCode(), shell.out());
    assertEquals(1, shell.err().lines().count(), shell.err());
    assertTrue(shell.err().contains(message), shell.err());
    assertEquals("", shell.out());
  }

  @Test
  void whatCannotBeGoneOnWithIsRefusedInALine() throws IOException {
    assertRefused("first.checkpoint.zip is not there", train("none", "--resume"));
    assertFalse(Files.exists(folder.resolve("none/first.jsonl")));
    String before = Files.readString(log("whole"));
    assertRefused("--resume", train("whole"));
    assertRefused("seed was 1 and is 2", train("whole", "--resume", "--seed", "2", "--loss", "ls"));
    assertRefused("loss was ce and is ls", train("whole", "--resume", "--loss", "ls"));
    assertRefused(
        "--resume needs --run", "train", "--resume", "--runs", folder.resolve("whole").toString());
    assertEquals(before, Files.readString(log("whole")));

    Files.createDirectories(folder.resolve("short"));
    Files.write(log("short"), Files.readAllLines(log("whole")).subList(0, 10));
    Path checkpoint = Checkpoint.beside(log("short"));
    Files.copy(Checkpoint.beside(log("whole")), checkpoint);
    assertRefused("up to epoch 40, from where it goes on, not up to 5", train("short", "--resume"));
    assertEquals(10, Files.readAllLines(log("short")).size());

    byte[] bytes = Files.readAllBytes(checkpoint);
    Files.write(checkpoint, Arrays.copyOf(bytes, bytes.length / 2));
    assertRefused("is no checkpoint of a training", train("short", "--resume"));
  }
}
