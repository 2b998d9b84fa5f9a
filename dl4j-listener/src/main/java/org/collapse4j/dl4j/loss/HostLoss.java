package org.collapse4j.dl4j.loss;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A loss of arrays in host memory, a row at a time in float64; large batches in blocks of rows, by
 * the threads of the common pool. {@link ArrayLoss} takes five to twenty times as long there.
 */
final class HostLoss {
  /** Some tenths of a millisecond of work: far more than handing it to a thread costs. */
  private static final int BLOCK_ELEMENTS = 1 << 15;

  private final LossBatch batch;
  private final Formula formula;
  private final LinearTarget target;
  private final INDArray gradient;
  private final AtomicInteger firstRefused;

  private HostLoss(LossBatch batch, Formula formula, LinearTarget target, boolean wantsGradient) {
    this.batch = batch;
    this.formula = formula;
    this.target = target;
    this.gradient =
        wantsGradient
            ? Nd4j.createUninitialized(batch.logits().dataType(), batch.rows(), batch.classes())
            : null;
    this.firstRefused = new AtomicInteger(batch.rows());
  }

  static RowLosses compute(
      LossBatch batch, Formula formula, LinearTarget target, boolean wantsGradient) {
    HostLoss loss = new HostLoss(batch, formula, target, wantsGradient);
    try {
      return new RowLosses(loss.scores(), loss.gradient);
    } finally {
      Reference.reachabilityFence(loss);
    }
  }

  private double[] scores() {
    int rows = batch.rows();
    int blockRows = Math.max(1, BLOCK_ELEMENTS / batch.classes());
    int blocks = (rows + blockRows - 1) / blockRows;
    double[] scores = new double[rows];
    IntStream numbers = IntStream.range(0, blocks);
    (blocks > 1 ? numbers.parallel() : numbers)
        .forEach(
            block -> {
              int end = Math.min(rows, (block + 1) * blockRows);
              Row row = new Row();
              for (int i = block * blockRows; i < end; i++) {
                scores[i] = row.loss(i);
              }
            });
    if (firstRefused.get() < rows) {
      throw batch.refusal(firstRefused.get());
    }
    return scores;
  }

  /** Room for one row, which one thread moves over its block. */
  private final class Row {
    private final StridedMatrix logits = new StridedMatrix(batch.logits());
    private final StridedMatrix labels = new StridedMatrix(batch.labels());
    private final StridedMatrix mask =
        batch.mask() == null ? null : new StridedMatrix(batch.mask());
    private final StridedMatrix gradients = gradient == null ? null : new StridedMatrix(gradient);
    private final double[] factors = new double[mask == null ? 1 : (int) batch.mask().size(1)];
    private final double[] wanted = new double[batch.classes()];
    private final double[] z = new double[batch.classes()];
    private double total;
    private int labelled;
    private double labelSum;
    private int largest;
    private double others;

    Row() {
      factors[0] = 1;
    }

    /** Computes the loss of a row, and writes its gradient if that is wanted. */
    double loss(int row) {
      if (mask != null) {
        mask.read(row, factors);
      }
      if (isZero(factors)) {
        writeGradient(row, 0);
        return 0;
      }
      labels.read(row, wanted);
      logits.read(row, z);
      double crossEntropy = crossEntropy();
      if (!formula.accepts(labelled, labelSum)) {
        firstRefused.accumulateAndGet(row, Math::min);
        return 0;
      }
      DualNumber loss = formula.loss(DualNumber.variable(crossEntropy), DualNumber.constant(total));
      writeGradient(row, loss.slope());
      return loss.value();
    }

    /**
     * The cross-entropy, in one loop, since each of its sums waits for the addition before. What is
     * wanted takes the place of the labels, and exponentials that of the logits. The exponential of
     * the largest logit is 1 and is kept apart from the sum of the others, so that a saturated row
     * keeps the digits of its small probabilities.
     */
    private double crossEntropy() {
      largest = largest(z);
      double max = z[largest];
      double[] shares = target.shares();
      double[] floors = target.floors();
      int step = factors.length == 1 ? 0 : 1;
      int count = 0;
      double sumOfLabels = 0;
      double sumWanted = 0;
      double sumOfOthers = 0;
      double wantedLogits = 0;
      for (int c = 0; c < z.length; c++) {
        double label = wanted[c];
        if (label != 0) {
          count++;
          sumOfLabels += label;
        }
        double shifted = z[c] - max;
        double factor = factors[c * step];
        double value = factor == 0 ? 0 : factor * (label * shares[c] + floors[c]);
        // A class of which nothing is wanted costs nothing, were its logit negative infinity.
        if (value != 0) {
          sumWanted += value;
          wantedLogits += value * shifted;
        }
        wanted[c] = value;
        double exponential = Exponential.of(shifted);
        z[c] = exponential;
        if (c != largest) {
          sumOfOthers += exponential;
        }
      }
      labelled = count;
      labelSum = sumOfLabels;
      total = sumWanted;
      others = sumOfOthers;
      return total * Math.log1p(others) - wantedLogits;
    }

    /** Writes the gradient: that of the cross-entropy times a slope. */
    private void writeGradient(int row, double slope) {
      if (gradients == null) {
        return;
      }
      if (slope == 0) {
        Arrays.fill(z, 0);
      } else {
        double factor = slope * total / (1 + others);
        double gradientOfLargest = total - wanted[largest] - total * (others / (1 + others));
        for (int c = 0; c < z.length; c++) {
          z[c] = factor * z[c] - slope * wanted[c];
        }
        z[largest] = slope * gradientOfLargest;
      }
      gradients.write(row, z);
    }
  }

  private static int largest(double[] values) {
    int at = 0;
    double largest = values[0];
    for (int c = 1; c < values.length; c++) {
      if (values[c] > largest) {
        largest = values[c];
        at = c;
      }
    }
    return at;
  }

  private static boolean isZero(double[] values) {
    for (double value : values) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }
}
