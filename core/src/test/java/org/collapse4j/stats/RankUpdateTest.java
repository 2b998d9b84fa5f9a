package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class RankUpdateTest {
  private static INDArray random(DataType type, int rows, int columns) {
    return Nd4j.rand(DataType.DOUBLE, rows, columns).castTo(type);
  }

  private static INDArray rowsFrom(INDArray matrix, int first) {
    return matrix.get(NDArrayIndex.interval(first, matrix.rows()), NDArrayIndex.all());
  }

  @ParameterizedTest
  @CsvSource({"256, 3, true", "3, 256, false", "300, 70, true", "70, 300, false"})
  void aWholeProductOfLargeMatrices(int rows, int columns, boolean ofRows) {
    INDArray x = random(DataType.DOUBLE, rows, columns);
    INDArray product = RankUpdate.product(x, ofRows).orElseThrow();
    INDArray expected = ofRows ? x.mmul(x.transpose()) : x.transpose().mmul(x);
    assertTrue(expected.equalsWithEps(product, 1e-10));
    assertEquals(product, product.transpose());
  }

  @Test
  void whatItDoesNotGive() {
    INDArray large = random(DataType.DOUBLE, 257, 4);
    assertTrue(RankUpdate.product(large, false).isEmpty());
    assertTrue(RankUpdate.product(random(DataType.DOUBLE, 255, 300), true).isEmpty());
    assertTrue(RankUpdate.product(large.castTo(DataType.FLOAT), true).isEmpty());
    assertTrue(RankUpdate.product(large.dup('f'), true).isEmpty());
    assertTrue(RankUpdate.product(rowsFrom(large, 1), true).isEmpty());
  }

  @ParameterizedTest
  @CsvSource({"FLOAT, 0, 0", "DOUBLE, 0, 0", "DOUBLE, 2, 0", "DOUBLE, 0, 1", "FLOAT, 2, 1"})
  void theUpperTriangleAlsoOfViews(DataType type, int firstRow, int firstColumn) {
    INDArray x = rowsFrom(random(type, 9 + firstRow, 5), firstRow);
    INDArray wide = random(type, 5, 5 + firstColumn).dup('f');
    INDArray c = wide.get(NDArrayIndex.all(), NDArrayIndex.interval(firstColumn, 5 + firstColumn));
    INDArray expected = x.transpose().mmul(x).mul(2).add(c.mul(0.5));
    RankUpdate.set(c, 0.5, x, 2);
    for (int i = 0; i < 5; i++) {
      for (int j = i; j < 5; j++) {
        assertEquals(expected.getDouble(i, j), c.getDouble(i, j), 1e-5);
      }
    }
  }
}
