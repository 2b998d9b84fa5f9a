package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.data.IdxImages;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.data.ImageDirectory;
import org.collapse4j.samples.experiment.CollapseProfile;
import org.collapse4j.samples.model.Mlp;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.schedule.FixedSchedule;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code profile}: how collapse moves through the layers, by depth and epoch. */
@Command(
    name = "profile",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  collapse4j profile --epochs 5"},
    description = {
      "Shows NC1 and the accuracy of the nearest class centre at every layer, epoch by epoch.",
      "Trains a small network on Fashion-MNIST for it, or reads a log in which several layers are."
    })
public final class ProfileCommand implements Callable<Integer> {
  private static final int PROBE_BATCH = 1000;

  @Spec private CommandSpec spec;

  @Option(
      names = "--log",
      paramLabel = "FILE",
      description = "log of JSON lines to show, instead of training")
  private Path log;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "directory of the four IDX files of MNIST or Fashion-MNIST, plain or .gz")
  private Path data;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "5",
      description = "epochs to train (default: ${DEFAULT-VALUE})")
  private int epochs;

  @Option(
      names = "--every",
      paramLabel = "N",
      defaultValue = "1",
      description = "epochs from one observation to the next (default: ${DEFAULT-VALUE})")
  private int every;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "128",
      description = "examples of a batch (default: ${DEFAULT-VALUE})")
  private int batch;

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      defaultValue = "128,128,128,128",
      description = "units of the hidden layers (default: ${DEFAULT-VALUE})")
  private List<Integer> widths;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      defaultValue = "0.05",
      description = "default: ${DEFAULT-VALUE}")
  private double learningRate;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of weights and order (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      defaultValue = Observation.TRAIN,
      description = "examples to show: train, heldout (default: ${DEFAULT-VALUE})")
  private String split;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "directory the log is written to (default: ${DEFAULT-VALUE})")
  private Path runs;

  @Option(
      names = "--run",
      paramLabel = "NAME",
      defaultValue = "profile",
      description = "name of the run and its log (default: ${DEFAULT-VALUE})")
  private String run;

  @Override
  public Integer call() throws IOException {
    List<Observation> observations = log == null ? train() : MetricLog.read(log).observations();
    print(CollapseProfile.of(observations, split));
    return 0;
  }

  private List<Observation> train() throws IOException {
    requirePositive("epochs", epochs);
    requirePositive("every", every);
    requirePositive("batch", batch);
    widths.forEach(width -> requirePositive("widths", width));
    if (!(learningRate > 0 && Double.isFinite(learningRate))) {
      throw new IllegalArgumentException("learning-rate must be above 0, not " + learningRate);
    }
    if (!split.equals(Observation.TRAIN) && !split.equals(Observation.HELD_OUT)) {
      throw new IllegalArgumentException("split must be train or heldout, not " + split);
    }
    Path target = logFile();
    ImageData images = data == null ? IdxImages.fashionMnistMini() : ImageDirectory.read(data);
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener = listener(images, target, observations);
    MultiLayerNetwork network =
        Mlp.builder(images.numPixels(), images.numClasses())
            .widths(widths)
            .learningRate(new FixedSchedule(learningRate))
            .seed(seed)
            .build();
    network.setListeners(listener);
    PrintWriter out = spec.commandLine().getOut();
    out.printf("%s: %d epochs; every observation goes to %s%n", images.name(), epochs, target);
    out.flush();
    for (int epoch = 1; epoch <= epochs; epoch++) {
      images.train().shuffle(seed * 1_000_003 + epoch);
      network.fit(new ViewIterator(images.train(), batch));
    }
    return observations;
  }

  private static void requirePositive(String option, int n) {
    if (n < 1) {
      throw new IllegalArgumentException(option + " must be at least 1, not " + n);
    }
  }

  private Path logFile() {
    if (!run.matches("[^/\\\\]+") || run.startsWith(".")) {
      throw new IllegalArgumentException(
          "run must be a name that a file can have, not \"" + run + "\"");
    }
    Path target = runs.resolve(run + ".jsonl");
    if (Files.exists(target)) {
      throw new IllegalArgumentException(
          target + " is there already: choose another name with --run, or remove it");
    }
    OutputFile.requireLog(target);
    return target;
  }

  private NeuralCollapseListener listener(
      ImageData images, Path target, List<Observation> observations) {
    return NeuralCollapseListener.builder()
        .sample(0)
        .allLayers()
        .everyEpochs(every)
        .probe(split, new ViewIterator(examples(images), PROBE_BATCH))
        .run(run)
        .sink(new JsonLinesSink(target))
        .sink(observations::add)
        .build();
  }

  private DataSet examples(ImageData images) {
    return split.equals(Observation.TRAIN) ? images.train() : images.heldOut();
  }

  private void print(CollapseProfile profile) {
    PrintWriter out = spec.commandLine().getOut();
    print(out, profile, Metric.NC1_PINV, "NC1");
    print(out, profile, Metric.NC4_NCC_ACCURACY, "Centre accuracy");
    out.flush();
  }

  private void print(PrintWriter out, CollapseProfile profile, Metric metric, String name) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("layer"));
    profile.epochs().forEach(epoch -> header.add(String.valueOf(epoch)));
    rows.add(header);
    for (String layer : profile.layers()) {
      List<String> row = new ArrayList<>(List.of(TextTable.oneLine(layer)));
      profile
          .epochs()
          .forEach(epoch -> row.add(TextTable.number(profile.value(layer, epoch, metric))));
      rows.add(row);
    }
    out.printf("%n%s (%s) of %s by layer and epoch%n", name, metric.key(), split);
    out.print(TextTable.of(rows));
  }
}
