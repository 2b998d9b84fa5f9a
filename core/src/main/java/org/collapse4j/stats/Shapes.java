package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The checks of shapes that every accumulator makes before it looks at values. */
final class Shapes {
  private Shapes() {}

  static String describe(long[] shape) {
    return Arrays.toString(shape);
  }

  /** Refuses features that are no matrix, or whose rows have another length than {@code d}. */
  static void requireFeatures(INDArray features, long dimension) {
    if (features.rank() != 2) {
      throw new IllegalArgumentException(
          "Features must have shape [examples, features], not " + describe(features.shape()));
    }
    if (features.size(1) < 1) {
      throw new IllegalArgumentException(
          "Features must have at least one column, not shape " + describe(features.shape()));
    }
    if (dimension >= 0 && features.columns() != dimension) {
      throw new IllegalArgumentException(
          "Features must have %s columns as before, not shape %s"
              .formatted(dimension, describe(features.shape())));
    }
  }
}
