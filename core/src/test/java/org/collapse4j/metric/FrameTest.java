package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
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
}
