package org.collapse4j.metric;

/**
 * The squared Frobenius distance of a multiple of a square matrix from one that has one number on
 * its diagonal and another everywhere else, found row by row.
 */
final class Deviation implements Products.Scan {
  private final double scale;
  private final double diagonal;
  private final double offDiagonal;
  private double sum;

  private Deviation(double scale, double diagonal, double offDiagonal) {
    this.scale = scale;
    this.diagonal = diagonal;
    this.offDiagonal = offDiagonal;
  }

  /** The distance from zero, which gives the size of a matrix. */
  static Deviation fromZero() {
    return new Deviation(1, 0, 0);
  }

  /**
   * {@code etf(G)}: the distance of a matrix, scaled to norm one by its size, from the Gram matrix
   * of a simplex equiangular tight frame.
   */
  static Deviation fromSimplex(int k, Deviation size) {
    double scale = Math.sqrt(k - 1.0);
    return new Deviation(1 / size.distance(), (1 - 1.0 / k) / scale, -1.0 / k / scale);
  }

  /** The distance of a matrix, scaled to norm one by its size, from that of an orthogonal frame. */
  static Deviation fromOrthogonal(int k, Deviation size) {
    return new Deviation(1 / size.distance(), 1 / Math.sqrt(k), 0);
  }

  @Override
  public void row(int a, double[] products) {
    sum += squared(products, 0, a, offDiagonal);
    sum += squared(products, a, a + 1, diagonal);
    sum += squared(products, a + 1, products.length, offDiagonal);
  }

  /** The distance, once all rows have been seen. */
  double distance() {
    return Math.sqrt(sum);
  }

  /** Adds up in two sums, since an addition need not wait for the one before then. */
  private double squared(double[] row, int from, int to, double expected) {
    double even = 0;
    double odd = 0;
    int b = from;
    for (; b + 1 < to; b += 2) {
      double first = row[b] * scale - expected;
      double second = row[b + 1] * scale - expected;
      even += first * first;
      odd += second * second;
    }
    double last = b < to ? row[b] * scale - expected : 0;
    return even + odd + last * last;
  }
}
