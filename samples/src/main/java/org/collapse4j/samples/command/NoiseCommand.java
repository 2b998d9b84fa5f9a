package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.CellResult;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.NoiseExperiment;
import org.collapse4j.samples.experiment.NoiseGrid;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code noise}: memorization and dilation of losses, noise rates and seeds. */
@Command(
    name = "noise",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example:",
      "  collapse4j noise --losses ce,ls --noise-rates 0,0.2 --seeds 1,2,3"
    },
    description = {
      "Compares losses on labels that are partly wrong, for every noise rate and seed.",
      "Tells how the networks memorize wrong labels, and how the classes of held-out images"
          + " dilate. A training that the log has to its end is not run again: a run that was"
          + " stopped goes on."
    })
public final class NoiseCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private GridOptions gridOptions;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--measure-every",
      paramLabel = "N",
      defaultValue = "10",
      description =
          "epochs between measurements; the last is measured too (default: ${DEFAULT-VALUE})")
  private int measureEvery;

  @Option(
      names = "--sample",
      description =
          "log what a listener measures with no option set, too: a sample of the training "
              + "images, as a run named \"..., sample\"")
  private boolean sample;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      defaultValue = "runs/noise.jsonl",
      description = "JSON lines, continued if they exist (default: ${DEFAULT-VALUE})")
  private Path log;

  @Override
  public Integer call() throws IOException {
    NoiseGrid grid = gridOptions.grid();
    Hyperparameters.Builder common = training.hyperparameters();
    experiment(grid.cells(common));
    OutputFile.requireLog(log);
    PrintWriter out = spec.commandLine().getOut();
    ImageData images = training.images(out);
    NoiseExperiment experiment = experiment(grid.cells(common.data(images.name())));
    List<CellResult> results;
    try (ExperimentBar bar = new ExperimentBar(out)) {
      results = experiment.run(images, bar);
    }
    out.println();
    out.print(NoiseTable.of(results));
    out.flush();
    return 0;
  }

  private NoiseExperiment experiment(List<Hyperparameters> cells) {
    return new NoiseExperiment(cells, log, measureEvery, sample);
  }
}
