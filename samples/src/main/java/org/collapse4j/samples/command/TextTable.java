package org.collapse4j.samples.command;

import java.util.List;
import java.util.Locale;

/**
 * Rows of cells as plain text, columns two spaces apart. A table whose rows are known is {@link
 * #of} them; one that grows has widths. Which columns are aligned to the left, as words are, and
 * which to the right, as numbers are, is a letter a column, l or r; the last holds for all further
 * columns.
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record TextTable(String alignment, int[] widths) {
  /** A table that grows, of columns of these widths; a longer cell moves its row on. */
  static TextTable ofWidths(String alignment, int... widths) {
    return new TextTable(alignment, widths.clone());
  }

  /** The lines of a table whose first column is of words, the others of numbers. */
  static String of(List<List<String>> rows) {
    return of("lr", rows);
  }

  /**
   * The lines of a table.
   *
   * @param rows at least one, all with as many cells
   */
  static String of(String alignment, List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int c = 0; c < widths.length; c++) {
        widths[c] = Math.max(widths[c], row.get(c).length());
      }
    }
    TextTable table = new TextTable(alignment, widths);
    StringBuilder lines = new StringBuilder();
    rows.forEach(row -> lines.append(table.line(row)).append(System.lineSeparator()));
    return lines.toString();
  }

  /** A row, without a line break. */
  String line(List<String> cells) {
    StringBuilder line = new StringBuilder();
    for (int c = 0; c < cells.size(); c++) {
      String cell = cells.get(c);
      String padding = " ".repeat(Math.max(0, widths[c] - cell.length()));
      boolean left = alignment.charAt(Math.min(c, alignment.length() - 1)) == 'l';
      line.append(c == 0 ? "" : "  ").append(left ? cell + padding : padding + cell);
    }
    return line.toString().stripTrailing();
  }

  /** A text from a log without what could move the cursor of a terminal. */
  static String oneLine(String text) {
    return text.replaceAll("\\p{Cntrl}", "?");
  }

  /** Four digits, or all of a whole number; a dash where it is undefined. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "-";
    }
    return value == Math.rint(value) && Math.abs(value) < 1e9
        ? String.valueOf((long) value)
        : String.format(Locale.ROOT, "%.4g", value);
  }

  /** Four decimals; a dash where it is undefined. */
  static String share(double value) {
    return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, "%.4f", value);
  }
}
