package org.collapse4j.dashboard;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.metric.Metric;

/**
 * What the memorization-dilation model says for one loss, drawn behind what was measured.
 *
 * @param label such as "alpha 0.1, C 1"
 * @param points by rising noise rate
 */
public record TheoryCurve(String label, List<Point> points) {
  private static final String ALPHA = "alpha";
  private static final String EXPRESSIVITY = "expressivity";
  private static final String SEPARATION = "separation";
  private static final List<String> COLUMNS =
      List.of(Metric.NOISE_RATE.key(), ALPHA, EXPRESSIVITY, Metric.DILATION_RELATIVE.key());

  /** Copies the list. */
  public TheoryCurve {
    points = List.copyOf(points);
  }

  /**
   * A solution of the model; what it does not tell is NaN.
   *
   * @param noiseRate eta
   * @param memorizationFraction as {@code memorization.fraction}
   * @param memorizationRelative as {@code memorization.relative}: {@code ||u_1 - h_2|| / D}
   * @param dilation as {@code dilation.relative}: {@code r / D}
   */
  public record Point(
      double noiseRate,
      double memorizationFraction,
      double memorizationRelative,
      double dilation) {}

  /**
   * Reads curves from a CSV file with the columns {@code noise.rate}, {@code alpha}, {@code
   * expressivity} and {@code dilation.relative}, in any order and among others. {@code
   * memorization.fraction}, {@code memorization.mean} and {@code separation} are read where they
   * are there.
   *
   * @return a curve for each alpha and expressivity C, in the order of the file
   * @throws IllegalArgumentException if a column is missing or a value is no number
   */
  public static List<TheoryCurve> read(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv, StandardCharsets.UTF_8);
    List<String> header = lines.isEmpty() ? List.of() : List.of(lines.get(0).split(",", -1));
    if (!header.containsAll(COLUMNS)) {
      throw new IllegalArgumentException(
          "%s is no table of the theory: it must have the columns %s, not %s"
              .formatted(csv, COLUMNS, header));
    }
    Map<String, List<Point>> curves = new LinkedHashMap<>();
    for (int i = 1; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        Row row = new Row(csv, i + 1, header, List.of(lines.get(i).split(",", -1)));
        curves.computeIfAbsent(row.label(), l -> new ArrayList<>()).add(row.point());
      }
    }
    return curves.entrySet().stream().map(e -> new TheoryCurve(e.getKey(), e.getValue())).toList();
  }

  private record Row(Path csv, int line, List<String> header, List<String> fields) {
    String label() {
      return "alpha " + field(ALPHA) + ", C " + field(EXPRESSIVITY);
    }

    Point point() {
      return new Point(
          number(Metric.NOISE_RATE.key()),
          numberIfThere(Metric.MEMORIZATION_FRACTION.key()),
          numberIfThere(Metric.MEMORIZATION_MEAN.key()) / numberIfThere(SEPARATION),
          number(Metric.DILATION_RELATIVE.key()));
    }

    private double numberIfThere(String column) {
      return field(column).isEmpty() || field(column).equals("NaN") ? Double.NaN : number(column);
    }

    private String field(String column) {
      int index = header.indexOf(column);
      return index >= 0 && index < fields.size() ? fields.get(index) : "";
    }

    private double number(String column) {
      String text = field(column);
      double number;
      try {
        number = Double.parseDouble(text);
      } catch (NumberFormatException none) {
        number = Double.NaN;
      }
      if (!Double.isFinite(number)) {
        throw new IllegalArgumentException(
            csv + ", line " + line + ": " + column + " must be a number, not \"" + text + "\"");
      }
      return number;
    }
  }
}
