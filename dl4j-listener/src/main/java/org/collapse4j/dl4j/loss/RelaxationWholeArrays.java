package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Label relaxation by operations on whole arrays. */
final class RelaxationWholeArrays extends WholeArrays {
  private final double alpha;
  private final INDArray given;
  private final INDArray weights;
  private INDArray others;
  private INDArray active;

  RelaxationWholeArrays(LossBatch batch, double alpha, double[] weights) {
    super(batch);
    this.alpha = alpha;
    this.given = batch.labels();
    requireOneHot(batch);
    this.weights =
        weights == null
            ? null
            : given
                .mulRowVector(Nd4j.createFromArray(weights).castTo(given.dataType()))
                .sum(true, 1);
  }

  private static void requireOneHot(LossBatch batch) {
    INDArray labels = batch.labels();
    INDArray ones = labels.eq(1).castTo(labels.dataType()).sum(true, 1);
    INDArray zeros = labels.eq(0).castTo(labels.dataType()).sum(true, 1);
    INDArray wrong = ones.neq(1).castTo(labels.dataType());
    wrong.addi(zeros.neq(batch.classes() - 1).castTo(labels.dataType()));
    if (batch.rowMask() != null) {
      wrong.muli(batch.rowMask().neq(0).castTo(labels.dataType()));
    }
    if (wrong.sumNumber().doubleValue() > 0) {
      throw LossLabelRelaxation.notOneHot(labels, wrong.argMax(0).getLong(0));
    }
  }

  @Override
  INDArray rowScores() {
    others = exponentials.mul(given.rsub(1)).sum(true, 1);
    active = others.gt(sums.mul(alpha));
    INDArray logSums = Transforms.log(sums, true);
    INDArray logGiven = shifted.mul(given).sum(true, 1).subi(logSums);
    INDArray scores = logGiven.rsubi(Math.log1p(-alpha)).muli(1 - alpha);
    if (alpha > 0) {
      INDArray logOthers = Transforms.log(others, true).subi(logSums);
      scores.addi(logOthers.rsubi(Math.log(alpha)).muli(alpha));
    }
    return zeroedUnless(active, weighted(scores));
  }

  @Override
  INDArray rowGradients() {
    INDArray ofOthers = sums.rdiv(1).subi(others.rdiv(alpha));
    INDArray ofGiven = others.div(sums).rsubi(alpha);
    INDArray gradients = exponentials.mul(given.rsub(1)).muliColumnVector(ofOthers);
    return zeroedUnless(active, weighted(gradients.addi(given.mulColumnVector(ofGiven))));
  }

  private INDArray weighted(INDArray rows) {
    return weights == null ? rows : rows.muliColumnVector(weights);
  }
}
