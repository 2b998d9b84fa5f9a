package org.collapse4j.samediff;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of features with the class of each.
 *
 * @param features {@code [rows, d]}; null if no row has a label
 * @param classes class indices {@code [rows]}
 * @param numClasses K
 */
record Rows(INDArray features, INDArray classes, int numClasses) {

  /**
   * The rows that have a class and are not masked.
   *
   * @throws IllegalArgumentException if the mask is not of as many labels
   */
  static Rows labelled(INDArray features, int[] classes, INDArray mask, int numClasses) {
    if (mask != null && mask.length() != classes.length) {
      throw new IllegalArgumentException(
          "A label mask must have one element for each of the "
              + classes.length
              + " labels, not shape "
              + Arrays.toString(mask.shape()));
    }
    double[] weights = mask == null ? null : mask.dup('c').reshape(mask.length()).toDoubleVector();
    int[] kept =
        IntStream.range(0, classes.length)
            .filter(i -> classes[i] >= 0 && (weights == null || weights[i] != 0))
            .toArray();
    if (kept.length == 0) {
      return new Rows(null, null, numClasses);
    }
    return new Rows(
        kept.length == classes.length ? features : features.getRows(kept),
        Nd4j.createFromArray(IntStream.of(kept).map(i -> classes[i]).toArray()),
        numClasses);
  }

  boolean isEmpty() {
    return features == null;
  }
}
