package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HalfOfFeaturesTest {
  private static final int K = 70;
  private static final int D = 141;

  /** Scores whose table is at hand, or is not. */
  private record Scores(boolean isAtHand) implements ClassScores {
    @Override
    public double[] table() {
      return isAtHand ? new double[1] : null;
    }

    @Override
    public int[] best(INDArray products, int[] classes, double[] confidence) {
      throw new UnsupportedOperationException();
    }
  }

  /** With fewer features it costs as much, of more classes the tables take too much memory. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT, 2048, 128, true, true",
    "FLOAT, 70, 500, true, true",
    "FLOAT, 2049, 128, true, false",
    "FLOAT, 2048, 127, true, false",
    "DOUBLE, 70, 500, true, false",
    "FLOAT, 70, 500, false, false"
  })
  void whereTheyAreEnoughToBeWorthWhile(
      DataType type, int classes, int dimension, boolean isAtHand, boolean expected) {
    INDArray centres = Nd4j.zeros(type, classes, dimension);
    assertEquals(expected, HalfOfFeatures.isWorthWhile(centres, new Scores(isAtHand)));
  }

  /**
   * Of each class a row before the middle of the way to the next centre, one as close to it as
   * float32 does not tell, and one behind it. On this way the inequality of Cauchy and Schwarz is
   * an equality.
   */
  @Test
  void rowsAreUndecidedFromTheMiddleOfTheWayToTheNextCentreOn() {
    double[][] centres = centresOfManyScales();
    INDArray rows = Nd4j.create(DataType.FLOAT, 3 * K + 1, D);
    int[] classes = IntStream.rangeClosed(0, 3 * K).map(i -> i / 3 % K).toArray();
    double[] squares = new double[3 * K + 1];
    for (int i = 0; i < 3 * K; i++) {
      double[] own = centres[classes[i]];
      double[] next = centres[next(centres, classes[i])];
      double share = new double[] {0.499, 0.499997, 0.501}[i % 3];
      for (int j = 0; j < D; j++) {
        rows.putScalar(i, j, share * (next[j] - own[j]));
        squares[i] += Math.pow(rows.getDouble(i, j), 2);
      }
    }
    rows.putScalar(3 * K, 5, Float.NaN);
    squares[3 * K] = Double.NaN;
    int[] expected = IntStream.rangeClosed(0, 3 * K).filter(i -> i % 3 > 0 || i == 3 * K).toArray();
    assertArrayEquals(expected, undecided(centres, rows, classes, squares));
  }

  /** Squares that float32 cannot hold tell nothing, though the rows are nearest to their own. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-25, 1e25})
  void rowsWhoseProductsAreOutOfRangeAreUndecided(double scale) {
    double[][] centres = centresOfManyScales();
    INDArray rows = Nd4j.valueArrayOf(new long[] {K, D}, 1e-3 * scale, DataType.FLOAT);
    double[] squares = DoubleStream.generate(() -> D * 1e-6 * scale * scale).limit(K).toArray();
    int[] classes = IntStream.range(0, K).toArray();
    for (double[] centre : centres) {
      Arrays.setAll(centre, j -> centre[j] * scale);
    }
    assertArrayEquals(classes, undecided(centres, rows, classes, squares));
  }

  private static double[][] centresOfManyScales() {
    Random random = new Random(8);
    double[][] centres = new double[K][D];
    for (int c = 0; c < K; c++) {
      double scale = 1 + c / 20.0;
      Arrays.setAll(centres[c], j -> (float) (scale * random.nextGaussian()));
    }
    return centres;
  }

  private static int next(double[][] centres, int y) {
    return IntStream.range(0, K)
        .filter(c -> c != y)
        .boxed()
        .min(Comparator.comparingDouble(c -> squaredDistance(centres[c], centres[y])))
        .orElseThrow();
  }

  private static double squaredDistance(double[] a, double[] b) {
    return IntStream.range(0, D).mapToDouble(j -> (a[j] - b[j]) * (a[j] - b[j])).sum();
  }

  private static int[] undecided(
      double[][] centres, INDArray rows, int[] classes, double[] squares) {
    INDArray wide = Nd4j.createFromArray(centres);
    double[] halfNorms =
        Arrays.stream(centres).mapToDouble(c -> -squaredDistance(c, new double[D]) / 2).toArray();
    ClassScores scores = ClassScores.of(wide, wide, halfNorms);
    try (RowProducts products = new RowProducts();
        HalfOfFeatures half = HalfOfFeatures.of(wide.castTo(DataType.FLOAT), scores)) {
      return half.undecided(rows, classes, squares, products);
    }
  }
}
