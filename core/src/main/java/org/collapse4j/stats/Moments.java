package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Counts, means and centred sums of squares of some examples, by class, in float64. Two of them add
 * up to those of all examples without cancellation (Chan, Golub, LeVeque 1983).
 *
 * <p>A mean has twice the digits of float64, so that those of two classes whose examples are the
 * same do not differ by the order or the parts in which they came, but for the rounding of what is
 * added up: the deviations from a reference, which are as small as the class is.
 */
final class Moments implements AutoCloseable {
  /** A correction of the scatter below this share of it is lost in a float32 product. */
  private static final double ROUNDING = 0x1p-30;

  /** A correction of the scatter below this share of it is lost in a float64 product. */
  private static final double DOUBLE_ROUNDING = 0x1p-54;

  private static final double LARGEST_IN_FLOAT = 0x1p50;
  private static final double SMALLEST_IN_FLOAT = 0x1p-50;

  private final BlockArithmetic operations = BlockArithmetic.forBackend();

  final int numClasses;
  final int dimension;
  final double[] counts;

  /** {@code [K, d]} in C order; the row of a class with no example is zero. */
  final double[] means;

  /** What is to be added to the means, at most half a unit of their last place. */
  final double[] rests;

  /** The sum over a class's examples of the squared distance to its mean. */
  final double[] traces;

  /**
   * {@code [d, d]} by columns: the sum over all examples of the outer square of h - mean, of which
   * only the upper triangle counts; null if left out.
   */
  final INDArray scatter;

  /** Whether some of the products that the scatter is the sum of were in float32. */
  private boolean floatProducts;

  Moments(
      int numClasses,
      int dimension,
      double[] counts,
      double[] means,
      double[] rests,
      double[] traces,
      INDArray scatter) {
    this.numClasses = numClasses;
    this.dimension = dimension;
    this.counts = counts;
    this.means = means;
    this.rests = rests;
    this.traces = traces;
    this.scatter = scatter;
  }

  static Moments empty(int numClasses, int dimension, boolean withScatter) {
    return new Moments(
        numClasses,
        dimension,
        new double[numClasses],
        new double[numClasses * dimension],
        new double[numClasses * dimension],
        new double[numClasses],
        withScatter ? Nd4j.create(DataType.DOUBLE, new long[] {dimension, dimension}, 'f') : null);
  }

  Moments copy() {
    Moments copy =
        new Moments(
            numClasses,
            dimension,
            counts.clone(),
            means.clone(),
            rests.clone(),
            traces.clone(),
            scatter == null ? null : scatter.dup('f'));
    copy.floatProducts = floatProducts;
    return copy;
  }

  boolean hasFloatProducts() {
    return floatProducts;
  }

  /** The same numbers, shared, without the scatter. */
  Moments withoutScatter() {
    return new Moments(numClasses, dimension, counts, means, rests, traces, null);
  }

  /** The elements of the scatter that count, column after column. */
  double[] upperTriangle() {
    double[] all = Matrices.elements(scatter);
    double[] upper = new double[dimension * (dimension + 1) / 2];
    for (int j = 0, to = 0; j < dimension; to += ++j) {
      System.arraycopy(all, dimension * j, upper, to, j + 1);
    }
    return upper;
  }

  /** A scatter of the elements that count. */
  static INDArray scatter(double[] upperTriangle, int dimension) {
    double[] all = new double[dimension * dimension];
    for (int j = 0, from = 0; j < dimension; from += ++j) {
      System.arraycopy(upperTriangle, from, all, dimension * j, j + 1);
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return Nd4j.createFromArray(all).reshape('f', dimension, dimension);
    }
  }

  /** Frees the scatter, after which only counts, means and traces may be used. */
  @Override
  public void close() {
    if (scatter != null) {
      scatter.close();
    }
  }

  /** Adds the other's examples to these; the other stays as it is. */
  void absorb(Moments other) {
    if (scatter != null && other.scatter != null) {
      operations.add(scatter, other.scatter, 0);
    }
    absorbCentres(other);
    for (int c = 0; c < numClasses; c++) {
      traces[c] += other.traces[c];
    }
    floatProducts |= other.floatProducts;
  }

