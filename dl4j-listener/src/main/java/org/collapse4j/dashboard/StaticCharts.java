package org.collapse4j.dashboard;

import java.util.ArrayList;
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
 * What the page shows where scripts do not run: the verdicts, a chart of each headline metric as
 * inline SVG with axes, and a table of last values. Colours are classes of the style sheet, the
 * same by run as in the charts that scripts draw.
 */
final class StaticCharts {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 240;
  private static final int LEFT = 62;
  private static final int RIGHT = 12;
  private static final int TOP = 12;
  private static final int BOTTOM = 34;
  private static final int MOST_POINTS = 120;
  private static final int COLOURS = 8;
  private static final int DASHES = 3;

  private final List<RunHistory> runs;

  StaticCharts(List<RunHistory> runs) {
    this.runs = runs;
  }

  /** A metric of one split as a chart. */
  private record Chart(
      String title, Metric metric, boolean log, Function<RunHistory, Optional<MetricSeries>> of) {}

  private static final List<Chart> CHARTS =
      List.of(
          new Chart("NC1, training data", Metric.NC1_CDNV, true, RunHistory::training),
          new Chart("NC2, training data", Metric.NC2_ETF_MEANS, true, RunHistory::training),
          new Chart("NC3, training data", Metric.NC3_DUALITY, true, RunHistory::training),
          new Chart("NC4, training data", Metric.NC4_MISMATCH, false, RunHistory::training),
          new Chart("Memorized", Metric.MEMORIZATION_FITTED, false, StaticCharts::memorizing),
          new Chart("Recovered", Metric.MEMORIZATION_RECOVERED, false, StaticCharts::memorizing),
          new Chart(
              "Dilation, held-out data", Metric.DILATION_RELATIVE, false, RunHistory::heldOut),
          new Chart("Accuracy, held-out data", Metric.ACCURACY, false, RunHistory::heldOut),
          new Chart("Calibration, held-out data", Metric.ECE, false, RunHistory::heldOut));

  private static Optional<MetricSeries> memorizing(RunHistory run) {
    return run.series().stream()
        .filter(s -> s.last(Metric.MEMORIZATION_FITTED).isPresent())
        .findFirst();
  }

  String html() {
    StringBuilder html = new StringBuilder();
    verdicts(html);
    html.append("<div class=\"charts\">\n");
    CHARTS.stream().filter(this::isMeasured).forEach(chart -> figure(html, chart));
    html.append("</div>\n");
    table(html);
    return html.toString();
  }

  private boolean isMeasured(Chart chart) {
    return runs.stream().anyMatch(r -> !points(chart, r).isEmpty());
  }

  private static List<Point> points(Chart chart, RunHistory run) {
    List<Point> points = chart.of().apply(run).map(s -> s.points(chart.metric())).orElse(List.of());
    return chart.log() ? points.stream().filter(p -> p.value() > 0).toList() : points;
  }

  private void verdicts(StringBuilder html) {
    html.append("<ul class=\"verdicts\">\n");
    VerdictRules.ofRuns(runs).forEach(v -> verdict(html, v));
    html.append("</ul>\n");
    for (int r = 0; r < runs.size(); r++) {
      html.append("<h3><svg class=\"sample\" width=\"26\" height=\"8\"><path ");
      html.append(lineClass(r)).append(" d=\"M0 4H26\"/></svg> ");
      html.append(escaped(runs.get(r).run())).append("</h3>\n<ul class=\"verdicts\">\n");
      VerdictRules.ofRun(runs.get(r)).forEach(v -> verdict(html, v));
      html.append("</ul>\n");
    }
  }

  private static void verdict(StringBuilder html, Verdict verdict) {
    html.append("<li class=\"")
        .append(verdict.tone().name().toLowerCase(Locale.ROOT))
        .append("\">")
        .append(escaped(verdict.text()))
        .append("</li>\n");
  }

  private static String lineClass(int run) {
    return "class=\"line c" + run % COLOURS + " d" + run / COLOURS % DASHES + "\"";
  }

  private void figure(StringBuilder html, Chart chart) {
    Scale x = Scale.linear(all(chart, p -> (double) p.epoch()), LEFT, WIDTH - RIGHT);
    List<Double> values = all(chart, Point::value);
    Scale y =
        chart.log()
            ? Scale.log(values, HEIGHT - BOTTOM, TOP)
            : Scale.linear(values, HEIGHT - BOTTOM, TOP);
    html.append("<figure class=\"card\"><figcaption><b>").append(escaped(chart.title()));
    html.append("</b> <span class=\"meaning\">").append(escaped(chart.metric().meaning()));
    html.append(" (").append(chart.metric().key()).append(")</span></figcaption>\n");
    html.append("<svg viewBox=\"0 0 ").append(WIDTH).append(' ').append(HEIGHT);
    html.append("\" role=\"img\" aria-label=\"").append(escaped(chart.title())).append("\">\n");
    for (double tick : y.ticks()) {
      line(html, LEFT, y.at(tick), WIDTH - RIGHT, y.at(tick));
      text(html, LEFT - 6, y.at(tick) + 4, "end", number(tick));
    }
    for (double tick : x.ticks()) {
      text(html, x.at(tick), HEIGHT - BOTTOM + 16, "middle", number(tick));
    }
    text(html, (LEFT + WIDTH - RIGHT) / 2.0, HEIGHT - 4, "middle", "epoch");
    for (int r = 0; r < runs.size(); r++) {
      path(html, r, Thinning.atMost(MOST_POINTS, points(chart, runs.get(r))), x, y);
    }
    html.append("</svg></figure>\n");
  }

