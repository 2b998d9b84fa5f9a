package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LogLinesTest {
  @TempDir private Path folder;

  private List<LogLines.Line> lines(String text) throws IOException {
    Path file = folder.resolve("lines");
    Files.writeString(file, text);
    List<LogLines.Line> all = new ArrayList<>();
    try (LogLines lines = new LogLines(file)) {
      for (LogLines.Line line = lines.next(); line != null; line = lines.next()) {
        all.add(line);
      }
      assertNull(lines.next());
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_533, 65_534, 65_535, 65_536, 65_537, 131_072, 300_000})
  void linesOfAnyLengthComeWhole(int length) throws IOException {
    String line = "\u00e4" + "x".repeat(length);
    List<LogLines.Line> lines = lines(line + "\r\n\n" + line + "\n" + line);
    assertEquals(List.of(line, "", line, line), lines.stream().map(LogLines.Line::text).toList());
    assertEquals(List.of(1, 2, 3, 4), lines.stream().map(LogLines.Line::number).toList());
    assertEquals(
        List.of(true, true, true, false), lines.stream().map(LogLines.Line::ended).toList());
    assertEquals(line, new String(lines.get(2).bytes(), StandardCharsets.UTF_8));
  }

  @Test
  void aByteOrderMarkIsNoText() throws IOException {
    assertEquals("a", lines("\uFEFFa\n").get(0).text());
    assertEquals("", lines("\uFEFF").get(0).text());
    assertEquals(List.of(), lines(""));
  }

  /** The rest of a line that was only begun would be no JSON object, and the log none. */
  @Test
  void whatIsAppendedAfterTheEndWasMetIsForTheNextReader() throws IOException {
    Path file = folder.resolve("growing");
    Files.writeString(file, "whole\nbeg");
    try (LogLines lines = new LogLines(file)) {
      assertEquals("whole", lines.next().text());
      LogLines.Line begun = lines.next();
      assertEquals("beg", begun.text());
      assertFalse(begun.ended());
      Files.writeString(file, "un\nnext\n", StandardOpenOption.APPEND);
      assertNull(lines.next());
    }
    try (LogLines lines = new LogLines(file)) {
      lines.next();
      assertEquals("begun", lines.next().text());
      assertEquals("next", lines.next().text());
    }
  }
}
