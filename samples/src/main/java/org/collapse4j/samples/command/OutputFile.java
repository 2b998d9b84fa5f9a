package org.collapse4j.samples.command;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/** A file that a command will write, looked at before it begins what takes long. */
final class OutputFile {
  private OutputFile() {}

  /**
   * Requires that a file can be written, and creates its folders.
   *
   * @param option names it in messages
   * @throws IllegalArgumentException if it cannot
   */
  static void require(String option, Path file) {
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(
          option + " must be a file, and " + file + " is a directory");
    }
    try {
      create(file.toAbsolutePath());
    } catch (IOException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          option + " must be a file that can be written, and " + file + " cannot: " + e, e);
    }
  }

  /** Leaves no file behind where there was none. */
  private static void create(Path file) throws IOException {
    Files.createDirectories(file.getParent());
    if (Files.exists(file)) {
      if (!Files.isWritable(file)) {
        throw new FileAlreadyExistsException(file + " is write-protected");
      }
    } else {
      Files.createFile(file);
      Files.delete(file);
    }
  }

  /**
   * Requires that JSON lines can be written to a file.
   *
   * @throws IllegalArgumentException if they cannot
   */
  static void log(Path file) {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      throw new IllegalArgumentException(
          "log is written as JSON lines, and the name of " + file + " says CSV: take .jsonl");
    }
    require("log", file);
  }
}
