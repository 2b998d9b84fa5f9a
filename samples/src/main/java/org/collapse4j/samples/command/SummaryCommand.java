package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code summary}: a table of runs, last and best values. */
@Command(
    name = "summary",
    mixinStandardHelpOptions = true,
    sortOptions = false,
    description = {
      "Prints a table of logs, for each data and layer that was measured.",
      "A row is a run, with the last value of each metric, the best (the nearest to the metric's",
      "ideal) and the epoch of the best. Below the tables: what the numbers mean."
    })
public final class SummaryCommand implements Callable<Integer> {
  private static final List<Metric> HEADLINES =
      List.of(
          Metric.ACCURACY,
          Metric.ECE,
          Metric.NC1_PINV,
          Metric.NC2_ETF_MEANS,
          Metric.NC3_DUALITY,
          Metric.NC4_MISMATCH,
          Metric.DILATION_RELATIVE,
          Metric.MEMORIZATION_FRACTION,
          Metric.MEMORIZATION_FITTED,
          Metric.MEMORIZATION_RECOVERED);

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "RUNS",
      description = "a log (.jsonl or .csv), or a directory in which all are read")
  private Path runs;

  @Option(
      names = "--metrics",
      paramLabel = "KEY",
      split = ",",
      description = "keys of the metrics, or all (default: those that tell most)")
  private List<String> keys;

  @Override
  public Integer call() throws IOException {
    List<Metric> metrics = metrics();
    MetricLog log = MetricLog.read(runs);
    PrintWriter out = spec.commandLine().getOut();
    List<RunHistory> histories = log.histories();
    for (Place place : places(histories)) {
      out.println(place.split() + " at " + place.layer());
      out.println(table(histories, place, metrics));
    }
    VerdictLines.printRuns(out, histories);
    out.flush();
    PrintWriter err = spec.commandLine().getErr();
    log.warnings().forEach(warning -> err.println("collapse4j: " + warning));
    err.flush();
    return 0;
  }

  private List<Metric> metrics() {
    if (keys == null) {
      return HEADLINES;
    }
    if (keys.equals(List.of("all"))) {
      return List.of(Metric.values());
    }
    return keys.stream().map(this::metric).toList();
  }

  private Metric metric(String key) {
    return Metric.withKey(key)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    "--metrics must name metrics, of which \""
                        + key
                        + "\" is none; there are "
                        + Arrays.stream(Metric.values())
                            .map(Metric::key)
                            .collect(Collectors.joining(", "))));
  }

  private record Place(String split, String layer) {}

  private static Set<Place> places(List<RunHistory> histories) {
    Set<Place> places = new LinkedHashSet<>();
    histories.forEach(h -> h.series().forEach(s -> places.add(new Place(s.split(), s.layer()))));
    return places;
  }

  private static String table(List<RunHistory> histories, Place place, List<Metric> metrics) {
    Map<String, MetricSeries> byRun = new LinkedHashMap<>();
    for (RunHistory history : histories) {
      history.series().stream()
          .filter(s -> s.split().equals(place.split()) && s.layer().equals(place.layer()))
          .forEach(s -> byRun.put(history.run(), s));
    }
    List<Metric> measured =
        metrics.stream()
            .filter(m -> byRun.values().stream().anyMatch(s -> s.last(m).isPresent()))
            .toList();
    List<List<String>> rows = new ArrayList<>();
    rows.add(header(measured));
    byRun.forEach((run, series) -> rows.add(row(run, series, measured)));
    return TextTable.of(rows);
  }

  private static List<String> header(List<Metric> metrics) {
    List<String> header = new ArrayList<>(List.of("run", "epoch"));
    for (Metric metric : metrics) {
      header.add(metric.key());
      header.add("best");
      header.add("at");
    }
    return header;
  }

  private static List<String> row(String run, MetricSeries series, List<Metric> metrics) {
    List<String> row = new ArrayList<>();
    row.add(TextTable.oneLine(run));
    row.add(String.valueOf(series.observations().get(series.observations().size() - 1).epoch()));
    for (Metric metric : metrics) {
      row.add(series.last(metric).map(p -> TextTable.number(p.value())).orElse(""));
      row.add(series.best(metric).map(p -> TextTable.number(p.value())).orElse(""));
      row.add(series.best(metric).map(p -> String.valueOf(p.epoch())).orElse(""));
    }
    return row;
  }
}