  private List<Double> all(Chart chart, Function<Point, Double> of) {
    List<Double> all = new ArrayList<>();
    runs.forEach(run -> points(chart, run).forEach(p -> all.add(of.apply(p))));
    return all;
  }

  private static void line(StringBuilder html, double x1, double y1, double x2, double y2) {
    html.append(
        String.format(
            Locale.ROOT, "<path class=\"grid\" d=\"M%.1f %.1fL%.1f %.1f\"/>%n", x1, y1, x2, y2));
  }

  private static void text(StringBuilder html, double x, double y, String anchor, String text) {
    html.append(
        String.format(
            Locale.ROOT,
            "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
            x,
            y,
            anchor,
            text));
  }

  private static void path(StringBuilder html, int run, List<Point> points, Scale x, Scale y) {
    if (points.isEmpty()) {
      return;
    }
    html.append("<path ").append(lineClass(run)).append(" d=\"");
    char command = 'M';
    for (Point point : points) {
      html.append(
          String.format(
              Locale.ROOT, "%c%.1f %.1f", command, x.at(point.epoch()), y.at(point.value())));
      command = 'L';
    }
    html.append("\"/>\n");
  }

  private void table(StringBuilder html) {
    List<Chart> measured = CHARTS.stream().filter(this::isMeasured).toList();
    html.append("<div class=\"scroll\"><table><caption>Last values</caption><thead><tr>");
    html.append("<th scope=\"col\">run</th>");
    measured.forEach(
        c ->
            html.append("<th scope=\"col\">")
                .append(escaped(c.title()))
                .append("<br>")
                .append(c.metric().key())
                .append("</th>"));
    html.append("</tr></thead><tbody>\n");
    for (RunHistory run : runs) {
      html.append("<tr><th scope=\"row\">").append(escaped(run.run())).append("</th>");
      for (Chart chart : measured) {
        Optional<Point> last = chart.of().apply(run).flatMap(s -> s.last(chart.metric()));
        html.append("<td>").append(last.map(p -> number(p.value())).orElse("")).append("</td>");
      }
      html.append("</tr>\n");
    }
    html.append("</tbody></table></div>\n");
  }

  private static String number(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e6) {
      return String.valueOf((long) value);
    }
    return Math.abs(value) < 1e-3 || Math.abs(value) >= 1e6
        ? String.format(Locale.ROOT, "%.2g", value)
        : String.format(Locale.ROOT, "%.4f", value).replaceFirst("0+$", "");
  }

  static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** From values to places on a drawing, with ticks at round values. */
  private record Scale(boolean log, double low, double high, double from, double to) {
    static Scale linear(List<Double> values, double from, double to) {
      double low = values.stream().min(Double::compare).orElse(0.0);
      double high = values.stream().max(Double::compare).orElse(1.0);
      return high > low
          ? new Scale(false, low, high, from, to)
          : new Scale(false, low - 0.5, high + 0.5, from, to);
    }

    static Scale log(List<Double> values, double from, double to) {
      List<Double> logs = values.stream().map(Math::log10).toList();
      Scale linear = linear(logs, from, to);
      return new Scale(true, Math.floor(linear.low), Math.ceil(linear.high), from, to);
    }

    double at(double value) {
      double v = log ? Math.log10(value) : value;
      return from + (v - low) / (high - low) * (to - from);
    }

    List<Double> ticks() {
      List<Double> ticks = new ArrayList<>();
      if (log) {
        for (double exponent = low; exponent <= high; exponent++) {
          ticks.add(Math.pow(10, exponent));
        }
        return ticks;
      }
      double step = step((high - low) / 4);
      for (double tick = Math.ceil(low / step) * step; tick <= high + step * 1e-9; tick += step) {
        ticks.add(Math.rint(tick / step) * step);
      }
      return ticks;
    }

    private static double step(double rough) {
      double power = Math.pow(10, Math.floor(Math.log10(rough)));
      double first = rough / power;
      return power * (first < 1.5 ? 1 : first < 3.5 ? 2 : first < 7.5 ? 5 : 10);
    }
  }
}
