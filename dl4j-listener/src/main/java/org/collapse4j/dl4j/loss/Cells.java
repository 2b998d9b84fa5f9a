package org.collapse4j.dl4j.loss;

import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The elements of a matrix of float32 or float64 in host memory, read and written in place through
 * a bare address: whoever uses them keeps the array alive.
 */
abstract class Cells {
  final long rowStride;
  final long columnStride;

  private Cells(INDArray array) {
    this.rowStride = array.stride(0);
    this.columnStride = array.stride(1);
  }

  /**
   * The cells of a matrix, of any strides.
   *
   * @param matrix of rank 2, in float32 or float64
   */
  static Cells of(INDArray matrix) {
    return matrix.dataType() == DataType.DOUBLE ? new Doubles(matrix) : new Floats(matrix);
  }

  abstract double get(long position);

  abstract void put(long position, double value);

  /** The exponential of a value that is not positive, to the precision of these cells. */
  abstract double exp(double nonPositive);

  private static final class Floats extends Cells {
    private final FloatIndexer elements;

    Floats(INDArray array) {
      super(array);
      this.elements = (FloatIndexer) array.data().indexer();
    }

    @Override
    double get(long position) {
      return elements.get(position);
    }

    @Override
    void put(long position, double value) {
      elements.put(position, (float) value);
    }

    @Override
    double exp(double nonPositive) {
      return ShortExponential.of(nonPositive);
    }
  }

  private static final class Doubles extends Cells {
    private final DoubleIndexer elements;

    Doubles(INDArray array) {
      super(array);
      this.elements = (DoubleIndexer) array.data().indexer();
    }

    @Override
    double get(long position) {
      return elements.get(position);
    }

    @Override
    void put(long position, double value) {
      elements.put(position, value);
    }

    @Override
    double exp(double nonPositive) {
      return Math.exp(nonPositive);
    }
  }
}
