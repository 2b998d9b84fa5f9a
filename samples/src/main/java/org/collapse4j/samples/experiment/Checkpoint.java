package org.collapse4j.samples.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.api.rng.Random;
import org.nd4j.linalg.factory.Nd4j;

/**
 * All that a training needs to go on after an epoch as if it had not been stopped: the network with
 * the state of its updater and its counts of epochs and iterations, and the state of ND4J's random
 * numbers. The order of the examples and the noise follow from the hyperparameters. In a file it is
 * a network as Deeplearning4j saves it, with an entry more.
 */
public final class Checkpoint {
  private static final String ENTRY = "training.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;
  private final State state;

  private Checkpoint(Path file, State state) {
    this.file = file;
    this.state = state;
  }

  /** What is known beside the network. */
  private record State(
      String run,
      int epoch,
      Map<String, String> hyperparameters,
      long randomRoot,
      long randomNode) {}

  /**
   * The file of the checkpoint of a log, beside it.
   *
   * @param log that ends in {@code .jsonl}
   */
  public static Path beside(Path log) {
    String name = log.getFileName().toString().replaceFirst("\\.jsonl$", "");
    return log.resolveSibling(name + ".checkpoint.zip");
  }

  /**
   * Reads a checkpoint; its network is read when it is needed.
   *
   * @throws FileNotFoundException if there is none
   * @throws IllegalArgumentException if the file is none
   */
  public static Checkpoint read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new FileNotFoundException(
          file + " is not there: a training goes on from the checkpoint that it has left");
    }
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry(ENTRY);
      if (entry == null) {
        throw new IllegalArgumentException("it has no " + ENTRY);
      }
      try (InputStream in = zip.getInputStream(entry)) {
        return new Checkpoint(file, JSON.readValue(in, State.class));
      }
    } catch (IOException | IllegalArgumentException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException(file + " is no checkpoint of a training: " + why, e);
    }
  }

  /**
   * Writes the state of a training in this thread, in place of a former one. Whatever happens
   * meanwhile, there is a whole checkpoint, this one or the one before.
   */
  static void write(
      Path file, String run, Hyperparameters hyperparameters, int epoch, Model network)
      throws IOException {
    Random random = Nd4j.getRandom();
    State state =
        new State(run, epoch, hyperparameters.parameters(), random.rootState(), random.nodeState());
    Files.createDirectories(file.toAbsolutePath().getParent());
    try (WholeFile content = WholeFile.ofOneWriter(file)) {
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(content.part()))) {
        SavedNetwork.write(network, zip);
        zip.putNextEntry(new ZipEntry(ENTRY));
        zip.write(JSON.writeValueAsBytes(state));
      }
      try (FileChannel written = FileChannel.open(content.part(), StandardOpenOption.WRITE)) {
        written.force(true);
      }
      content.replace();
    }
  }

  /** The number of epochs it comes after. */
  public int epoch() {
    return state.epoch();
  }

  /**
   * Checks that a training is the one that was stopped.
   *
   * @throws IllegalArgumentException if it has another name or other hyperparameters; the message
   *     has those that differ, as they were and as they are
   */
  public void requireSame(String run, Hyperparameters hyperparameters) {
    Map<String, String> then = new LinkedHashMap<>(state.hyperparameters());
    Map<String, String> now = new LinkedHashMap<>(hyperparameters.parameters());
    then.put("run", state.run());
    now.put("run", run);
    Set<String> keys = new LinkedHashSet<>(then.keySet());
    keys.addAll(now.keySet());
    List<String> differing =
        keys.stream()
            .filter(key -> !String.valueOf(then.get(key)).equals(String.valueOf(now.get(key))))
            .map(key -> key + " was " + then.get(key) + " and is " + now.get(key))
            .toList();
    if (!differing.isEmpty()) {
      throw new IllegalArgumentException(
          "A training goes on with the options it began with, and for %s %s"
              .formatted(file, String.join(", ", differing)));
    }
  }

  /**
   * The network as it was, in a thread whose random numbers go on as they would have.
   *
   * @throws IllegalArgumentException if the file has no whole network
   */
  Model restore() throws IOException {
    Model network = SavedNetwork.readWithUpdater(file);
    Nd4j.getRandom().setStates(state.randomRoot(), state.randomNode());
    return network;
  }
}
