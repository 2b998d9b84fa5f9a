package org.collapse4j.log;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** The lines of a text file one after the other, each with whether its end was written. */
final class LogLines implements Closeable {
  private static final String BYTE_ORDER_MARK = "\uFEFF";

  private final InputStream in;
  private int number;

  LogLines(Path file) throws IOException {
    in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
  }

  /**
   * A line.
   *
   * @param number from 1
   * @param text without its end
   * @param ended whether a line feed follows
   */
  record Line(int number, String text, boolean ended) {}

  /** The next line, null after the last. What is no UTF-8, as in a torn letter, is replaced. */
  Line next() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
    int read = in.read();
    if (read < 0) {
      return null;
    }
    while (read >= 0 && read != '\n') {
      bytes.write(read);
      read = in.read();
    }
    number++;
    String text = bytes.toString(StandardCharsets.UTF_8);
    if (number == 1 && text.startsWith(BYTE_ORDER_MARK)) {
      text = text.substring(1);
    }
    return new Line(
        number, text.endsWith("\r") ? text.substring(0, text.length() - 1) : text, read == '\n');
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
