package org.collapse4j.samples.command;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class OutputFileTest {
  @TempDir private Path folder;

  private List<String> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  private static void write(Path path, String text) throws IOException {
    OutputFile.of("out", path).write(text, new PrintWriter(new StringWriter()));
  }

  @Test
  void aFileIsReplacedAndNothingElseIsLeft() throws IOException {
    Path file = folder.resolve("a.txt");
    write(file, "first");
    write(file, "second");
    assertEquals("second", Files.readString(file));
    assertEquals(List.of("a.txt"), files());
  }

  @Test
  void lookingAtAFileLeavesNone() {
    OutputFile.of("out", folder.resolve("deep/a.txt"));
    assertFalse(Files.exists(folder.resolve("deep/a.txt")));
    assertTrue(Files.isDirectory(folder.resolve("deep")));
  }

  @Test
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void aSymbolicLinkIsWrittenThrough() throws IOException {
    Path file = Files.writeString(folder.resolve("a.txt"), "old");
    Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("a.txt"));
    Path second = Files.createSymbolicLink(folder.resolve("second"), link);
    write(second, "new");
    assertTrue(Files.isSymbolicLink(link) && Files.isSymbolicLink(second));
    assertEquals("new", Files.readString(file));
    Path dangling = Files.createSymbolicLink(folder.resolve("dangling"), Path.of("b.txt"));
    write(dangling, "made");
    assertTrue(Files.isSymbolicLink(dangling));
    assertEquals("made", Files.readString(folder.resolve("b.txt")));
    Path circle = folder.resolve("circle");
    Files.createSymbolicLink(circle, circle);
    assertTrue(refused(circle).contains("go on and on"));
  }

  private static String refused(Path path) {
    return assertThrows(IllegalArgumentException.class, () -> OutputFile.of("out", path))
        .getMessage();
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void aDeviceIsRefused() {
    assertEquals(
        "out must be a regular file, and /dev/full is none", refused(Path.of("/dev/full")));
    assertTrue(Files.exists(Path.of("/dev/full")));
  }

  @Test
  void aDirectoryIsRefused() {
    assertEquals("out must be a file, and " + folder + " is a directory", refused(folder));
  }

  @Test
  void aDashIsStandardOutput() throws IOException {
    StringWriter printed = new StringWriter();
    OutputFile file = OutputFile.of("out", Path.of("-"));
    file.write("page", new PrintWriter(printed));
    assertTrue(file.isStandardOutput());
    assertEquals("page", printed.toString());
    assertFalse(Files.exists(Path.of("-")));
  }
}
