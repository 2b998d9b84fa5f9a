package org.collapse4j.log;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.HashMap;
import java.util.Map;

/**
 * A log, or a folder of logs, that is read again and again while training writes to it: only files
 * that have changed since the last time are read anew.
 */
public final class GrowingLog {
  private final Path log;
  private final Map<Path, Known> known = new HashMap<>();

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
   * What is in it now, as {@link MetricLog#read} would read it.
   *
   * @throws IllegalArgumentException as {@link MetricLog#read}
   * @throws IOException if it cannot be read
   */
  public synchronized MetricLog read() throws IOException {
    return MetricLog.read(log, this::file);
  }

  private MetricLog file(Path file) throws IOException {
    // The size before reading, so that what is appended meanwhile is read the next time.
    long size = Files.size(file);
    FileTime modified = Files.getLastModifiedTime(file);
    Known last = known.get(file);
    if (last == null || last.size != size || !last.modified.equals(modified)) {
      last = new Known(size, modified, MetricLog.readFile(file));
      known.put(file, last);
    }
    return last.log;
  }
}
