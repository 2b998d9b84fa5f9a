package org.collapse4j.dl4j.loss;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.factory.Nd4j;

/** The losses as graphs of SameDiff operations, by the same log-sum-exp. */
final class SameDiffLosses {
  private SameDiffLosses() {}

  static SDVariable smoothing(
      SameDiff graph, String name, SDVariable labels, SDVariable logits, LossLabelSmoothing loss) {
    Softmax softmax = Softmax.of(graph, logits);
    SDVariable targets = labels.castTo(logits.dataType());
    double alpha = loss.getAlpha();
    SDVariable total;
    SDVariable wantedLogits;
    if (loss.weightsOrNull() == null && loss.priorOrNull() == null) {
      total = targets.sum(true, 1).mul(1 - alpha).add(alpha);
      wantedLogits =
          targets
              .mul(softmax.shifted())
              .sum(true, 1)
              .mul(1 - alpha)
              .add(softmax.shifted().mean(true, 1).mul(alpha));
    } else {
      int classes =
          loss.weightsOrNull() == null ? loss.priorOrNull().length : loss.weightsOrNull().length;
      SmoothedTarget target = loss.target(classes);
      SDVariable wanted =
          targets
              .mul(row(graph, target.labelShares(), logits))
              .add(row(graph, target.floors(), logits));
      total = wanted.sum(true, 1);
      wantedLogits = wanted.mul(softmax.shifted()).sum(true, 1);
    }
    return mean(name, total.mul(softmax.logSums()).sub(wantedLogits));
  }

  static SDVariable relaxation(
      SameDiff graph, String name, SDVariable labels, SDVariable logits, LossLabelRelaxation loss) {
    Softmax softmax = Softmax.of(graph, logits);
    SDVariable given = labels.castTo(logits.dataType());
    double alpha = loss.getAlpha();
    SDVariable others = softmax.exponentials().mul(given.rsub(1)).sum(true, 1);
    SDVariable active = others.gt(softmax.sums().mul(alpha)).castTo(logits.dataType());
    SDVariable logGiven = softmax.shifted().mul(given).sum(true, 1).sub(softmax.logSums());
    SDVariable rows = logGiven.rsub(Math.log1p(-alpha)).mul(1 - alpha);
    if (alpha > 0) {
      // Where the loss is 0 the others may be too: their logarithm, times 0, would be NaN.
      SDVariable logOthers = graph.math().log(others.add(active.rsub(1))).sub(softmax.logSums());
      rows = rows.add(logOthers.rsub(Math.log(alpha)).mul(alpha));
    }
    if (loss.weightsOrNull() != null) {
      rows = rows.mul(given.mul(row(graph, loss.weightsOrNull(), logits)).sum(true, 1));
    }
    return mean(name, rows.mul(active));
  }

  private static SDVariable row(SameDiff graph, double[] values, SDVariable like) {
    return graph.constant(
        Nd4j.createFromArray(values).castTo(like.dataType()).reshape(1, values.length));
  }

  private static SDVariable mean(String name, SDVariable rows) {
    SDVariable loss = rows.mean(name);
    loss.markAsLoss();
    return loss;
  }

  /** Columns but for the first two, which are {@code [n, K]}. */
  private record Softmax(
      SDVariable shifted, SDVariable exponentials, SDVariable sums, SDVariable logSums) {
    static Softmax of(SameDiff graph, SDVariable logits) {
      SDVariable shifted = logits.sub(logits.max(true, 1));
      SDVariable exponentials = graph.math().exp(shifted);
      SDVariable sums = exponentials.sum(true, 1);
      return new Softmax(shifted, exponentials, sums, graph.math().log(sums));
    }
  }
}
