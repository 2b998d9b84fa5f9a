package org.collapse4j.log;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/** Reads what {@link CsvSink} wrote. */
final class CsvLogReader extends LogReader {
  /** How the table of the theory begins. */
  private static final String THEORY = "noise.rate,alpha,expressivity,";

  private static final int PLACE = CsvSink.PLACE.size();

  private final Deque<LogLines.Line> ahead = new ArrayDeque<>();
  private LogLines lines;
  private int lastTorn = -1;

  CsvLogReader(Path file) {
    super(file);
  }

  /** Whether the first line of a file has the columns of a log. */
  static boolean isLog(Path file) throws IOException {
    try (LogLines lines = new LogLines(file)) {
      LogLines.Line header = lines.next();
      return header != null && startsAsLog(List.of(header.text().split(",", -1)));
    }
  }

  /** Whether a file is the table of the command {@code theory}, which the dashboard reads. */
  static boolean isTheory(Path file) throws IOException {
    try (LogLines lines = new LogLines(file)) {
      LogLines.Line header = lines.next();
      return header != null && header.text().startsWith(THEORY);
    }
  }

  private static boolean startsAsLog(List<String> columns) {
    return columns.size() > PLACE && columns.subList(0, PLACE).equals(CsvSink.PLACE);
  }

  @Override
  void read(LogLines linesOfFile) throws IOException {
    lines = linesOfFile;
    LogLines.Line header = lines.next();
    if (header == null) {
      throw isEmpty();
    }
    Columns columns = columns(header);
    for (LogLines.Line line = next(); line != null; line = next()) {
      if (!line.text().isEmpty()) {
        read(line, columns);
      }
    }
  }

  private LogLines.Line next() throws IOException {
    return ahead.isEmpty() ? lines.next() : ahead.poll();
  }

  /**
   * The columns behind the place.
   *
   * @param timed whether the times come last, as in logs of later versions than 0.1.0
   */
  private record Columns(List<Metric> metrics, boolean timed) {
    int firstTime() {
      return PLACE + metrics.size();
    }

    int count() {
      return firstTime() + (timed ? CsvSink.TIMES.size() : 0);
    }
  }

  private Columns columns(LogLines.Line header) {
    List<String> names = List.of(header.text().split(",", -1));
    if (!startsAsLog(names)) {
      throw new IllegalArgumentException(
          file + " is no log: its first line must start with " + String.join(",", CsvSink.PLACE));
    }
    List<String> others = names.subList(PLACE, names.size());
    int metrics = others.size() - CsvSink.TIMES.size();
    boolean timed = metrics >= 0 && others.subList(metrics, others.size()).equals(CsvSink.TIMES);
    return new Columns(
        others.stream().limit(timed ? metrics : others.size()).map(this::metric).toList(), timed);
  }

  private Metric metric(String column) {
    return Metric.withKey(column)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "%s was written by a newer version: its column \"%s\" is no metric known here"
                        .formatted(file, column)));
  }

  private void read(LogLines.Line first, Columns columns) throws IOException {
    Optional<List<String>> fields = fields(first, columns.count());
    if (fields.isEmpty()) {
      leaveOut(first);
      return;
    }
    try {
      add(observation(fields.get(), columns));
    } catch (IllegalArgumentException | DateTimeException wrong) {
      throw isNoObservation(first, wrong);
    }
  }

  /** Lines that follow each other are the remains of one row, whose run has line feeds in it. */
  private void leaveOut(LogLines.Line torn) {
    if (torn.number() != lastTorn + 1) {
      warnOfTorn(torn);
    }
    lastTorn = torn.number();
  }

  /**
   * The fields of the row that starts on a line, empty if it was torn. A quoted field may go on
   * over lines; where its end is missing, the lines after the first are rows of their own.
   */
  private Optional<List<String>> fields(LogLines.Line first, int expected) throws IOException {
    StringBuilder text = new StringBuilder(first.text());
    Deque<LogLines.Line> taken = new ArrayDeque<>();
    LogLines.Line last = first;
    while (last != null && hasOpenQuote(text)) {
      last = next();
      if (last != null) {
        taken.add(last);
        text.append('\n').append(last.text());
      }
    }
    List<String> fields = split(text);
    if (last != null && last.ended() && fields.size() >= expected) {
      return Optional.of(fields);
    }
    while (!taken.isEmpty()) {
      ahead.addFirst(taken.removeLast());
    }
    return Optional.empty();
  }

  private static boolean hasOpenQuote(CharSequence text) {
    return text.chars().filter(c -> c == '"').count() % 2 == 1;
  }

  /** The fields of a row, none if what is quoted in it does not end where a field does. */
  private static List<String> split(CharSequence row) throws IOException {
    try (CSVParser parser = CSVParser.parse(row.toString(), CSVFormat.RFC4180)) {
      return parser.getRecords().get(0).toList();
    } catch (UncheckedIOException malformed) {
      return List.of();
    }
  }

  private static Observation observation(List<String> fields, Columns columns) {
    if (fields.size() > columns.count()) {
      throw new IllegalArgumentException(
          "it has " + fields.size() + " fields under " + columns.count() + " columns");
    }
    Measurements.Builder values = Measurements.builder();
    for (int i = 0; i < columns.metrics().size(); i++) {
      String value = fields.get(PLACE + i);
      if (!value.isEmpty()) {
        values.put(columns.metrics().get(i), Double.parseDouble(value));
      }
    }
    Observation observation =
        new Observation(
            fields.get(0),
            Integer.parseInt(fields.get(1)),
            Long.parseLong(fields.get(2)),
            fields.get(3),
            fields.get(4),
            values.build());
    return columns.timed()
        ? observation.withTimes(
            instant(fields.get(columns.firstTime())), instant(fields.get(columns.firstTime() + 1)))
        : observation;
  }

  private static Optional<Instant> instant(String text) {
    return text.isEmpty() ? Optional.empty() : Optional.of(Instant.parse(text));
  }
}
