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
  private static final List<String> COLUMNS = List.of("eta", "C", "alpha", "r/D");
  private static final String MEMORIZATION = Metric.MEMORIZATION_RELATIVE.key();

  /** Copies the list. */
  public TheoryCurve {
    points = List.copyOf(points);
  }

  /**
   * A solution of the model.
   *
   * @param noiseRate eta
   * @param memorization {@code ||u_1 - h_2|| / D}, as {@code memorization.relative}; NaN if unknown
   * @param dilation {@code r / D}, as {@code dilation.relative}
   */
  public record Point(double noiseRate, double memorization, double dilation) {}

  /**
   * Reads curves from a CSV file with the columns {@code eta}, {@code C}, {@code alpha} and {@code
   * r/D}, in any order and among others; {@code memorization.relative} is read where it is there.
   *
   * @return a curve for each alpha and C, in the order of the file
   * @throws IllegalArgumentException if a column is missing or a value is no number
   */
  public static List<TheoryCurve> read(Path csv) throws IOException {
    List<String> lines = Files.readAllLines(csv, StandardCharsets.UTF_8);
    if (lines.isEmpty()) {
      throw new IllegalArgumentException(csv + " is empty: it must have the columns " + COLUMNS);
    }
    List<String> header = List.of(lines.get(0).split(",", -1));
    if (!header.containsAll(COLUMNS)) {
      throw new IllegalArgumentException(
          csv
              + " is no table of the theory: it must have the columns "
              + COLUMNS
              + ", not "
              + header);
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
      return "alpha " + field("alpha") + ", C " + field("C");
    }

    Point point() {
      double memorization = header.contains(MEMORIZATION) ? number(MEMORIZATION) : Double.NaN;
      return new Point(number("eta"), memorization, number("r/D"));
    }

    private String field(String column) {
      int index = header.indexOf(column);
      return index < fields.size() ? fields.get(index) : "";
    }

    private double number(String column) {
      return RunLabel.number(field(column))
          .orElseThrow(
              () ->
                  new IllegalArgumentException(
                      csv
                          + ", line "
                          + line
                          + ": "
                          + column
                          + " must be a number, not \""
                          + field(column)
                          + "\""));
    }
  }
}
