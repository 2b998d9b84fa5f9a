package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.metric.ClassPair;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The logs in the test resources were written by the sinks of version 0.1.0 from {@link
 * #observations}, and are never written anew: every later version reads them as that one did.
 */
class FormerReleaseTest {
  private static final Path LOGS = Path.of("src", "test", "resources");
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String RUN = "r\u00e9seau, \"7\"\nand a line";

  /** The metrics of version 0.1.0, in the order of its vocabulary. */
  private static final List<String> KEYS =
      List.of(
          "nc1.pinv",
          "nc1.quotient",
          "nc1.cdnv",
          "nc2.norm_cv.means",
          "nc2.norm_cv.classifier",
          "nc2.angle_std.means",
          "nc2.angle_std.classifier",
          "nc2.angle_gap.means",
          "nc2.angle_gap.classifier",
          "nc2.etf.means",
          "nc2.etf.classifier",
          "nc2.orthogonal.means",
          "nc2.uniformity.distance.mean",
          "nc2.uniformity.distance.variance",
          "nc2.uniformity.log.mean",
          "nc2.uniformity.log.variance",
          "nc3.duality",
          "nc3.alignment",
          "nc3.cosine",
          "nc3.uniform_duality",
          "nc3.bias",
          "nc4.mismatch",
          "nc4.ncc_accuracy",
          "nc5.orthogonality",
          "accuracy",
          "ece",
          "dilation.nc1",
          "dilation.quotient",
          "dilation.cdnv",
          "dilation.radius",
          "dilation.relative",
          "noise.rate",
          "memorization.sum",
          "memorization.mean",
          "memorization.relative",
          "memorization.fraction",
          "memorization.fitted",
          "memorization.recovered",
          "classes.present",
          "examples",
          "examples.nonfinite");

  @TempDir private Path folder;

  static List<Observation> observations() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("loss", "label-smoothing");
    parameters.put("alpha", "0.1");
    return List.of(
        new Observation(RUN, 0, 40, Observation.STREAM, "features", values(1)),
        new Observation(RUN, 1, 79, Observation.TRAIN, "output", values(2), parameters, examples()),
        new Observation(RUN, 1, 79, Observation.HELD_OUT, "output", values(3), parameters),
        new Observation("b", 2, 3_000_000_000L, "ood", "a/b", Measurements.empty()));
  }

  /** Every key has a value of its own; some are as small or as large as numbers are. */
  private static Measurements values(int seed) {
    Measurements.Builder values = Measurements.builder();
    for (int i = 0; i < KEYS.size(); i++) {
      double value = i % 5 == 4 ? Double.NaN : Math.pow(10, 2 * i - 30) * seed / 7;
      values.put(metric(KEYS.get(i)), i == 0 ? seed : value);
    }
    return values
        .putClassValues(Metric.NC1_CDNV, new double[] {0.25, Double.NaN, 1e-300})
        .putPairs(Metric.NC1_CDNV, List.of(new ClassPair(0, 2, 0.75), new ClassPair(0, 1, 1e-9)))
        .build();
  }

  private static Metric metric(String key) {
    return Metric.withKey(key).orElseThrow();
  }

  private static Examples examples() {
    return new Examples(
        Optional.of(
            new FeaturePlane(
                List.of(
                    new FeaturePlane.Example(0.5, -1.25, 0, 2),
                    new FeaturePlane.Example(1e-9, 3, 1, 1)),
                Arrays.asList(new FeaturePlane.Centre(1, 2), null),
                List.of(new FeaturePlane.ClassifierRow(1, -1, 0.5)))),
        List.of(
            new SuspectLabel(17, 0, 2, -1.5, Double.NaN, 4),
            new SuspectLabel(5_000_000_000L, 1, 0, -0.5, 2.25, 30)));
  }

  private static List<Observation> placesAndDefinedValues() {
    List<Observation> reduced = new ArrayList<>();
    for (Observation o : observations()) {
      Measurements.Builder defined = Measurements.builder();
      for (Metric metric : o.measurements().metrics()) {
        if (!Double.isNaN(o.measurements().value(metric))) {
          defined.put(metric, o.measurements().value(metric));
        }
      }
      reduced.add(
          new Observation(
              o.run(), o.epoch(), o.iteration(), o.split(), o.layer(), defined.build()));
    }
    return reduced;
  }

  @Test
  void jsonLinesAreRead() throws IOException {
    MetricLog log = MetricLog.read(LOGS.resolve("log-0.1.0.jsonl"));
    assertEquals(observations(), log.observations());
    assertEquals(List.of(), log.warnings());
  }

  @Test
  void csvIsRead() throws IOException {
    MetricLog log = MetricLog.read(LOGS.resolve("log-0.1.0.csv"));
    assertEquals(placesAndDefinedValues(), log.observations());
    assertEquals(List.of(), log.warnings());
  }

  @Test
  void aDatabaseIsRead() throws IOException {
    File copy = folder.resolve("storage.sqlite").toFile();
    Files.copy(LOGS.resolve("storage-0.1.0.sqlite"), copy.toPath());
    J7FileStatsStorage storage = new J7FileStatsStorage(copy);
    List<String> read =
        StatsStorageSinkTest.readAll(storage).stream().map(Reading::toString).sorted().toList();
    storage.close();
    assertEquals(
        observations().stream().map(o -> Reading.of(o).toString()).sorted().toList(), read);
  }

  /** Of schema 1; a change of it is a change of what other tools read. */
  @Test
  void jsonLinesAreWrittenAsThen() throws IOException {
    Path file = folder.resolve("log.jsonl");
    try (MetricSink sink = new JsonLinesSink(file)) {
      sink.writeAll(observations());
    }
    assertEquals(lines(LOGS.resolve("log-0.1.0.jsonl")), lines(file));
  }

  /** With the digits of this Java: those of a number became fewer in Java 19. */
  private static List<String> lines(Path file) throws IOException {
    List<String> lines = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      lines.add(JSON.readTree(line).toString());
    }
    return lines;
  }
}
