package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MatricesTest {
  private final INDArray matrix = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}});
  private final INDArray byColumns = matrix.dup('f');

  @Test
  void productsAreByColumnsWhateverTheOrderOfTheirFactors() {
    INDArray expected = Nd4j.createFromArray(new double[][] {{14, 32}, {32, 77}});
    for (INDArray a : new INDArray[] {matrix, byColumns}) {
      for (INDArray b : new INDArray[] {matrix, byColumns}) {
        INDArray product = Matrices.product(a, b, false, true);
        assertEquals('f', product.ordering());
        assertEquals(expected, product);
        assertEquals(17, Matrices.product(a, b, true, false).getDouble(0, 0));
      }
    }
  }

  /** Of many rows or columns half of the products is taken, of an array that lies row after row. */
  @Test
  void productsOfAMatrixWithItselfAreAsThoseWithItsCopy() {
    Nd4j.getRandom().setSeed(5);
    INDArray tall = Nd4j.randn(DataType.DOUBLE, 300, 7);
    INDArray wide = Nd4j.randn(DataType.DOUBLE, 7, 257);
    INDArray both = Nd4j.randn(DataType.DOUBLE, 600, 300);
    INDArray part = both.get(NDArrayIndex.interval(290, 590), NDArrayIndex.all());
    for (INDArray a : new INDArray[] {tall, wide, both, part, both.dup('f'), tall.transpose()}) {
      for (boolean ofRows : new boolean[] {true, false}) {
        INDArray expected = Matrices.product(a, a.dup(), !ofRows, ofRows);
        INDArray found = Matrices.product(a, a, !ofRows, ofRows);
        assertEquals('f', found.ordering());
        assertArrayEquals(Matrices.elements(expected), Matrices.elements(found), 1e-11);
      }
    }
    INDArray square = both.get(NDArrayIndex.interval(0, 300), NDArrayIndex.all()).dup();
    assertArrayEquals(
        Matrices.elements(Matrices.product(square, square.dup(), false, false)),
        Matrices.elements(Matrices.product(square, square, false, false)),
        1e-11);
  }

  @Test
  void rowsMayRepeatAndMayBeOfAView() {
    INDArray expected = Nd4j.createFromArray(new double[][] {{4, 6}, {1, 3}, {4, 6}});
    for (INDArray source : new INDArray[] {matrix, byColumns}) {
      INDArray view = source.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 3));
      INDArray rows = Matrices.rows(view, new int[] {1, 0, 1});
      assertEquals(expected, rows);
      assertEquals(Nd4j.createFromArray(new double[][] {{1, 3}, {4, 6}}), view);
      assertEquals(6, matrix.getDouble(1, 2));
    }
    assertTrue(Matrices.rows(matrix, new int[0]).isEmpty());
    assertFalse(matrix.wasClosed());
  }

  @Test
  void whatRowsAreTakenFromStaysWhateverItsOrder() {
    INDArray expected = Nd4j.createFromArray(new double[][] {{4, 5, 6}});
    for (INDArray source : new INDArray[] {matrix, byColumns}) {
      assertEquals(expected, Matrices.rows(source, new int[] {1}));
      assertFalse(source.wasClosed());
    }
  }

  @Test
  void ofAnArrayOfMoreDimensionsTheFirstIsChosenFrom() {
    INDArray array = Nd4j.arange(24).castTo(DataType.FLOAT).reshape(2, 3, 4);
    INDArray turned = array.permute(1, 2, 0);
    INDArray rows = Matrices.rows(turned, new int[] {2, 0});
    assertArrayEquals(new long[] {2, 4, 2}, rows.shape());
    for (int i = 0; i < 4; i++) {
      for (int j = 0; j < 2; j++) {
        assertEquals(array.getDouble(j, 2, i), rows.getDouble(0, i, j));
        assertEquals(array.getDouble(j, 0, i), rows.getDouble(1, i, j));
      }
    }
  }

  @Test
  void aCopyIsInRowsAndOfItsOwn() {
    INDArray copy = Matrices.copy(DataType.DOUBLE, byColumns);
    assertNotSame(byColumns, copy);
    assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, Matrices.elements(copy));
    assertEquals(DataType.FLOAT, Matrices.copy(DataType.FLOAT, matrix).dataType());
    assertArrayEquals(new double[] {1, 4, 2, 5, 3, 6}, Matrices.elements(byColumns));
  }

  @Test
  void whatIsReadForTheLastTimeIsFreed() {
    INDArray last = matrix.dup();
    assertArrayEquals(new double[] {1, 2, 3, 4, 5, 6}, Matrices.elementsAndClose(last));
    assertTrue(last.wasClosed());
  }

  @Test
  void squaredNormsOfRows() {
    assertArrayEquals(new double[] {14, 77}, Matrices.squaredNorms(matrix), 1e-13);
  }

  @Test
  void someColumnsAreCopiedTogether() {
    INDArray matrix = Nd4j.createFromArray(new double[][] {{1, 2, 3, 4}, {5, 6, 7, 8}});
    INDArray columns = matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(1, 3));
    INDArray copy = Matrices.compact(columns);
    assertEquals(Nd4j.createFromArray(new double[][] {{2, 3}, {6, 7}}), copy);
    assertArrayEquals(new double[] {2, 3, 6, 7}, Matrices.elements(copy));
    INDArray row = matrix.get(NDArrayIndex.interval(1, 2), NDArrayIndex.interval(2, 4));
    assertArrayEquals(new double[] {7, 8}, Matrices.elements(Matrices.compact(row)));
  }
}
