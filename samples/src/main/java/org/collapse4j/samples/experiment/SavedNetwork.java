package org.collapse4j.samples.experiment;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;

/** Networks in files, as DL4J's ModelSerializer writes them. */
public final class SavedNetwork {
  private SavedNetwork() {}

  /**
   * Reads a MultiLayerNetwork or a ComputationGraph.
   *
   * @throws FileNotFoundException if there is no such file
   * @throws IllegalArgumentException if it holds no network
   */
  public static Model read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new FileNotFoundException(file + " is no file");
    }
    return configuration(file).contains("\"vertices\"")
        ? ModelSerializer.restoreComputationGraph(file.toFile(), false)
        : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), false);
  }

  private static String configuration(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      ZipEntry entry = zip.getEntry("configuration.json");
      if (entry != null) {
        return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (ZipException e) {
      throw new IllegalArgumentException(file + " is no network saved by DL4J", e);
    }
    throw new IllegalArgumentException(
        file + " is no network saved by DL4J: no configuration.json");
  }

  /** Writes a network, with the state of its updater. */
  public static void write(Model network, Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    Files.createDirectories(folder);
    ModelSerializer.writeModel(network, file.toFile(), true);
  }
}
