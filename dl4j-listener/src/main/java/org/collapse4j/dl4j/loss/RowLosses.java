package org.collapse4j.dl4j.loss;

import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The losses of the rows of a batch.
 *
 * @param scores one a row, in float64 and not to be modified
 * @param gradient by the logits, {@code [n, K]}; null if it was not asked for
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, handed on at once.
record RowLosses(double[] scores, INDArray gradient) {
  double sum() {
    return Arrays.stream(scores).sum();
  }
}
