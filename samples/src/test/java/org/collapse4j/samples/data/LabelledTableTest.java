package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LabelledTableTest {
  private static final HeldOutSplit HALF = new HeldOutSplit(0.5, 1);

  /** Of a mean or deviation of a column of float32. */
  private static final double FLOAT32 = 1e-5;

  @TempDir private Path folder;
  private Path file;

  @BeforeEach
  void name() {
    file = folder.resolve("t.csv");
  }

  private ImageData read(String... lines) throws IOException {
    Files.writeString(file, String.join("\n", lines) + "\n");
    return LabelledTable.read(file, "kind", List.of(), HALF);
  }

  private String refusal(String... lines) {
    String message = assertThrows(IllegalArgumentException.class, () -> read(lines)).getMessage();
    assertEquals(1, message.lines().count(), message);
    return message.replace(folder.toString() + "/", "");
  }

  @Test
  void numbersAreScaledAndCategoriesAreOneHot() throws IOException {
    ImageData rows =
        read(
            "length,colour,kind",
            "1,red,b",
            "2,blue,a",
            "30,red,a",
            "4.5e1,\"blue, dark\",b",
            "-7,,a",
            "8,red,b");
    assertEquals(List.of("a", "b"), rows.classNames());
    assertEquals(5, rows.numPixels());
    assertEquals(2, rows.train().numExamples());
    assertEquals(4, rows.heldOut().numExamples());
    INDArray train = rows.train().getFeatures();
    assertEquals(0, train.getColumn(0).meanNumber().doubleValue(), FLOAT32);
    assertEquals(1, train.getColumn(0).stdNumber(false).doubleValue(), FLOAT32);
    List<String> categories = List.of("red", "blue", "blue, dark", "");
    for (int i = 0; i < 2; i++) {
      String colour = rows.sources().cells().get(i).get(1);
      double[] oneHot = new double[4];
      oneHot[categories.indexOf(colour)] = 1;
      assertArrayEquals(
          oneHot, Arrays.copyOfRange(train.getRow(i).toDoubleVector(), 1, 5), FLOAT32);
    }
    assertEquals(List.of("length", "colour"), rows.sources().columns());
    assertTrue(rows.name().matches("t\\.csv-[0-9a-f]{8}"), rows.name());
  }

  @Test
  void aRowIsCalledByItsNumberInTheFile() throws IOException {
    ImageData rows = read("x,kind", "1,a", "", "\"3\",b", "4,a", "5,b");
    for (int i = 0; i < rows.train().numExamples(); i++) {
      String number = rows.sources().names().get(i);
      String x = rows.sources().cells().get(i).get(0);
      assertEquals(String.valueOf(List.of("1", "", "3", "4", "5").indexOf(x) + 2), number);
    }
  }

  @Test
  void heldOutRowsDoNotTakePartInScaling() throws IOException {
    String rows =
        IntStream.range(0, 40)
            .mapToObj(i -> i * i + "," + (i % 2 == 0 ? "a" : "b"))
            .collect(Collectors.joining("\n"));
    ImageData data = read("x,kind", rows);
    assertEquals(0, data.train().getFeatures().meanNumber().doubleValue(), FLOAT32);
    assertTrue(Math.abs(data.heldOut().getFeatures().meanNumber().doubleValue()) > 0.01);
  }

  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t"})
  void cellsAreSeparatedAsTheHeaderIs(String delimiter) throws IOException {
    Files.writeString(
        file,
        "\ufeffx,kind,text\r\n1,a,é\r\n2,a,u\r\n3,b,\"w\"\r\n4,b,w".replace(",", delimiter),
        StandardCharsets.UTF_8);
    ImageData rows = LabelledTable.read(file, "kind", List.of("x"), HALF);
    assertEquals(3, rows.numPixels());
    assertEquals(List.of("text"), rows.sources().columns());
  }

  @Test
  void classesThatAreNumbersAreInTheirOrder() throws IOException {
    ImageData rows = read("kind,x", "10,1", "9,2", "10,3", "9,4", "2,1");
    assertEquals(List.of("2", "9", "10"), rows.classNames());
  }

  @Test
  void hugeAndConstantNumbersStayFinite() throws IOException {
    ImageData rows =
        read("x,y,kind", "1e308,0.1,a", "-1e308,0.1,a", "1e300,0.1,b", "2,0.1,b", "3,0.1,a");
    assertTrue(
        rows.train()
                .getFeatures()
                .isNaN()
                .castTo(rows.train().getFeatures().dataType())
                .sumNumber()
                .doubleValue()
            == 0);
    assertEquals(0, rows.train().getFeatures().getColumn(1).amaxNumber().doubleValue());
  }

  @Test
  void aWrongCellIsSaidWithFileRowAndColumn() {
    assertEquals(
        "t.csv, row 3, column x must be a number, as others of this column are, but is empty",
        refusal("x,kind", "1,a", ",b", "3,a"));
    assertEquals(
        "t.csv, row 4, column x must be a number, as others of this column are, not \"NaN\"",
        refusal("x,kind", "1,a", "2,b", "NaN,a"));
    assertEquals(
        "t.csv, row 2, column x must be a number, as others of this column are, not \"?[1m\"",
        refusal("x,kind", "\u001b[1m,a", "2,b", "5,a"));
    assertEquals(
        "t.csv, row 3, column kind must be a class, but is empty",
        refusal("x,kind", "1,a", "2,", "3,b"));
    assertEquals(
        "t.csv, row 3 must have a cell in each of the 2 columns, but has 3",
        refusal("x,kind", "1,a", "2,b,c"));
    assertEquals(
        "t.csv, row 1 must name columns once, but has two of \"x\"", refusal("x,x,kind", "1,1,a"));
    assertEquals("t.csv has no column \"kind\" but x, sort", refusal("x,sort", "1,a", "2,b"));
    assertEquals(
        "t.csv, column kind must have at least two classes, not 1",
        refusal("x,kind", "1,a", "2,a"));
    assertEquals(
        "t.csv must have two examples of a class, one of which can be held out",
        refusal("x,kind", "1,a", "2,b"));
    assertEquals(
        "t.csv, column x is empty in all rows: leave it out with --ignore",
        refusal("x,kind", ",a", ",b", ",a"));
    assertEquals("t.csv must have a header and rows, but has no row", refusal("x,kind"));
    assertEquals(
        "t.csv must have a column beside that of the label, but has kind",
        refusal("kind", "a", "b"));
    assertTrue(
        refusal("x,kind", "1,a", "\"2\"3,b", "4,a").startsWith("t.csv, row 3 is no row of CSV: "));
    assertTrue(
        refusal("x,kind", "1,a", "\"2,b", "4,a").startsWith("t.csv, row 3 is no row of CSV: "));
  }

  @Test
  void whatIsNoTableIsRefused() throws IOException {
    assertThrows(
        FileNotFoundException.class, () -> LabelledTable.read(file, "kind", List.of(), HALF));
    Files.write(file, new byte[] {'x', ',', 'k', '\n', (byte) 0xff, (byte) 0xfe, '\n'});
    assertEquals(
        file + " is no text in UTF-8",
        assertThrows(
                IllegalArgumentException.class,
                () -> LabelledTable.read(file, "k", List.of(), HALF))
            .getMessage());
  }

  @Test
  void aTextOfEachRowIsNoCategory() {
    String rows =
        IntStream.range(0, 60)
            .mapToObj(i -> "name " + i + "," + (i % 2 == 0 ? "a" : "b"))
            .collect(Collectors.joining("\n"));
    assertEquals(
        "t.csv, column x has 60 different texts in 60 rows, which are no categories: leave it out"
            + " with --ignore",
        refusal("x,kind", rows));
  }
}
