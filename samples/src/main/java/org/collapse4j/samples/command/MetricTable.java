package org.collapse4j.samples.command;

import java.util.Locale;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/** Measurements as a plain text table: key, value, ideal, meaning. */
final class MetricTable {
  private static final String ROW = "%-34s %14s %6s  %s%n";

  private MetricTable() {}

  static String of(Measurements measured) {
    StringBuilder table = new StringBuilder();
    table.append(String.format(Locale.ROOT, ROW, "metric", "value", "ideal", "meaning"));
    for (Metric metric : measured.metrics()) {
      String ideal = Double.isNaN(metric.ideal()) ? "" : number(metric.ideal());
      table.append(
          String.format(
              Locale.ROOT,
              ROW,
              metric.key(),
              number(measured.value(metric)),
              ideal,
              metric.meaning()));
    }
    return table.toString();
  }

  static String number(double value) {
    if (Double.isNaN(value)) {
      return "undefined";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.6g", value);
  }
}
