package org.collapse4j.samples.command;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;

/** Runs as CSV with a header: last values, best values and their epochs, in full digits. */
final class SummaryCsv {
  private SummaryCsv() {}

  static String of(List<RunHistory> histories, List<Metric> metrics, Metric sort) {
    List<String> header = new ArrayList<>(List.of("run", "split", "layer", "epoch"));
    for (Metric metric : metrics) {
      header.addAll(List.of(metric.key(), metric.key() + ".best", metric.key() + ".best.epoch"));
    }
    StringBuilder csv = new StringBuilder(String.join(",", header)).append('\n');
    SummarySeries.byPlace(histories, sort)
        .values()
        .forEach(
            byRun ->
                byRun.forEach((run, series) -> csv.append(row(run, series, metrics)).append('\n')));
    return csv.toString();
  }

  private static String row(String run, MetricSeries series, List<Metric> metrics) {
    List<String> row = new ArrayList<>();
    row.add(quoted(run));
    row.add(quoted(series.split()));
    row.add(quoted(series.layer()));
    row.add(String.valueOf(SummarySeries.lastEpoch(series)));
    for (Metric metric : metrics) {
      row.add(series.last(metric).map(p -> String.valueOf(p.value())).orElse(""));
      row.add(series.best(metric).map(p -> String.valueOf(p.value())).orElse(""));
      row.add(series.best(metric).map(p -> String.valueOf(p.epoch())).orElse(""));
    }
    return String.join(",", row);
  }

  private static String quoted(String text) {
    return text.matches("[^\",\r\n]*") ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
