package org.collapse4j.dl4j.loss;

/**
 * A place in a batch: one row of logits and labels, and of the gradient if that is wanted. One
 * thread moves it over its rows.
 */
final class Row {
  private final Cells logits;
  private final Cells labels;
  private final Cells gradient;
  private final int classes;
  private long logitsStart;
  private long labelsStart;
  private long gradientStart;
  private double largest;
  private int largestClass;
  private double shiftedSum;
  private int given;

  /**
   * No row yet.
   *
   * @param gradient in C order; null if it is not wanted
   */
  Row(Cells logits, Cells labels, Cells gradient, int classes) {
    this.logits = logits;
    this.labels = labels;
    this.gradient = gradient;
    this.classes = classes;
  }

  void moveTo(long row) {
    logitsStart = row * logits.rowStride;
    labelsStart = row * labels.rowStride;
    gradientStart = row * classes;
  }

  int classes() {
    return classes;
  }

  boolean wantsGradient() {
    return gradient != null;
  }

  double label(int c) {
    return labels.get(labelsStart + c * labels.columnStride);
  }

  /**
   * Looks for the class whose label is 1, the others being 0.
   *
   * @return whether the labels are of this kind
   */
  boolean findGiven() {
    int ones = 0;
    boolean others = false;
    for (int c = 0; c < classes; c++) {
      double label = label(c);
      if (label == 1) {
        ones++;
        given = c;
      } else if (label != 0) {
        others = true;
      }
    }
    return ones == 1 && !others;
  }

  int given() {
    return given;
  }

  /** Finds the largest logit, which the methods below need. */
  void findLargest() {
    Cells z = logits;
    long step = z.columnStride;
    long cell = logitsStart;
    double max = Double.NEGATIVE_INFINITY;
    int at = 0;
    for (int c = 0; c < classes; c++, cell += step) {
      double logit = z.get(cell);
      if (logit > max) {
        max = logit;
        at = c;
      }
    }
    largest = max;
    largestClass = at;
    shiftedSum = 0;
  }

  int largestClass() {
    return largestClass;
  }

  /** A logit less the largest one. */
  double shifted(int c) {
    return logits.get(logitsStart + c * logits.columnStride) - largest;
  }

  /** The exponential of {@link #shifted}. */
  double exponential(int c) {
    return logits.exp(shifted(c));
  }

  /**
   * The sum of the exponentials of all classes but one, each of which is kept where the gradient
   * goes.
   */
  double exponentialsBut(int except) {
    double sum = exponentials(0, except) + exponentials(except + 1, classes);
    shiftedSum += shifted(except);
    return sum;
  }

  /** The sum of {@link #shifted} over all classes, once the exponentials have been computed. */
  double shiftedSum() {
    return shiftedSum;
  }

  private double exponentials(int first, int end) {
    Cells z = logits;
    Cells kept = gradient;
    double max = largest;
    long step = z.columnStride;
    long cell = logitsStart + first * step;
    double sum = 0;
    double plain = 0;
    if (kept == null) {
      for (int c = first; c < end; c++, cell += step) {
        double shifted = z.get(cell) - max;
        plain += shifted;
        sum += z.exp(shifted);
      }
    } else {
      long target = gradientStart + first;
      for (int c = first; c < end; c++, cell += step, target++) {
        double shifted = z.get(cell) - max;
        plain += shifted;
        double exponential = z.exp(shifted);
        sum += exponential;
        kept.put(target, exponential);
      }
    }
    shiftedSum += plain;
    return sum;
  }

  /** Makes the exponentials kept a gradient: each times a factor, less a constant. */
  void scaleExponentials(double factor, double less) {
    Cells kept = gradient;
    long end = gradientStart + classes;
    for (long cell = gradientStart; cell < end; cell++) {
      kept.put(cell, kept.get(cell) * factor - less);
    }
  }

  /** Adds to the gradient a multiple of one value a class. */
  void addToGradient(double factor, double[] values) {
    Cells kept = gradient;
    long cell = gradientStart;
    for (int c = 0; c < classes; c++, cell++) {
      kept.put(cell, kept.get(cell) + factor * values[c]);
    }
  }

  void putGradient(int c, double value) {
    gradient.put(gradientStart + c, value);
  }

  void zeroGradient() {
    if (gradient != null) {
      for (int c = 0; c < classes; c++) {
        putGradient(c, 0);
      }
    }
  }
}
