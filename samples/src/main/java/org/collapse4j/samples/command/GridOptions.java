package org.collapse4j.samples.command;

import java.util.List;
import org.collapse4j.samples.experiment.NoiseGrid;
import org.collapse4j.samples.model.LossKind;
import picocli.CommandLine.Option;

/** What an experiment on label noise compares: losses, noise rates and seeds. */
final class GridOptions {
  @Option(
      names = "--losses",
      paramLabel = "ce|ls|lr",
      split = ",",
      defaultValue = "ce,ls,lr",
      description = "cross-entropy, label smoothing, label relaxation (default: ${DEFAULT-VALUE})")
  private List<LossKind> losses;

  @Option(
      names = "--alphas",
      paramLabel = "A",
      split = ",",
      defaultValue = "0.1",
      description = "of ls and lr, from 0 to below 1 (default: ${DEFAULT-VALUE})")
  private List<Double> alphas;

  @Option(
      names = "--noise-rates",
      paramLabel = "ETA",
      split = ",",
      defaultValue = "0,0.2",
      description =
          "probabilities that a training label is drawn anew over all K classes, so "
              + "that ETA (K-1)/K of them are wrong (default: ${DEFAULT-VALUE})")
  private List<Double> noiseRates;

  @Option(
      names = "--seeds",
      paramLabel = "S",
      split = ",",
      defaultValue = "1,2,3",
      description = "seeds of weights, order and noise (default: ${DEFAULT-VALUE})")
  private List<Long> seeds;

  /** What the options say. */
  NoiseGrid grid() {
    return new NoiseGrid(losses, alphas, noiseRates, seeds);
  }
}
