package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.model.Architecture;
import org.nd4j.linalg.activations.Activation;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of every command that trains: data, network and optimiser. */
final class TrainingOptions {
  /** As many images of each class as a small network fits to the last in two minutes. */
  private static final int SMALL = 300;

  @Mixin private DataOptions data;

  @Option(
      names = "--classes",
      paramLabel = "C",
      split = ",",
      description = "classes that take part, such as 0,1 (default: all)")
  private List<Integer> classes = List.of();

  @Option(
      names = "--examples-per-class",
      paramLabel = "N",
      description =
          "the first N training images of each class, 0 for all"
              + " (default: all; of train with neither data of one's own nor --labels 300)")
  private Integer examplesPerClass;

  @Option(
      names = "--model",
      paramLabel = "mlp|cnn|resnet18",
      defaultValue = "mlp",
      description =
          "fully connected, convolutional in the manner of LeNet, or residual, for "
              + "32 x 32 (default: ${DEFAULT-VALUE})")
  private Architecture model;

  @Option(
      names = "--widths",
      paramLabel = "N",
      split = ",",
      description =
          "units of the fully connected hidden layers, instead of --depth, --width "
              + "and --features (default: 256,256,256,256,256 of mlp, 500 of cnn)")
  private List<Integer> widths;

  @Option(
      names = "--depth",
      paramLabel = "N",
      description = "number of fully connected hidden layers (default: 5)")
  private Integer depth;

  @Option(names = "--width", paramLabel = "N", description = "units of each (default: 256)")
  private Integer width;

  @Option(
      names = "--features",
      paramLabel = "N",
      description =
          "units of one more hidden layer, the penultimate features (default: no such layer)")
  private Integer features;

  @Option(
      names = "--batch-norm",
      negatable = true,
      fallbackValue = "true",
      description =
          "normalise hidden layers over the batch, or do not (default: they are; "
              + "those of mlp are with train and early-stopping only)")
  private Boolean batchNorm;

  @Option(
      names = "--activation",
      paramLabel = "NAME",
      defaultValue = "relu",
      description = "of hidden layers: ${COMPLETION-CANDIDATES} (default: ${DEFAULT-VALUE})",
      completionCandidates = TypedName.Activations.class)
  private Activation activation;

  @Option(
      names = "--epochs",
      paramLabel = "N",
      defaultValue = "40",
      description = "epochs to train (default: ${DEFAULT-VALUE})")
  private int epochs;

  @Option(
      names = "--batch",
      paramLabel = "N",
      defaultValue = "128",
      description = "examples of a batch (default: ${DEFAULT-VALUE})")
  private int batch;

  @Option(
      names = "--learning-rate",
      paramLabel = "R",
      defaultValue = "0.05",
      description = "of the first epoch (default: ${DEFAULT-VALUE})")
  private double learningRate;

  @Option(
      names = "--drops",
      paramLabel = "N",
      split = ",",
      description =
          "epochs after which the learning rate drops tenfold, such as 40,80 "
              + "(default: two thirds of the epochs; of train and "
              + "early-stopping half and five sixths)")
  private List<Integer> drops;

  @Option(
      names = "--weight-decay",
      paramLabel = "R",
      defaultValue = "5e-4",
      description = "factor of the squared parameters, halved (default: ${DEFAULT-VALUE})")
  private double weightDecay;

  /**
   * What the options say, and what they leave open as a network that collapses needs it.
   *
   * @param all whether all examples take part unless an option says how many
   */
  Hyperparameters.Builder collapsing(boolean all) {
    Hyperparameters.Builder builder = hyperparameters();
    if (batchNorm == null) {
      builder.batchNorm(true);
    }
    if (drops == null) {
      builder.drops(List.of(Math.max(1, epochs / 2), Math.max(2, 5 * epochs / 6)));
    }
    if (!all && examplesPerClass == null && data.areBundled()) {
      builder.examplesPerClass(SMALL);
    }
    return builder;
  }

  /** What the options say, checked; the data are not read. */
  Hyperparameters.Builder hyperparameters() {
    Hyperparameters.Builder all =
        Hyperparameters.builder()
            .classes(classes)
            .examplesPerClass(examplesPerClass == null ? 0 : examplesPerClass)
            .model(model)
            .batchNorm(batchNorm)
            .activation(activation)
            .epochs(epochs)
            .batch(batch)
            .learningRate(learningRate)
            .weightDecay(weightDecay);
    if (drops != null) {
      all.drops(drops);
    }
    boolean shaped = depth != null || width != null || features != null;
    if (widths != null && shaped) {
      throw new IllegalArgumentException(
          "widths stand instead of depth, width and features: give either");
    }
    if (widths != null || shaped) {
      all.widths(widths == null ? shape() : widths);
    }
    return all;
  }

  private List<Integer> shape() {
    int layers = depth == null ? 5 : depth;
    if (layers < 1) {
      throw new IllegalArgumentException("depth must be at least 1, not " + layers);
    }
    List<Integer> all = new ArrayList<>(Collections.nCopies(layers, width == null ? 256 : width));
    if (features != null) {
      all.add(features);
    }
    return all;
  }

  /** Reads the data. */
  ImageData images() throws IOException {
    return data.read();
  }

  /** Reads the data, and prints what was left out of them. */
  ImageData images(PrintWriter remarks) throws IOException {
    ImageData images = images();
    images.sources().remarks().forEach(remarks::println);
    remarks.flush();
    return images;
  }

  /** The options of the data. */
  DataOptions data() {
    return data;
  }
}
