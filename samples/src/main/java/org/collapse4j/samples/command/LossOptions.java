package org.collapse4j.samples.command;

import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.model.LossKind;
import picocli.CommandLine.Option;

/** The loss of a command that trains with one. */
final class LossOptions {
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

  /** Sets these options of a training. */
  Hyperparameters.Builder set(Hyperparameters.Builder hyperparameters) {
    return hyperparameters.loss(loss).alpha(alpha);
  }
}
