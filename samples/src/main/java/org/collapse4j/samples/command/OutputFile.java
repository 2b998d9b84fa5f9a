package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.collapse4j.samples.experiment.WholeFile;

/**
 * A regular file that a command writes whole, or standard output in the place of a file named "-".
 * A symbolic link is written through; what else is there, such as a directory, a device or a pipe,
 * is refused. It is looked at before the command begins what takes long.
 */
final class OutputFile {
  private static final Path STANDARD_OUTPUT = Path.of("-");

  /** Symbolic links to symbolic links, beyond which they are taken for a circle. */
  private static final int MOST_LINKS = 40;

  private final Path path;

  private OutputFile(Path path) {
    this.path = path;
  }

  /**
   * A file that can be written, whose folders are created.
   *
   * @param option names it in messages
   * @throws IllegalArgumentException if it cannot be written
   */
  static OutputFile of(String option, Path path) {
    OutputFile file = new OutputFile(path);
    if (!file.isStandardOutput()) {
      require(option, path);
    }
    return file;
  }

  /**
   * Requires that JSON lines can be appended to a file.
   *
   * @throws IllegalArgumentException if they cannot
   */
  static void requireLog(Path file) {
    if (file.toString().toLowerCase(Locale.ROOT).endsWith(".csv")) {
      throw new IllegalArgumentException(
          "log is written as JSON lines, and the name of " + file + " says CSV: take .jsonl");
    }
    require("log", file);
  }

  private static void require(String option, Path path) {
    if (Files.isDirectory(path)) {
      throw new IllegalArgumentException(
          option + " must be a file, and " + path + " is a directory");
    }
    if (Files.exists(path) && !Files.isRegularFile(path)) {
      throw new IllegalArgumentException(
          option + " must be a regular file, and " + path + " is none");
    }
    try {
      create(target(path));
    } catch (IOException | UnsupportedOperationException e) {
      throw new IllegalArgumentException(
          option + " must be a file that can be written, and " + path + " cannot: " + e, e);
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

  /** The file that symbolic links lead to, which need not be there. */
  private static Path target(Path path) throws IOException {
    Path file = path.toAbsolutePath();
    for (int links = 0; Files.isSymbolicLink(file); links++) {
      if (links == MOST_LINKS) {
        throw new IOException("its symbolic links go on and on");
      }
      file = file.resolveSibling(Files.readSymbolicLink(file)).toAbsolutePath();
    }
    return file;
  }

  /** Whether it stands for standard output, where nothing else should be printed then. */
  boolean isStandardOutput() {
    return path.equals(STANDARD_OUTPUT);
  }

  /**
   * Writes text, in place of what is there.
   *
   * @param out standard output, if it goes there
   */
  void write(String text, PrintWriter out) throws IOException {
    if (isStandardOutput()) {
      out.print(text);
      out.flush();
    } else {
      write(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Writes bytes to a file, which a reader finds whole, as it was or as it is now. */
  void write(byte[] content) throws IOException {
    try (WholeFile whole = WholeFile.of(target(path))) {
      Files.write(whole.part(), content);
      whole.replace();
    }
  }

  @Override
  public String toString() {
    return isStandardOutput() ? "standard output" : path.toString();
  }
}
