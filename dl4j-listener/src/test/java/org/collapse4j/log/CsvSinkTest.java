package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvSinkTest extends MetricSinkContract {
  private Path file() {
    return folder.resolve("new/log.csv");
  }

  @Override
  MetricSink open() {
    return new CsvSink(file());
  }

  @Override
  List<Reading> read() throws IOException {
    return read(file());
  }

  static List<Reading> read(Path file) throws IOException {
    List<List<String>> rows = rows(Files.readString(file));
    List<String> header = rows.get(0);
    return rows.stream().skip(1).map(row -> reading(header, row)).toList();
  }

  private static Reading reading(List<String> header, List<String> row) {
    assertEquals(header.size(), row.size());
    Map<String, Double> values = new TreeMap<>();
    int times = row.size() - 2;
    assertEquals(List.of("time", "started"), header.subList(times, row.size()));
    for (int i = 5; i < times; i++) {
      if (!row.get(i).isEmpty()) {
        values.put(header.get(i), Double.valueOf(row.get(i)));
      }
    }
    return new Reading(
        row.get(0),
        Integer.parseInt(row.get(1)),
        Long.parseLong(row.get(2)),
        row.get(3),
        row.get(4),
        values,
        Map.of(),
        Map.of(),
        row.subList(times, row.size()));
  }

  /** RFC 4180. */
  private static List<List<String>> rows(String csv) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < csv.length(); i++) {
      char c = csv.charAt(i);
      if (quoted && c == '"' && i + 1 < csv.length() && csv.charAt(i + 1) == '"') {
        field.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (!quoted && (c == ',' || c == '\n')) {
        row.add(field.toString());
        field.setLength(0);
        if (c == '\n') {
          rows.add(row);
          row = new ArrayList<>();
        }
      } else {
        field.append(c);
      }
    }
    assertTrue(field.isEmpty() && row.isEmpty(), "the last row has no line break");
    return rows;
  }

  @Override
  Reading expected(Observation observation) {
    return Reading.of(observation).placeTimesAndValues();
  }

  @Override
  Optional<MetricSink> unwritable() throws IOException {
    return Optional.of(new CsvSink(Files.createDirectory(folder.resolve("directory"))));
  }

  /** At every byte of header and row, since quotes and line breaks in names make them special. */
  @Test
  void aRowOrHeaderTornAnywhereIsRemoved() throws IOException {
    Observation hostile = Observations.of("a\n\"b\",c\n", 1, "\n", "output");
    open().write(hostile);
    byte[] whole = Files.readAllBytes(file());
    int lastColumn = new String(whole, java.nio.charset.StandardCharsets.UTF_8).lastIndexOf(',');
    for (int length = 0; length <= lastColumn; length++) {
      Files.write(file(), Arrays.copyOf(whole, length));
      open().write(hostile);
      assertEquals(List.of(expected(hostile)), read(), "torn after " + length + " bytes");
    }
  }

  @Test
  void aLastRowWithoutLineBreakIsKept() throws IOException {
    open().write(Observations.of(1));
    Files.writeString(file(), Files.readString(file()).strip());
    open().write(Observations.of(2));
    assertEquals(List.of(expected(Observations.of(1)), expected(Observations.of(2))), read());
  }

  /** Shorter than the file before, about as long, and longer, each cut within its last row. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void aFileThatAnotherHasReplacedIsMendedToo(int rows) throws IOException {
    try (MetricSink sink = open()) {
      sink.writeAll(List.of(Observations.of(1), Observations.of(2)));
      List<Observation> others =
          IntStream.range(0, rows).mapToObj(i -> Observations.of(4 + i)).toList();
      Path other = folder.resolve("other.csv");
      new CsvSink(other).writeAll(others);
      String text = Files.readString(other);
      Files.writeString(file(), text.substring(0, text.length() - 100));
      sink.write(Observations.of(3));
      List<Observation> kept = new ArrayList<>(others.subList(0, rows - 1));
      kept.add(Observations.of(3));
      assertEquals(kept.stream().map(this::expected).toList(), read());
    }
  }

  /** As left by a writer that does not remove what is torn. */
  @Test
  void wholeRowsAfterATornOneAreNotRemoved() throws IOException {
    open().write(Observations.of("in\n\"quotes\"", 1, "train", "output"));
    String whole = Files.readString(file());
    open().write(Observations.of(2));
    String row = Files.readString(file()).substring(whole.length());
    Files.writeString(file(), whole + "\"a run that is tor\n" + row + row);
    open().write(Observations.of(3));
    MetricLog log = MetricLog.read(file());
    assertEquals(List.of(1, 2, 2, 3), log.observations().stream().map(Observation::epoch).toList());
    assertEquals(1, log.warnings().size());
  }

  @Test
  void aFileOfOtherColumnsIsLeftAsItIs() throws IOException {
    Files.createDirectories(file().getParent());
    Files.writeString(file(), "name,age\nAda,36");
    IOException refused = assertThrows(IOException.class, () -> open().write(Observations.of(1)));
    assertTrue(refused.getMessage().contains("other columns"), refused.getMessage());
    assertEquals("name,age\nAda,36", Files.readString(file()));
  }

  @Test
  void theHeaderIsWrittenOnce() throws IOException {
    for (int epoch = 1; epoch <= 3; epoch++) {
      open().write(Observations.of(epoch));
    }
    Files.writeString(file(), "", StandardOpenOption.APPEND);
    assertEquals(4, Files.readAllLines(file()).size());
    assertTrue(Files.readString(file()).startsWith("run,epoch,iteration,split,layer,nc1.pinv,"));
  }
}
