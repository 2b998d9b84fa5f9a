package org.collapse4j.stats;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** The memory of the products of rows with vectors, which are mostly the same number. */
final class RowProducts implements AutoCloseable {
  private INDArray array;

  /** The products of every row with every vector, {@code [n, K]}; valid until the next call. */
  INDArray of(INDArray rows, INDArray vectors) {
    int n = rows.rows();
    if (array == null || array.rows() < n || array.columns() != vectors.rows()) {
      close();
      array = Nd4j.createUninitialized(vectors.dataType(), n, vectors.rows());
    }
    INDArray first =
        array.rows() == n ? array : array.get(NDArrayIndex.interval(0, n), NDArrayIndex.all());
    return Nd4j.gemm(rows, vectors, first, false, true, 1, 0);
  }

  @Override
  public void close() {
    if (array != null) {
      array.close();
    }
  }
}
