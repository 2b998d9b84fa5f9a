package org.collapse4j.samples.command;

import java.util.List;
import java.util.Locale;
import org.collapse4j.samples.experiment.MeasuredDilation;
import org.collapse4j.samples.experiment.NumberText;
import org.collapse4j.samples.experiment.TheoryPoint;

/** The tables that {@code theory} prints. */
final class TheoryTable {
  private static final String NEW_LINE = System.lineSeparator();

  private TheoryTable() {}

  /** A row for each eta and C, a column for each alpha: r/D. */
  static String of(List<TheoryPoint> points) {
    List<Double> alphas = points.stream().map(TheoryPoint::alpha).distinct().toList();
    StringBuilder table = new StringBuilder();
    table.append(cell("eta")).append(cell("C"));
    alphas.forEach(a -> table.append(cell("alpha " + NumberText.of(a))));
    table.append(NEW_LINE);
    points.stream()
        .map(TheoryPoint::expressivity)
        .distinct()
        .forEach(
            c -> appendRows(table, points.stream().filter(p -> p.expressivity() == c).toList()));
    return table.toString();
  }

  private static void appendRows(StringBuilder table, List<TheoryPoint> points) {
    List<Double> rates = points.stream().map(TheoryPoint::noiseRate).distinct().toList();
    for (double rate : rates) {
      List<TheoryPoint> row = points.stream().filter(p -> p.noiseRate() == rate).toList();
      table
          .append(cell(NumberText.of(rate)))
          .append(cell(NumberText.of(row.get(0).expressivity())));
      row.forEach(p -> table.append(cell(share(p.solution().relativeDilation()))));
      table.append(NEW_LINE);
    }
  }

  /** A row for each run: noise.rate and dilation.relative under the model's names. */
  static String ofRuns(List<MeasuredDilation> runs) {
    StringBuilder table = new StringBuilder();
    table.append(cell("eta")).append(cell("r/D")).append(cell("alpha"));
    table.append("  loss, run").append(NEW_LINE);
    for (MeasuredDilation run : runs) {
      table.append(cell(share(run.noiseRate()))).append(cell(share(run.relativeDilation())));
      table.append(cell(run.alpha().isPresent() ? NumberText.of(run.alpha().getAsDouble()) : "?"));
      table.append("  ").append(run.loss()).append(", ").append(run.run()).append(NEW_LINE);
    }
    return table.toString();
  }

  private static String share(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  private static String cell(String text) {
    return String.format(Locale.ROOT, "%12s", text);
  }
}
