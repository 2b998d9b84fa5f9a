package org.collapse4j.samples.command;

import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.model.LossKind;
import picocli.CommandLine.Option;

/** The options of a single training: what a grid of trainings varies. */
final class CellOptions {
  @Option(
      names = "--loss",
      paramLabel = "ce|ls|lr",
      defaultValue = "ce",
      description =
          "cross-entropy, label smoothing or label relaxation (default: ${DEFAULT-VALUE})")
  private LossKind loss;

  @Option(
      names = "--alpha",
      paramLabel = "A",
      defaultValue = "0.1",
      description = "of ls and lr, from 0 to below 1 (default: ${DEFAULT-VALUE})")
  private double alpha;

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

  /** Sets them. */
  Hyperparameters.Builder set(Hyperparameters.Builder hyperparameters) {
    return hyperparameters.loss(loss).alpha(alpha).noiseRate(noiseRate).seed(seed);
  }
}
