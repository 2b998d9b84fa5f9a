package org.collapse4j;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Real arrays and the values of their metrics, computed in float64 from the definitions. */
public final class Fixture {
  /** Relative tolerance of every metric. */
  public static final double RELATIVE = 1e-6;

  /** Absolute tolerance, for values that are zero but for rounding. */
  public static final double ABSOLUTE = 1e-12;

  private static final Path FOLDER = Path.of("src/test/resources/fixtures");

  private final Path folder;
  private final JsonNode expected;

  private Fixture(Path folder) {
    this.folder = folder;
    try {
      this.expected = new ObjectMapper().readTree(folder.resolve("expected.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Every fixture there is. */
  public static List<Fixture> all() {
    try (Stream<Path> folders = Files.list(FOLDER)) {
      return folders.sorted().map(Fixture::new).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The fixture of a name. */
  public static Fixture named(String name) {
    return new Fixture(FOLDER.resolve(name));
  }

  public int numClasses() {
    return expected.get("classes").asInt();
  }

  /** Whether there is an array of that name. */
  public boolean has(String array) {
    return file(array).exists();
  }

  /** An array, as it was written. */
  public INDArray array(String name) {
    INDArray array = Nd4j.createFromNpyFile(file(name));
    if (array.rank() == 2 && isFortranOrder(name)) {
      // ND4J takes the elements of every file for row after row.
      return array.reshape(array.length()).reshape('f', array.shape());
    }
    return array;
  }

  private boolean isFortranOrder(String name) {
    try (InputStream in = Files.newInputStream(folder.resolve(name + ".npy"))) {
      String header = new String(in.readNBytes(128), StandardCharsets.ISO_8859_1);
      return header.contains("'fortran_order': True");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public Classifier classifier() {
    return Classifier.of(array("weights"), array("bias"));
  }

  /** The expected values by key; NaN where undefined. */
  public Map<String, Double> expected(GlobalMean globalMean) {
    Map<String, Double> values = new LinkedHashMap<>();
    expected
        .get("global_mean")
        .get(globalMean == GlobalMean.SAMPLE ? "sample" : "class")
        .properties()
        .forEach(
            e ->
                values.put(
                    e.getKey(), e.getValue().isNull() ? Double.NaN : e.getValue().asDouble()));
    return values;
  }

  private File file(String array) {
    return folder.resolve(array + ".npy").toFile();
  }

  @Override
  public String toString() {
    return folder.getFileName().toString();
  }
}
