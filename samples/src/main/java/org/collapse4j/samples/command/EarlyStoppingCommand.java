package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EarlyStoppingComparison;
import org.collapse4j.samples.experiment.EpochScores;
import org.collapse4j.samples.experiment.Hyperparameters;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code early-stopping}: which epoch is worth keeping of a training on wrong labels. */
@Command(
    name = "early-stopping",
    mixinStandardHelpOptions = true,
    defaultValueProvider = EarlyStoppingCommand.Defaults.class,
    footer = {"", "Example:", "  collapse4j early-stopping --noise-rates 0.4 --epochs 30"},
    description = {
      "Compares the epochs that early stopping would keep of a training on labels that are "
          + "partly wrong, by seven criteria: the last epoch, held-out dilation and accuracy, both "
          + "again with held-out labels as noisy as the training ones, and the estimated "
          + "memorization and the score of the training labels, which need no held-out data.",
      "Half of the held-out images score the epochs. Test accuracy is that of the other half, "
          + "which chooses nothing."
    })
public final class EarlyStoppingCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private GridOptions gridOptions;

  @Mixin private TrainingOptions training;

  @Option(
      names = "--curves",
      paramLabel = "FILE",
      description =
          "CSV of what every epoch of every training scored, and which criteria keep it; "
              + "replaced if it exists, - for standard output")
  private Path curves;

  @Override
  public Integer call() throws IOException {
    Hyperparameters.Builder common = training.collapsing(true);
    gridOptions.grid().cells(common);
    OutputFile csv = curves == null ? null : OutputFile.of("curves", curves);
    PrintWriter standard = spec.commandLine().getOut();
    boolean taken = csv != null && csv.isStandardOutput();
    PrintWriter out = taken ? spec.commandLine().getErr() : standard;
    ImageData images = training.images(out);
    Map<Hyperparameters, List<EpochScores>> trainings =
        trained(gridOptions.grid().cells(common.data(images.name())), images, out);
    out.println();
    out.print(StoppingTable.means(trainings));
    out.flush();
    if (csv != null) {
      csv.write(StoppingCurves.csv(trainings), standard);
    }
    return 0;
  }

  private static Map<Hyperparameters, List<EpochScores>> trained(
      List<Hyperparameters> cells, ImageData images, PrintWriter out) {
    Map<Hyperparameters, List<EpochScores>> trainings = new LinkedHashMap<>();
    out.println(StoppingTable.head());
    out.flush();
    long epochs = cells.stream().mapToLong(Hyperparameters::epochs).sum();
    try (TerminalBar bar = TerminalBar.of("epochs", epochs)) {
      for (Hyperparameters cell : cells) {
        List<EpochScores> scores = new EarlyStoppingComparison(cell, images).run(bar::step);
        trainings.put(cell, scores);
        StoppingTable.lines(cell, scores).forEach(out::println);
        out.flush();
      }
    }
    return trainings;
  }

  /** What takes some ten minutes, and memorizes. */
  static final class Defaults implements IDefaultValueProvider {
    private static final Map<String, String> DEFAULTS =
        Map.of("--losses", "ce", "--noise-rates", "0.2,0.4");

    @Override
    public String defaultValue(ArgSpec argument) {
      return argument instanceof OptionSpec option ? DEFAULTS.get(option.longestName()) : null;
    }
  }
}
