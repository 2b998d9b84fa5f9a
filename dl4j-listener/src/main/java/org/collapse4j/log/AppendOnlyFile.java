package org.collapse4j.log;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A text file that only grows, by whole lines. Each is handed to the operating system in one piece,
 * so that a process killed at any moment leaves at most its last line torn; the next append starts
 * on a line of its own.
 */
final class AppendOnlyFile {
  private final Path path;

  AppendOnlyFile(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  boolean isEmpty() throws IOException {
    return !Files.exists(path) || Files.size(path) == 0;
  }

  void append(String line) throws IOException {
    Path folder = path.toAbsolutePath().getParent();
    if (folder != null) {
      Files.createDirectories(folder);
    }
    try (FileChannel file =
        FileChannel.open(
            path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      String text = (endsMidLine(file) ? "\n" : "") + line + "\n";
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      long position = file.size();
      while (bytes.hasRemaining()) {
        position += file.write(bytes, position);
      }
    }
  }

  private static boolean endsMidLine(FileChannel file) throws IOException {
    if (file.size() == 0) {
      return false;
    }
    ByteBuffer last = ByteBuffer.allocate(1);
    file.read(last, file.size() - 1);
    return last.get(0) != '\n';
  }
}
