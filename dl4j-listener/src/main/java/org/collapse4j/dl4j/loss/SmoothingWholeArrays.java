package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Label smoothing by operations on whole arrays. */
final class SmoothingWholeArrays extends WholeArrays {
  private final INDArray wanted;
  private final INDArray total;

  SmoothingWholeArrays(LossBatch batch, SmoothedTarget target) {
    super(batch);
    INDArray shares = rowOf(target.labelShares(), batch);
    this.wanted = batch.labels().mulRowVector(shares).addiRowVector(rowOf(target.floors(), batch));
    if (batch.elementMask() != null) {
      wanted.muli(batch.elementMask());
    }
    this.total = wanted.sum(true, 1);
  }

  private static INDArray rowOf(double[] values, LossBatch batch) {
    return Nd4j.createFromArray(values).castTo(batch.logits().dataType());
  }

  @Override
  INDArray rowScores() {
    INDArray logSums = Transforms.log(sums, true);
    return total.mul(logSums).subi(wanted.mul(shifted).sum(true, 1));
  }

  @Override
  INDArray rowGradients() {
    return exponentials.mulColumnVector(total.div(sums)).subi(wanted);
  }
}
