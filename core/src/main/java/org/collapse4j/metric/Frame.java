package org.collapse4j.metric;

import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * K vectors in R^d, the rows of a matrix, and how far they are from a regular arrangement. The
 * matrix is outside the Java heap and is freed when the frame is closed: of many classes it takes
 * as much memory as anything else.
 */
final class Frame implements AutoCloseable {
  /** Below this, relative to the squared norms, a squared distance from a Gram matrix cancels. */
  private static final double NEAR = 1e-3;

  /** {@code [K, d]}, row by row. */
  private final double[] elements;

  private final int dimension;
  private final double[] norms;

  /** The squares of the norms. */
  private final double[] squares;

  /** The vectors as an array; of some rows of another frame it is made when first asked for. */
  private INDArray rows;

  private Products gram;

  private Frame(double[] elements, int size, int dimension) {
    this.elements = elements;
    this.dimension = dimension;
    this.norms = new double[size];
    this.squares = new double[size];
    for (int a = 0; a < size; a++) {
      squares[a] = dot(a, elements, a * dimension);
      norms[a] = Math.sqrt(squares[a]);
    }
  }

  /**
   * A frame of the rows of a float64 matrix.
   *
   * @param rows no view; in C order it is kept and closed with the frame
   */
  static Frame of(INDArray rows) {
    if (rows.isEmpty()) {
      return new Frame(new double[0], 0, 0);
    }
    INDArray byRows = rows.ordering() == 'c' ? rows : rows.dup('c');
    Frame frame = new Frame(Matrices.elements(byRows), rows.rows(), rows.columns());
    frame.rows = byRows;
    return frame;
  }

  /** The frame of the class means of the present classes, each less the global mean. */
  static Frame ofCentredMeans(ClassStatistics statistics, GlobalMean globalMean) {
    return of(statistics.centredClassMeans(globalMean));
  }

  /** The dot products of every row of a with every row of b, which has as many. */
  static Products products(Frame a, Frame b) {
    return Products.of(a.rows(), b.rows());
  }

  /** Frees the matrix; norms are known still, products are not. */
  @Override
  public void close() {
    if (rows != null) {
      rows.close();
      rows = null;
    }
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

  /** The dot products of every row with every row. */
  Products gram() {
    if (gram == null) {
      gram = Products.of(rows(), rows());
    }
    return gram;
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

  /**
   * A scan of these products that another sees as those of the rows after the same vector has been
   * added to each.
   */
  Products.Scan shiftedBy(double[] vector, Products.Scan seesShifted) {
    double[] along = along(vector);
    double norm = norm(vector);
    double[] shifted = new double[size()];
    return (a, products) -> {
      double same = along[a] + norm * norm;
      for (int b = 0; b < shifted.length; b++) {
        shifted[b] = products[b] + along[b] + same;
      }
      seesShifted.row(a, shifted);
    };
  }

  /** The squared norm of a row. */
  double square(int a) {
    return squares[a];
  }

  double norm(int a) {
    return norms[a];
  }

  /** The cosines of the angles of a row with those from {@code a + 1} on; others mean nothing. */
  private void cosinesAfter(int a, double[] products, double[] cosines) {
    for (int b = a + 1; b < cosines.length; b++) {
      cosines[b] = products[b] / (norms[a] * norms[b]);
    }
  }

  /**
   * The squared distance of two rows.
   *
   * @param product their dot product
   */
  double squaredDistance(int a, int b, double product) {
    double sum = squares[a] + squares[b];
    double distance = sum - 2 * product;
    return distance > NEAR * sum ? distance : squaredDistance(a, 1, b, 1);
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

  /**
   * The angles between all pairs of rows, after a scan of their products: cosines, and their
   * distances {@code abs(cosine + 1/(K-1))} from the widest angle that K vectors can all have.
   */
  final class Angles implements Products.Scan {
    private final Spread cosines = new Spread();
    private final Spread gaps = new Spread();
    private final double[] values = new double[size()];

    @Override
    public void row(int a, double[] products) {
      int k = values.length;
      double widest = 1.0 / (k - 1);
      cosinesAfter(a, products, values);
      cosines.addAll(values, a + 1, k);
      for (int b = a + 1; b < k; b++) {
        values[b] = Math.abs(values[b] + widest);
      }
      gaps.addAll(values, a + 1, k);
    }

    Spread cosines() {
      return cosines;
    }

    Spread gaps() {
      return gaps;
    }
  }

  /**
   * The distances between the directions of all pairs of rows, after a scan of their products, and
   * their negative logarithms.
   */
  final class Distances implements Products.Scan {
    private final Spread distances = new Spread();
    private final Spread energies = new Spread();
    private final double[] values = new double[size()];

    @Override
    public void row(int a, double[] products) {
      int k = values.length;
      cosinesAfter(a, products, values);
      for (int b = a + 1; b < k; b++) {
        values[b] = directionDistance(a, b, values[b]);
      }
      distances.addAll(values, a + 1, k);
      for (int b = a + 1; b < k; b++) {
        values[b] = -Math.log(values[b]);
      }
      energies.addAll(values, a + 1, k);
    }

    Spread distances() {
      return distances;
    }

    Spread energies() {
      return energies;
    }
  }
}
