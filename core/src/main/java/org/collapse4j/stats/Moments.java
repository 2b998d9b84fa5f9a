package org.collapse4j.stats;

import java.util.stream.IntStream;
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
      operations.add(scatter, other.scatter);
    }
    absorbCentres(other, IntStream.range(0, numClasses).toArray());
    for (int c = 0; c < numClasses; c++) {
      traces[c] += other.traces[c];
    }
    floatProducts |= other.floatProducts;
  }

  /**
   * Adds examples that are known by sums about a reference near their class means.
   *
   * @param about counts and means of some classes, without sums of squares
   * @param classes which classes these are
   * @param offset their means minus the reference, {@code [P, d]}; overwritten
   * @param squares the sum of the squared distances to the reference, of each of them
   * @param precision of the sum of the outer squares of h - reference, which is in the scatter;
   *     float64 if there is none
   */
  void absorbAbout(
      Moments about, int[] classes, double[] offset, double[] squares, DataType precision) {
    for (int i = 0; i < classes.length; i++) {
      traces[classes[i]] += squares[i];
    }
    floatProducts |= precision != DataType.DOUBLE;
    double rounding = precision == DataType.DOUBLE ? DOUBLE_ROUNDING : ROUNDING;
    addBetween(offset, about.counts, classes, -1, rounding * sum(squares));
    absorbCentres(about, classes);
  }

  /**
   * Moves the means to those of both sets and adds what the distance between the two contributes to
   * the sums of squares.
   *
   * @param classes which classes those of the other are
   */
  private void absorbCentres(Moments other, int[] classes) {
    double[] weight = new double[classes.length];
    double[] difference = new double[other.means.length];
    for (int i = 0; i < classes.length; i++) {
      int c = classes[i];
      double before = counts[c];
      double total = before + other.counts[i];
      if (other.counts[i] == 0) {
        continue;
      }
      counts[c] = total;
      int to = c * dimension;
      int from = i * dimension;
      if (before == 0) {
        System.arraycopy(other.means, from, means, to, dimension);
        System.arraycopy(other.rests, from, rests, to, dimension);
        continue;
      }
      double share = other.counts[i] / total;
      weight[i] = before * share;
      for (int j = 0; j < dimension; j++) {
        difference[from + j] =
            difference(other.means[from + j], other.rests[from + j], means[to + j], rests[to + j]);
        moveMean(to + j, share * difference[from + j]);
      }
    }
    addBetween(difference, weight, classes, 1, 0);
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
   * Adds {@code sign} times the sum over some classes of weight times the outer square of a row, to
   * the scatter only if its trace is above {@code negligible}. The rows are overwritten.
   */
  private void addBetween(
      double[] rows, double[] weights, int[] classes, double sign, double negligible) {
    double total = 0;
    for (int i = 0; i < classes.length; i++) {
      double root = Math.sqrt(weights[i]);
      double term = 0;
      for (int j = i * dimension; j < (i + 1) * dimension; j++) {
        rows[j] *= root;
        term += rows[j] * rows[j];
      }
      traces[classes[i]] = Math.max(0, traces[classes[i]] + sign * term);
      total += term;
    }
    if (scatter != null && total > negligible) {
      INDArray scaled = Matrices.of(rows, dimension);
      RankUpdate.set(scatter, 1, scaled, sign);
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
