package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.RunHistory;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.data.LabelCorrections;
import org.collapse4j.samples.experiment.Checkpoint;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.ObservedTraining;
import org.collapse4j.verdict.VerdictRules;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code train}: the main job, neural collapse of a small network on Fashion-MNIST. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  collapse4j train --noise-rate 0.2 --epochs 30 --run noisy"},
    defaultValueProvider = TrainCommand.Defaults.class,
    description = {
      "Trains a small network on Fashion-MNIST and shows, epoch by epoch, how its classes collapse.",
      "Without --data it takes the 10,000 + 2,000 images that come with the program.",
      "A training that was stopped goes on with --resume and the options it began with, from the"
          + " checkpoint beside its log; its numbers are those of one that was not stopped.",
      "The exit code is 1 if training has diverged."
    })
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Mixin private TrainingOptions training;

  @Mixin private CellOptions cell;

  @Option(
      names = "--labels",
      paramLabel = "FILE",
      description =
          "labels that are changed and examples that are dropped, as the page of suspects exports"
              + " them: CSV with the columns name (or index), given and label, empty to drop")
  private Path labels;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "directory the log is written to (default: ${DEFAULT-VALUE})")
  private Path runs;

  @Option(names = "--run", paramLabel = "NAME", description = "name of the run and its log")
  private String run =
      "train-"
          + LocalDateTime.now(ZoneId.systemDefault())
              .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss"));

  @Option(names = "--resume", description = "go on with the run of that name")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Hyperparameters.Builder hyperparameters = cell.set(training.collapsing(labels != null));
    Path log = log();
    Checkpoint checkpoint = resume ? checkpoint(log) : null;
    if (!resume) {
      requireNew(log);
    }
    LabelCorrections corrections = labels == null ? null : LabelCorrections.read(labels);
    ImageData images = training.images();
    String data = images.name() + (labels == null ? "" : " with labels of " + corrections.name());
    Hyperparameters all = hyperparameters.data(data).build();
    ObservedTraining observed =
        new ObservedTraining(all, log)
            .named(run)
            .corrections(corrections)
            .checkpoints(Checkpoint.beside(log))
            .from(checkpoint);
    boolean noisy = all.noiseRate() > 0;
    try (EpochTable table = EpochTable.ofCollapse(spec.commandLine().getOut(), noisy)) {
      if (checkpoint != null) {
        table.goesOnAfter(checkpoint.epoch(), all.epochs());
      }
      observed.run(images, table);
      return sayWhatHappened(log, table.last() == null || Double.isFinite(table.last().loss()));
    }
  }

  private Checkpoint checkpoint(Path log) throws IOException {
    if (!spec.commandLine().getParseResult().hasMatchedOption("--run")) {
      throw new ParameterException(
          spec.commandLine(), "--resume needs --run, the name of the run that was stopped");
    }
    OutputFile.requireLog(log);
    return Checkpoint.read(Checkpoint.beside(log));
  }

  /** Returns the exit code: a training that has diverged is no success. */
  private int sayWhatHappened(Path log, boolean finiteLoss) throws IOException {
    PrintWriter out = spec.commandLine().getOut();
    out.println();
    List<RunHistory> histories = MetricLog.read(log).histories();
    histories.forEach(history -> VerdictLines.printRun(out, history));
    boolean diverged = histories.stream().anyMatch(VerdictRules::hasDiverged);
    if (!finiteLoss && !diverged) {
      out.println("Training has diverged: the loss is not a finite number.");
    }
    out.flush();
    return finiteLoss && !diverged ? CommandLine.ExitCode.OK : CommandLine.ExitCode.SOFTWARE;
  }

  private Path log() {
    if (!run.matches("[^/\\\\]+") || run.startsWith(".")) {
      throw new IllegalArgumentException(
          "run must be a name that a file can have, not \"" + run + "\"");
    }
    if (Files.exists(runs) && !Files.isDirectory(runs)) {
      throw new IllegalArgumentException("runs must be a directory, and " + runs + " is not");
    }
    return runs.resolve(run + ".jsonl");
  }

  private static void requireNew(Path log) throws IOException {
    if (Files.exists(log)) {
      throw new FileAlreadyExistsException(
          log
              + " is there already: go on with it with --resume, choose another name with --run, or"
              + " remove it");
    }
    OutputFile.requireLog(log);
  }

  /** Where they differ from those of the commands that compare losses: here classes collapse. */
  static final class Defaults implements IDefaultValueProvider {
    private static final Map<String, String> OF_OPTIONS =
        Map.of("--epochs", "120", "--learning-rate", "0.1", "--weight-decay", "5e-3");

    @Override
    public String defaultValue(ArgSpec argument) {
      return argument instanceof OptionSpec option ? OF_OPTIONS.get(option.longestName()) : null;
    }
  }
}
