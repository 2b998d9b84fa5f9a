package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Labels in the forms they come in, turned into class indices. */
final class ClassIndices {
  private ClassIndices() {}

  /**
   * The class index of every row.
   *
   * @param labels class indices {@code [N]} or {@code [N, 1]} of any numeric type, or one-hot or
   *     soft labels {@code [N, K]}, whose class is the first largest element; not modified
   * @param rows the number N that the labels must have
   * @param numClasses K
   * @return indices from 0 to K-1
   * @throws IllegalArgumentException if the shape is none of these, an index is no integer from 0
   *     to K-1, or a soft label is NaN
   */
  static int[] of(INDArray labels, long rows, int numClasses) {
    boolean indices = labels.rank() == 1 || (labels.rank() == 2 && labels.columns() == 1);
    boolean scores = labels.rank() == 2 && labels.columns() == numClasses;
    if (!(indices || scores) || labels.size(0) != rows) {
      throw new IllegalArgumentException(
          "Labels of "
              + rows
              + " examples and "
              + numClasses
              + " classes must be class indices of shape ["
              + rows
              + "] or one-hot of shape ["
              + rows
              + ", "
              + numClasses
              + "], not "
              + Shapes.describe(labels.shape()));
    }
    if (labels.isEmpty()) {
      return new int[0];
    }
    INDArray numbers = labels.dataType() == DataType.BOOL ? labels.castTo(DataType.FLOAT) : labels;
    return indices ? checked(numbers, numClasses) : largest(numbers);
  }

  private static int[] largest(INDArray scores) {
    if (scores.dataType().isFPType() && Double.isNaN(scores.sumNumber().doubleValue())) {
      requireNumbers(scores);
    }
    return scores.argMax(1).toIntVector();
  }

  private static void requireNumbers(INDArray scores) {
    double[] sums = scores.sum(1).toDoubleVector();
    for (int i = 0; i < sums.length; i++) {
      if (Double.isNaN(sums[i])) {
        throw new IllegalArgumentException(
            "A soft label must have a number for each class, but label " + i + " has NaN");
      }
    }
  }

  private static int[] checked(INDArray labels, int numClasses) {
    double[] values = labels.reshape(labels.length()).toDoubleVector();
    int[] indices = new int[values.length];
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      if (!(value >= 0 && value < numClasses && value == Math.rint(value))) {
        throw new IllegalArgumentException(
            "A label must be a class index from 0 to "
                + (numClasses - 1)
                + ", but label "
                + i
                + " is "
                + (value == Math.rint(value) ? String.valueOf((long) value) : value));
      }
      indices[i] = (int) value;
    }
    return indices;
  }
}
