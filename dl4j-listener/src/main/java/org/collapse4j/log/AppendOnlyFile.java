package org.collapse4j.log;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A text file that only grows, by whole records. What is appended at once is handed to the
 * operating system in one piece, so that a process killed at any moment leaves at most its last
 * record torn; the next append removes that piece, so that the file stays readable from end to end.
 *
 * <p>Several sinks of one process and several processes may append to one file: they take turns.
 */
final class AppendOnlyFile {
  /** Within a process, where a {@link FileLock} does not keep threads apart. */
  private static final Object TURN = new Object();

  private final Path path;
  private final Form form;

  /** How far the file is known to consist of whole records. */
  private long wholeUntil;

  /** How the records of a file look. */
  interface Form {
    /** The first record, or an empty text if there is none of its own. */
    String header();

    /** Whether a line break between two double quotes is part of a record. */
    boolean quotesLineBreaks();

    /** Whether what a file ends with, after its last line break, is a piece that was cut off. */
    boolean isTorn(String end);
  }

  AppendOnlyFile(Path path, Form form) {
    this.path = path;
    this.form = form;
  }

  /**
   * Appends records, a line break after each; to an empty file the header first.
   *
   * @throws IOException if it cannot, or if the file has another header; the file is as it was
   */
  void append(List<String> records) throws IOException {
    createFolders(path);
    // An interrupt that is pending would close the channel, and cost this record.
    boolean interrupted = Thread.interrupted();
    try {
      synchronized (TURN) {
        appendInTurn(String.join("\n", records));
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Creates the folders that a file is to be in. */
  static void createFolders(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
  }

  private void appendInTurn(String lines) throws IOException {
    try (FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      FileLock lock = lockOrNull(file);
      try {
        requireHeader(file);
        boolean lineBreakMissing = removeTornEnd(file);
        String header = file.size() == 0 && !form.header().isEmpty() ? form.header() + "\n" : "";
        writeAtEnd(file, (lineBreakMissing ? "\n" : "") + header + lines + "\n");
      } finally {
        if (lock != null) {
          lock.release();
        }
      }
    }
  }

  /**
   * Some network file systems have no locks, and another class loader's copy of this class may hold
   * it: there the file is for one writer at a time.
   */
  private static FileLock lockOrNull(FileChannel file) {
    try {
      return file.lock();
    } catch (IOException | OverlappingFileLockException e) {
      return null;
    }
  }

  private void requireHeader(FileChannel file) throws IOException {
    byte[] header = (form.header() + "\n").getBytes(StandardCharsets.UTF_8);
    if (header.length == 1) {
      return;
    }
    ByteBuffer start = ByteBuffer.allocate((int) Math.min(file.size(), header.length));
    read(file, start, 0);
    for (int i = 0; i < start.limit(); i++) {
      if (start.get(i) != header[i]) {
        throw new IOException(
            path
                + " has other columns than are written here, so nothing is added to it; its first"
                + " line should be "
                + form.header());
      }
    }
  }

  /** Cuts off a torn end; true if the file then ends with a record that lacks its line break. */
  private boolean removeTornEnd(FileChannel file) throws IOException {
    long size = file.size();
    if (size == wholeUntil) {
      return false;
    }
    long whole = endOfLastRecord(file, size < wholeUntil ? 0 : wholeUntil);
    if (whole == size) {
      return false;
    }
    ByteBuffer end = ByteBuffer.allocate(Math.toIntExact(size - whole));
    read(file, end, whole);
    if (!form.isTorn(new String(end.array(), StandardCharsets.UTF_8))) {
      return true;
    }
    file.truncate(whole);
    return false;
  }

  private long endOfLastRecord(FileChannel file, long from) throws IOException {
    file.position(from);
    InputStream bytes = new BufferedInputStream(Channels.newInputStream(file), 1 << 16);
    long end = from;
    boolean quoted = false;
    long position = from;
    for (int b = bytes.read(); b >= 0; b = bytes.read()) {
      position++;
      if (b == '"' && form.quotesLineBreaks()) {
        quoted = !quoted;
      } else if (b == '\n' && !quoted) {
        end = position;
      }
    }
    return end;
  }

  private void writeAtEnd(FileChannel file, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    long before = file.size();
    long position = before;
    try {
      while (bytes.hasRemaining()) {
        position += file.write(bytes, position);
      }
    } catch (IOException e) {
      undo(file, before, e);
      throw e;
    }
    wholeUntil = position;
  }

  private static void undo(FileChannel file, long size, IOException cause) {
    try {
      file.truncate(size);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private static void read(FileChannel file, ByteBuffer into, long from) throws IOException {
    while (into.hasRemaining() && file.read(into, from + into.position()) >= 0) {}
  }
}
