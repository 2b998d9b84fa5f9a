package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A loss computed by operations on whole arrays: for a device, whose memory is far from a loop, and
 * for masks of single outputs.
 */
abstract class WholeArrays implements SoftmaxLoss.Computation {
  final LossBatch batch;

  /** Logits less the largest of their row: {@code [n, K]}. */
  INDArray shifted;

  /** Their exponentials: {@code [n, K]}. */
  INDArray exponentials;

  /** The sums of those: {@code [n, 1]}. */
  INDArray sums;

  WholeArrays(LossBatch batch) {
    this.batch = batch;
  }

  /** The loss of each row, {@code [n, 1]}, before the mask of rows. */
  abstract INDArray rowScores();

  /** The gradient of each row, {@code [n, K]}, before the mask of rows. */
  abstract INDArray rowGradients();

  @Override
  public double compute(INDArray gradients, INDArray scores) {
    shifted = batch.logits().subColumnVector(batch.logits().max(true, 1));
    exponentials = Transforms.exp(shifted, true);
    sums = exponentials.sum(true, 1);
    INDArray rowScores = masked(rowScores());
    if (scores != null) {
      scores.assign(rowScores);
    }
    if (gradients != null) {
      gradients.assign(masked(rowGradients()));
    }
    return rowScores.sumNumber().doubleValue();
  }

  /** Times the mask; where that is 0 exactly 0, whatever the row holds. */
  private INDArray masked(INDArray rows) {
    INDArray mask = batch.rowMask();
    return mask == null ? rows : zeroedUnless(mask.neq(0), rows.muliColumnVector(mask));
  }

  /** The rows where a condition, {@code [n, 1]}, holds; zeros elsewhere. */
  static INDArray zeroedUnless(INDArray condition, INDArray rows) {
    return Nd4j.exec(
        DynamicCustomOp.builder("select")
            .addInputs(condition.reshape(condition.length()), rows, rows.like())
            .build())[0];
  }
}
