package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.collapse4j.metric.Metric;

/**
 * Appends one row an observation to a CSV file (RFC 4180 with line feeds, UTF-8, decimal point):
 * run, epoch, iteration, split, layer, then a column for every {@link Metric} in the order of the
 * vocabulary, empty where it is undefined or was not measured, and last when it was observed and
 * when its training began (ISO 8601, UTC, empty if not known). Values by class and the run's
 * parameters are not in it. An existing file of the same columns is continued; a last row that a
 * killed process left torn is removed first. {@link MetricLog} reads it back.
 */
public final class CsvSink extends SerialSink {
  /** The columns before those of the metrics. */
  static final List<String> PLACE = List.of("run", "epoch", "iteration", "split", "layer");

  /** The columns behind those of the metrics, which the logs of version 0.1.0 do not have. */
  static final List<String> TIMES = List.of("time", "started");

  private static final String HEADER =
      Stream.of(PLACE.stream(), Arrays.stream(Metric.values()).map(Metric::key), TIMES.stream())
          .flatMap(names -> names)
          .collect(Collectors.joining(","));

  private final AppendOnlyFile file;

  /**
   * A sink to a file.
   *
   * @param file created, with its folders, at the first observation; continued if it exists
   */
  public CsvSink(Path file) {
    this.file = new AppendOnlyFile(file, new Rows());
  }

  @Override
  protected void put(Observation observation) throws IOException {
    putAll(List.of(observation));
  }

  @Override
  protected void putAll(List<Observation> moment) throws IOException {
    file.append(moment.stream().map(CsvSink::row).toList());
  }

  private static String row(Observation observation) {
    Stream<String> place =
        Stream.of(
            quoted(observation.run()),
            String.valueOf(observation.epoch()),
            String.valueOf(observation.iteration()),
            quoted(observation.split()),
            quoted(observation.layer()));
    Stream<String> values =
        Arrays.stream(Metric.values()).map(m -> number(observation.measurements().value(m)));
    Stream<String> times =
        Stream.of(observation.time(), observation.started())
            .map(time -> time.map(Instant::toString).orElse(""));
    return Stream.of(place, values, times)
        .flatMap(fields -> fields)
        .collect(Collectors.joining(","));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "";
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }

  private static final class Rows implements AppendOnlyFile.Form {
    @Override
    public String header() {
      return HEADER;
    }

    @Override
    public boolean quotesLineBreaks() {
      return true;
    }

    /**
     * Whether it is a header or row with fewer columns; the line break alone may be missing. Where
     * a whole row follows within it, what is torn is further up, and nothing to be removed.
     */
    @Override
    public boolean isTorn(String end) {
      boolean cutHeader = HEADER.startsWith(end) && end.length() < HEADER.length();
      return cutHeader || (!isRow(end) && end.lines().skip(1).noneMatch(Rows::isRow));
    }

    private static boolean isRow(String text) {
      return separators(text) >= separators(HEADER);
    }

    private static long separators(String row) {
      boolean quoted = false;
      long count = 0;
      for (int i = 0; i < row.length(); i++) {
        quoted ^= row.charAt(i) == '"';
        count += row.charAt(i) == ',' && !quoted ? 1 : 0;
      }
      return count;
    }
  }
}