  /**
   * Adds examples that are known by sums about a reference near their class means.
   *
   * @param about their counts and class means, without sums of squares
   * @param offset class means minus reference, {@code [K, d]}; overwritten
   * @param squares the sum of the squared distances to the reference, by class
   * @param precision of the sum of the outer squares of h - reference, which is in the scatter
   */
  void absorbAbout(Moments about, double[] offset, double[] squares, DataType precision) {
    for (int c = 0; c < numClasses; c++) {
      traces[c] += squares[c];
    }
    floatProducts |= precision != DataType.DOUBLE;
    double rounding = precision == DataType.DOUBLE ? DOUBLE_ROUNDING : ROUNDING;
    addBetween(offset, about.counts, -1, rounding * sum(squares));
    absorbCentres(about);
  }

  /**
   * Moves the means to those of both sets and adds what the distance between the two contributes to
   * the sums of squares.
   */
  private void absorbCentres(Moments other) {
    double[] weight = new double[numClasses];
    double[] difference = new double[means.length];
    for (int c = 0; c < numClasses; c++) {
      double before = counts[c];
      double total = before + other.counts[c];
      if (other.counts[c] == 0) {
        continue;
      }
      counts[c] = total;
      int from = c * dimension;
      if (before == 0) {
        System.arraycopy(other.means, from, means, from, dimension);
        System.arraycopy(other.rests, from, rests, from, dimension);
        continue;
      }
      double share = other.counts[c] / total;
      weight[c] = before * share;
      for (int j = from; j < from + dimension; j++) {
        difference[j] = difference(other.means[j], other.rests[j], means[j], rests[j]);
        moveMean(j, share * difference[j]);
      }
    }
    addBetween(difference, weight, 1, 0);
  }

  /** The difference of two sums of a number and a rest, without cancellation between the two. */
  static double difference(double a, double restOfA, double b, double restOfB) {
    double rounded = a - b;
    double subtracted = a - rounded;
    double lost = (a - (rounded + subtracted)) + (subtracted - b);
    return rounded + (lost + (restOfA - restOfB));
  }

  /** What the sum of two numbers loses when it is rounded (Knuth). */
  static double lostInSum(double a, double b) {
    double sum = a + b;
    double added = sum - a;
    return (a - (sum - added)) + (b - added);
  }

  private void moveMean(int j, double by) {
    double moved = means[j] + by;
    double rest = lostInSum(means[j], by) + rests[j];
    means[j] = moved + rest;
    rests[j] = rest - (means[j] - moved);
  }

  /**
   * Adds {@code sign} times the sum over classes of weight times the outer square of a row, to the
   * scatter only if its trace is above {@code negligible}. The rows are overwritten.
   */
  private void addBetween(double[] rows, double[] weights, double sign, double negligible) {
    double total = 0;
    for (int c = 0; c < numClasses; c++) {
      double root = Math.sqrt(weights[c]);
      double term = 0;
      for (int j = c * dimension; j < (c + 1) * dimension; j++) {
        rows[j] *= root;
        term += rows[j] * rows[j];
      }
      traces[c] = Math.max(0, traces[c] + sign * term);
      total += term;
    }
    if (scatter != null && total > negligible) {
      INDArray scaled = table(rows);
      Nd4j.gemm(scaled, scaled, scatter, true, false, sign, 1);
      scaled.close();
    }
  }

  private static double sum(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum;
  }

  private INDArray table(double[] elements) {
    return Nd4j.createFromArray(elements).reshape(numClasses, dimension);
  }

  /** The sum of outer squares divided by a number, as an array of its own. */
  INDArray scatterOver(double divisor) {
    double[] upper = Matrices.elements(scatter);
    double[] quotients = new double[upper.length];
    for (int j = 0; j < dimension; j++) {
      for (int i = 0; i <= j; i++) {
        double quotient = upper[dimension * j + i] / divisor;
        quotients[dimension * j + i] = quotient;
        quotients[dimension * i + j] = quotient;
      }
    }
    return Nd4j.createFromArray(quotients).reshape('f', dimension, dimension);
  }

  /** Whether products of numbers of this size stay in the range of float32. */
  static boolean isInFloatRange(double size) {
    return size == 0 || (size > SMALLEST_IN_FLOAT && size < LARGEST_IN_FLOAT);
  }
}
