package org.collapse4j.samples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.collapse4j.samples.data.IdxImages;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.ObservedTraining;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code train}: the main job, neural collapse of a small network on Fashion-MNIST. */
@Command(
    name = "train",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Trains a small network on Fashion-MNIST and shows, epoch by epoch, how its classes collapse.",
      "Without --data it takes the 10,000 + 2,000 images that come with the program."
    })
public final class TrainCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "directory of the four IDX files of MNIST or Fashion-MNIST, plain or .gz")
  private Path data;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "30",
      description = "epochs to train (default: ${DEFAULT-VALUE})")
  private int epochs;

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
      defaultValue = "256,256,256",
      description = "units of the hidden layers (default: ${DEFAULT-VALUE})")
  private List<Integer> widths;

  @Option(
      names = "--no-batch-norm",
      negatable = true,
      defaultValue = "true",
      fallbackValue = "true",
      description = "leave out the batch normalisation of hidden layers")
  private boolean batchNorm;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      defaultValue = "0.1",
      description = "dropped tenfold after two thirds of the epochs (default: ${DEFAULT-VALUE})")
  private double learningRate;

  @Option(
      names = "--weight-decay",
      paramLabel = "R",
      defaultValue = "5e-4",
      description = "factor of the squared parameters, halved (default: ${DEFAULT-VALUE})")
  private double weightDecay;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of weights and order (default: ${DEFAULT-VALUE})")
  private long seed;

  @Option(
      names = "--runs",
      paramLabel = "DIR",
      defaultValue = "runs",
      description = "directory the log is written to (default: ${DEFAULT-VALUE})")
  private Path runs;

  @Option(names = "--run", paramLabel = "NAME", description = "name of the run and its log")
  private String run;

  @Override
  public Integer call() throws IOException {
    ObservedTraining.Builder training =
        ObservedTraining.builder()
            .epochs(epochs)
            .batch(batch)
            .widths(widths)
            .batchNorm(batchNorm)
            .learningRate(learningRate)
            .weightDecay(weightDecay)
            .seed(seed)
            .runs(runs);
    if (run != null) {
      training.run(run);
    }
    ImageData images = data == null ? IdxImages.fashionMnistMini() : IdxImages.directory(data);
    try (EpochTable table = new EpochTable(spec.commandLine().getOut())) {
      training.build().run(images, table);
    }
    return 0;
  }
}
