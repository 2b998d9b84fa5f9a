package org.collapse4j.log;

import java.nio.file.Path;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;

/**
 * Writes observations to files of every kind, and says of each that it was written, until killed.
 */
final class KilledWriter {
  static final String JSON_LINES = "log.jsonl";
  static final String CSV = "log.csv";
  static final String TENSOR_BOARD = "board";
  static final String STATS_STORAGE = "storage.sqlite";

  private KilledWriter() {}

  /** A sink to a file of a folder by the file's name. */
  static MetricSink sink(Path folder, String name) {
    Path file = folder.resolve(name);
    return switch (name) {
      case JSON_LINES -> new JsonLinesSink(file);
      case CSV -> new CsvSink(file);
      case TENSOR_BOARD -> new TensorBoardSink(file);
      case STATS_STORAGE -> new StatsStorageSink(new J7FileStatsStorage(file.toFile()));
      default -> throw new IllegalArgumentException(name);
    };
  }

  /** A large one where the values by class are written: it takes many pages, to be torn between. */
  static Observation observation(String name, int epoch) {
    return name.equals(JSON_LINES) || name.equals(STATS_STORAGE)
        ? Observations.large(epoch)
        : Observations.of(epoch);
  }

  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    for (String name : new String[] {JSON_LINES, CSV, TENSOR_BOARD, STATS_STORAGE}) {
      new Thread(() -> writeForEver(sink(folder, name), name)).start();
    }
  }

  @SuppressWarnings("SystemOut") // How the parent process is told.
  private static void writeForEver(MetricSink sink, String name) {
    try {
      for (int epoch = 1; ; epoch++) {
        sink.write(observation(name, epoch));
        System.out.println(name + " " + epoch + ";");
      }
    } catch (java.io.IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
