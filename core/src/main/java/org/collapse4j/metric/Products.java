package org.collapse4j.metric;

import java.nio.DoubleBuffer;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The dot products of every one of K vectors with every one of K others, row by row. Of up to
 * {@value #MOST_WHOLE} vectors they are kept as a whole; of more, which would take gigabytes, so
 * many rows at a time as fit into a tile, which is calculated anew in each scan.
 */
final class Products {
  /** A matrix of 134 MB. */
  static final int MOST_WHOLE = 4096;

  private static final int TILE = 1 << 22;

  private final INDArray left;
  private final INDArray right;
  private final double[][] rows;

  /** The row that the first of those in hand is. */
  private int first;

  private Products(INDArray left, INDArray right, int tile) {
    this.left = left;
    this.right = right;
    this.rows = new double[Math.min(tile, left.rows())][right.rows()];
  }

  /**
   * The products of every row of one matrix with every row of another.
   *
   * @param left {@code [K, d]} in float64, which must stay as it is
   * @param right likewise; the same array for products of rows with each other
   */
  static Products of(INDArray left, INDArray right) {
    return of(left, right, left.rows() <= MOST_WHOLE ? left.rows() : TILE / left.rows());
  }

  /** The same, of which so many rows are kept. */
  static Products of(INDArray left, INDArray right, int tile) {
    Products products = new Products(left, right, tile);
    products.calculate(0);
    return products;
  }

  /** What looks at the products row by row. */
  @FunctionalInterface
  interface Scan {
    /**
     * A row.
     *
     * @param a the index of the left vector
     * @param products with every right one; not to be kept or modified
     */
    void row(int a, double[] products);
  }

  int size() {
    return left.rows();
  }

  /** Shows all rows, from the first to the last, to each of some scans. */
  void scan(Scan... scans) {
    for (int a = 0; a < size(); a++) {
      if (a < first || a >= first + rows.length) {
        calculate(a);
      }
      for (Scan scan : scans) {
        scan.row(a, rows[a - first]);
      }
    }
  }

  private void calculate(int from) {
    int to = Math.min(size(), from + rows.length);
    first = from;
    INDArray some =
        to - from == size() ? left : left.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    // Out of the buffer, since INDArray.toDoubleMatrix makes an array of every row first.
    INDArray product = Matrices.product(right, some, false, true);
    DoubleBuffer elements = product.data().asNioDouble();
    for (int i = 0; i < to - from; i++) {
      elements.get(i * rows[i].length, rows[i]);
    }
    product.close();
  }
}
