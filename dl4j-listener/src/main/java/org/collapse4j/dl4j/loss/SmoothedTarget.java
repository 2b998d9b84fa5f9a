package org.collapse4j.dl4j.loss;

/**
 * What labels become for one alpha and number of classes: {@code label * labelShare(c) + floor(c)},
 * class weights within.
 */
final class SmoothedTarget {
  private final double alpha;
  private final double[] labelShares;
  private final double[] floor;
  private final double floorSum;
  private final boolean uniform;

  /**
   * A target.
   *
   * @param weights one a class, or null
   * @param prior one a class, or null for the uniform one
   */
  SmoothedTarget(double alpha, int classes, double[] weights, double[] prior) {
    this.alpha = alpha;
    this.labelShares = new double[classes];
    this.floor = new double[classes];
    double sum = 0;
    for (int c = 0; c < classes; c++) {
      double weight = weights == null ? 1 : weights[c];
      labelShares[c] = (1 - alpha) * weight;
      floor[c] = alpha * weight * (prior == null ? 1.0 / classes : prior[c]);
      sum += floor[c];
    }
    this.floorSum = sum;
    this.uniform = weights == null && prior == null;
  }

  boolean isFor(double alpha, int classes) {
    return this.alpha == alpha && floor.length == classes;
  }

  /** {@code (1 - alpha) w_c}. */
  double labelShare(int c) {
    return labelShares[c];
  }

  /** {@code alpha w_c u_c}. */
  double floor(int c) {
    return floor[c];
  }

  /** Whether the floor is the same for all classes. */
  boolean isUniform() {
    return uniform;
  }

  double floorSum() {
    return floorSum;
  }

  /** All of {@link #labelShare}; not to be modified. */
  double[] labelShares() {
    return labelShares;
  }

  /** All of {@link #floor}; not to be modified. */
  double[] floors() {
    return floor;
  }
}
