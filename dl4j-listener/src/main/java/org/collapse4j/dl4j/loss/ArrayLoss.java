package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.BooleanIndexing;
import org.nd4j.linalg.indexing.conditions.Conditions;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * A loss by operations on whole arrays in float64: for a device, whose memory is far from a loop.
 * Only what is one number a row comes to the host and goes back, for all rows at once.
 */
final class ArrayLoss {
  private ArrayLoss() {}

  static RowLosses compute(
      LossBatch batch, Formula formula, LinearTarget target, boolean wantsGradient) {
    INDArray labels = batch.labels().castTo(DataType.DOUBLE);
    INDArray mask =
        batch.mask() == null
            ? Nd4j.ones(DataType.DOUBLE, batch.rows(), 1)
            : batch.mask().castTo(DataType.DOUBLE);
    INDArray wanted =
        labels
            .mulRowVector(Nd4j.createFromArray(target.shares()))
            .addiRowVector(Nd4j.createFromArray(target.floors()));
    zeroUnless(mask, wanted.muli(mask.broadcast(wanted.shape())));
    INDArray totals = wanted.sum(true, 1);
    INDArray logProbabilities = logSoftmax(batch.logits().castTo(DataType.DOUBLE));
    // A class of which nothing is wanted costs nothing, were its logit negative infinity.
    INDArray costs = zeroUnless(wanted, wanted.mul(logProbabilities).negi());
    INDArray counting = mask.neq(0).castTo(DataType.DOUBLE).max(true, 1);
    requireAccepted(batch, formula, labels, counting);
    double[] slopes = new double[batch.rows()];
    double[] scores = scores(formula, costs.sum(true, 1), totals, slopes);
    INDArray gradient = null;
    if (wantsGradient) {
      Transforms.exp(logProbabilities, false);
      gradient = logProbabilities.muliColumnVector(totals).subi(wanted);
      gradient.muliColumnVector(Nd4j.createFromArray(slopes));
      zeroUnless(counting, gradient);
    }
    return new RowLosses(scores, gradient);
  }

  /** The log-softmax; ND4J's own gives negative infinity for logits far apart. */
  private static INDArray logSoftmax(INDArray logits) {
    INDArray shifted = logits.subColumnVector(logits.max(true, 1));
    INDArray sums = Transforms.exp(shifted, true).sum(true, 1);
    return shifted.subiColumnVector(Transforms.log(sums, false));
  }

  private static void requireAccepted(
      LossBatch batch, Formula formula, INDArray labels, INDArray counting) {
    double[] labelled = labels.neq(0).castTo(DataType.DOUBLE).sum(true, 1).toDoubleVector();
    double[] sums = labels.sum(true, 1).toDoubleVector();
    double[] counts = counting.toDoubleVector();
    for (int i = 0; i < sums.length; i++) {
      if (counts[i] != 0 && !formula.accepts(labelled[i], sums[i])) {
        throw batch.refusal(i);
      }
    }
  }

  private static double[] scores(
      Formula formula, INDArray crossEntropies, INDArray totals, double[] slopes) {
    double[] scores = crossEntropies.toDoubleVector();
    double[] totalOfRow = totals.toDoubleVector();
    for (int i = 0; i < scores.length; i++) {
      DualNumber loss =
          formula.loss(DualNumber.variable(scores[i]), DualNumber.constant(totalOfRow[i]));
      scores[i] = loss.value();
      slopes[i] = loss.slope();
    }
    return scores;
  }

  /** The values, made 0 where a factor, of one column or as many, is 0. */
  private static INDArray zeroUnless(INDArray factor, INDArray values) {
    INDArray kept = factor.neq(0).castTo(DataType.DOUBLE).broadcast(values.shape());
    BooleanIndexing.assignIf(values, kept, Conditions.equals(0));
    return values;
  }
}
