package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Centres at {@code (a, e)} and {@code (-a, -e)} of a plane, weights that differ along the first
 * axis: what is left of the centres without a multiple of them is e on the second.
 */
class CentresAlongWeightsTest {
  private static final int[] CLASSES = {0, 2};

  /** The rows that are undecided, of class 0, given as deviations from its mean. */
  private static int[] undecided(
      double a, double e, double weight, double mean, INDArray deviations) {
    INDArray features = Nd4j.createFromArray(new double[][] {{a + mean, e}, {-a + mean, -e}});
    INDArray weights = Nd4j.createFromArray(new double[][] {{weight, 0}, {9, 9}, {-weight, 0}});
    weights.addiRowVector(Nd4j.createFromArray(7 * weight, 3 * weight));
    int n = deviations.rows();
    double[] squares = new double[n];
    for (int i = 0; i < n; i++) {
      squares[i] = Math.pow(deviations.getRow(i).norm2Number().doubleValue(), 2);
    }
    try (ClassStatisticsAccumulator gathered = ClassStatisticsAccumulator.forClasses(3)) {
      gathered.observe(features, CLASSES);
      ClassStatistics statistics = gathered.snapshot();
      INDArray means = Matrices.of(statistics.meanElements(0), 2);
      means.getColumn(0).subi(mean);
      double half = -(a * a + e * e) / 2;
      double[] offsets = {half, Double.NEGATIVE_INFINITY, half};
      CentresAlongWeights along =
          CentresAlongWeights.of(
              statistics, Classifier.of(weights, null), ClassScores.of(means, means, offsets));
      INDArray logits = deviations.mmul(weights.transpose()).castTo(DataType.FLOAT).dup('c');
      return along.undecided(IntStream.range(0, n).toArray(), logits, new int[n], squares);
    }
  }

  /**
   * Rows go along the first axis, where products with weights tell all, and along the second, where
   * the bound is as far as rows can be; the middle of the way is where the score of both centres is
   * the same. What all weights share changes nothing, nor do those of the class without examples.
   */
  @ParameterizedTest
  @CsvSource({"0.99, 0", "1.01, 1", "0.99999, 1"})
  void rowsAreUndecidedFromTheMiddleOfTheWayOn(double share, int expected) {
    double a = 3;
    double e = 2;
    double alongSecond = -(a * a + e * e) / e;
    INDArray first = Nd4j.createFromArray(new double[][] {{-share * a, 0}});
    INDArray second = Nd4j.createFromArray(new double[][] {{0, share * alongSecond}});
    assertEquals(expected, undecided(a, 0, 0.2, 0, first).length);
    assertEquals(expected, undecided(a, 0, -0.2, 0, first).length);
    assertEquals(expected, undecided(a, e, 0.2, 50, second).length);
    assertEquals(expected, undecided(a, e, -0.2, 50, second).length);
  }

  @Test
  void rowsThatAreNotFiniteAreUndecided() {
    INDArray rows =
        Nd4j.createFromArray(
            new double[][] {{0.1, 0.1}, {Double.NaN, 0}, {0, 0}, {Double.POSITIVE_INFINITY, 0}});
    assertArrayEquals(new int[] {1, 3}, undecided(3, 2, 0.2, 0, rows));
  }

  /** Products that float32 cannot hold tell nothing, though the row is next to its own centre. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1e30})
  void rowsWhoseProductsAreOutOfRangeAreUndecided(double weight) {
    INDArray row = Nd4j.createFromArray(new double[][] {{0.1, 0.1}});
    assertEquals(1, undecided(3, 2, weight, 0, row).length);
    assertEquals(0, undecided(3, 2, 0.2, 0, row).length);
  }
}
