package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Operations on whole arrays: nothing of the rows leaves the device but their sums and norms.
 * ND4J's own scatter and segment operations are no choice: the first races with itself over equal
 * indices, the second is forty times slower.
 */
final class ArrayArithmetic implements BlockArithmetic {
  @Override
  public double[] classSums(INDArray rows, int[] classes, double[] origins, int numClasses) {
    int n = rows.rows();
    float[] oneHot = new float[n * numClasses];
    for (int i = 0; i < n; i++) {
      oneHot[i * numClasses + classes[i]] = 1f;
    }
    INDArray membership = Nd4j.createFromArray(oneHot).reshape(n, numClasses);
    INDArray differences = Matrices.copy(DataType.DOUBLE, rows);
    if (origins != null) {
      INDArray origin = Nd4j.createFromArray(origins).reshape(numClasses, rows.columns());
      INDArray perRow = Nd4j.createUninitialized(DataType.DOUBLE, rows.shape());
      Matrices.gather(perRow, origin, Arrays.copyOf(classes, n));
      differences.subi(perRow);
    }
    return ArrayMemory.current.numbers(
        Nd4j.gemm(membership.castTo(DataType.DOUBLE), differences, true, false));
  }

  @Override
  public void shift(INDArray rows, int[] classes, double[] reference, double[] squares) {
    int n = rows.rows();
    int d = rows.columns();
    INDArray wide = Nd4j.createFromArray(reference).reshape(reference.length / d, d);
    INDArray table = Matrices.copy(rows.dataType(), wide);
    INDArray perRow = Nd4j.createUninitialized(rows.dataType(), n, d);
    Matrices.gather(perRow, table, Arrays.copyOf(classes, n));
    rows.subi(perRow);
    if (squares != null) {
      double[] norms = Matrices.squaredNorms(Matrices.copy(DataType.DOUBLE, rows));
      System.arraycopy(norms, 0, squares, 0, n);
    }
  }

  @Override
  public void addOuterSquares(INDArray sum, INDArray rows) {
    INDArray product = Matrices.product(rows, rows, true, false);
    add(sum, product);
    product.close();
  }

  @Override
  public void add(INDArray sum, INDArray term) {
    sum.addi(term.castTo(DataType.DOUBLE));
  }
}
