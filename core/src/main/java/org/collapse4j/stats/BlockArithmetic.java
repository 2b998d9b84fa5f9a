package org.collapse4j.stats;

import org.nd4j.linalg.api.ndarray.INDArray;

/** What is done with many rows of features beside matrix products. */
interface BlockArithmetic {
  /**
   * The sum over the rows of each class of the row less an origin.
   *
   * @param rows {@code [n, d]} in C order, in float32 or float64; not modified
   * @param classes the class of each row; its first n elements are read
   * @param origins of each class, {@code [K, d]} in C order; not modified; null for zeros
   * @param numClasses K
   * @return {@code [K, d]} in C order
   */
  double[] classSums(INDArray rows, int[] classes, double[] origins, int numClasses);

  /**
   * Subtracts from each row a reference of its class, so that what is multiplied afterwards is as
   * small as the spread of the class and does not cancel.
   *
   * @param rows {@code [n, d]} in C order, in float32 or float64; modified
   * @param classes the class of each row; its first n elements are read
   * @param reference {@code [K, d]} in C order, numbers that the type of the rows holds, so that a
   *     row minus one is exact or nearly so; not modified
   * @param squares n elements that are set to the squared norms of the differences; null if they
   *     are not wanted
   */
  void shift(INDArray rows, int[] classes, double[] reference, double[] squares);

  /**
   * Adds the outer squares of rows, {@code X^T X}, to a matrix, of which only the upper triangle
   * counts.
   *
   * @param sum {@code [d, d]} by columns, in float64, modified
   * @param rows X, {@code [n, d]} in C order, the first rows of their buffer, in float32 or float64
   */
  void addOuterSquares(INDArray sum, INDArray rows);

  /**
   * Adds the upper triangle of a matrix to that of another.
   *
   * @param sum {@code [d, d]} by columns, in float64, modified
   * @param term likewise, in float32 or float64
   */
  void add(INDArray sum, INDArray term);

  /** The way that suits the backend: where arrays live in host memory, loops over them. */
  static BlockArithmetic forBackend() {
    return HostMatrix.available() ? new HostArithmetic() : new ArrayArithmetic();
  }
}
