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

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-2, 1e-4, 1e-6})
  void anInverseWhereThereIsOne(double least) {
    double[] a = {1, 2, 3, 4, 5, least};
    assertEquals(expected(a), trace(a), 1e-9 * expected(a));
  }

  @Test
  void anInverseOfAnOddNumberOfFeatures() {
    double[] a = {1, 2, 3, 4, 5};
    assertEquals(expected(a), trace(a), 1e-12 * expected(a));
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

  /** S_B is {@code 2 v v^T + u u^T l}, v and u between the axes. */
  @ParameterizedTest
  @ValueSource(doubles = {1, 1e-6})
  void ofTheDiagonalAloneItIsAnotherWhereDirectionsLieBetweenTheAxes(double least) {
    double half = Math.sqrt(0.5);
    double[][] rows = {
      {2 * half, 2 * half},
      {-2 * half, -2 * half},
      {least * half, -least * half},
      {-least * half, least * half}
    };
    INDArray within = Nd4j.createFromArray(new double[][] {{1, 0.5}, {0.5, 2}});
    PseudoInverse.Trace trace = PseudoInverse.trace(within, Nd4j.createFromArray(rows), 2);
    double inverse = 2 / (least * least);
    double tolerance = least == 1 ? 1e-13 : 1e-3;
    assertEquals(1 + inverse, trace.value(), tolerance * inverse);
    assertEquals(0.75 + 1.5 * inverse, trace.ofDiagonal(), tolerance * inverse);
  }

  @Test
  void ofFewerClassesThanFeaturesOnlyTheSpanOfTheMeansCounts() {
    double half = Math.sqrt(0.5);
    double[][] two = {{2 * half, 2 * half, 0}, {-2 * half, -2 * half, 0}};
    double[][] elements = {{1, 0.5, 0.5}, {0.5, 2, 0.5}, {0.5, 0.5, 3}};
    INDArray within = Nd4j.createFromArray(elements);
    PseudoInverse.Trace trace = PseudoInverse.trace(within, Nd4j.createFromArray(two), 3);
    assertEquals(0.5, trace.value(), 1e-14);
    assertEquals(0.375, trace.ofDiagonal(), 1e-14);

    double[][] three = {{3, 0, 0}, {-3, 0, 0}, {0, 0, 0}};
    assertEquals(
        1.0 / 6, PseudoInverse.trace(within, Nd4j.createFromArray(three), 3).value(), 1e-14);
    double[][] none = new double[3][3];
    assertEquals(Double.NaN, PseudoInverse.trace(within, Nd4j.createFromArray(none), 3).value());
  }

  private static double trace(double[] a) {
    int d = a.length;
    INDArray centred = Nd4j.zeros(DataType.DOUBLE, 2L * d, d);
    for (int j = 0; j < d; j++) {
      int row = 2 * j;
      centred.putScalar(row, j, a[j]);
      centred.putScalar(row + 1, j, -a[j]);
    }
    return PseudoInverse.trace(within(d), centred, d).value();
  }

  /** Positive definite, and not diagonal: {@code 1 + j} on the diagonal, 1/2 beside it. */
  private static INDArray within(int d) {
    INDArray within = Nd4j.zeros(DataType.DOUBLE, d, d).addi(0.5);
    for (int j = 0; j < d; j++) {
      within.putScalar(j, j, 1 + j);
    }
    return within;
  }

  private static double expected(double[] a) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] == 0 ? 0 : (1 + j) / (a[j] * a[j] / a.length);
    }
    return sum;
  }
}
