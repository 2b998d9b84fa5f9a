package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows {@code +a_j e_j} and {@code -a_j e_j}, so that S_B is diagonal with {@code 2 a_j^2 / K}, and
 * the trace of the within-class covariance times its inverse is known.
 */
class PseudoInverseTest {
  private static final int D = 6;
  private static final int K = 2 * D;

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-2, 1e-4, 1e-6})
  void anInverseWhereThereIsOne(double least) {
    double[] a = {1, 2, 3, 4, 5, least};
    assertEquals(expected(a), trace(a), 1e-9 * expected(a));
  }

  @Test
  void aDirectionWithoutAnyMeanDoesNotCount() {
    double[] a = {1, 2, 3, 0, 5, 6};
    assertEquals(expected(a), trace(a), 1e-12 * expected(a));
  }

  @Test
  void theScaleOfTheMeansDoesNotMatter() {
    double[] large = {1e8, 2e8, 3e8, 4e8, 5e8, 6e8};
    double[] small = {1e-8, 2e-8, 3e-8, 4e-8, 5e-8, 6e-8};
    assertEquals(expected(large), trace(large), 1e-12 * expected(large));
    assertEquals(expected(small), trace(small), 1e-12 * expected(small));
  }

  @Test
  void undefinedIfAllMeansAreEqual() {
    assertEquals(Double.NaN, trace(new double[D]));
  }

  private static double trace(double[] a) {
    INDArray centred = Nd4j.zeros(DataType.DOUBLE, K, D);
    for (int j = 0; j < D; j++) {
      int row = 2 * j;
      centred.putScalar(row, j, a[j]);
      centred.putScalar(row + 1, j, -a[j]);
    }
    return PseudoInverse.trace(within(), centred, centred.columns()).value();
  }

  /** Positive definite, and not diagonal: {@code 1 + j} on the diagonal, 1/2 beside it. */
  private static INDArray within() {
    INDArray within = Nd4j.zeros(DataType.DOUBLE, D, D).addi(0.5);
    for (int j = 0; j < D; j++) {
      within.putScalar(j, j, 1 + j);
    }
    return within;
  }

  private static double expected(double[] a) {
    double sum = 0;
    for (int j = 0; j < D; j++) {
      sum += a[j] == 0 ? 0 : (1 + j) / (2 * a[j] * a[j] / K);
    }
    return sum;
  }
}
