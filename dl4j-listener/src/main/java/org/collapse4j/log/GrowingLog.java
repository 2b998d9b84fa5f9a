package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A log, or a folder of logs, that is read again and again while training writes to it: only files
 * that have changed since the last time are read anew. Of long runs only some observations, evenly
 * apart, and the last of each split and layer tell of classes, pairs of them, and examples, so that
 * memory is not taken by what is looked at one moment at a time.
 */
public final class GrowingLog {
  private final Path log;
  private final Map<Path, Known> known = new HashMap<>();
  private List<MetricLog> lastFiles = List.of();
  private MetricLog last;

  private record Known(long size, FileTime modified, MetricLog log) {}

  /**
   * A log to be read.
   *
   * @param log as for {@link MetricLog#read}
   */
  public GrowingLog(Path log) {
    this.log = log;
  }

  /**
   * What is in it now, as {@link MetricLog#read} would read it but for details; the same object as
   * the last time if nothing has changed.
   *
   * @throws IllegalArgumentException as {@link MetricLog#read}
   * @throws IOException if it cannot be read
   */
  public synchronized MetricLog read() throws IOException {
    List<MetricLog> files = new ArrayList<>();
    MetricLog all =
        MetricLog.read(
            log,
            file -> {
              files.add(file(file));
              return files.get(files.size() - 1);
            });
    if (last == null || !isSame(files, lastFiles)) {
      last = all;
      lastFiles = files;
    }
    return last;
  }

  private static boolean isSame(List<MetricLog> files, List<MetricLog> before) {
    return files.size() == before.size()
        && IntStream.range(0, files.size()).allMatch(i -> files.get(i) == before.get(i));
  }

  private MetricLog file(Path file) throws IOException {
    // The size before reading, so that what is appended meanwhile is read the next time.
    long size = Files.size(file);
    FileTime modified = Files.getLastModifiedTime(file);
    Known before = known.get(file);
    if (before == null || before.size != size || !before.modified.equals(modified)) {
      before = new Known(size, modified, MetricLog.readFile(file, false));
      known.put(file, before);
    }
    return before.log;
  }
}
