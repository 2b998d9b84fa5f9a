package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Loops over host memory, in one thread. ND4J's own operations are no choice beside products: their
 * threads and those of the product wait for each other, which takes longer than the operation.
 */
final class HostArithmetic implements BlockArithmetic {
  @Override
  public double[] classSums(INDArray rows, int[] classes, double[] origins, int numClasses) {
    int n = rows.rows();
    int d = rows.columns();
    double[] sums = new double[numClasses * d];
    try (HostMatrix row = HostMatrix.of(rows)) {
      for (int i = 0; i < n; i++) {
        if (origins == null) {
          row.addTo(sums, classes[i] * d, i);
        } else {
          row.addDifferenceTo(sums, origins, classes[i] * d, i);
        }
      }
    }
    return sums;
  }

  @Override
  public void shift(INDArray rows, int[] classes, double[] reference, double[] squares) {
    try (HostMatrix matrix = HostMatrix.of(rows)) {
      matrix.shift(reference, classes, rows.rows(), squares);
    }
  }

  @Override
  public void addOuterSquares(INDArray sum, INDArray rows) {
    if (rows.dataType() == DataType.DOUBLE) {
      RankUpdate.set(sum, 1, rows, 1);
      return;
    }
    INDArray squares = Nd4j.createUninitialized(rows.dataType(), sum.shape(), 'f');
    RankUpdate.set(squares, 0, rows, 1);
    add(sum, squares);
    squares.close();
  }

  @Override
  public void add(INDArray sum, INDArray term) {
    HostMatrix.addLowerTriangle(sum.transpose(), term.transpose());
  }
}
