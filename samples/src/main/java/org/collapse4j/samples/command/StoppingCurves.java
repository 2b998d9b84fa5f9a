package org.collapse4j.samples.command;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.collapse4j.samples.experiment.EpochScores;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.StoppingCriterion;

/** What every epoch of every training scored as CSV with a header, in full digits. */
final class StoppingCurves {
  private static final String HEADER =
      "loss,alpha,noise.rate,seed,epoch,heldout.dilation,heldout.accuracy,noisy.dilation,"
          + "noisy.accuracy,train.accuracy,suspects.share,memorization.estimated,"
          + "train.score,test.accuracy,kept.by";

  private StoppingCurves() {}

  static String csv(Map<Hyperparameters, List<EpochScores>> trainings) {
    StringBuilder csv = new StringBuilder(HEADER).append('\n');
    trainings.forEach(
        (cell, epochs) ->
            epochs.forEach(epoch -> csv.append(row(cell, epoch, keepers(epoch, epochs)))));
    return csv.toString();
  }

  /** The criteria that keep an epoch, separated by spaces. */
  private static String keepers(EpochScores epoch, List<EpochScores> epochs) {
    return Arrays.stream(StoppingCriterion.values())
        .filter(criterion -> criterion.kept(epochs).equals(epoch))
        .map(criterion -> criterion.name().toLowerCase(Locale.ROOT))
        .collect(Collectors.joining(" "));
  }

  private static String row(Hyperparameters cell, EpochScores epoch, String keepers) {
    String scores =
        Stream.of(
                epoch.clean().dilation(),
                epoch.clean().accuracy(),
                epoch.noisy().dilation(),
                epoch.noisy().accuracy(),
                epoch.train().accuracy(),
                epoch.train().suspectsShare(),
                epoch.train().memorizationEstimated(),
                epoch.train().score(),
                epoch.testAccuracy())
            .map(score -> Double.isNaN(score) ? "" : String.valueOf(score))
            .collect(Collectors.joining(","));
    return String.join(
            ",",
            cell.loss().toString(),
            String.valueOf(cell.alpha()),
            String.valueOf(cell.noiseRate()),
            String.valueOf(cell.seed()),
            String.valueOf(epoch.epoch()),
            scores,
            keepers)
        + "\n";
  }
}
