package org.collapse4j.log;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/**
 * A text file that only grows, by whole records. What is appended at once is handed to the
 * operating system in one piece, so that a process killed at any moment leaves at most its last
 * record torn; the next append removes that piece, so that the file stays readable from end to end.
 *
 * <p>Several sinks of one process and several processes may append to one file: they take turns.
 */
final class AppendOnlyFile {
  /** How many of the bytes written last are remembered, to know the file again by. */
  private static final int REMEMBERED = 4096;

  private final Path path;
  private final Form form;
  private final FileTurn turn;

  /** How far the file is known to consist of whole records, and what stands before that. */
  private long wholeUntil;

  private byte[] lastWritten = {};

  /** How the records of a file look. */
  interface Form {
    /** The first record, or an empty text if there is none of its own. */
    String header();

    /** Whether a line break between two double quotes is part of a record. */
    boolean quotesLineBreaks();

    /** Whether what a file ends with, after its last record, is a piece that was cut off. */
    boolean isTorn(String end);
  }

  AppendOnlyFile(Path path, Form form) {
    this(path, form, FileTurn.LONGEST_WAIT);
  }

  AppendOnlyFile(Path path, Form form, Duration longestWait) {
    this.path = path;
    this.form = form;
    this.turn = new FileTurn(path, longestWait);
  }

  /**
   * Appends records, a line break after each; to an empty file the header first.
   *
   * @throws IOException if it cannot, if others write to the file or lock it for too long, or if it
   *     has another header; the file is as it was
   */
  void append(List<String> records) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null && !Files.isDirectory(folder)) {
      Files.createDirectories(folder);
    }
    turn.take(file -> append(file, String.join("\n", records)));
  }

  private void append(FileChannel file, String lines) throws IOException {
    requireHeader(file);
    boolean lineBreakMissing = removeTornEnd(file);
    String header = file.size() == 0 && !form.header().isEmpty() ? form.header() + "\n" : "";
    writeAtEnd(file, (lineBreakMissing ? "\n" : "") + header + lines + "\n");
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
    long whole = isAsItWasLeft(file) ? wholeUntil : 0;
    if (whole < size) {
      whole = endOfLastRecord(file, whole);
    }
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

  /** Whether what was written last is where it was; if not, another file has taken its place. */
  private boolean isAsItWasLeft(FileChannel file) throws IOException {
    ByteBuffer there = ByteBuffer.allocate(lastWritten.length);
    read(file, there, wholeUntil - lastWritten.length);
    return !there.hasRemaining() && Arrays.equals(there.array(), lastWritten);
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
    byte[] written = bytes.array();
    lastWritten =
        Arrays.copyOfRange(written, Math.max(0, written.length - REMEMBERED), written.length);
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
