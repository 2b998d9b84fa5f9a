package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.collapse4j.log.MetricLog;
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
    footer = {
      "",
      "Example:",
      "  collapse4j summary runs --metrics nc1.pinv,accuracy --sort nc1.pinv"
    },
    description = {
      "Prints a table of logs, for each data and layer that was measured, as wide as the terminal.",
      "A row is a run, with the last value of each metric. Below the tables: what the numbers"
          + " mean."
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

  @Option(
      names = "--sort",
      paramLabel = "KEY",
      description = "sort runs by the last value of this metric, the nearest to its ideal first")
  private String sortKey;

  @Option(
      names = "--wide",
      description =
          "print all metrics, however wide that is, with the best value and the epoch of it")
  private boolean wide;

  @Option(
      names = "--csv",
      description = "print nothing but a table in CSV, with full digits, for other programs")
  private boolean csv;

  @Override
  public Integer call() throws IOException {
    List<Metric> metrics = metrics();
    Metric sort = sortKey == null ? null : metric("--sort", sortKey);
    MetricLog log = MetricLog.read(runs);
    PrintWriter out = spec.commandLine().getOut();
    List<RunHistory> histories = log.histories();
    if (csv) {
      out.print(SummaryCsv.of(histories, metrics, sort));
    } else {
      SummaryTables tables =
          new SummaryTables(metrics, sort, wide ? 0 : spec.usageMessage().width());
      out.print(tables.of(histories));
      VerdictLines.printRuns(out, histories);
    }
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
    return keys.stream().map(key -> metric("--metrics", key)).toList();
  }

  private Metric metric(String option, String key) {
    return Metric.withKey(key)
        .orElseThrow(
            () ->
                new ParameterException(
                    spec.commandLine(),
                    option
                        + " must name metrics, of which \""
                        + key
                        + "\" is none; there are "
                        + Arrays.stream(Metric.values())
                            .map(Metric::key)
                            .collect(Collectors.joining(", "))));
  }
}
