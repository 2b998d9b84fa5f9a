package org.collapse4j.samples.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.data.NpyFile;
import org.collapse4j.samples.experiment.ExportedFeatures;
import org.collapse4j.stats.GlobalMean;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code measure}: the metrics of arrays exported from any framework. */
@Command(
    name = "measure",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Examples:",
      "  collapse4j measure --features F.npy --labels L.npy --weights W.npy",
      "  collapse4j measure --features d.npz:features --labels d.npz:labels --json"
    },
    description = {
      "Measures features and labels in NPY or NPZ files, as any framework exports them.",
      "Prints a table, or with --json one object from key to number or null (undefined)."
    })
public final class MeasureCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--features",
      required = true,
      paramLabel = "F.npy",
      description =
          "penultimate features [N, d], float16, float32 or float64; an array of an NPZ file is"
              + " F.npz:NAME")
  private Path features;

  @Option(
      names = "--labels",
      required = true,
      paramLabel = "L.npy",
      description =
          "class indices [N] the network was trained on, of any type of number, or one-hot [N, K]")
  private Path labels;

  @Option(
      names = "--weights",
      paramLabel = "W.npy",
      description =
          "classifier weights [K, d]: adds nc2 of the classifier, nc3, nc4, accuracy, ece")
  private Path weights;

  @Option(
      names = "--bias",
      paramLabel = "B.npy",
      description = "classifier bias [K]; zero if left out")
  private Path bias;

  @ArgGroup(exclusive = false)
  private HeldOut heldOut;

  @Option(
      names = "--clean",
      paramLabel = "C.npy",
      description = "the true labels [N] of the same examples: adds noise.rate, memorization.*")
  private Path clean;

  @Option(
      names = "--ood",
      paramLabel = "O.npy",
      description = "features [M, d] of examples of no class: adds nc5")
  private Path outOfDistribution;

  @Option(
      names = "--global-mean",
      paramLabel = "sample|class",
      completionCandidates = TypedName.GlobalMeans.class,
      defaultValue = "sample",
      description =
          "centre of the classes: mean of examples or of classes (default: ${DEFAULT-VALUE})")
  private GlobalMean globalMean;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "128",
      description = "rows measured at a time (default: ${DEFAULT-VALUE})")
  private int batch;

  @Option(names = "--json", description = "print JSON")
  private boolean json;

  /** The held-out arrays, which only make sense together. */
  private static final class HeldOut {
    @Option(
        names = "--heldout-features",
        required = true,
        paramLabel = "F.npy",
        description = "features [M, d] of examples that took no part in training: adds dilation.*")
    private Path features;

    @Option(
        names = "--heldout-labels",
        required = true,
        paramLabel = "L.npy",
        description = "their true labels [M]")
    private Path labels;
  }

  @Override
  public Integer call() throws IOException {
    Measurements measured = input().measure(globalMean);
    spec.commandLine().getOut().print(json ? json(measured) : table(measured));
    spec.commandLine().getOut().flush();
    return 0;
  }

  private void sayLeftOut(String array, long count, long examples) {
    Path file =
        switch (array) {
          case ExportedFeatures.HELD_OUT -> heldOut.features;
          case ExportedFeatures.OUT_OF_DISTRIBUTION -> outOfDistribution;
          default -> features;
        };
    spec.commandLine()
        .getErr()
        .printf(
            Locale.ROOT,
            "collapse4j: left out %d of %d examples of %s with a NaN or infinite feature%n",
            count,
            examples,
            file);
  }

  private ExportedFeatures input() throws IOException {
    ExportedFeatures input =
        new ExportedFeatures(NpyFile.floats(features), NpyFile.classIndices(labels))
            .batch(batch)
            .leftOut(this::sayLeftOut);
    if (weights != null) {
      input.classifier(NpyFile.floats(weights), bias == null ? null : NpyFile.floats(bias));
    } else if (bias != null) {
      throw new IllegalArgumentException("--bias goes with --weights, which is missing");
    }
    if (heldOut != null) {
      input.heldOut(NpyFile.floats(heldOut.features), NpyFile.classIndices(heldOut.labels));
    }
    if (clean != null) {
      input.clean(NpyFile.classIndices(clean));
    }
    if (outOfDistribution != null) {
      input.outOfDistribution(NpyFile.floats(outOfDistribution));
    }
    return input;
  }

  private static String table(Measurements measured) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("metric", "value", "ideal", "meaning"));
    for (Metric metric : measured.metrics()) {
      rows.add(
          List.of(
              metric.key(),
              number(measured.value(metric)),
              Double.isNaN(metric.ideal()) ? "" : number(metric.ideal()),
              metric.meaning()));
    }
    return TextTable.of("lrrl", rows);
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "undefined";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.6g", value);
  }

  /** An object from key to number, or null where it is undefined. */
  private static String json(Measurements measured) throws JsonProcessingException {
    Map<String, Double> values = new LinkedHashMap<>();
    for (Metric metric : measured.metrics()) {
      double value = measured.value(metric);
      values.put(metric.key(), Double.isFinite(value) ? value : null);
    }
    return new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writeValueAsString(values)
        + System.lineSeparator();
  }
}
