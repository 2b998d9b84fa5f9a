package org.collapse4j.metric;

import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** K vectors in R^d, the rows of a matrix, and how far they are from a regular arrangement. */
final class Frame {
  /** Below this, relative to the squared norms, a squared distance from a Gram matrix cancels. */
  private static final double NEAR = 1e-3;

  private final INDArray rows;
  private final double[] norms;

  /** Calculated when it is first asked for. */
  private double[][] gram;

  private Frame(INDArray rows) {
    this.rows = rows;
    this.norms = rows.isEmpty() ? new double[0] : rows.norm2(1).toDoubleVector();
  }

  /** A frame of the rows of a float64 matrix, which must not change afterwards. */
  static Frame of(INDArray rows) {
    return new Frame(rows);
  }

  /** The frame of the class means of the present classes, each less the global mean. */
  static Frame ofCentredMeans(ClassStatistics statistics, GlobalMean globalMean) {
    INDArray means = statistics.presentClassMeans();
    return of(means.isEmpty() ? means : means.subiRowVector(statistics.globalMean(globalMean)));
  }

  /** The dot products of every row of a with every row of b. */
  static double[][] gram(INDArray a, INDArray b) {
    if (a.isEmpty() || b.isEmpty()) {
      return new double[0][0];
    }
    // In one piece: INDArray.toDoubleMatrix makes an array of every row first.
    double[] elements = Nd4j.gemm(a, b, false, true).dup('c').data().asDouble();
    double[][] matrix = new double[a.rows()][b.rows()];
    for (int i = 0; i < matrix.length; i++) {
      System.arraycopy(elements, i * matrix[i].length, matrix[i], 0, matrix[i].length);
    }
    return matrix;
  }

  int size() {
    return norms.length;
  }

  INDArray rows() {
    return rows;
  }

  double[][] gram() {
    if (gram == null) {
      gram = gram(rows, rows);
    }
    return gram;
  }

  /** The dot products of the rows after the same vector has been added to each. */
  double[][] gramShiftedBy(INDArray vector) {
    double[] along = rows.mmul(vector.reshape(vector.length(), 1)).toDoubleVector();
    double norm = vector.norm2Number().doubleValue();
    double[][] shifted = new double[size()][size()];
    for (int a = 0; a < size(); a++) {
      for (int b = 0; b < size(); b++) {
        shifted[a][b] = gram()[a][b] + along[a] + along[b] + norm * norm;
      }
    }
    return shifted;
  }

  double norm(int a) {
    return norms[a];
  }

  double cosine(int a, int b) {
    return gram()[a][b] / (norms[a] * norms[b]);
  }

  /** The squared distance of two rows. */
  double squaredDistance(int a, int b) {
    double squares = gram()[a][a] + gram()[b][b];
    double distance = squares - 2 * gram()[a][b];
    return distance > NEAR * squares ? distance : squaredNorm(rows.getRow(a).sub(rows.getRow(b)));
  }

  /** The distance of the directions of two rows. */
  double directionDistance(int a, int b) {
    double squared = 2 - 2 * cosine(a, b);
    if (squared > 2 * NEAR || Double.isNaN(squared)) {
      return Math.sqrt(squared);
    }
    INDArray difference = rows.getRow(a).div(norms[a]).subi(rows.getRow(b).div(norms[b]));
    return Math.sqrt(squaredNorm(difference));
  }

  private static double squaredNorm(INDArray vector) {
    double norm = vector.norm2Number().doubleValue();
    return norm * norm;
  }

  /** Standard deviation over mean of the norms. */
  double normVariation() {
    Spread spread = new Spread();
    for (double norm : norms) {
      spread.add(norm);
    }
    return spread.deviation() / spread.mean();
  }

  /** Standard deviation over pairs of the cosines. */
  double angleDeviation() {
    return overPairs(this::cosine).deviation();
  }

  /** Mean over pairs of {@code abs(cosine + 1/(K-1))}. */
  double angleGap() {
    double widest = 1.0 / (size() - 1);
    return overPairs((a, b) -> Math.abs(cosine(a, b) + widest)).mean();
  }

  Spread directionDistances() {
    return overPairs(this::directionDistance);
  }

  Spread directionEnergies() {
    return overPairs((a, b) -> -Math.log(directionDistance(a, b)));
  }

  Spread overPairs(PairFunction function) {
    Spread spread = new Spread();
    for (int a = 0; a < size(); a++) {
      for (int b = a + 1; b < size(); b++) {
        spread.add(function.of(a, b));
      }
    }
    return spread;
  }

  /** {@code etf(G)}: distance of a scaled K x K matrix from that of a simplex frame. */
  static double distanceFromSimplex(double[][] g) {
    int k = g.length;
    double scale = Math.sqrt(k - 1.0);
    return distance(g, (1 - 1.0 / k) / scale, -1.0 / k / scale);
  }

  /** Distance of a scaled K x K matrix from that of an orthogonal frame. */
  static double distanceFromOrthogonal(double[][] g) {
    return distance(g, 1 / Math.sqrt(g.length), 0);
  }

  private static double distance(double[][] g, double diagonal, double offDiagonal) {
    double norm = frobenius(g);
    double sum = 0;
    for (int a = 0; a < g.length; a++) {
      for (int b = 0; b < g.length; b++) {
        double difference = g[a][b] / norm - (a == b ? diagonal : offDiagonal);
        sum += difference * difference;
      }
    }
    return Math.sqrt(sum);
  }

  private static double frobenius(double[][] g) {
    double sum = 0;
    for (double[] row : g) {
      for (double value : row) {
        sum += value * value;
      }
    }
    return Math.sqrt(sum);
  }

  /** A number for each pair of rows. */
  @FunctionalInterface
  interface PairFunction {
    double of(int a, int b);
  }
}
