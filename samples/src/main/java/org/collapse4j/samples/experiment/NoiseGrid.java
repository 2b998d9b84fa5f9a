package org.collapse4j.samples.experiment;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.collapse4j.samples.model.LossKind;

/**
 * What an experiment on label noise compares: every loss with every alpha it has, at every noise
 * rate, each with every seed.
 *
 * @param losses at least one
 * @param alphas at least one; a loss without alpha takes part once
 * @param noiseRates at least one
 * @param seeds at least one
 */
public record NoiseGrid(
    List<LossKind> losses, List<Double> alphas, List<Double> noiseRates, List<Long> seeds) {

  /** Copies the lists, without what is named twice. */
  public NoiseGrid {
    losses = distinct("losses", losses);
    alphas = distinct("alphas", alphas);
    noiseRates = distinct("noise-rates", noiseRates);
    seeds = distinct("seeds", seeds);
  }

  private static <T> List<T> distinct(String option, List<T> values) {
    if (values.isEmpty()) {
      throw new IllegalArgumentException(option + " must have at least one value");
    }
    return List.copyOf(new LinkedHashSet<>(values));
  }

  /**
   * Every training of the grid: all of the first seed, then all of the next, so that a run that is
   * stopped has compared something.
   *
   * @param common what they have in common; not modified
   * @throws IllegalArgumentException if a value is out of range
   */
  public List<Hyperparameters> cells(Hyperparameters.Builder common) {
    List<Hyperparameters> cells = new ArrayList<>();
    for (long seed : seeds) {
      cells.addAll(groups(common.copy().seed(seed)));
    }
    return List.copyOf(cells);
  }

  /** One training, of the builder's seed, for each combination of noise rate, loss and alpha. */
  private Set<Hyperparameters> groups(Hyperparameters.Builder common) {
    Set<Hyperparameters> groups = new LinkedHashSet<>();
    for (double rate : noiseRates) {
      for (LossKind loss : losses) {
        for (double alpha : loss.hasAlpha() ? alphas : alphas.subList(0, 1)) {
          groups.add(common.copy().noiseRate(rate).loss(loss).alpha(alpha).build());
        }
      }
    }
    return groups;
  }
}
