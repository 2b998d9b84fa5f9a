package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.collapse4j.dashboard.Dashboard;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.experiment.MeasuredDilation;
import org.collapse4j.samples.experiment.TheoryPoint;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code theory}: what the memorization-dilation model says, beside what runs have shown. */
@Command(
    name = "theory",
    mixinStandardHelpOptions = true,
    footer = {"", "Example:", "  collapse4j theory --eta 0:0.4:0.02 --alpha 0,0.1 --log runs"},
    description = {
      "Solves the memorization-dilation model (Nguyen et al., ICLR 2023) for every eta, alpha and C.",
      "Prints a table of the relative dilation r/D, and writes it as CSV and as an HTML page with"
          + " its picture, over which real runs are laid.",
      "A LIST is of numbers (0,0.1), of ranges from:to:step (0:0.4:0.02), or of both."
    })
public final class TheoryCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--eta",
      paramLabel = "LIST",
      defaultValue = "0:0.4:0.02",
      converter = NumberList.Converter.class,
      description = "noise rates, from 0 to 1 (default: ${DEFAULT-VALUE})")
  private NumberList noiseRates;

  @Option(
      names = "--alpha",
      paramLabel = "LIST",
      defaultValue = "0,0.1,0.2",
      converter = NumberList.Converter.class,
      description =
          "label smoothings, at least 0 and below 1; 0 is cross-entropy (default:"
              + " ${DEFAULT-VALUE})")
  private NumberList alphas;

  @Option(
      names = {"--expressivity", "-C"},
      paramLabel = "LIST",
      defaultValue = "1",
      converter = NumberList.Converter.class,
      description = "expressivity constants C, above 0 (default: ${DEFAULT-VALUE})")
  private NumberList expressivities;

  @Option(
      names = "--lambda",
      paramLabel = "X",
      defaultValue = "0.001",
      description = "penalty on squared features, above 0 (default: ${DEFAULT-VALUE})")
  private double lambda;

  @Option(
      names = "--log",
      paramLabel = "LOG",
      description =
          "log of runs, or folder of logs, whose last dilation.relative is laid over the picture at"
              + " their noise.rate; may be repeated")
  private List<Path> logs = new ArrayList<>();

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "take the runs' dilation from this split, where they have several")
  private String split;

  @Option(
      names = "--layer",
      paramLabel = "NAME",
      description = "take the runs' dilation from this layer, where they have several")
  private String layer;

  @Option(
      names = "--csv",
      paramLabel = "FILE",
      defaultValue = "runs/theory.csv",
      description = "where to write the CSV (default: ${DEFAULT-VALUE})")
  private Path csv;

  @Option(
      names = "--picture",
      paramLabel = "FILE",
      defaultValue = "runs/theory.html",
      description =
          "the page with the picture, .html; it saves the picture as PNG or SVG (default:"
              + " ${DEFAULT-VALUE})")
  private Path picture;

  @Override
  public Integer call() throws IOException {
    requirePage();
    OutputFile table = OutputFile.of("csv", csv);
    OutputFile page = OutputFile.of("picture", picture);
    List<TheoryPoint> points = solve();
    List<MeasuredDilation> measured = readLogs();
    Dashboard drawn = Dashboard.ofTheory(TheoryPoint.curves(points), chosenObservations());
    PrintWriter out = spec.commandLine().getOut();
    table.write(TheoryPoint.toCsv(points), out);
    page.write(drawn.html().getBytes(StandardCharsets.UTF_8));
    print(table.isStandardOutput() ? spec.commandLine().getErr() : out, points, measured);
    return 0;
  }

  private void requirePage() {
    if (!picture.toString().toLowerCase(Locale.ROOT).endsWith(".html")) {
      throw new IllegalArgumentException(
          "--picture must end in .html, a page that saves its picture as PNG or SVG, not "
              + picture);
    }
  }

  /** Solves every point, ordered by C, then alpha, then eta, so that curves are in one piece. */
  private List<TheoryPoint> solve() {
    List<TheoryPoint> points = new ArrayList<>();
    for (double expressivity : expressivities.values()) {
      for (double alpha : alphas.values()) {
        for (double noiseRate : noiseRates.values()) {
          points.add(TheoryPoint.solve(noiseRate, alpha, expressivity, lambda));
        }
      }
    }
    return points;
  }

  private List<MeasuredDilation> readLogs() throws IOException {
    PrintWriter err = spec.commandLine().getErr();
    List<MeasuredDilation> measured = new ArrayList<>();
    for (Path log : logs) {
      measured.addAll(
          MeasuredDilation.read(
              log, split, layer, warning -> err.println("collapse4j: " + log + ": " + warning)));
    }
    err.flush();
    return measured;
  }

  /** The observations of the logs, without dilation at splits and layers not asked for. */
  private List<Observation> chosenObservations() throws IOException {
    List<Observation> chosen = new ArrayList<>();
    for (Path log : logs) {
      MetricLog.read(log).observations().stream()
          .filter(o -> split == null || o.split().equals(split) || !isDilated(o))
          .filter(o -> layer == null || o.layer().equals(layer) || !isDilated(o))
          .forEach(chosen::add);
    }
    return chosen;
  }

  private static boolean isDilated(Observation observation) {
    return observation.measurements().metrics().contains(Metric.DILATION_RELATIVE);
  }

  private void print(PrintWriter out, List<TheoryPoint> points, List<MeasuredDilation> measured) {
    out.println("Relative dilation r/D of the memorization-dilation model, lambda " + lambda);
    out.print(TheoryTable.of(points));
    if (!measured.isEmpty()) {
      out.println();
      out.println("Measured at the end of runs");
      out.print(TheoryTable.ofRuns(measured));
    }
    out.println();
    out.println("Written: " + csv + ", " + picture);
    out.flush();
  }
}
