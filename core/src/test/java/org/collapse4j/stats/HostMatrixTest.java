package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class HostMatrixTest {
  private final INDArray matrix = Nd4j.createFromArray(new double[][] {{1, 2, 3}, {4, 5, 6}});

  @ParameterizedTest
  @CsvSource({"FLOAT,FLOAT", "FLOAT,DOUBLE", "DOUBLE,DOUBLE"})
  void rowsAreCopiedToTheirPlaceAndNowhereElse(DataType from, DataType to) {
    INDArray target = Nd4j.zeros(to, 4, 3);
    assertTrue(HostMatrix.copy(matrix.castTo(from), target, 1));
    INDArray expected = Nd4j.zeros(to, 4, 3);
    expected.get(NDArrayIndex.interval(1, 3), NDArrayIndex.all()).assign(matrix);
    assertEquals(expected, target);
  }

  @ParameterizedTest
  @CsvSource({"DOUBLE,FLOAT", "HALF,FLOAT", "HALF,DOUBLE", "INT,DOUBLE"})
  void whatWouldHaveToBeConvertedIsNotCopied(DataType from, DataType to) {
    INDArray target = Nd4j.zeros(to, 2, 3);
    assertFalse(HostMatrix.copy(matrix.castTo(from), target, 0));
    assertEquals(Nd4j.zeros(to, 2, 3), target);
  }

  @Test
  void whatDoesNotLieRowAfterRowIsNotCopied() {
    INDArray wide = Nd4j.zeros(DataType.DOUBLE, 2, 6);
    for (INDArray scattered :
        new INDArray[] {
          matrix.dup('f'),
          wide.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 3)),
          wide.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 2, 6))
        }) {
      assertFalse(HostMatrix.isContiguous(scattered));
      assertFalse(HostMatrix.copy(scattered, Nd4j.zeros(DataType.DOUBLE, 2, 3), 0));
    }
    assertTrue(HostMatrix.isContiguous(wide.get(NDArrayIndex.interval(1, 2), NDArrayIndex.all())));
    assertTrue(
        HostMatrix.isContiguous(
            Nd4j.zeros(4, 6).get(NDArrayIndex.interval(0, 1), NDArrayIndex.interval(1, 4))));
  }

  @ParameterizedTest
  @EnumSource(names = {"INT", "HALF", "FLOAT", "DOUBLE"})
  void everyMatrixCanBeReadRowByRow(DataType type) {
    INDArray narrow = matrix.castTo(type);
    INDArray wide = Nd4j.zeros(type, 4, 6);
    INDArray part = wide.get(NDArrayIndex.interval(2, 4), NDArrayIndex.interval(3, 6));
    part.assign(narrow);
    INDArray below = Nd4j.vstack(narrow, narrow);
    for (INDArray any :
        new INDArray[] {
          narrow, narrow.dup('f'), part, below.get(NDArrayIndex.interval(2, 4), NDArrayIndex.all())
        }) {
      try (HostMatrix rows = HostMatrix.reading(any)) {
        for (int i = 1; i >= 0; i--) {
          rows.read(i);
          for (int j = 0; j < 3; j++) {
            assertEquals(matrix.getDouble(i, j), rows.value(j));
          }
        }
      }
    }
  }

  /** Labels of a whole data set are not copied to be looked at once. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void whatLiesRowAfterRowIsReadInPlace(DataType type) {
    INDArray array = matrix.castTo(type);
    try (HostMatrix rows = HostMatrix.reading(array)) {
      array.putScalar(1, 2, 7);
      rows.read(1);
      assertEquals(7, rows.value(2));
    }
  }
}
