package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every way of working on rows must do, on any backend that has one. */
class BlockArithmeticTest {
  private static final int N = 23;
  private static final int D = 7;
  private static final int K = 4;

  private final Random random = new Random(5);
  private final int[] classes = random.ints(N + 3, 0, K).toArray();
  private final double[][] values = matrix(N, D);

  static Stream<Arguments> waysAndTypes() {
    return Stream.of(new HostArithmetic(), new ArrayArithmetic())
        .flatMap(
            way -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(way, type)));
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void classSumsLessAnOriginAreInFloat64(BlockArithmetic operations, DataType type) {
    INDArray rows = Nd4j.createFromArray(values).castTo(type);
    double[] expected = new double[K * D];
    double[] origins = random.doubles(K * D).toArray();
    for (int i = 0; i < N; i++) {
      for (int j = 0; j < D; j++) {
        expected[classes[i] * D + j] += rows.getDouble(i, j) - origins[classes[i] * D + j];
      }
    }
    assertArrayEquals(expected, operations.classSums(rows, classes, origins, K), 1e-14);
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void withoutAnOriginItIsZero(BlockArithmetic operations, DataType type) {
    INDArray rows = Nd4j.createFromArray(values).castTo(type);
    double[] expected = operations.classSums(rows, classes, new double[K * D], K);
    assertArrayEquals(expected, operations.classSums(rows, classes, null, K));
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void shiftSubtractsTheReferenceOfTheClass(BlockArithmetic operations, DataType type) {
    INDArray rows = Nd4j.createFromArray(values).castTo(type);
    INDArray reference = Nd4j.createFromArray(matrix(K, D)).castTo(type);
    INDArray expected = rows.dup();
    double[] squares = new double[N];
    for (int i = 0; i < N; i++) {
      expected.getRow(i).subi(reference.getRow(classes[i]));
      for (int j = 0; j < D; j++) {
        squares[i] += Math.pow(expected.getDouble(i, j), 2);
      }
    }
    double[] found = new double[N];
    operations.shift(rows, classes, elements(reference), found);
    assertEquals(expected, rows);
    assertArrayEquals(squares, found, 1e-13);
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void squaresMayBeLeftOut(BlockArithmetic operations, DataType type) {
    INDArray rows = Nd4j.createFromArray(values).castTo(type);
    INDArray reference = Nd4j.createFromArray(matrix(K, D)).castTo(type);
    INDArray expected = rows.dup();
    operations.shift(expected, classes, elements(reference), new double[N]);
    operations.shift(rows, classes, elements(reference), null);
    assertEquals(expected, rows);
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void aRowThatIsNotFiniteHasNoFiniteSquare(BlockArithmetic operations, DataType type) {
    INDArray rows = Nd4j.createFromArray(values).castTo(type);
    rows.putScalar(3, 2, Double.NaN);
    rows.putScalar(5, 0, Double.NEGATIVE_INFINITY);
    double[] squares = new double[N];
    operations.shift(rows, classes, new double[K * D], squares);
    assertFalse(Double.isFinite(squares[3]));
    assertFalse(Double.isFinite(squares[5]));
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void ofATermTheUpperTriangleIsAdded(BlockArithmetic operations, DataType type) {
    INDArray sum = Nd4j.createFromArray(matrix(D, D)).dup('f');
    INDArray term = Nd4j.createFromArray(matrix(D, D)).castTo(type).dup('f');
    double[] expected = upper(sum.add(term.castTo(DataType.DOUBLE)));
    operations.add(sum, term);
    assertArrayEquals(expected, upper(sum));
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void outerSquaresAreAddedToTheUpperTriangle(BlockArithmetic operations, DataType type) {
    INDArray sum = Nd4j.createFromArray(matrix(D, D)).dup('f');
    INDArray rows = Nd4j.createFromArray(values).castTo(type);
    INDArray expected = sum.dup();
    for (int i = 0; i < N; i++) {
      INDArray row = rows.getRow(i, true).castTo(DataType.DOUBLE);
      expected.addi(row.transpose().mmul(row));
    }
    operations.addOuterSquares(sum, rows);
    double tolerance = type == DataType.DOUBLE ? 1e-13 : 1e-5;
    assertArrayEquals(upper(expected), upper(sum), tolerance);
  }

  private static double[] upper(INDArray matrix) {
    return IntStream.range(0, D * D)
        .filter(i -> i / D <= i % D)
        .mapToDouble(i -> matrix.getDouble(i / D, i % D))
        .toArray();
  }

  private static double[] elements(INDArray array) {
    return Matrices.elements(array.castTo(DataType.DOUBLE));
  }

  private double[][] matrix(int rows, int columns) {
    double[][] matrix = new double[rows][columns];
    for (double[] row : matrix) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return matrix;
  }
}
