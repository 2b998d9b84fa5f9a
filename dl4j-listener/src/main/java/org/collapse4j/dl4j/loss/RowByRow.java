package org.collapse4j.dl4j.loss;

import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A loss computed by a loop over host memory: two reads of a row and one write of its gradient,
 * with no array between; large batches in blocks of rows, by the threads of the common pool. Sums
 * are in float64, in an order that depends on the shape alone. The largest logit's exponential is 1
 * and is kept apart from the sum of the others, so that a saturated row keeps the digits of its
 * small probabilities.
 */
abstract class RowByRow implements SoftmaxLoss.Computation {
  /** Some tenths of a millisecond of work: far more than handing it to a thread costs. */
  private static final int BLOCK_ELEMENTS = 1 << 16;

  private static final long NONE = Long.MAX_VALUE;

  private final LossBatch batch;
  private final int classes;
  private final Cells logits;
  private final Cells labels;
  private final Cells mask;

  RowByRow(LossBatch batch) {
    this.batch = batch;
    this.classes = batch.classes();
    this.logits = Cells.of(batch.logits());
    this.labels = Cells.of(batch.labels());
    this.mask = batch.rowMask() == null ? null : Cells.of(batch.rowMask());
  }

  /** Whether the loss is defined for the labels of a row. */
  abstract boolean accepts(Row row);

  /** What to throw for a row that is not accepted. */
  abstract IllegalArgumentException refusal(INDArray labels, long row);

  /**
   * The loss of a row, and its gradient if that is wanted.
   *
   * @param row whose largest logit is known
   * @param weight what both are multiplied by, not 0
   */
  abstract double loss(Row row, double weight);

  @Override
  public final double compute(INDArray gradients, INDArray scores) {
    try {
      return compute(
          gradients == null ? null : Cells.of(gradients), scores == null ? null : Cells.of(scores));
    } finally {
      Reference.reachabilityFence(batch);
      Reference.reachabilityFence(gradients);
      Reference.reachabilityFence(scores);
    }
  }

  private double compute(Cells gradients, Cells scores) {
    int rows = batch.rows();
    int blockRows = Math.max(1, BLOCK_ELEMENTS / classes);
    int blocks = (rows + blockRows - 1) / blockRows;
    double[] sums = new double[blocks];
    long[] refused = new long[blocks];
    IntStream numbers = IntStream.range(0, blocks);
    (blocks > 1 ? numbers.parallel() : numbers)
        .forEach(
            block -> {
              int first = block * blockRows;
              int end = Math.min(rows, first + blockRows);
              refused[block] = block(first, end, gradients, scores, sums, block);
            });
    for (long row : refused) {
      if (row != NONE) {
        throw refusal(batch.labels(), row);
      }
    }
    return Arrays.stream(sums).sum();
  }

  /** Computes some rows and puts their sum; returns the first that is refused, or NONE. */
  private long block(int first, int end, Cells gradients, Cells scores, double[] sums, int block) {
    Row row = new Row(logits, labels, gradients, classes);
    double sum = 0;
    for (int i = first; i < end; i++) {
      double weight = mask == null ? 1 : mask.get(i * mask.rowStride);
      row.moveTo(i);
      double score = 0;
      if (weight == 0) {
        row.zeroGradient();
      } else if (accepts(row)) {
        row.findLargest();
        score = loss(row, weight);
      } else {
        return i;
      }
      sum += score;
      if (scores != null) {
        scores.put(i * scores.rowStride, score);
      }
    }
    sums[block] = sum;
    return NONE;
  }
}
