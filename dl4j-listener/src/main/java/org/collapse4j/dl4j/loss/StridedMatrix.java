package org.collapse4j.dl4j.loss;

import org.bytedeco.javacpp.indexer.DoubleIndexer;
import org.bytedeco.javacpp.indexer.FloatIndexer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A matrix of float32 or float64, of any strides, in host memory, whose rows are read and written
 * as float64 through a bare address: whoever uses it keeps the array alive.
 */
final class StridedMatrix {
  private final FloatIndexer floats;
  private final DoubleIndexer doubles;
  private final long rowStride;
  private final long columnStride;

  StridedMatrix(INDArray array) {
    boolean isDouble = array.dataType() == DataType.DOUBLE;
    this.floats = isDouble ? null : (FloatIndexer) array.data().indexer();
    this.doubles = isDouble ? (DoubleIndexer) array.data().indexer() : null;
    this.rowStride = array.stride(0);
    this.columnStride = array.stride(1);
  }

  /** Reads a row into as many values as it has elements. */
  void read(long row, double[] values) {
    long cell = row * rowStride;
    if (doubles == null) {
      for (int c = 0; c < values.length; c++, cell += columnStride) {
        values[c] = floats.get(cell);
      }
    } else {
      for (int c = 0; c < values.length; c++, cell += columnStride) {
        values[c] = doubles.get(cell);
      }
    }
  }

  /** Writes a row. */
  void write(long row, double[] values) {
    long cell = row * rowStride;
    if (doubles == null) {
      for (int c = 0; c < values.length; c++, cell += columnStride) {
        floats.put(cell, (float) values[c]);
      }
    } else {
      for (int c = 0; c < values.length; c++, cell += columnStride) {
        doubles.put(cell, values[c]);
      }
    }
  }
}
