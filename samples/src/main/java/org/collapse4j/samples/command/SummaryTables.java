package org.collapse4j.samples.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;

/**
 * Tables of runs, one for each place that was measured, a row a run. A table that is limited to a
 * width has the last value of as many metrics as there is room for; one that is not has all, and
 * the best value of each with the epoch of it.
 *
 * @param sort by which runs are sorted; or null
 * @param width columns of the terminal; 0 for a table without limit
 */
record SummaryTables(List<Metric> metrics, Metric sort, int width) {
  /** Longer names of runs leave no room for a metric. */
  private static final int LONGEST_NAME = 32;

  private boolean isWide() {
    return width == 0;
  }

  String of(List<RunHistory> histories) {
    StringBuilder tables = new StringBuilder();
    SummarySeries.byPlace(histories, sort)
        .forEach(
            (place, byRun) ->
                tables
                    .append(TextTable.oneLine(place.split() + " at " + place.layer()))
                    .append(System.lineSeparator())
                    .append(table(byRun))
                    .append(System.lineSeparator()));
    return tables.toString();
  }

  private String table(Map<String, MetricSeries> byRun) {
    List<Metric> measured =
        metrics.stream()
            .filter(metric -> byRun.values().stream().anyMatch(s -> s.last(metric).isPresent()))
            .toList();
    for (int shown = measured.size(); shown > 1; shown--) {
      String table = table(byRun, measured.subList(0, shown));
      if (isWide() || table.lines().allMatch(line -> line.length() <= width)) {
        return table + leftOut(measured.subList(shown, measured.size()));
      }
    }
    List<Metric> first = measured.subList(0, Math.min(1, measured.size()));
    return table(byRun, first) + leftOut(measured.subList(first.size(), measured.size()));
  }

  private static String leftOut(List<Metric> metrics) {
    return metrics.isEmpty()
        ? ""
        : "With --wide or --metrics also: "
            + metrics.stream().map(Metric::key).collect(Collectors.joining(", "))
            + System.lineSeparator();
  }

  private String table(Map<String, MetricSeries> byRun, List<Metric> shown) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("run", "epoch"));
    for (Metric metric : shown) {
      header.add(metric.key());
      if (isWide()) {
        header.add("best");
        header.add("at");
      }
    }
    rows.add(header);
    byRun.forEach((run, series) -> rows.add(row(run, series, shown)));
    return TextTable.of(rows);
  }

  private List<String> row(String run, MetricSeries series, List<Metric> shown) {
    List<String> row = new ArrayList<>();
    row.add(name(TextTable.oneLine(run)));
    row.add(String.valueOf(SummarySeries.lastEpoch(series)));
    for (Metric metric : shown) {
      row.add(series.last(metric).map(p -> TextTable.number(p.value())).orElse(""));
      if (isWide()) {
        row.add(series.best(metric).map(p -> TextTable.number(p.value())).orElse(""));
        row.add(series.best(metric).map(p -> String.valueOf(p.epoch())).orElse(""));
      }
    }
    return row;
  }

  private String name(String run) {
    boolean cut = !isWide() && run.length() > LONGEST_NAME;
    return cut ? run.substring(0, LONGEST_NAME - 3) + "..." : run;
  }
}
