package org.collapse4j.log;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * The lines of a text file one after the other, each with whether its end was written. Where the
 * file ends once it stays ended: what is appended while it is read is for the next reader, else the
 * rest of a line that was only begun would look like a line of its own.
 */
final class LogLines implements Closeable {
  private static final byte[] BYTE_ORDER_MARK = "\uFEFF".getBytes(StandardCharsets.UTF_8);

  private final InputStream in;
  private final byte[] buffer = new byte[1 << 16];
  private int position;
  private int limit;
  private boolean atEnd;
  private int number;

  LogLines(Path file) throws IOException {
    in = Files.newInputStream(file);
  }

  /**
   * A line, without its end.
   *
   * @param number from 1
   * @param bytes its text as it stands in the file; not to be modified
   * @param ended whether a line feed follows
   */
  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  record Line(int number, byte[] bytes, boolean ended) {
    /** Its text. What is no UTF-8, as in a torn letter, is replaced. */
    String text() {
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** The next line, null after the last. */
  Line next() throws IOException {
    ByteArrayOutputStream before = null;
    while (true) {
      if (position == limit && !fill()) {
        return before == null ? null : line(before.toByteArray(), false);
      }
      int end = position;
      while (end < limit && buffer[end] != '\n') {
        end++;
      }
      if (end < limit) {
        byte[] last = Arrays.copyOfRange(buffer, position, end);
        position = end + 1;
        return line(before == null ? last : joined(before, last), true);
      }
      before = before == null ? new ByteArrayOutputStream(4 * limit) : before;
      before.write(buffer, position, limit - position);
      position = limit;
    }
  }

  private boolean fill() throws IOException {
    position = 0;
    limit = atEnd ? 0 : Math.max(0, in.read(buffer));
    atEnd = limit == 0;
    return !atEnd;
  }

  private static byte[] joined(ByteArrayOutputStream before, byte[] last) {
    before.writeBytes(last);
    return before.toByteArray();
  }

  private Line line(byte[] bytes, boolean ended) {
    number++;
    int from = number == 1 && startsWithMark(bytes) ? BYTE_ORDER_MARK.length : 0;
    int to = bytes.length;
    if (to > from && bytes[to - 1] == '\r') {
      to--;
    }
    boolean isWhole = from == 0 && to == bytes.length;
    return new Line(number, isWhole ? bytes : Arrays.copyOfRange(bytes, from, to), ended);
  }

  private static boolean startsWithMark(byte[] bytes) {
    int length = BYTE_ORDER_MARK.length;
    return bytes.length >= length && Arrays.equals(bytes, 0, length, BYTE_ORDER_MARK, 0, length);
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
