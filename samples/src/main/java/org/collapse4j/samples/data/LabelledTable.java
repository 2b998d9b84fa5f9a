package org.collapse4j.samples.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.IntToDoubleFunction;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of a CSV file of numbers and categories, one column of which is their class. A column most
 * of whose cells are numbers is one of numbers, which are scaled to mean 0 and standard deviation 1
 * over the training rows; in any other each text is a category, and the empty one too, which get a
 * feature each that is 1 in their rows and 0 in others.
 */
public final class LabelledTable {
  /** More are no categories but a text of each row. */
  private static final int MOST_CATEGORIES = 1000;

  private static final int FEW_CATEGORIES = 50;

  private static final Pattern NUMBER =
      Pattern.compile("[+-]?(\\d+\\.?\\d*|\\.\\d+)([eE][+-]?\\d{1,4})?");

  private final CsvTable table;
  private final int labelColumn;
  private final List<Integer> columns;

  private LabelledTable(CsvTable table, int labelColumn, List<Integer> columns) {
    this.table = table;
    this.labelColumn = labelColumn;
    this.columns = columns;
  }

  /**
   * Reads a file. Classes are the texts of the label's column, in the order of numbers if all are
   * whole numbers, else in that of texts. A row is called by its number, the header being row 1.
   *
   * @param file in UTF-8 with a header, its cells separated by commas, semicolons or tabs
   * @param label the column of the classes
   * @param ignored columns that are left out
   * @param split which rows are held out
   * @throws java.io.FileNotFoundException if there is no such file
   * @throws IllegalArgumentException if the table does not fit; the message has file, row and
   *     column
   */
  public static ImageData read(Path file, String label, List<String> ignored, HeldOutSplit split)
      throws IOException {
    CsvTable table = CsvTable.read(file);
    int labelColumn = table.column(label);
    List<Integer> leftOut = new ArrayList<>(List.of(labelColumn));
    ignored.forEach(name -> leftOut.add(table.column(name)));
    List<Integer> columns =
        IntStream.range(0, table.header().size())
            .boxed()
            .filter(column -> !leftOut.contains(column))
            .toList();
    if (columns.isEmpty()) {
      throw new IllegalArgumentException(
          file + " must have a column beside that of the label, but has " + table.shownHeader());
    }
    return new LabelledTable(table, labelColumn, columns).rows(split);
  }

  private ImageData rows(HeldOutSplit split) {
    List<String> classNames = classNames();
    int[] classes =
        table.rows().stream()
            .mapToInt(row -> classNames.indexOf(row.cells().get(labelColumn)))
            .toArray();
    HeldOutSplit.Parts parts = split.of(classes, table.file().toString());
    List<IntToDoubleFunction> features = new ArrayList<>();
    columns.forEach(column -> addFeatures(features, column, parts.train()));
    ImageData rows =
        new ImageData(
            table.file().getFileName().toString(),
            dataSet(parts.train(), classes, classNames.size(), features),
            dataSet(parts.heldOut(), classes, classNames.size(), features),
            1,
            1,
            features.size(),
            classNames,
            sources().of(parts.train()));
    return rows.named(rows.name() + "-" + rows.checksum());
  }

  private List<String> classNames() {
    TreeSet<String> names = new TreeSet<>();
    for (CsvTable.Row row : table.rows()) {
      String name = row.cells().get(labelColumn);
      if (name.isEmpty()) {
        throw table.wrong(row, labelColumn, "must be a class, but is empty");
      }
      names.add(name);
      if (names.size() > MOST_CATEGORIES) {
        throw table.wrong(
            row, labelColumn, "is the " + names.size() + "th class, of at most " + MOST_CATEGORIES);
      }
    }
    if (names.size() < 2) {
      throw new IllegalArgumentException(
          "%s, column %s must have at least two classes, not %s"
              .formatted(table.file(), table.shownColumn(labelColumn), names.size()));
    }
    if (names.stream().allMatch(name -> name.matches("\\d{1,9}"))) {
      return names.stream().sorted(Comparator.comparingInt(Integer::parseInt)).toList();
    }
    return List.copyOf(names);
  }

