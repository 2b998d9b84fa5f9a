package org.collapse4j.samples.experiment;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/**
 * New content for a file, written beside it and put in its place at once: whoever reads the file
 * finds it whole, as it was or as it is now. Closing takes away what was not put there.
 */
public final class WholeFile implements AutoCloseable {
  private static final String PART = ".part";

  private final Path file;
  private final Path part;

  private WholeFile(Path file) {
    this.file = file;
    this.part = file.resolveSibling(file.getFileName() + "." + UUID.randomUUID() + PART);
  }

  /**
   * Begins to replace a file.
   *
   * @param file no symbolic link, which would be replaced itself; need not be there
   */
  public static WholeFile of(Path file) {
    return new WholeFile(file);
  }

  /**
   * Begins to replace a file that no other process writes, and takes away what one that was killed
   * meanwhile has left beside it.
   *
   * @param file no symbolic link, which would be replaced itself; need not be there
   */
  static WholeFile ofOneWriter(Path file) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    String start = file.getFileName() + ".";
    try (DirectoryStream<Path> left =
        Files.newDirectoryStream(
            folder, beside -> isPart(beside.getFileName().toString(), start))) {
      for (Path part : left) {
        Files.deleteIfExists(part);
      }
    }
    return new WholeFile(file);
  }

  private static boolean isPart(String name, String start) {
    return name.startsWith(start) && name.endsWith(PART);
  }

  /** Where the new content is to be written. */
  public Path part() {
    return part;
  }

  /** Puts the new content in the place of the file. */
  public void replace() throws IOException {
    Files.move(part, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    Files.deleteIfExists(part);
  }
}
