package org.collapse4j.samples.data;

import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.commons.csv.CSVFormat;
import org.apache.commons.csv.CSVParser;
import org.apache.commons.csv.CSVRecord;

/**
 * A CSV file in memory: a header and rows of as many cells, without the spaces around them unless
 * they are quoted. Its lines end in any way, and a line without a cell is passed over.
 */
final class CsvTable {
  private static final char BYTE_ORDER_MARK = '\ufeff';
  private static final char[] DELIMITERS = {',', ';', '\t'};

  /** A header beyond this is not looked through for its delimiter. */
  private static final int LONGEST_HEADER = 1 << 20;

  /** What a byte of the file takes in memory, where cells are short. */
  private static final int BYTES_OF_A_BYTE = 8;

  private static final int MOST_NAMED = 20;

  private final Path file;
  private final List<String> header = new ArrayList<>();
  private final List<Row> rows = new ArrayList<>();

  private CsvTable(Path file) {
    this.file = file;
  }

  /**
   * A row.
   *
   * @param number in the file, where the header is row 1
   */
  record Row(long number, List<String> cells) {}

  /**
   * Reads a file.
   *
   * @throws FileNotFoundException if there is no such file
   * @throws IllegalArgumentException if it is no table; the message has file and row
   */
  static CsvTable read(Path file) throws IOException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new FileNotFoundException(file + " is no file that can be read");
    }
    if (Files.size(file) > Runtime.getRuntime().maxMemory() / BYTES_OF_A_BYTE) {
      throw new IllegalArgumentException(
          file + " is too large for the memory that Java may take: give it more by -Xmx");
    }
    CsvTable table = new CsvTable(file);
    long row = 1;
    try (BufferedReader in = open(file);
        CSVParser parser = CSVParser.parse(in, format(delimiter(in)))) {
      for (CSVRecord cells : parser) {
        row = cells.getRecordNumber();
        table.add(row, cells.toList());
        row++;
      }
    } catch (CharacterCodingException e) {
      throw table.noText(e);
    } catch (UncheckedIOException | IllegalStateException e) {
      if (e.getCause() instanceof CharacterCodingException) {
        throw table.noText(e);
      }
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException(
          file + ", row " + row + " is no row of CSV: " + Texts.shown(why), e);
    }
    if (table.rows.isEmpty()) {
      throw new IllegalArgumentException(file + " must have a header and rows, but has no row");
    }
    return table;
  }

  private static BufferedReader open(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(
            Files.newInputStream(file),
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  private IllegalArgumentException noText(Exception e) {
    return new IllegalArgumentException(file + " is no text in UTF-8", e);
  }

  private static CSVFormat format(char delimiter) {
    return CSVFormat.RFC4180
        .builder()
        .setDelimiter(delimiter)
        .setIgnoreSurroundingSpaces(delimiter != '\t')
        .get();
  }

  /** The one that is most often in the first line, where it is not quoted. */
  private static char delimiter(BufferedReader in) throws IOException {
    in.mark(LONGEST_HEADER);
    int[] counts = new int[DELIMITERS.length];
    boolean quoted = false;
    for (int i = 1, c = in.read(); i < LONGEST_HEADER && c >= 0; i++, c = in.read()) {
      if (c == '\n' && !quoted) {
        break;
      }
      quoted ^= c == '"';
      for (int d = 0; d < DELIMITERS.length; d++) {
        counts[d] += c == DELIMITERS[d] && !quoted ? 1 : 0;
      }
    }
    in.reset();
    in.mark(1);
    if (in.read() != BYTE_ORDER_MARK) {
      in.reset();
    }
    int most = 0;
    for (int d = 1; d < DELIMITERS.length; d++) {
      most = counts[d] > counts[most] ? d : most;
    }
    return DELIMITERS[most];
  }

  private void add(long number, List<String> cells) {
    if (cells.size() == 1 && cells.get(0).isEmpty()) {
      return;
    }
    if (header.isEmpty()) {
      addHeader(number, cells);
    } else if (cells.size() != header.size()) {
      throw new IllegalArgumentException(
          "%s, row %s must have a cell in each of the %s columns, but has %s"
              .formatted(file, number, header.size(), cells.size()));
    } else {
      rows.add(new Row(number, cells));
    }
  }

  private void addHeader(long number, List<String> names) {
    Set<String> different = new HashSet<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i).isEmpty() ? "column " + (i + 1) : names.get(i);
      if (!different.add(name)) {
        throw new IllegalArgumentException(
            file + ", row " + number + " must name columns once, but has two of " + quoted(name));
      }
      header.add(name);
    }
  }

  Path file() {
    return file;
  }

  /** The names of the columns, all different; one without a name is called by its number. */
  List<String> header() {
    return header;
  }

  List<Row> rows() {
    return rows;
  }

  /**
   * The position of a column.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  int column(String name) {
    int column = header.indexOf(name.strip());
    if (column < 0) {
      throw new IllegalArgumentException(
          file + " has no column " + quoted(name) + " but " + shownHeader());
    }
    return column;
  }

  /** The names of columns as a message has them. */
  String shownHeader() {
    return Texts.listed(header, MOST_NAMED);
  }

  /** The name of a column as a message has it. */
  String shownColumn(int column) {
    return Texts.shown(header.get(column));
  }

  /** That a cell is not as it must be. */
  IllegalArgumentException wrong(Row row, int column, String what) {
    return new IllegalArgumentException(
        "%s, row %s, column %s %s".formatted(file, row.number(), shownColumn(column), what));
  }

  private static String quoted(String name) {
    return "\"" + Texts.shown(name) + "\"";
  }
}
