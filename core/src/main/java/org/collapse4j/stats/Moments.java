package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Counts, means and centred sums of squares of some examples, by class, in float64. Two of them add
 * up to those of all examples without cancellation (Chan, Golub, LeVeque 1983).
 */
final class Moments {
  /** Of a sum of products in float32, relative to its trace. */
  private static final double ROUNDING = 0x1p-30;

  final int numClasses;
  final int dimension;
  final double[] counts;

  /** {@code [K, d]}; the row of a class with no example is zero. */
  final INDArray means;

  /** The sum over a class's examples of the squared distance to its mean. */
  final double[] traces;

  /**
   * {@code [d, d]}: the sum over all examples of the outer square of h - mean; null if left out.
   */
  final INDArray scatter;

  Moments(
      int numClasses,
      int dimension,
      double[] counts,
      INDArray means,
      double[] traces,
      INDArray scatter) {
    this.numClasses = numClasses;
    this.dimension = dimension;
    this.counts = counts;
    this.means = means;
    this.traces = traces;
    this.scatter = scatter;
  }

  static Moments empty(int numClasses, int dimension, boolean withScatter) {
    return new Moments(
        numClasses,
        dimension,
        new double[numClasses],
        Nd4j.create(DataType.DOUBLE, numClasses, dimension),
        new double[numClasses],
        withScatter ? Nd4j.create(DataType.DOUBLE, new long[] {dimension, dimension}, 'f') : null);
  }

  Moments copy() {
    return new Moments(
        numClasses,
        dimension,
        counts.clone(),
        means.dup(),
        traces.clone(),
        scatter == null ? null : scatter.dup('f'));
  }

  /** Adds the other's examples to these; the other stays as it is. */
  void absorb(Moments other) {
    if (scatter != null) {
      scatter.addi(other.scatter);
    }
    absorbCentres(other.counts, other.means);
    for (int c = 0; c < numClasses; c++) {
      traces[c] += other.traces[c];
    }
  }

  /**
   * Adds examples that are known by sums about a reference near their class means.
   *
   * @param aboutCounts examples of each class
   * @param aboutMeans their class means, {@code [K, d]}
   * @param offset class means minus reference, {@code [K, d]}
   * @param squares sum of the squared distances to the reference, by class
   * @param product {@code [d, d]} in any type: sum of the outer squares of h - reference
   */
  void absorbAbout(
      double[] aboutCounts,
      INDArray aboutMeans,
      INDArray offset,
      double[] squares,
      INDArray product) {
    if (scatter != null) {
      scatter.addi(product);
    }
    for (int c = 0; c < numClasses; c++) {
      traces[c] += squares[c];
    }
    // What is below the rounding of a float32 product is not worth a product in float64.
    double worthwhile = product == null || product.dataType() == DataType.DOUBLE ? 0 : ROUNDING;
    addBetween(offset, aboutCounts, -1, worthwhile * sum(squares));
    absorbCentres(aboutCounts, aboutMeans);
  }

  /**
   * Moves the means to those of both sets and adds what the distance between the two contributes to
   * the sums of squares.
   */
  private void absorbCentres(double[] otherCounts, INDArray otherMeans) {
    double[] share = new double[numClasses];
    double[] weight = new double[numClasses];
    for (int c = 0; c < numClasses; c++) {
      double total = counts[c] + otherCounts[c];
      share[c] = total == 0 ? 0 : otherCounts[c] / total;
      weight[c] = counts[c] * share[c];
      counts[c] = total;
    }
    INDArray difference = otherMeans.sub(means);
    means.addi(difference.mulColumnVector(column(share)));
    addBetween(difference, weight, 1, 0);
  }

  /**
   * Adds {@code sign} times the sum over classes of weight times the outer square of a row, to the
   * scatter only if its trace is above {@code negligible}.
   */
  private void addBetween(INDArray rows, double[] weights, double sign, double negligible) {
    double[] squares = squaredNorms(rows);
    double[] roots = new double[weights.length];
    double total = 0;
    for (int c = 0; c < weights.length; c++) {
      double term = weights[c] * squares[c];
      traces[c] = Math.max(0, traces[c] + sign * term);
      total += term;
      roots[c] = Math.sqrt(weights[c]);
    }
    if (scatter != null && total > negligible) {
      INDArray scaled = rows.mulColumnVector(column(roots));
      Nd4j.gemm(scaled, scaled, scatter, true, false, sign, 1);
    }
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  static double[] squaredNorms(INDArray rows) {
    double[] norms = rows.norm2(1).toDoubleVector();
    for (int i = 0; i < norms.length; i++) {
      norms[i] *= norms[i];
    }
    return norms;
  }

  static INDArray column(double[] values) {
    return Nd4j.createFromArray(values).reshape(values.length, 1);
  }
}
