package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class FrameTest {
  private static double[][] rows(int k) {
    Random random = new Random(k);
    double[][] rows = new double[k][5];
    for (double[] row : rows) {
      row[0] = random.nextGaussian();
      row[4] = random.nextGaussian();
    }
    return rows;
  }

  private static double[][] all(Products products) {
    double[][] all = new double[products.size()][];
    products.scan((a, row) -> all[a] = row.clone());
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 301})
  void theGramMatrixHasTheDotProductsOfAllPairs(int k) {
    double[][] rows = rows(k);
    double[][] gram = all(Frame.of(Nd4j.createFromArray(rows)).gram());
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < k; b++) {
        double expected = rows[a][0] * rows[b][0] + rows[a][4] * rows[b][4];
        assertEquals(expected, gram[a][b], 1e-14 * (1 + Math.abs(expected)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 20, 50})
  void inTilesTheyAreTheSameHoweverOftenScanned(int tile) {
    INDArray left = Nd4j.createFromArray(rows(20));
    INDArray right =
        Nd4j.createFromArray(rows(21)).get(NDArrayIndex.interval(0, 20), NDArrayIndex.all()).dup();
    for (INDArray other : new INDArray[] {left, right}) {
      double[][] whole = all(Products.of(left, other));
      Products tiled = Products.of(left, other, tile);
      for (int time = 0; time < 2; time++) {
        double[][] found = all(tiled);
        for (int a = 0; a < whole.length; a++) {
          assertArrayEquals(whole[a], found[a], 1e-14);
        }
      }
    }
  }

  @Test
  void theDistanceFromASimplexIsZeroAtOne() {
    double[][] simplex = new double[4][4];
    for (int a = 0; a < 4; a++) {
      for (int b = 0; b < 4; b++) {
        simplex[a][b] = (a == b ? 1 : 0) - 0.25;
      }
    }
    Products gram = Frame.of(Nd4j.createFromArray(simplex)).gram();
    Deviation size = Deviation.fromZero();
    gram.scan(size);
    Deviation fromSimplex = Deviation.fromSimplex(4, size);
    gram.scan(fromSimplex);
    assertEquals(0, fromSimplex.distance(), 1e-15);
  }

  private static double squaredDistance(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += (a[j] - b[j]) * (a[j] - b[j]);
    }
    return sum;
  }

  @Test
  void distancesOfRowsThatAreCloseDoNotCancel() {
    double[][] rows = {{3, 0, 0}, {3, 3e-9, 0}, {3, 0.09, 0}, {-1, 2, 5}};
    Frame frame = Frame.of(Nd4j.createFromArray(rows));
    frame
        .gram()
        .scan(
            (a, products) -> {
              for (int b = 0; b < rows.length; b++) {
                double expected = squaredDistance(rows[a], rows[b]);
                double found = frame.squaredDistance(a, b, products[b]);
                assertEquals(expected, found, 1e-13 * expected);
              }
            });
    Frame close = Frame.of(Nd4j.createFromArray(new double[][] {rows[0], rows[1]}));
    Frame.Distances distances = close.new Distances();
    close.gram().scan(distances);
    assertEquals(1e-9, distances.distances().mean(), 1e-22);
    assertEquals(-Math.log(1e-9), distances.energies().mean(), 1e-12);
  }

  @Test
  void anglesDirectionsAndTheirDistancesByHand() {
    double[][] rows = {{2, 0}, {0, 1}, {-3, 0}};
    Frame frame = Frame.of(Nd4j.createFromArray(rows));
    Frame.Angles angles = frame.new Angles();
    Frame.Distances distances = frame.new Distances();
    frame.gram().scan(angles, distances);
    // Cosines 0, -1 and 0; the widest angle of three has cosine -1/2.
    assertEquals(-1.0 / 3, angles.cosines().mean(), 1e-15);
    assertEquals(Math.sqrt(2.0 / 9), angles.cosines().deviation(), 1e-15);
    assertEquals(0.5, angles.gaps().mean(), 1e-15);
    assertEquals((2 + 2 * Math.sqrt(2)) / 3, distances.distances().mean(), 1e-15);
    assertEquals(-2 * Math.log(2) / 3, distances.energies().mean(), 1e-15);
    assertEquals(Math.sqrt(2.0 / 3) / 2, frame.normVariation(), 1e-15);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void rowsAreReadAsTheyLookInAnyOrderAndOfAnyLength(int d) {
    double[][] rows = {{1, -2, 3, 5}, {4, 6, -7, 8}, {9, 1, 2, -3}};
    double[] vector = {0.5, 2, -1, 3};
    INDArray some = Nd4j.createFromArray(rows).get(NDArrayIndex.all(), NDArrayIndex.interval(0, d));
    double[] expected = new double[3];
    for (int a = 0; a < 3; a++) {
      for (int j = 0; j < d; j++) {
        expected[a] += rows[a][j] * vector[j];
      }
    }
    for (char order : new char[] {'c', 'f'}) {
      Frame frame = Frame.of(some.dup(order));
      assertArrayEquals(expected, frame.along(vector));
      assertArrayEquals(
          new double[] {expected[0], expected[2]}, frame.rowsOf(new int[] {0, 2}).along(vector));
      assertEquals(frame.square(1), frame.norm(1) * frame.norm(1), 1e-12);
      assertEquals(some, frame.rows());
    }
  }

  @Test
  void aScanOfShiftedRowsSeesTheirProducts() {
    double[][] rows = {{1, -2, 3}, {4, 6, -7}};
    double[] shift = {0.5, 2, -1};
    double[][] shifted = {{1.5, 0, 2}, {4.5, 8, -8}};
    Frame frame = Frame.of(Nd4j.createFromArray(rows));
    double[][] expected = all(Frame.of(Nd4j.createFromArray(shifted)).gram());
    double[][] found = new double[2][];
    frame.gram().scan(frame.shiftedBy(shift, (a, products) -> found[a] = products.clone()));
    for (int a = 0; a < 2; a++) {
      assertArrayEquals(expected[a], found[a], 1e-12);
    }
  }

  @Test
  void theDistanceOfMatricesIsThatOfTheirDirections() {
    Frame a = Frame.of(Nd4j.createFromArray(new double[][] {{3, 4}, {0, 0}}));
    Frame b = Frame.of(Nd4j.createFromArray(new double[][] {{0, 10}, {0, 0}}));
    assertEquals(0.4, Frame.squaredDistanceOfUnits(a, b), 1e-15);
    assertEquals(0, Frame.squaredDistanceOfUnits(a, a), 0);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 5})
  void theDistanceFromAnOrthogonalFrameIsZeroAtOneAndElseAsDefined(int k) {
    assertEquals(0, fromOrthogonal(Nd4j.eye(k).castTo(DataType.DOUBLE).mul(3)), 1e-15);
    INDArray onlyFirst = Nd4j.zeros(DataType.DOUBLE, k, k);
    onlyFirst.putScalar(0, 0, 5);
    double missing = 1 - 1 / Math.sqrt(k);
    assertEquals(Math.sqrt(missing * missing + (k - 1.0) / k), fromOrthogonal(onlyFirst), 1e-15);
    INDArray equal = Nd4j.ones(DataType.DOUBLE, k, 1);
    double beside = 1.0 / k;
    double on = beside - 1 / Math.sqrt(k);
    assertEquals(
        Math.sqrt(k * on * on + k * (k - 1) * beside * beside), fromOrthogonal(equal), 1e-15);
  }

  private static double fromOrthogonal(INDArray rows) {
    Products gram = Frame.of(rows).gram();
    Deviation size = Deviation.fromZero();
    gram.scan(size);
    Deviation deviation = Deviation.fromOrthogonal(rows.rows(), size);
    gram.scan(deviation);
    return deviation.distance();
  }
}
