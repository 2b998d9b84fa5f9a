package org.collapse4j.log;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.collapse4j.metric.Metric;

/**
 * Appends one row an observation to a CSV file (RFC 4180, UTF-8, decimal point): run, epoch,
 * iteration, split, layer, then a column for every {@link Metric} in the order of the vocabulary,
 * empty where it is undefined or was not measured. Values by class and the run's parameters are not
 * in it. An existing file of the same columns is continued. {@link MetricLog} reads it back.
 */
public final class CsvSink implements MetricSink {
  /** The columns before those of the metrics. */
  static final List<String> PLACE = List.of("run", "epoch", "iteration", "split", "layer");

  private static final String HEADER =
      Stream.concat(PLACE.stream(), Arrays.stream(Metric.values()).map(Metric::key))
          .collect(Collectors.joining(","));

  private final AppendOnlyFile file;

  /**
   * A sink to a file.
   *
   * @param file created, with its folders, at the first observation; continued if it exists
   */
  public CsvSink(Path file) {
    this.file = new AppendOnlyFile(file);
  }

  @Override
  public void write(Observation observation) throws IOException {
    if (file.isEmpty()) {
      file.append(HEADER);
    } else {
      requireSameColumns();
    }
    file.append(row(observation));
  }

  private void requireSameColumns() throws IOException {
    try (BufferedReader reader = Files.newBufferedReader(file.path(), StandardCharsets.UTF_8)) {
      String first = reader.readLine();
      if (!HEADER.equals(first)) {
        throw new IOException(
            file.path()
                + " has other columns than are written here, so nothing is added to it; its first"
                + " line should be "
                + HEADER);
      }
    }
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
    return Stream.concat(place, values).collect(Collectors.joining(","));
  }

  private static String number(double value) {
    return Double.isFinite(value) ? Double.toString(value) : "";
  }

  private static String quoted(String text) {
    boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
    return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
  }
}
