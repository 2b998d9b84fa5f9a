package org.collapse4j.verdict;

import org.collapse4j.metric.Metric;

/** The four conditions of neural collapse, each by one metric that is 0 at collapse. */
enum Condition {
  /** The classes shrink to points. */
  NC1(Metric.NC1_PINV, 0.05),
  /** Their centres form a simplex equiangular tight frame. */
  NC2(Metric.NC2_ETF_MEANS, 0.2),
  /** The classifier is dual to them. */
  NC3(Metric.NC3_DUALITY, 0.2),
  /** The classifier decides by the nearest centre. */
  NC4(Metric.NC4_MISMATCH, 0.01);

  private final Metric metric;
  private final double bound;

  Condition(Metric metric, double bound) {
    this.metric = metric;
    this.bound = bound;
  }

  Metric metric() {
    return metric;
  }

  /** The largest value at which the condition holds. */
  double bound() {
    return bound;
  }

  boolean holds(double value) {
    return value <= bound;
  }
}
