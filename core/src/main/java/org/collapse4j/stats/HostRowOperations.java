package org.collapse4j.stats;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Loops over host memory, in one thread. ND4J's own operations are no choice beside products: their
 * threads and those of the product wait for each other, which takes longer than the operation.
 */
final class HostRowOperations implements RowOperations {
  @Override
  public double[] classSums(INDArray rows, int[] classes, double[] origins, int numClasses) {
    int n = rows.rows();
    int d = rows.columns();
    double[] sums = new double[numClasses * d];
    try (HostRows row = HostRows.of(rows)) {
      for (int i = 0; i < n; i++) {
        row.read(i);
        row.addDifferenceTo(sums, origins, classes[i] * d);
      }
    }
    return sums;
  }

  @Override
  public void shift(INDArray rows, int[] classes, double[] reference, double[] squares) {
    int n = rows.rows();
    int d = rows.columns();
    try (HostRows row = HostRows.of(rows)) {
      for (int i = 0; i < n; i++) {
        row.read(i);
        row.subtract(reference, classes[i] * d);
        row.write(i);
        if (squares != null) {
          squares[i] = row.sumOfSquares();
        }
      }
    }
  }

  @Override
  public void add(INDArray sum, INDArray term, int firstColumn) {
    HostRows.add(sum.transpose(), term.transpose(), firstColumn);
  }
}
