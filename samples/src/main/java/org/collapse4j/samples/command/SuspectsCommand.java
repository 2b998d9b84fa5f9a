package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.ObservedTraining;
import org.collapse4j.samples.experiment.SavedNetwork;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code suspects}: which training labels are probably wrong. */
@Command(
    name = "suspects",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  collapse4j suspects --noise-rate 0.2 --ranking suspects.csv --html suspects.html",
      "  collapse4j suspects --images photos --html suspects.html",
      "  collapse4j suspects --csv iris.csv --label species --html suspects.html"
    },
    description = {
      "Trains a network and ranks the training examples by how probably their label is wrong.",
      "The evidence is their margin, averaged over the epochs. Writes the ranking as "
          + "CSV, and a page with the worst of them. With --noise-rate it corrupts labels "
          + "first, and tells how many of them it has found. An index is the position among "
          + "the examples that --classes and --examples-per-class select, and classes are "
          + "numbered in the order of --classes."
    })
public final class SuspectsCommand implements Callable<Integer> {
  private static final String RANKING = "suspects.csv";

  @Spec private CommandSpec spec;

  @Mixin private CellOptions cell;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--network",
      paramLabel = "FILE",
      description = "takes this trained network, as DL4J saves it, as it is, and trains none")
  private Path network;

  @Option(
      names = "--ranking",
      paramLabel = "FILE",
      description =
          "the ranking as CSV, replaced if it exists, - for standard output (default: "
              + RANKING
              + "); --csv without --label means the same")
  private Path ranking;

  @Option(
      names = "--html",
      paramLabel = "FILE",
      defaultValue = "suspects.html",
      description =
          "the page, replaced if it exists, - for standard output (default: ${DEFAULT-VALUE})")
  private Path html;

  @Option(
      names = "--pictures",
      paramLabel = "N",
      defaultValue = "100",
      description = "how many are on the page (default: ${DEFAULT-VALUE})")
  private int pictures;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      defaultValue = "runs/suspects.jsonl",
      description = "JSON lines, continued if they exist (default: ${DEFAULT-VALUE})")
  private Path log;

  @Override
  public Integer call() throws IOException {
    if (pictures < 1) {
      throw new IllegalArgumentException("pictures must be at least 1, not " + pictures);
    }
    OutputFile table = rankingFile();
    OutputFile page = OutputFile.of("html", html);
    OutputFile.requireLog(log);
    Hyperparameters.Builder options = cell.set(training.hyperparameters());
    ImageData all = training.images();
    Hyperparameters hyperparameters = options.data(all.name()).build();
    ImageData images = hyperparameters.select(all);
    NoisyLabels labels = labels(hyperparameters, images);
    boolean taken = table.isStandardOutput() || page.isStandardOutput();
    PrintWriter progress = taken ? spec.commandLine().getErr() : spec.commandLine().getOut();
    SuspectLabels suspects = suspects(hyperparameters, all, labels, progress);
    boolean cleanKnown = hyperparameters.noiseRate() > 0;
    PrintWriter out = spec.commandLine().getOut();
    table.write(SuspectsCsv.of(suspects, cleanKnown ? labels : null, images.sources()), out);
    page.write(new SuspectsPage(images, suspects, cleanKnown ? labels : null).html(pictures), out);
    int shown = Math.min(pictures, suspects.ranking().size());
    progress.println();
    suspects
        .frozenAt()
        .ifPresent(
            epoch ->
                progress.printf(
                    "Memorization began at epoch %d, which the evidence ends with%n", epoch));
    progress.printf("The ranking is in %s, the %d worst are shown in %s%n", table, shown, page);
    progress.flush();
    return 0;
  }

  private OutputFile rankingFile() throws IOException {
    Optional<Path> csv = ranking == null ? training.data().takeCsvWithoutLabel() : Optional.empty();
    if (csv.isPresent()) {
      SuspectsCsv.requireRankingOrNone(csv.get());
    }
    String option = csv.isPresent() ? "csv" : "ranking";
    Path file = csv.orElse(ranking == null ? Path.of(RANKING) : ranking);
    Set<Path> files = new HashSet<>();
    training.data().table().ifPresent(table -> files.add(table.toAbsolutePath().normalize()));
    for (Path written : new Path[] {file, html, log}) {
      if (!files.add(written.toAbsolutePath().normalize())) {
        throw new IllegalArgumentException(
            option + ", html and log must be different files, not " + written + " twice");
      }
    }
    return OutputFile.of(option, file);
  }

  private static NoisyLabels labels(Hyperparameters hyperparameters, ImageData images) {
    int[] clean = images.train().getLabels().argMax(1).toIntVector();
    return hyperparameters.noise(images.numClasses()).corrupt(clean);
  }

  private SuspectLabels suspects(
      Hyperparameters hyperparameters, ImageData all, NoisyLabels labels, PrintWriter progress)
      throws IOException {
    ObservedTraining observed = new ObservedTraining(hyperparameters, log).suspectLabels(true);
    NoisyLabels known = hyperparameters.noiseRate() > 0 ? labels : null;
    if (known != null) {
      progress.printf(Locale.ROOT, "%,d of the labels are wrong%n", known.corruptedCount());
    }
    try (EpochTable table = EpochTable.ofSuspects(progress, known)) {
      if (network == null) {
        observed.run(all, table);
      } else {
        observed
            .named(network.getFileName().toString())
            .observe(all, SavedNetwork.read(network), table);
      }
      return table.last().suspects();
    }
  }
}
