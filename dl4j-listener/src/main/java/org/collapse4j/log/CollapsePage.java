package org.collapse4j.log;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.DoubleStream;
import org.collapse4j.metric.Metric;

/**
 * Observations as a page of tables without scripts: one a run, split and layer, with a row a
 * metric. Names are only ever text in it, and the policy that goes with it forbids all else.
 */
final class CollapsePage {
  private static final String STYLE =
      """
      :root { color-scheme: light dark; font: 15px/1.4 system-ui, sans-serif; }
      body { margin: 1.5rem auto; max-width: 70rem; padding: 0 1rem; }
      h2 { overflow-wrap: anywhere; margin: 2rem 0 0; }
      table { border-collapse: collapse; width: 100%; margin: 1rem 0; }
      caption { text-align: left; font-weight: 600; overflow-wrap: anywhere; }
      th, td { text-align: left; padding: .15rem .6rem; border-bottom: 1px solid #8886; }
      thead th { font-weight: 400; opacity: .75; }
      tbody th { font-weight: 500; white-space: nowrap; }
      td.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
      td.meaning { opacity: .75; font-size: .85rem; }
      svg { display: block; width: 160px; height: 30px; }
      polyline { fill: none; stroke: #2a78d6; stroke-width: 1.5; }
      circle { fill: #2a78d6; }
      """;

  /** To be sent with the page: its own style, nothing else. */
  static final String SECURITY_POLICY =
      "default-src 'none'; style-src 'sha256-"
          + sha256(STYLE)
          + "'; base-uri 'none'; "
          + "form-action 'none'; frame-ancestors 'self'";

  private static final int WIDTH = 160;
  private static final int HEIGHT = 30;

  private CollapsePage() {}

  /**
   * The page.
   *
   * @param observations in the order in which they were made
   * @param notes lines to show at the top
   */
  static String of(List<Observation> observations, List<String> notes) {
    StringBuilder html = new StringBuilder();
    html.append("<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">")
        .append("<meta http-equiv=\"refresh\" content=\"10\">")
        .append("<meta name=\"viewport\" content=\"width=device-width\">")
        .append("<title>Neural collapse</title><style>")
        .append(STYLE)
        .append("</style></head><body><h1>Neural collapse</h1>\n");
    notes.forEach(note -> html.append("<p>").append(escaped(note)).append("</p>\n"));
    if (observations.isEmpty()) {
      html.append(
          "<p>No observations yet: attach a storage that a StatsStorageSink writes to.</p>");
    }
    byName(observations, Observation::run)
        .forEach(
            (run, ofRun) -> {
              html.append("<h2>").append(escaped(run)).append("</h2>\n");
              appendParameters(html, ofRun.get(ofRun.size() - 1).parameters());
              byName(ofRun, o -> o.split() + " at " + o.layer())
                  .forEach((place, series) -> appendTable(html, place, series));
            });
    return html.append("</body></html>\n").toString();
  }

  private static Map<String, List<Observation>> byName(
      List<Observation> observations, Function<Observation, String> name) {
    return observations.stream()
        .collect(Collectors.groupingBy(name, LinkedHashMap::new, Collectors.toList()));
  }

  private static void appendParameters(StringBuilder html, Map<String, String> parameters) {
    if (!parameters.isEmpty()) {
      String listed =
          parameters.entrySet().stream()
              .map(p -> p.getKey() + " " + p.getValue())
              .collect(Collectors.joining(", "));
      html.append("<p>").append(escaped(listed)).append("</p>\n");
    }
  }

  private static void appendTable(StringBuilder html, String place, List<Observation> series) {
    Observation last = series.get(series.size() - 1);
    html.append("<table><caption>")
        .append(escaped(place))
        .append(", epoch ")
        .append(last.epoch())
        .append("</caption>\n<thead><tr><th scope=\"col\">metric</th><th scope=\"col\">now</th>")
        .append("<th scope=\"col\">course</th><th scope=\"col\">ideal</th>")
        .append("<th scope=\"col\">meaning</th></tr></thead><tbody>\n");
    for (Metric metric : Metric.values()) {
      double[] course = series.stream().mapToDouble(o -> o.measurements().value(metric)).toArray();
      if (DoubleStream.of(course).anyMatch(Double::isFinite)) {
        appendRow(html, metric, course);
      }
    }
    html.append("</tbody></table>\n");
  }

  private static void appendRow(StringBuilder html, Metric metric, double[] course) {
    html.append("<tr><th scope=\"row\">")
        .append(metric.key())
        .append("</th><td class=\"number\">")
        .append(number(course[course.length - 1]))
        .append("</td><td>")
        .append(curve(course))
        .append("</td><td class=\"number\">")
        .append(Double.isNaN(metric.ideal()) ? "" : number(metric.ideal()))
        .append("</td><td class=\"meaning\">")
        .append(escaped(metric.meaning()))
        .append(" (")
        .append(escaped(metric.source()))
        .append(")</td></tr>\n");
  }

  /** A line over the observations, with gaps where undefined; logarithmic over wide ranges. */
  private static String curve(double[] course) {
    double[] finite = DoubleStream.of(course).filter(Double::isFinite).toArray();
    double low = DoubleStream.of(finite).min().orElseThrow();
    double high = DoubleStream.of(finite).max().orElseThrow();
    boolean logarithmic = low > 0 && high > 100 * low;
    StringBuilder svg = new StringBuilder();
    svg.append("<svg role=\"img\" viewBox=\"0 0 160 30\" aria-label=\"between ")
        .append(number(low))
        .append(" and ")
        .append(number(high))
        .append(logarithmic ? ", logarithmic scale" : "")
        .append("\">");
    for (List<double[]> line : lines(course, low, high, logarithmic)) {
      svg.append(line.size() == 1 ? dot(line.get(0)) : polyline(line));
    }
    return svg.append("</svg>").toString();
  }

  private static List<List<double[]>> lines(
      double[] course, double low, double high, boolean logarithmic) {
    List<List<double[]>> lines = new ArrayList<>();
    boolean gap = true;
    for (int i = 0; i < course.length; i++) {
      if (Double.isFinite(course[i])) {
        if (gap) {
          lines.add(new ArrayList<>());
        }
        double x = course.length == 1 ? 0.5 : i / (course.length - 1.0);
        double share =
            logarithmic
                ? Math.log(course[i] / low) / Math.log(high / low)
                : high == low ? 0.5 : (course[i] - low) / (high - low);
        lines
            .get(lines.size() - 1)
            .add(new double[] {2 + x * (WIDTH - 4), HEIGHT - 2 - share * (HEIGHT - 4)});
      }
      gap = !Double.isFinite(course[i]);
    }
    return lines;
  }

  private static String dot(double[] at) {
    return String.format(Locale.ROOT, "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"2\"/>", at[0], at[1]);
  }

  private static String polyline(List<double[]> points) {
    return points.stream()
        .map(p -> String.format(Locale.ROOT, "%.1f,%.1f", p[0], p[1]))
        .collect(Collectors.joining(" ", "<polyline points=\"", "\"/>"));
  }

  private static String number(double value) {
    if (Double.isNaN(value)) {
      return "undefined";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  private static String escaped(String text) {
    return text.replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  private static String sha256(String text) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      return Base64.getEncoder()
          .encodeToString(digest.digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java platform has SHA-256", e);
    }
  }
}
