package org.collapse4j.stats;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Where the elements of arrays are, and how accumulators get at them. On a device every call but
 * {@link #isHost} waits for it and copies to the host, which is why none is made for a batch, but
 * only for a block of many.
 */
class ArrayMemory {
  /** The memory of the backend; another only where a test counts what is read. */
  static volatile ArrayMemory current = new ArrayMemory();

  /** Whether arrays of the backend live in host memory. */
  boolean isHost() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }

  /** The elements of an array of any order and numeric type, row after row. */
  double[] numbers(INDArray array) {
    return array.dup('c').data().asDouble();
  }

  /** The elements of a vector, which are integers. */
  int[] integers(INDArray vector) {
    return vector.toIntVector();
  }
}