  private ExampleSources sources() {
    List<String> names = table.rows().stream().map(row -> String.valueOf(row.number())).toList();
    List<List<String>> cells =
        table.rows().stream()
            .map(row -> columns.stream().map(column -> row.cells().get(column)).toList())
            .toList();
    return ExampleSources.rows(names, columns.stream().map(table.header()::get).toList(), cells);
  }

  private void addFeatures(List<IntToDoubleFunction> features, int column, int[] train) {
    List<String> cells = table.rows().stream().map(row -> row.cells().get(column)).toList();
    long filled = cells.stream().filter(cell -> !cell.isEmpty()).count();
    long numbers = cells.stream().filter(LabelledTable::isNumber).count();
    if (filled == 0) {
      throw new IllegalArgumentException(
          "%s, column %s is empty in all rows: leave it out with --ignore"
              .formatted(table.file(), table.shownColumn(column)));
    }
    if (2 * numbers > filled) {
      features.add(scaled(numbers(column), train));
    } else {
      addCategories(features, column, cells);
    }
  }

  private static boolean isNumber(String cell) {
    return NUMBER.matcher(cell).matches() && Double.isFinite(Double.parseDouble(cell));
  }

  private double[] numbers(int column) {
    double[] numbers = new double[table.rows().size()];
    for (int i = 0; i < numbers.length; i++) {
      CsvTable.Row row = table.rows().get(i);
      String cell = row.cells().get(column);
      if (!isNumber(cell)) {
        throw table.wrong(
            row,
            column,
            "must be a number, as others of this column are, "
                + (cell.isEmpty() ? "but is empty" : "not \"" + Texts.shown(cell) + "\""));
      }
      numbers[i] = Double.parseDouble(cell);
    }
    return numbers;
  }

  /** The largest is taken for one first, so that no square is beyond what a double can be. */
  private static IntToDoubleFunction scaled(double[] numbers, int[] train) {
    double largest = Arrays.stream(numbers).map(Math::abs).max().orElse(0);
    double unit = largest == 0 ? 1 : largest;
    double mean = Arrays.stream(train).mapToDouble(i -> numbers[i] / unit).average().orElse(0);
    double variance =
        Arrays.stream(train)
            .mapToDouble(i -> Math.pow(numbers[i] / unit - mean, 2))
            .average()
            .orElse(0);
    double deviation = Math.sqrt(variance);
    // What does not vary tells nothing, and rounding would make it vary.
    return deviation <= 1e-12 ? row -> 0 : row -> (numbers[row] / unit - mean) / deviation;
  }

  private void addCategories(List<IntToDoubleFunction> features, int column, List<String> cells) {
    Map<String, Integer> categories = new TreeMap<>();
    cells.forEach(cell -> categories.putIfAbsent(cell, categories.size()));
    int count = categories.size();
    if (count > MOST_CATEGORIES || (count > FEW_CATEGORIES && 2 * count > cells.size())) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "%s, column %s has %,d different texts in %,d rows, which are no categories: leave"
                  + " it out with --ignore",
              table.file(),
              table.shownColumn(column),
              count,
              cells.size()));
    }
    int[] codes = cells.stream().mapToInt(categories::get).toArray();
    categories.values().forEach(code -> features.add(row -> codes[row] == code ? 1 : 0));
  }

  private static DataSet dataSet(
      int[] rows, int[] classes, int numClasses, List<IntToDoubleFunction> features) {
    INDArray numbers = Nd4j.createUninitialized(DataType.FLOAT, rows.length, features.size());
    INDArray oneHot = Nd4j.zeros(DataType.FLOAT, rows.length, numClasses);
    for (int i = 0; i < rows.length; i++) {
      float[] row = new float[features.size()];
      for (int f = 0; f < row.length; f++) {
        row[f] = (float) features.get(f).applyAsDouble(rows[i]);
      }
      numbers.putRow(i, Nd4j.createFromArray(row));
      oneHot.putScalar(i, classes[rows[i]], 1);
    }
    return new DataSet(numbers, oneHot);
  }
}
