package org.collapse4j.samples.command;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.collapse4j.samples.experiment.EpochScores;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.StoppingCriterion;

/** What every criterion of early stopping keeps, a training at a time and over the seeds. */
final class StoppingTable {
  private static final TextTable TRAININGS =
      TextTable.ofWidths("lrrrlr", 4, 5, 4, 4, 38, 5, 13, 10);

  private StoppingTable() {}

  /** What is kept of a training: the epoch by a criterion, and the last one. */
  private record Kept(EpochScores epoch, EpochScores last) {
    static Kept by(StoppingCriterion criterion, List<EpochScores> scores) {
      return new Kept(criterion.kept(scores), scores.get(scores.size() - 1));
    }

    double accuracy() {
      return epoch.testAccuracy();
    }

    double gain() {
      return epoch.testAccuracy() - last.testAccuracy();
    }
  }

  /** The titles of the columns of {@link #lines}. */
  static String head() {
    return TRAININGS.line(
        List.of("loss", "alpha", "eta", "seed", "kept by", "epoch", "test accuracy", "difference"));
  }

  /** A row a criterion. */
  static List<String> lines(Hyperparameters cell, List<EpochScores> scores) {
    return Arrays.stream(StoppingCriterion.values())
        .map(criterion -> line(cell, criterion, Kept.by(criterion, scores)))
        .toList();
  }

  private static String line(Hyperparameters cell, StoppingCriterion criterion, Kept kept) {
    List<String> cells = new ArrayList<>(NoiseTable.names(cell));
    cells.add(String.valueOf(cell.seed()));
    cells.add(criterion.title());
    cells.add(String.valueOf(kept.epoch().epoch()));
    cells.add(TextTable.share(kept.accuracy()));
    cells.add(difference(kept.gain()));
    return TRAININGS.line(cells);
  }

  private static String difference(double gain) {
    return String.format(Locale.ROOT, "%+.4f", gain);
  }

  /** Mean and standard deviation over the seeds, a row for each criterion of trainings alike. */
  static String means(Map<Hyperparameters, List<EpochScores>> trainings) {
    Map<List<String>, List<List<EpochScores>>> groups = new LinkedHashMap<>();
    trainings.forEach(
        (cell, scores) ->
            groups.computeIfAbsent(NoiseTable.names(cell), key -> new ArrayList<>()).add(scores));
    List<List<String>> rows = new ArrayList<>();
    rows.add(
        List.of(
            "loss", "alpha", "eta", "kept by", "epochs", "test accuracy", "", "difference", ""));
    groups.forEach(
        (names, seeds) -> {
          for (StoppingCriterion criterion : StoppingCriterion.values()) {
            rows.add(row(names, criterion, seeds));
          }
        });
    return TextTable.of("lrrllr", rows)
        + "Mean over the seeds, and behind it the standard deviation (n - 1); differences are"
        + " those to the last epoch."
        + System.lineSeparator();
  }

  private static List<String> row(
      List<String> names, StoppingCriterion criterion, List<List<EpochScores>> seeds) {
    List<Kept> kept = seeds.stream().map(scores -> Kept.by(criterion, scores)).toList();
    List<String> row = new ArrayList<>(names);
    row.add(criterion.title());
    row.add(
        kept.stream().map(k -> String.valueOf(k.epoch().epoch())).collect(Collectors.joining(" ")));
    SummaryStatistics accuracy = statistics(kept, Kept::accuracy);
    row.add(TextTable.share(accuracy.getMean()));
    row.add(deviation(accuracy));
    SummaryStatistics gain = statistics(kept, Kept::gain);
    row.add(difference(gain.getMean()));
    row.add(deviation(gain));
    return row;
  }

  private static SummaryStatistics statistics(List<Kept> kept, ToDoubleFunction<Kept> value) {
    SummaryStatistics statistics = new SummaryStatistics();
    kept.forEach(k -> statistics.addValue(value.applyAsDouble(k)));
    return statistics;
  }

  /** A single seed has none. */
  private static String deviation(SummaryStatistics statistics) {
    return statistics.getN() == 1 ? "" : TextTable.share(statistics.getStandardDeviation());
  }
}
