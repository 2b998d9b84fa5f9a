package org.collapse4j.samples.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * How the time of all metrics grows with the number of examples, of classes and of features, each
 * while the other two stay at 8,000, 20 and 256: processor time of the least of several rounds, the
 * exponents of the powers that fit it, and a picture of both.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 1)
@Measurement(iterations = 3)
public class GrowthBenchmark {
  private static final Map<String, List<Integer>> SERIES =
      Map.of(
          "examples N", List.of(4_000, 8_000, 16_000, 32_000),
          "classes K", List.of(20, 80, 320, 1280),
          "features d", List.of(128, 256, 512, 1024));

  /** Where the picture goes. */
  @Param("growth.svg")
  public String picture;

  private final Map<String, TreeMap<Integer, Double>> millis = new LinkedHashMap<>();

  /** One measurement of every size. */
  @Benchmark
  public int sizes() {
    SERIES.keySet().stream()
        .sorted()
        .forEach(name -> SERIES.get(name).forEach(size -> measure(name, size)));
    return millis.size();
  }

  private void measure(String name, int size) {
    MetricsBenchmark metrics = new MetricsBenchmark();
    int examples = name.startsWith("examples") ? size : 8_000;
    int classes = name.startsWith("classes") ? size : 20;
    int features = name.startsWith("features") ? size : 256;
    metrics.size = classes + "x" + examples + "x" + features;
    metrics.prepare();
    millis
        .computeIfAbsent(name, first -> new TreeMap<>())
        .merge(size, Math.min(metrics.processorMillis(), metrics.processorMillis()), Math::min);
  }

  /** Prints the times and the exponents, and draws them. */
  @TearDown
  public void draw() throws IOException {
    StringBuilder svg = new StringBuilder();
    int line = 0;
    for (Map.Entry<String, TreeMap<Integer, Double>> series : millis.entrySet()) {
      SimpleRegression fit = fit(series.getValue());
      String title =
          String.format(Locale.ROOT, "%s: exponent %.2f", series.getKey(), fit.getSlope());
      System.out.printf("%n%s, ms %s", title, series.getValue());
      svg.append(panel(line++, title, series.getValue(), fit));
    }
    System.out.println();
    Files.writeString(
        Path.of(picture),
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 780 260\" font-family=\"sans-serif\""
            + " font-size=\"12\">\n<rect width=\"780\" height=\"260\" fill=\"white\"/>\n"
            + svg
            + "</svg>\n");
  }

  /** The straight line through logarithms that is nearest. */
  private static SimpleRegression fit(Map<Integer, Double> points) {
    SimpleRegression line = new SimpleRegression();
    points.forEach((size, time) -> line.addData(Math.log(size), Math.log(time)));
    return line;
  }

  private static String panel(
      int place, String title, SortedMap<Integer, Double> points, SimpleRegression fit) {
    int left = 60 + 260 * place;
    double first = Math.log(points.firstKey());
    double last = Math.log(points.lastKey());
    StringBuilder svg = new StringBuilder();
    svg.append(text(left + 85, 20, "middle", title));
    svg.append(line(left, 30, left, 220, "black"))
        .append(line(left, 220, left + 180, 220, "black"));
    for (int decade = 1; decade <= 4; decade++) {
      double y = vertical(Math.log(Math.pow(10, decade)));
      svg.append(line(left, y, left + 180, y, "#ddd"));
      svg.append(text(left - 4, y + 4, "end", "10^" + decade + " ms"));
    }
    points.forEach(
        (size, time) -> {
          double x = left + 10 + 160 * (Math.log(size) - first) / (last - first);
          svg.append(
              String.format(
                  Locale.ROOT,
                  "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"4\" fill=\"#1f77b4\"/>%n",
                  x,
                  vertical(Math.log(time))));
          svg.append(text(x, 236, "middle", String.valueOf(size)));
        });
    svg.append(
        line(
            left + 10,
            vertical(fit.predict(first)),
            left + 170,
            vertical(fit.predict(last)),
            "#1f77b4"));
    return svg.toString();
  }

  private static double vertical(double logMillis) {
    return 220 - 190 * (logMillis / Math.log(10) - 0.5) / 3.7;
  }

  private static String line(double x1, double y1, double x2, double y2, String colour) {
    return String.format(
        Locale.ROOT,
        "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"%s\"/>%n",
        x1,
        y1,
        x2,
        y2,
        colour);
  }

  private static String text(double x, double y, String anchor, String words) {
    return String.format(
        Locale.ROOT,
        "<text x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>%n",
        x,
        y,
        anchor,
        words);
  }
}
