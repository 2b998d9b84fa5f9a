package org.collapse4j.dl4j.loss;

import org.nd4j.linalg.api.ndarray.INDArray;

/** Label relaxation by a loop over host memory. */
final class RelaxationRowByRow extends RowByRow {
  private final double alpha;
  private final double[] weights;

  RelaxationRowByRow(LossBatch batch, double alpha, double[] weights) {
    super(batch);
    this.alpha = alpha;
    this.weights = weights;
  }

  @Override
  boolean accepts(Row row) {
    return row.findGiven();
  }

  @Override
  IllegalArgumentException refusal(INDArray labels, long row) {
    return LossLabelRelaxation.notOneHot(labels, row);
  }

  @Override
  double loss(Row row, double mask) {
    int given = row.given();
    double weight = weights == null ? mask : mask * weights[given];
    double others = row.exponentialsBut(given);
    double sum = others + row.exponential(given);
    if (others <= alpha * sum || weight == 0) {
      row.zeroGradient();
      return 0;
    }
    if (row.wantsGradient()) {
      row.scaleExponentials(weight * (1 / sum - alpha / others), 0);
      row.putGradient(given, weight * (alpha - others / sum));
    }
    double logSum = given == row.largestClass() ? Math.log1p(others) : Math.log(sum);
    double hard = (1 - alpha) * (Math.log1p(-alpha) - (row.shifted(given) - logSum));
    double soft = alpha == 0 ? 0 : alpha * (Math.log(alpha) - (Math.log(others) - logSum));
    return weight * (hard + soft);
  }
}
