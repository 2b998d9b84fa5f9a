package org.collapse4j.metric;

import java.nio.DoubleBuffer;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** K vectors in R^d, the rows of a matrix, and how far they are from a regular arrangement. */
final class Frame {
  /** Below this, relative to the squared norms, a squared distance from a Gram matrix cancels. */
  private static final double NEAR = 1e-3;

  /** From this many rows on two products of half the size take less than one. */
  private static final int WORTH_TWO_PRODUCTS = 256;

  /** {@code [K, d]}, row by row. */
  private final double[] elements;

  private final int dimension;
  private final double[] norms;

  /** The vectors as an array, made when they are first asked for. */
  private INDArray rows;

  private double[][] gram;

  private Frame(double[] elements, int size, int dimension) {
    this.elements = elements;
    this.dimension = dimension;
    this.norms = new double[size];
    for (int a = 0; a < size; a++) {
      norms[a] = Math.sqrt(dot(a, elements, a * dimension));
    }
  }

  /** A frame of the rows of a float64 matrix. */
  static Frame of(INDArray rows) {
    return rows.isEmpty()
        ? new Frame(new double[0], 0, 0)
        : new Frame(
            Matrices.elements(rows.ordering() == 'c' ? rows : rows.dup('c')),
            rows.rows(),
            rows.columns());
  }

  /** The frame of the class means of the present classes, each less the global mean. */
  static Frame ofCentredMeans(ClassStatistics statistics, GlobalMean globalMean) {
    return of(statistics.centredClassMeans(globalMean));
  }

  /** The dot products of every row of a with every row of b. */
  static double[][] gram(Frame a, Frame b) {
    if (a.size() == 0 || b.size() == 0) {
      return new double[0][0];
    }
    // Out of the buffer, since INDArray.toDoubleMatrix makes an array of every row first.
    INDArray product = Matrices.product(b.rows(), a.rows(), false, true);
    DoubleBuffer products = product.data().asNioDouble();
    double[][] matrix = new double[a.size()][b.size()];
    for (int i = 0; i < matrix.length; i++) {
      products.get(i * matrix[i].length, matrix[i]);
    }
    product.close();
    return matrix;
  }

  int size() {
    return norms.length;
  }

  /** The vectors as an array, {@code [K, d]}. */
  INDArray rows() {
    if (rows == null) {
      rows = Nd4j.createFromArray(elements).reshape(size(), dimension);
    }
    return rows;
  }

  /** The frame of some of the rows. */
  Frame rowsOf(int[] chosen) {
    if (chosen.length == size()) {
      return this;
    }
    double[] kept = new double[chosen.length * dimension];
    for (int i = 0; i < chosen.length; i++) {
      System.arraycopy(elements, chosen[i] * dimension, kept, i * dimension, dimension);
    }
    return new Frame(kept, chosen.length, dimension);
  }

  double[][] gram() {
    if (gram == null) {
      gram = size() < WORTH_TWO_PRODUCTS ? gram(this, this) : gramInHalves();
    }
    return gram;
  }

  /** Without the products of the second half of the rows with the first, known by symmetry. */
  private double[][] gramInHalves() {
    int k = size();
    int half = k / 2;
    INDArray first = rows().get(NDArrayIndex.interval(0, half), NDArrayIndex.all());
    INDArray second = rows().get(NDArrayIndex.interval(half, k), NDArrayIndex.all());
    INDArray left = Matrices.product(rows(), first, false, true);
    INDArray right = Matrices.product(second, second, false, true);
    DoubleBuffer withFirst = left.data().asNioDouble();
    DoubleBuffer ofSecond = right.data().asNioDouble();
    double[][] matrix = new double[k][k];
    for (int i = 0; i < half; i++) {
      withFirst.get(i * k, matrix[i]);
    }
    for (int i = half; i < k; i++) {
      for (int j = 0; j < half; j++) {
        matrix[i][j] = matrix[j][i];
      }
      ofSecond.get((i - half) * (k - half), matrix[i], half, k - half);
    }
    left.close();
    right.close();
    return matrix;
  }

  /** The dot product of every row with a vector. */
  double[] along(double[] vector) {
    double[] products = new double[size()];
    for (int a = 0; a < products.length; a++) {
      products[a] = dot(a, vector, 0);
    }
    return products;
  }

  private double dot(int a, double[] other, int from) {
    double even = 0;
    double odd = 0;
    int row = a * dimension;
    for (int j = 0; j + 1 < dimension; j += 2) {
      even += elements[row + j] * other[from + j];
      odd += elements[row + j + 1] * other[from + j + 1];
    }
    int last = dimension - 1;
    return dimension % 2 == 0 ? even + odd : even + odd + elements[row + last] * other[from + last];
  }

