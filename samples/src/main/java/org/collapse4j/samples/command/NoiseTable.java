package org.collapse4j.samples.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.apache.commons.math3.stat.descriptive.SummaryStatistics;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.experiment.CellResult;
import org.collapse4j.samples.experiment.Hyperparameters;

/** The last measurements of trainings: mean and standard deviation over the seeds, a row a cell. */
final class NoiseTable {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("dilation.relative", CellResult::heldOut, Metric.DILATION_RELATIVE),
          new Column("dilation.nc1", CellResult::heldOut, Metric.DILATION_NC1),
          new Column("suspects.share", CellResult::train, Metric.SUSPECTS_SHARE),
          new Column("memorization.estimated", CellResult::train, Metric.MEMORIZATION_ESTIMATED),
          new Column("memorization.sum", CellResult::train, Metric.MEMORIZATION_SUM),
          new Column(".relative", CellResult::train, Metric.MEMORIZATION_RELATIVE),
          new Column(".fraction", CellResult::train, Metric.MEMORIZATION_FRACTION),
          new Column(".fitted", CellResult::train, Metric.MEMORIZATION_FITTED),
          new Column(".recovered", CellResult::train, Metric.MEMORIZATION_RECOVERED),
          new Column("test accuracy", CellResult::heldOut, Metric.ACCURACY));

  private record Column(String title, Function<CellResult, Measurements> split, Metric metric) {
    double of(CellResult result) {
      return split.apply(result).value(metric);
    }
  }

  private NoiseTable() {}

  static String of(List<CellResult> results) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("loss", "alpha", "eta", "seeds"));
    COLUMNS.forEach(column -> header.add(column.title));
    rows.add(header);
    groups(results).values().forEach(group -> rows.add(row(group)));
    return TextTable.of(rows)
        + "Mean over the seeds, and behind it the standard deviation (n - 1)."
        + System.lineSeparator();
  }

  /** Results that differ in the seed only. */
  private static Map<Map<String, String>, List<CellResult>> groups(List<CellResult> results) {
    Map<Map<String, String>, List<CellResult>> groups = new LinkedHashMap<>();
    for (CellResult result : results) {
      Map<String, String> key = new LinkedHashMap<>(result.cell().parameters());
      key.remove("seed");
      groups.computeIfAbsent(key, k -> new ArrayList<>()).add(result);
    }
    return groups;
  }

  /** What a training is told by in a table: loss, alpha if the loss has one, and noise rate. */
  static List<String> names(Hyperparameters cell) {
    return List.of(
        cell.loss().toString(),
        cell.loss().hasAlpha() ? String.valueOf(cell.alpha()) : "",
        String.valueOf(cell.noiseRate()));
  }

  private static List<String> row(List<CellResult> group) {
    Hyperparameters cell = group.get(0).cell();
    List<String> row = new ArrayList<>(names(cell));
    row.add(String.valueOf(group.size()));
    for (Column column : COLUMNS) {
      SummaryStatistics statistics = new SummaryStatistics();
      group.forEach(result -> statistics.addValue(column.of(result)));
      row.add(text(statistics));
    }
    return row;
  }

  /** A single seed has no standard deviation; without a corrupted example there is no value. */
  private static String text(SummaryStatistics statistics) {
    double mean = statistics.getMean();
    if (Double.isNaN(mean)) {
      return "-";
    }
    return statistics.getN() == 1
        ? number(mean)
        : number(mean) + " " + number(statistics.getStandardDeviation());
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, Math.abs(value) >= 100 ? "%.1f" : "%.4f", value);
  }
}
