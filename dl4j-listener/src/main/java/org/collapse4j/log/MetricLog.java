package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The observations that {@link JsonLinesSink} or {@link CsvSink} wrote, read back. Immutable.
 *
 * <p>CSV is read with {@code org.apache.commons:commons-csv}, which this library does not bring
 * along. Without it a file of CSV is refused, and in a folder left out with a warning.
 *
 * <p>A line that was torn when its process was killed is left out, which {@link #warnings} says;
 * everything else that is not as written is refused.
 */
public final class MetricLog {
  private static final boolean READS_CSV = isThere("org.apache.commons.csv.CSVParser");
  private static final String IS_CSV =
      " is left out: reading CSV needs org.apache.commons:commons-csv on the class path";

  private final List<Observation> observations;
  private final List<String> warnings;

  private static boolean isThere(String className) {
    try {
      Class.forName(className, false, MetricLog.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  MetricLog(List<Observation> observations, List<String> warnings) {
    this.observations = List.copyOf(observations);
    this.warnings = List.copyOf(warnings);
  }

  /**
   * Reads a log, or every log in a folder and the folders in it: files that end in {@code .jsonl}
   * or {@code .csv}. In a folder a file that cannot be read as a log is left out with a warning
   * where another can, but for the table that the command {@code theory} writes, which belongs
   * there; and a run that is in several files is taken as one.
   *
   * @param log a file of JSON lines or CSV, or a folder
   * @throws IllegalArgumentException if it does not exist, is a folder without logs, is empty, is
   *     no log, was written by a newer version or mixes versions; the message is one line with the
   *     file and what was found
   * @throws IOException if it cannot be read
   */
  public static MetricLog read(Path log) throws IOException {
    return read(log, file -> readFile(file, true));
  }

  /** Reads a log, or those of a folder, each by a way given. */
  static MetricLog read(Path log, FileReader reader) throws IOException {
    if (Files.isDirectory(log)) {
      return readFolder(log, reader);
    }
    if (!Files.exists(log)) {
      throw new IllegalArgumentException(log + " does not exist");
    }
    return reader.read(log);
  }

  /** Reads one file. */
  @FunctionalInterface
  interface FileReader {
    MetricLog read(Path file) throws IOException;
  }

  /**
   * Reads one file.
   *
   * @param everyDetail whether all observations tell of classes and examples, or some of each place
   */
  static MetricLog readFile(Path file, boolean everyDetail) throws IOException {
    if (isCsv(file) && !READS_CSV) {
      throw new IllegalArgumentException(file + IS_CSV);
    }
    LogReader reader =
        isCsv(file) ? new CsvLogReader(file) : new JsonLinesLogReader(file, everyDetail);
    return reader.read();
  }

  private static MetricLog readFolder(Path folder, FileReader reader) throws IOException {
    Map<String, Set<Path>> filesOfRun = new LinkedHashMap<>();
    List<Observation> observations = new ArrayList<>();
    List<String> warnings = new ArrayList<>();
    List<IllegalArgumentException> invalidFiles = new ArrayList<>();
    for (Path file : logsIn(folder)) {
      if (isCsv(file) && !READS_CSV) {
        warnings.add(file + IS_CSV);
        continue;
      }
      if (isCsv(file) && CsvLogReader.isTheory(file)) {
        continue;
      }
      if (isCsv(file) && !CsvLogReader.isLog(file)) {
        warnings.add(file + " is no log but some other table, and not read as one");
        continue;
      }
      MetricLog log;
      try {
        log = reader.read(file);
      } catch (IllegalArgumentException invalid) {
        invalidFiles.add(invalid);
        warnings.add(invalid.getMessage() + "; the file is left out");
        continue;
      }
      observations.addAll(log.observations);
      warnings.addAll(log.warnings);
      log.runs().forEach(r -> filesOfRun.computeIfAbsent(r, k -> new LinkedHashSet<>()).add(file));
    }
    if (observations.isEmpty() && !invalidFiles.isEmpty()) {
      throw invalidFiles.get(0);
    }
    if (observations.isEmpty()) {
      throw new IllegalArgumentException(
          folder
              + " has no logs: files that end in .jsonl or .csv, as JsonLinesSink and CsvSink"
              + " write them");
    }
    filesOfRun.forEach(
        (run, files) -> {
          if (files.size() > 1) {
            warnings.add("The run \"" + run + "\" is in several files, taken as one: " + files);
          }
        });
    return new MetricLog(observations, warnings);
  }

  /** CSV before JSON lines, which tell more: of two observations of the same the later counts. */
  private static List<Path> logsIn(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(f -> isCsv(f) || endsWith(f, ".jsonl"))
          .filter(Files::isRegularFile)
          .sorted(
              Comparator.comparing((Path f) -> !isCsv(f)).thenComparing(Comparator.naturalOrder()))
          .toList();
    }
  }

  private static boolean isCsv(Path file) {
    return endsWith(file, ".csv");
  }

  private static boolean endsWith(Path file, String ending) {
    return file.toString().toLowerCase(Locale.ROOT).endsWith(ending);
  }

  /** The observations in the order they were written, file by file. */
  public List<Observation> observations() {
    return observations;
  }

  /** The names of the runs, in the order of their first observation. */
  public List<String> runs() {
    return observations.stream().map(Observation::run).distinct().toList();
  }

  /** The observations by run, split and layer. */
  public List<RunHistory> histories() {
    return RunHistory.of(observations);
  }

  /** What was left out in reading and why, a sentence each. */
  public List<String> warnings() {
    return warnings;
  }
}
