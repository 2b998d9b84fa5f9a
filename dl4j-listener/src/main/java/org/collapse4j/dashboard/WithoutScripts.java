package org.collapse4j.dashboard;

import static org.collapse4j.dashboard.SelfContainedPage.escaped;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.MetricSeries.Point;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;

/**
 * What the page shows where scripts do not run: the verdicts, and a table of last values.
 *
 * @param together the verdicts of all runs together
 */
record WithoutScripts(List<RunHistory> runs, List<Verdict> together) {
  /** Verdicts of so many runs at most are listed; with more of them there is only the table. */
  private static final int MOST_RUNS_IN_WORDS = 100;

  private static final int MOST_ROWS = 1_000;

  /** A metric of one split as a column of the table. */
  private record Column(
      String title, Metric metric, Function<RunHistory, Optional<MetricSeries>> series) {
    Optional<Point> last(RunHistory run) {
      return series.apply(run).flatMap(s -> s.last(metric));
    }
  }

  private static final List<Column> COLUMNS =
      List.of(
          new Column("NC1, training data", Metric.NC1_PINV, RunHistory::training),
          new Column("NC2, training data", Metric.NC2_ETF_MEANS, RunHistory::training),
          new Column("NC3, training data", Metric.NC3_DUALITY, RunHistory::training),
          new Column("NC4, training data", Metric.NC4_MISMATCH, RunHistory::training),
          new Column("Memorized", Metric.MEMORIZATION_FITTED, WithoutScripts::memorizing),
          new Column("Recovered", Metric.MEMORIZATION_RECOVERED, WithoutScripts::memorizing),
          new Column("Dilation, held-out data", Metric.DILATION_RELATIVE, RunHistory::heldOut),
          new Column("Accuracy, held-out data", Metric.ACCURACY, RunHistory::heldOut),
          new Column("Calibration, held-out data", Metric.ECE, RunHistory::heldOut));

  private static Optional<MetricSeries> memorizing(RunHistory run) {
    return run.series().stream()
        .filter(s -> s.last(Metric.MEMORIZATION_FITTED).isPresent())
        .findFirst();
  }

  String html() {
    StringBuilder html = new StringBuilder("<section id=\"verdict\">\n");
    if (!together.isEmpty()) {
      html.append("<h2>All runs</h2>\n");
      verdicts(html, together);
    }
    for (RunHistory run : runs.subList(0, Math.min(MOST_RUNS_IN_WORDS, runs.size()))) {
      html.append("<h3>").append(escaped(run.run())).append("</h3>\n");
      verdicts(html, VerdictRules.ofRun(run));
    }
    html.append("</section>\n");
    table(html);
    return html.toString();
  }

  private static void verdicts(StringBuilder html, List<Verdict> verdicts) {
    html.append("<ul class=\"verdicts\">\n");
    for (Verdict verdict : verdicts) {
      html.append("<li class=\"")
          .append(verdict.tone().name().toLowerCase(Locale.ROOT))
          .append("\">")
          .append(escaped(verdict.text()))
          .append("</li>\n");
    }
    html.append("</ul>\n");
  }

  private void table(StringBuilder html) {
    List<Column> measured =
        COLUMNS.stream()
            .filter(column -> runs.stream().anyMatch(run -> column.last(run).isPresent()))
            .toList();
    html.append("<section>\n<h2>Last values</h2>\n<div class=\"card\"><div class=\"scroll\">");
    html.append("<table><thead><tr><th scope=\"col\">run</th>");
    for (Column column : measured) {
      html.append("<th scope=\"col\">")
          .append(column.title())
          .append("<small>")
          .append(column.metric().key())
          .append("</small></th>");
    }
    html.append("</tr></thead><tbody>\n");
    for (RunHistory run : runs.subList(0, Math.min(MOST_ROWS, runs.size()))) {
      html.append("<tr><th scope=\"row\">").append(escaped(run.run())).append("</th>");
      for (Column column : measured) {
        String value = column.last(run).map(p -> number(p.value())).orElse("");
        html.append("<td>").append(value).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div></div>\n");
    if (runs.size() > MOST_ROWS) {
      html.append("<p>and ").append(runs.size() - MOST_ROWS).append(" more runs</p>\n");
    }
    html.append("</section>\n");
  }

  /** With four decimals, or as a power of ten where these would show nothing of it. */
  private static String number(double value) {
    boolean readable = value == 0 || (Math.abs(value) >= 1e-3 && Math.abs(value) < 1e6);
    return String.format(Locale.ROOT, readable ? "%.4f" : "%.2e", value);
  }
}
