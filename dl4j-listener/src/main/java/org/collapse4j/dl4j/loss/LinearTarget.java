package org.collapse4j.dl4j.loss;

/**
 * The target of a formula for each class c: {@code label * shares[c] + floors[c]}.
 *
 * @param shares not to be modified
 * @param floors not to be modified
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, read in loops.
record LinearTarget(double[] shares, double[] floors) {
  /**
   * The target for a number of classes.
   *
   * @param weights one a class; null for 1 each
   * @param prior one a class; null for equal shares
   */
  static LinearTarget of(Formula formula, int classes, double[] weights, double[] prior) {
    double[] shares = new double[classes];
    double[] floors = new double[classes];
    for (int c = 0; c < classes; c++) {
      DualNumber target =
          formula.target(
              DualNumber.variable(0),
              DualNumber.constant(weights == null ? 1 : weights[c]),
              DualNumber.constant(prior == null ? 1.0 / classes : prior[c]));
      shares[c] = target.slope();
      floors[c] = target.value();
    }
    return new LinearTarget(shares, floors);
  }
}
