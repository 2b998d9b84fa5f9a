package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells by the first half of their features which rows are surely nearest to the centre of their
 * class, for half the operations. What the other half {@code s''} of a row can add to the score of
 * centre c over that of its own y is at most {@code ||s''|| ||mu_c'' - mu_y''||}.
 */
final class HalfOfFeatures implements AutoCloseable {
  /** With fewer features the product costs no more than the numbers that are made of it. */
  private static final int WORTH_HALVING = 128;

  /** Of more classes the two tables would take more than 34 MB of heap. */
  private static final int MOST_CLASSES = 2048;

  /** What rounding in float32 may change a product by, as a share of the norms multiplied. */
  static final double MARGIN = 1e-5;

  /** What rounding to float32 may change a number by, as a share of it, and more. */
  static final double ROUNDING = 1e-6;

  private final int half;
  private final INDArray firstHalf;
  private final double largestNorm;

  /** As {@link #leads(double[], int)} has them. */
  private final float[] leads;

  /** The distance of every two centres in the second half, at the most; as many. */
  private final float[] apart;

  private HalfOfFeatures(INDArray centres, double[] scores) {
    int d = centres.columns();
    this.half = d / 2;
    this.firstHalf = Matrices.columns(centres, 0, half).dup('c');
    this.largestNorm = largestNorm(centres);
    this.leads = leads(scores, centres.rows());
    this.apart = distances(Matrices.columns(centres, half, d).dup('c'));
  }

  /** The largest Euclidean norm of the rows of a matrix of any type. */
  static double largestNorm(INDArray rows) {
    INDArray wide = Matrices.copy(DataType.DOUBLE, rows);
    double[] squares = Matrices.squaredNorms(wide);
    wide.close();
    return Math.sqrt(Arrays.stream(squares).max().orElse(0));
  }

  /**
   * By how much the mean of class y scores higher with centre c than with its own, at the most;
   * {@code K K} of them, negative infinity for c = y.
   */
  static float[] leads(double[] scores, int k) {
    float[] leads = new float[k * k];
    for (int y = 0; y < k; y++) {
      double own = scores[y * k + y];
      for (int c = 0; c < k; c++) {
        double lead = scores[y * k + c] - own;
        leads[y * k + c] = (float) (lead * (1 - ROUNDING));
      }
      leads[y * k + y] = Float.NEGATIVE_INFINITY;
    }
    return leads;
  }

  /** Whether products with half the centres may spare more than they and the tables cost. */
  static boolean isWorthWhile(INDArray centres, ClassScores nearness) {
    return nearness.table() != null
        && centres.dataType() == DataType.FLOAT
        && centres.columns() >= WORTH_HALVING
        && centres.rows() <= MOST_CLASSES;
  }

  /**
   * Prepares for some centres, of which it is {@linkplain #isWorthWhile worth while}.
   *
   * @param centres {@code [K, d]}
   * @param nearness the scores that decide which is the nearest
   */
  static HalfOfFeatures of(INDArray centres, ClassScores nearness) {
    return new HalfOfFeatures(centres, nearness.table());
  }

  /** The distances between rows, too large rather than too small. */
  private static float[] distances(INDArray rows) {
    int k = rows.rows();
    INDArray products = Matrices.product(rows, rows, false, true);
    rows.close();
    float[] distances = new float[k * k];
    double[] squaredNorms = new double[k];
    try (HostMatrix row = HostMatrix.of(products.transpose())) {
      for (int c = 0; c < k; c++) {
        row.read(c);
        squaredNorms[c] = row.value(c);
      }
      for (int y = 0; y < k; y++) {
        row.read(y);
        for (int c = 0; c < k; c++) {
          double both = squaredNorms[y] + squaredNorms[c];
          double square = both * (1 + MARGIN) - 2 * row.value(c);
          distances[y * k + c] = (float) Math.sqrt(Math.max(0, square));
        }
      }
    }
    products.close();
    return distances;
  }

  /**
   * The rows whose nearest centre may be another than their own, those that are not finite among
   * them.
   *
   * @param rows {@code [n, d]} in C order, less the means of their classes
   * @param classes of the rows
   * @param squares the squared norms of the rows
   * @param products where products with half the centres are kept
   */
  int[] undecided(INDArray rows, int[] classes, double[] squares, RowProducts products) {
    int n = rows.rows();
    int k = firstHalf.rows();
    int[] undecided = new int[n];
    int count = 0;
    INDArray partial = products.of(Matrices.columns(rows, 0, half), firstHalf);
    try (HostMatrix row = HostMatrix.of(rows);
        HostMatrix product = HostMatrix.of(partial)) {
      for (int i = 0; i < n; i++) {
        double rest = Math.sqrt(row.sumOfSquares(i, half));
        product.readNarrow(i);
        int y = classes[i];
        double lead = product.largestLead(y, 1, leads, apart, y * k, (float) rest);
        double norms = largestNorm * Math.sqrt(squares[i]);
        if (!(lead < -MARGIN * norms) || !isInRange(norms)) {
          undecided[count++] = i;
        }
      }
    }
    return Arrays.copyOf(undecided, count);
  }

  /** Whether float32 rounds products of these norms, and neither overflows nor vanishes. */
  private boolean isInRange(double norms) {
    return Moments.isInFloatRange(largestNorm) && Moments.isInFloatRange(Math.sqrt(norms));
  }

  @Override
  public void close() {
    firstHalf.close();
  }
}
