package org.collapse4j.samples.command;

import org.collapse4j.samples.experiment.Hyperparameters;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options of a single training: what a grid of trainings varies. */
final class CellOptions {
  @Mixin private LossOptions lossOptions;

  @Option(
      names = "--noise-rate",
      paramLabel = "ETA",
      defaultValue = "0",
      description =
          "probability that a training label is drawn anew over all classes"
              + " (default: ${DEFAULT-VALUE})")
  private double noiseRate;

  @Option(
      names = "--seed",
      paramLabel = "S",
      defaultValue = "1",
      description = "seed of weights, order and noise (default: ${DEFAULT-VALUE})")
  private long seed;

  /** Sets these options of a training. */
  Hyperparameters.Builder set(Hyperparameters.Builder hyperparameters) {
    return lossOptions.set(hyperparameters).noiseRate(noiseRate).seed(seed);
  }
}
