package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What every way of finding the best class of a row must do. */
class ClassScoresTest {
  private static final int N = 40;
  private static final int K = 5;
  private static final BiFunction<INDArray, double[], ClassScores> HOST =
      ClassScores.HostScores::new;
  private static final BiFunction<INDArray, double[], ClassScores> WHOLE =
      ClassScores.WholeArrayScores::new;

  private final Random random = new Random(6);
  private final int[] classes = random.ints(N, 0, K).toArray();
  private final double[][] table = matrix(K, K);
  private final double[] offsets = random.doubles(K).toArray();
  private final double[][] products = matrix(N, K);

  static Stream<Arguments> waysAndTypes() {
    return Stream.of(HOST, WHOLE)
        .flatMap(
            way -> Stream.of(DataType.FLOAT, DataType.DOUBLE).map(type -> Arguments.of(way, type)));
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void theBestClassAndItsSoftmax(BiFunction<INDArray, double[], ClassScores> way, DataType type) {
    INDArray rows = Nd4j.createFromArray(products).castTo(type);
    int[] expected = new int[N];
    double[] softmax = new double[N];
    for (int i = 0; i < N; i++) {
      double[] scores = new double[K];
      double sum = 0;
      for (int c = 0; c < K; c++) {
        scores[c] = rows.getDouble(i, c) + table[classes[i]][c] + offsets[c];
        sum += Math.exp(scores[c]);
        expected[i] = scores[c] > scores[expected[i]] ? c : expected[i];
      }
      softmax[i] = Math.exp(scores[expected[i]]) / sum;
    }
    double[] confidence = new double[N];
    ClassScores scores = way.apply(Nd4j.createFromArray(table), offsets);
    assertArrayEquals(expected, scores.best(rows, classes, confidence));
    assertArrayEquals(softmax, confidence, 1e-14);
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void theFirstOfEqualScores(BiFunction<INDArray, double[], ClassScores> way, DataType type) {
    ClassScores scores = way.apply(Nd4j.zeros(DataType.DOUBLE, K, K), new double[K]);
    INDArray rows = Nd4j.createFromArray(new double[][] {{-1, 2, 2, 0, 2}}).castTo(type);
    assertArrayEquals(new int[] {1}, scores.best(rows, new int[] {3}, null));
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void noneIfNoScoreIsFinite(BiFunction<INDArray, double[], ClassScores> way, DataType type) {
    double nan = Double.NaN;
    double infinite = Double.POSITIVE_INFINITY;
    ClassScores scores = way.apply(Nd4j.zeros(DataType.DOUBLE, K, K), new double[K]);
    INDArray rows =
        Nd4j.createFromArray(
                new double[][] {
                  {nan, nan, nan, nan, nan},
                  {-infinite, infinite, nan, infinite, -infinite},
                  {-infinite, -infinite, -infinite, -infinite, -infinite},
                  {1, 2, 0, 0, 0}
                })
            .castTo(type);
    int[] best = scores.best(rows, new int[4], null);
    assertArrayEquals(new int[] {ClassScores.NONE, ClassScores.NONE, ClassScores.NONE, 1}, best);
  }

  @ParameterizedTest
  @MethodSource("waysAndTypes")
  void aScoreFarBelowTheLargestCountsForNothing(
      BiFunction<INDArray, double[], ClassScores> way, DataType type) {
    ClassScores scores = way.apply(Nd4j.zeros(DataType.DOUBLE, K, K), new double[K]);
    INDArray rows = Nd4j.createFromArray(new double[][] {{0, 500, 0, -1e30, 0}}).castTo(type);
    double[] confidence = new double[1];
    scores.best(rows, new int[1], confidence);
    assertEquals(1, confidence[0]);
  }

  /**
   * Of many classes float32 tells first where to look: {@code spread} is that of the scores, of
   * which those 37 below the largest do not count, and {@code offset} where float32 has no digits
   * left for what does.
   */
  @ParameterizedTest
  @CsvSource({"0.1, 0", "10, 0", "300, 0", "1e5, 0", "10, 1e4", "10, 1e9", "1e-3, -1e12"})
  void ofManyClassesTheSameIsFoundAsInFloat64(double spread, double offset) {
    int k = 300;
    INDArray rows = Nd4j.createFromArray(matrix(N, k)).muli(spread).castTo(DataType.FLOAT);
    double[][] table = matrix(2, k);
    for (int c = 0; c < k; c++) {
      table[0][c] += offset;
      table[1][c] = c % 3 == 0 ? Double.NEGATIVE_INFINITY : spread * table[1][c];
    }
    rows.putScalar(0, 71, Double.NaN);
    rows.putScalar(1, 71, Double.POSITIVE_INFINITY);
    rows.putScalar(2, 299, 1e6 * spread);
    int[] ofRows = random.ints(N, 0, 2).toArray();
    ClassScores scores = HOST.apply(Nd4j.createFromArray(table), new double[k]);
    double[] confidence = new double[N];
    double[] expected = new double[N];
    int[] best = scores.best(rows.castTo(DataType.DOUBLE), ofRows, expected);
    assertArrayEquals(best, scores.best(rows, ofRows, confidence));
    assertArrayEquals(expected, confidence, 1e-14);
    assertTrue(Double.isNaN(expected[0]) && Double.isNaN(expected[1]) && best[2] == 299);
  }

  /**
   * Of 10^10 float32 has every 1024th number only, and 500 is nearer to 0, 520 to 1024; also where
   * the sums are small again.
   */
  @ParameterizedTest
  @ValueSource(doubles = {0, -1e10})
  void whatFloat32RoundsApartIsLookedAtTogether(double product) {
    double[][] table = new double[1][300];
    table[0][7] = 1e10 + 500;
    table[0][290] = 1e10 + 520;
    INDArray rows = Nd4j.zeros(DataType.FLOAT, 1, 300);
    rows.putScalar(0, 7, product);
    rows.putScalar(0, 290, product);
    double[] confidence = new double[1];
    ClassScores scores = HOST.apply(Nd4j.createFromArray(table), new double[300]);
    int[] best = scores.best(rows, new int[1], confidence);
    assertArrayEquals(new int[] {290}, best);
    assertEquals(1 / (1 + Math.exp(-20)), confidence[0], 1e-14);
  }

  @Test
  void partsThatAreFarBelowTheLargestAreLeftOut() {
    INDArray rows = Nd4j.zeros(DataType.FLOAT, 1, 300);
    rows.putScalar(0, 130, 100);
    rows.putScalar(0, 255, 62);
    rows.putScalar(0, 256, 63);
    double[] table = new double[300];
    table[256] = 1;
    ScoreBlocks blocks = ScoreBlocks.of(table, 300);
    try (HostMatrix scores = HostMatrix.of(rows)) {
      assertEquals(2, blocks.read(scores, 0, 0));
      assertEquals(128, blocks.firstOf(0));
      assertEquals(192, blocks.lastOf(0));
      assertEquals(256, blocks.firstOf(1));
      assertEquals(300, blocks.lastOf(1));
      assertEquals(63, scores.value(256));
    }
  }

  @Test
  void theBestOfTheOtherClassesInTheTable() {
    INDArray scores = Nd4j.createFromArray(new double[][] {{9, 1, 2}, {-4, 9, -3}, {7, 5, 0}});
    double[] offsets = {0, 10, 0};
    assertArrayEquals(
        new double[] {11, -3, 15}, new ClassScores.HostScores(scores, offsets).bestOfOthers());
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
