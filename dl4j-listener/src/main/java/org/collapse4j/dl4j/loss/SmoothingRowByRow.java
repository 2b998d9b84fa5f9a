package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Label smoothing by a loop over host memory. */
final class SmoothingRowByRow extends RowByRow {
  private final SmoothedTarget target;

  SmoothingRowByRow(LossBatch batch, SmoothedTarget target) {
    super(batch);
    this.target = target;
  }

  /** Labels may be anything. */
  @Override
  boolean accepts(Row row) {
    return true;
  }

  @Override
  IllegalArgumentException refusal(INDArray labels, long row) {
    throw new IllegalStateException("no row is refused");
  }

  @Override
  double loss(Row row, double weight) {
    double others = row.exponentialsBut(row.largestClass());
    double labelSum = 0;
    double labelShifted = 0;
    int lastLabelled = -1;
    int firstLabelled = row.classes();
    for (int c = 0; c < row.classes(); c++) {
      double label = row.label(c);
      if (label != 0) {
        double share = label * target.labelShare(c);
        labelSum += share;
        labelShifted += share * row.shifted(c);
        firstLabelled = Math.min(firstLabelled, c);
        lastLabelled = c;
      }
    }
    double total = labelSum + target.floorSum();
    if (row.wantsGradient()) {
      unlabelledGradient(row, weight, total * weight / (1 + others));
      for (int c = firstLabelled; c <= lastLabelled; c++) {
        if (row.label(c) != 0) {
          row.putGradient(c, gradient(row, c, weight, total, others));
        }
      }
      int largest = row.largestClass();
      row.putGradient(largest, gradient(row, largest, weight, total, others));
    }
    return weight * (total * Math.log1p(others) - labelShifted - floorShifted(row));
  }

  private void unlabelledGradient(Row row, double weight, double factor) {
    if (target.isUniform()) {
      row.scaleExponentials(factor, weight * target.floor(0));
    } else {
      row.scaleExponentials(factor, 0);
      row.addToGradient(-weight, target.floors());
    }
  }

  private double gradient(Row row, int c, double weight, double total, double others) {
    double wanted = target.floor(c) + target.labelShare(c) * row.label(c);
    double sum = 1 + others;
    return weight
        * (c == row.largestClass()
            ? (total - wanted) - total * (others / sum)
            : total * (row.exponential(c) / sum) - wanted);
  }

  /** The sum over the classes of floor times shifted logit. */
  private double floorShifted(Row row) {
    if (target.floorSum() == 0) {
      return 0;
    }
    if (target.isUniform()) {
      return target.floor(0) * row.shiftedSum();
    }
    double sum = 0;
    for (int c = 0; c < row.classes(); c++) {
      double floor = target.floor(c);
      if (floor != 0) {
        sum += floor * row.shifted(c);
      }
    }
    return sum;
  }
}
