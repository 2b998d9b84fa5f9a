package org.collapse4j.stats;

import java.lang.ref.Reference;
import java.util.Optional;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * What ND4J's own methods do only with a copy too many, or differently from one array to the next.
 * Results are new arrays outside any workspace that the caller has scoped out of; no argument is
 * modified unless its method says so.
 */
public final class Matrices {
  private Matrices() {}

  /**
   * A matrix product in the order of columns, in which BLAS calculates it. {@code Nd4j.gemm}
   * without a target copies some products into the order of rows.
   *
   * @param a a matrix in float32 or float64
   * @param b a matrix of the same type whose size fits
   * @param transposeA whether the transpose of a is multiplied
   * @param transposeB whether it is multiplied with the transpose of b
   */
  public static INDArray product(INDArray a, INDArray b, boolean transposeA, boolean transposeB) {
    if (a == b && transposeA != transposeB) {
      Optional<INDArray> symmetric = RankUpdate.product(a, transposeB);
      if (symmetric.isPresent()) {
        return symmetric.get();
      }
    }
    long rows = transposeA ? a.columns() : a.rows();
    long columns = transposeB ? b.rows() : b.columns();
    INDArray target = Nd4j.createUninitialized(a.dataType(), new long[] {rows, columns}, 'f');
    return Nd4j.gemm(a, b, target, transposeA, transposeB, 1, 0);
  }

  /**
   * A copy in C order of another type, also if the type is the same.
   *
   * @param type of the copy
   * @param array of any numeric type and order
   */
  public static INDArray copy(DataType type, INDArray array) {
    return Nd4j.createUninitialized(type, array.shape()).assign(array);
  }

  /** Some columns of a matrix, from one up to another, a view. */
  static INDArray columns(INDArray matrix, int from, int to) {
    return matrix.get(NDArrayIndex.all(), NDArrayIndex.interval(from, to));
  }

  /**
   * A copy of {@link #columns}. ND4J's own would have its threads and those of the products before
   * and after it wait for each other.
   *
   * @param columns in float64; the elements of each row lie next to each other
   */
  static INDArray compact(INDArray columns) {
    if (!HostMatrix.available()) {
      return columns.dup('c');
    }
    INDArray copy = Nd4j.createUninitialized(columns.dataType(), columns.rows(), columns.columns());
    try (HostMatrix rows = HostMatrix.of(columns)) {
      rows.copyTo(copy.data().asNioDouble(), 0, columns.rows());
    }
    return copy;
  }

  /**
   * Some rows of a matrix, in C order; of an array of more dimensions, what has these indices in
   * the first one.
   *
   * @param array of any type and order, at least two dimensions
   * @param chosen the indices of the rows, which may repeat
   * @return {@code [chosen.length, ...]}; an empty array if none is chosen
   */
  public static INDArray rows(INDArray array, int[] chosen) {
    if (chosen.length == 0) {
      return Nd4j.empty(array.dataType());
    }
    long[] shape = array.shape().clone();
    shape[0] = chosen.length;
    INDArray rows = Nd4j.createUninitialized(array.dataType(), shape, 'c');
    boolean inRows = array.rank() == 2 && HostMatrix.isContiguous(array);
    INDArray source = inRows ? array : array.dup('c');
    gather(rows, source, chosen);
    if (!inRows) {
      source.close();
    }
    return rows;
  }

  /** Sets row i of the target to row {@code chosen[i]} of a matrix in C order, for every i. */
  static void gather(INDArray target, INDArray matrix, int[] chosen) {
    INDArray indices = Nd4j.createFromArray(chosen);
    Nd4j.exec(
        DynamicCustomOp.builder("gather")
            .addInputs(matrix, indices)
            .addIntegerArguments(0)
            .addOutputs(target)
            .build());
    indices.close();
  }

  /**
   * The elements of a float64 array in the order of its buffer, without the copies that ND4J makes
   * of them.
   *
   * @param array no view: its buffer has its elements and no others
   */
  public static double[] elements(INDArray array) {
    double[] elements = new double[(int) array.length()];
    try {
      array.data().asNioDouble().get(0, elements);
    } finally {
      Reference.reachabilityFence(array); // Its memory is freed once it is out of reach.
    }
    return elements;
  }

  /** The {@link #elements} of an array that is of no more use, whose memory is freed. */
  public static double[] elementsAndClose(INDArray array) {
    double[] elements = elements(array);
    array.close();
    return elements;
  }

  /** The matrix in float64 that has some elements in the order of rows, a copy of them. */
  static INDArray of(double[] elements, int columns) {
    int rows = elements.length / columns;
    if (!HostMatrix.available()) {
      return Nd4j.createFromArray(elements).reshape(rows, columns);
    }
    // Nd4j.createFromArray copies them one by one.
    INDArray matrix = Nd4j.createUninitialized(DataType.DOUBLE, rows, columns);
    matrix.data().asNioDouble().put(elements);
    return matrix;
  }

  /** The squared Euclidean norm of each row of a float64 matrix. */
  public static double[] squaredNorms(INDArray rows) {
    double[] norms = ArrayMemory.current.numbers(rows.norm2(1));
    for (int i = 0; i < norms.length; i++) {
      norms[i] *= norms[i];
    }
    return norms;
  }
}