  /** The squared Frobenius distance of the two matrices, each divided by its Frobenius norm. */
  static double squaredDistanceOfUnits(Frame a, Frame b) {
    double first = norm(a.norms);
    double second = norm(b.norms);
    double sum = 0;
    for (int i = 0; i < a.elements.length; i++) {
      double difference = a.elements[i] / first - b.elements[i] / second;
      sum += difference * difference;
    }
    return sum;
  }

  static double norm(double[] vector) {
    double sum = 0;
    for (double value : vector) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  /** The dot products of the rows after the same vector has been added to each. */
  double[][] gramShiftedBy(double[] vector) {
    double[] along = along(vector);
    double norm = norm(vector);
    double[][] shifted = new double[size()][size()];
    for (int a = 0; a < size(); a++) {
      double[] row = gram()[a];
      double same = along[a] + norm * norm;
      for (int b = 0; b < row.length; b++) {
        shifted[a][b] = row[b] + along[b] + same;
      }
    }
    return shifted;
  }

  double norm(int a) {
    return norms[a];
  }

  /** The cosines of the angles of a row with those from {@code a + 1} on; others mean nothing. */
  private void cosinesAfter(int a, double[] cosines) {
    double[] row = gram()[a];
    for (int b = a + 1; b < cosines.length; b++) {
      cosines[b] = row[b] / (norms[a] * norms[b]);
    }
  }

  /** The squared distance of two rows. */
  double squaredDistance(int a, int b) {
    double squares = gram()[a][a] + gram()[b][b];
    double distance = squares - 2 * gram()[a][b];
    return distance > NEAR * squares ? distance : squaredDistance(a, 1, b, 1);
  }

  /** The distance of the directions of two rows. */
  private double directionDistance(int a, int b, double cosine) {
    double squared = 2 - 2 * cosine;
    boolean cancels = !(squared > 2 * NEAR || Double.isNaN(squared));
    return Math.sqrt(cancels ? squaredDistance(a, norms[a], b, norms[b]) : squared);
  }

  /** The squared distance of two rows, each divided by a number. */
  private double squaredDistance(int a, double over, int b, double otherOver) {
    double sum = 0;
    for (int j = 0; j < dimension; j++) {
      double difference =
          elements[a * dimension + j] / over - elements[b * dimension + j] / otherOver;
      sum += difference * difference;
    }
    return sum;
  }

  /** Standard deviation over mean of the norms. */
  double normVariation() {
    Spread spread = new Spread();
    for (double norm : norms) {
      spread.add(norm);
    }
    return spread.deviation() / spread.mean();
  }

  /** The angles between all pairs of rows. */
  Angles angles() {
    int k = size();
    double widest = 1.0 / (k - 1);
    Spread cosines = new Spread();
    Spread gaps = new Spread();
    double[] rowValues = new double[k];
    for (int a = 0; a < k; a++) {
      cosinesAfter(a, rowValues);
      cosines.addAll(rowValues, a + 1, k);
      for (int b = a + 1; b < k; b++) {
        rowValues[b] = Math.abs(rowValues[b] + widest);
      }
      gaps.addAll(rowValues, a + 1, k);
    }
    return new Angles(cosines, gaps);
  }

  /**
   * Cosines, and their distances {@code abs(cosine + 1/(K-1))} from the widest angle that K vectors
   * can all have.
   */
  record Angles(Spread cosines, Spread gaps) {}

  /** The distances between the directions of all pairs of rows. */
  Distances directionDistances() {
    int k = size();
    Spread distances = new Spread();
    Spread energies = new Spread();
    double[] rowValues = new double[k];
    for (int a = 0; a < k; a++) {
      cosinesAfter(a, rowValues);
      for (int b = a + 1; b < k; b++) {
        rowValues[b] = directionDistance(a, b, rowValues[b]);
      }
      distances.addAll(rowValues, a + 1, k);
      for (int b = a + 1; b < k; b++) {
        rowValues[b] = -Math.log(rowValues[b]);
      }
      energies.addAll(rowValues, a + 1, k);
    }
    return new Distances(distances, energies);
  }

  /** Distances, and their negative logarithms. */
  record Distances(Spread distances, Spread energies) {}

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
    double scale = 1 / Math.sqrt(squaredDistance(g, 1, 0, 0));
    return Math.sqrt(squaredDistance(g, scale, diagonal, offDiagonal));
  }

  /** The squared distance of a multiple of a matrix from one with two different elements. */
  private static double squaredDistance(
      double[][] g, double scale, double diagonal, double offDiagonal) {
    double sum = 0;
    for (int a = 0; a < g.length; a++) {
      sum += squaredDistance(g[a], 0, a, scale, offDiagonal);
      sum += squaredDistance(g[a], a, a + 1, scale, diagonal);
      sum += squaredDistance(g[a], a + 1, g.length, scale, offDiagonal);
    }
    return sum;
  }

  /** Adds up in two sums, since an addition need not wait for the one before then. */
  private static double squaredDistance(
      double[] row, int from, int to, double scale, double expected) {
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
