package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openlca.npy.Npy;
import org.openlca.npy.NpyDoubleArray;
import org.openlca.npy.NpyFloatArray;
import org.openlca.npy.NpyIntArray;
import org.openlca.npy.NpyLongArray;

class MeasureCommandTest {
  private static final Path FIXTURES = Path.of("../core/src/test/resources/fixtures");
  private static final double RELATIVE = 1e-6;
  private static final double ABSOLUTE = 1e-12;

  @TempDir private Path folder;

  static List<Path> fixtures() throws IOException {
    try (Stream<Path> folders = Files.list(FIXTURES)) {
      return folders.sorted().toList();
    }
  }

  private static String[] arguments(Path fixture, String globalMean, String batch) {
    List<String> arguments = new ArrayList<>(List.of("measure", "--json"));
    Map<String, String> files =
        Map.of(
            "--features", "features",
            "--labels", "labels",
            "--weights", "weights",
            "--bias", "bias",
            "--heldout-features", "heldout_features",
            "--heldout-labels", "heldout_labels",
            "--clean", "clean",
            "--ood", "ood");
    files.forEach(
        (option, name) -> {
          Path file = fixture.resolve(name + ".npy");
          if (Files.exists(file)) {
            arguments.addAll(List.of(option, file.toString()));
          }
        });
    arguments.addAll(List.of("--global-mean", globalMean, "--batch", batch));
    return arguments.toArray(String[]::new);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void everyFixtureGivesEveryExpectedKey(Path fixture) throws IOException {
    JsonNode expected = new ObjectMapper().readTree(fixture.resolve("expected.json").toFile());
    for (String globalMean : List.of("sample", "class")) {
      Shell shell = Shell.run(arguments(fixture, globalMean, "100"));
      assertEquals("", shell.err());
      assertEquals(0, shell.exitCode());
      JsonNode measured = new ObjectMapper().readTree(shell.out());
      expected
          .get("global_mean")
          .get(globalMean)
          .properties()
          .forEach(e -> assertClose(e.getKey(), e.getValue(), measured.get(e.getKey())));
    }
  }

  private static void assertClose(String key, JsonNode expected, JsonNode measured) {
    assertTrue(measured != null, key + " is missing");
    assertEquals(expected.isNull(), measured.isNull(), key);
    if (!expected.isNull()) {
      double value = expected.asDouble();
      assertEquals(value, measured.asDouble(), Math.max(ABSOLUTE, RELATIVE * Math.abs(value)), key);
    }
  }

  private Path file(String name) {
    return folder.resolve(name + ".npy");
  }

  private String floats(String name, int[] shape, double... values) {
    Npy.write(file(name).toFile(), new NpyDoubleArray(shape, values, false));
    return file(name).toString();
  }

  private String ints(String name, int... values) {
    Npy.write(file(name).toFile(), NpyIntArray.vectorOf(values));
    return file(name).toString();
  }

  private String[] twoClasses(String... more) {
    String features = floats("features", new int[] {6, 2}, 0, 0, 0, 2, 2, 0, 9, 9, 9, 7, 7, 9);
    String labels = ints("labels", 0, 0, 0, 1, 1, 1);
    return Stream.concat(
            Stream.of("measure", "--features", features, "--labels", labels), Arrays.stream(more))
        .toArray(String[]::new);
  }

  @Test
  void theTableHasAMetricALine() {
    Shell shell = Shell.run(twoClasses());
    assertEquals(0, shell.exitCode());
    List<String> lines = shell.out().lines().toList();
    assertTrue(lines.get(0).startsWith("metric "), lines.get(0));
    assertTrue(
        lines.stream().anyMatch(l -> l.matches("nc4\\.ncc_accuracy +1 +1 +Share .*")), shell.out());
    assertTrue(lines.stream().noneMatch(l -> l.startsWith("nc3.")), shell.out());
  }

  @Test
  void typesAndOrdersOfNpyGiveTheSame() throws IOException {
    String expected = Shell.run(twoClasses("--json")).out();
    float[] columnMajor = {0, 0, 2, 9, 9, 7, 0, 2, 0, 9, 7, 9};
    Npy.write(file("fortran").toFile(), new NpyFloatArray(new int[] {6, 2}, columnMajor, true));
    Npy.write(file("longs").toFile(), NpyLongArray.vectorOf(new long[] {0, 0, 0, 1, 1, 1}));
    Shell shell =
        Shell.run(
            "measure",
            "--json",
            "--features",
            file("fortran").toString(),
            "--labels",
            file("longs").toString());
    assertEquals(expected, shell.out());
  }

  @Test
  void featuresThatAreNotFiniteAreSaidAndLeftOut() {
    String spoiled =
        floats("spoiled", new int[] {4, 2}, 0, 1, Double.NaN, 0, 5, 5, 5, Double.POSITIVE_INFINITY);
    Shell shell =
        Shell.run("measure", "--features", spoiled, "--labels", ints("y", 0, 0, 1, 1), "--json");
    assertEquals(0, shell.exitCode());
    assertEquals(
        "collapse4j: left out 2 of 4 examples of " + spoiled + " with a NaN or infinite feature\n",
        shell.err());
    assertTrue(shell.out().contains("\"examples.nonfinite\" : 2"), shell.out());
    Shell others =
        Shell.run(
            twoClasses(
                "--heldout-features",
                spoiled,
                "--heldout-labels",
                ints("y", 0, 0, 1, 1),
                "--ood",
                spoiled));
    assertEquals(0, others.exitCode());
    assertEquals(shell.err() + shell.err(), others.err());
  }

  @Test
  void cleanLabelsWithoutHeldOutOnesStillTellTheNoise() throws IOException {
    Shell shell = Shell.run(twoClasses("--json", "--clean", ints("clean", 0, 0, 1, 1, 1, 1)));
    JsonNode measured = new ObjectMapper().readTree(shell.out());
    assertEquals(1.0 / 6, measured.get("noise.rate").asDouble(), ABSOLUTE);
    assertTrue(measured.get(Metric.MEMORIZATION_SUM.key()).isNull());
  }

  private static void refused(String message, String... args) {
    Shell shell = Shell.run(args);
    assertEquals("collapse4j: " + message, shell.err().stripTrailing());
    assertEquals(2, shell.exitCode());
    assertEquals("", shell.out());
  }

  @Test
  void badInputIsOneLineAndExitCode2() throws IOException {
    String[] good = twoClasses();
    String features = good[2];
    String labels = good[4];
    String other = ints("short", 0, 1, 1);
    refused(
        "The labels must have shape [6], one class index for each row of features, not [3]",
        "measure",
        "--features",
        features,
        "--labels",
        other);
    refused(
        "In features: A label must be a class index from 0 to 1, but label 2 is 2",
        twoClassesWith("--weights", floats("w", new int[] {2, 2}, 1, 0, 0, 1), 0, 0, 2, 1, 1, 1));
    refused(
        "In weights: Classifier weights must have shape [2, 2] to go with the features, not [2, 3]",
        twoClasses("--weights", floats("w3", new int[] {2, 3}, 1, 0, 0, 1, 0, 0)));
    refused(
        "The bias must have one element for each of the 2 classes of the weights, not shape [3]",
        twoClasses(
            "--weights", floats("w", new int[] {2, 2}, 1, 0, 0, 1),
            "--bias", floats("b", new int[] {3}, 0, 0, 0)));
    refused(
        "--bias goes with --weights, which is missing", twoClasses("--bias", file("b").toString()));
    refused(
        "The features must have shape [examples, features], not [3]",
        "measure",
        "--features",
        file("b").toString(),
        "--labels",
        labels);
    refused(
        labels + " must hold float16, float32 or float64, not i4",
        "measure",
        "--features",
        labels,
        "--labels",
        labels);
    refused("A batch must have at least 1 row, not 0", twoClasses("--batch", "0"));
    refused(
        "The held-out features must have the 2 columns of the features, not 3",
        twoClasses(
            "--heldout-features", floats("wide", new int[] {2, 3}, 1, 0, 0, 1, 0, 0),
            "--heldout-labels", ints("two", 0, 1)));
  }

  private String[] twoClassesWith(String option, String value, int... classes) {
    String[] arguments = twoClasses(option, value);
    arguments[4] = ints("other-labels", classes);
    return arguments;
  }

  @Test
  void badFilesAreOneLineAndExitCode2() throws IOException {
    String labels = twoClasses()[4];
    Path missing = file("missing");
    refused(
        missing + ": there is no such file",
        "measure",
        "--features",
        missing.toString(),
        "--labels",
        labels);
    Path empty = Files.createFile(file("empty"));
    refused(
        empty + " is empty: it should be an NPY file",
        "measure",
        "--features",
        empty.toString(),
        "--labels",
        labels);
    Path text = Files.writeString(file("text"), "a,b,c\n1,2,3\n", StandardCharsets.UTF_8);
    Shell shell = Shell.run("measure", "--features", text.toString(), "--labels", labels);
    assertEquals(2, shell.exitCode());
    assertTrue(shell.err().startsWith("collapse4j: " + text + " is no NPY file"), shell.err());
    assertEquals(1, shell.err().lines().count());
    byte[] whole = Files.readAllBytes(file("features"));
    Path cut = Files.write(file("cut"), Arrays.copyOf(whole, whole.length - 5));
    refused(
        cut
            + " is cut off: an array of shape [6, 2] takes "
            + whole.length
            + " bytes, but the file has "
            + (whole.length - 5),
        "measure",
        "--features",
        cut.toString(),
        "--labels",
        labels);
    refused(
        folder + " is a directory, not an NPY file",
        "measure",
        "--features",
        folder.toString(),
        "--labels",
        labels);
  }

  @Test
  void wrongOptionsAreOneLineAndExitCode2() {
    refused(
        "Missing required option: '--features=F.npy' (see collapse4j measure --help)",
        "measure",
        "--labels",
        "y.npy");
    refused(
        "Missing required argument(s): --heldout-labels=L.npy (see collapse4j measure --help)",
        twoClasses("--heldout-features", "f.npy"));
    Shell shell = Shell.run(twoClasses("--global-mean", "median"));
    assertEquals(2, shell.exitCode());
    assertTrue(
        shell.err().contains("median") && shell.err().contains("sample or class"), shell.err());
    assertEquals(1, shell.err().lines().count());
  }

  @Test
  void everyCommandHasHelp() {
    for (String command : List.of("train", "measure")) {
      Shell shell = Shell.run(command, "--help");
      assertEquals(0, shell.exitCode());
      assertTrue(shell.out().startsWith("Usage: collapse4j " + command), shell.out());
    }
  }
}
