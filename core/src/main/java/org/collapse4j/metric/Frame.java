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
  private final double[][] gram;
  private final double[] norms;

  private Frame(INDArray rows) {
    this.rows = rows;
    this.gram = gram(rows, rows);
    this.norms = new double[gram.length];
    for (int a = 0; a < norms.length; a++) {
      norms[a] = Math.sqrt(gram[a][a]);
    }
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

  static double[][] gram(INDArray a, INDArray b) {
    if (a.isEmpty() || b.isEmpty()) {
      return new double[0][0];
    }
    return Nd4j.gemm(a, b, false, true).toDoubleMatrix();
  }

  int size() {
    return norms.length;
  }

  INDArray rows() {
    return rows;
  }

  double[][] gram() {
    return gram;
  }

  double norm(int a) {
    return norms[a];
  }

  double cosine(int a, int b) {
    return gram[a][b] / (norms[a] * norms[b]);
  }

  /** The squared distance of two rows. */
  double squaredDistance(int a, int b) {
    double squares = gram[a][a] + gram[b][b];
    double distance = squares - 2 * gram[a][b];
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
