package org.collapse4j.samples.command;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.samples.experiment.MeasuredDilation;
import org.collapse4j.samples.experiment.NumberText;
import org.collapse4j.samples.experiment.TheoryPoint;

/** The tables that {@code theory} prints. */
final class TheoryTable {
  private TheoryTable() {}

  /** A row for each eta and C, a column for each alpha: r/D. */
  static String of(List<TheoryPoint> points) {
    List<List<String>> rows = new ArrayList<>();
    List<String> header = new ArrayList<>(List.of("eta", "C"));
    points.stream()
        .map(TheoryPoint::alpha)
        .distinct()
        .forEach(alpha -> header.add("alpha " + NumberText.of(alpha)));
    rows.add(header);
    points.stream()
        .map(TheoryPoint::expressivity)
        .distinct()
        .forEach(c -> addRows(rows, points.stream().filter(p -> p.expressivity() == c).toList()));
    return TextTable.of("r", rows);
  }

  private static void addRows(List<List<String>> rows, List<TheoryPoint> points) {
    for (double rate : points.stream().map(TheoryPoint::noiseRate).distinct().toList()) {
      List<TheoryPoint> ofRate = points.stream().filter(p -> p.noiseRate() == rate).toList();
      List<String> row = new ArrayList<>();
      row.add(NumberText.of(rate));
      row.add(NumberText.of(ofRate.get(0).expressivity()));
      ofRate.forEach(p -> row.add(TextTable.share(p.solution().relativeDilation())));
      rows.add(row);
    }
  }

  /** A row for each run: noise.rate and dilation.relative under the model's names. */
  static String ofRuns(List<MeasuredDilation> runs) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(List.of("run", "loss", "alpha", "eta", "r/D"));
    for (MeasuredDilation run : runs) {
      rows.add(
          List.of(
              TextTable.oneLine(run.run()),
              TextTable.oneLine(run.loss()),
              run.alpha().isPresent() ? NumberText.of(run.alpha().getAsDouble()) : "?",
              TextTable.share(run.noiseRate()),
              TextTable.share(run.relativeDilation())));
    }
    return TextTable.of("llr", rows);
  }
}
