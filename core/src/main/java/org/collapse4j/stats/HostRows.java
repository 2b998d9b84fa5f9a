package org.collapse4j.stats;

import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The rows of a matrix that lives in host memory, of which one at a time is copied out and worked
 * on, in float64 whatever the type of the elements: that float32 numbers become wider is exact, and
 * so is that they become narrow again, but for what a calculation has rounded.
 *
 * <p>ND4J frees the memory of an array once it is out of reach. Until they are closed these rows
 * keep it.
 */
final class HostRows implements AutoCloseable {
  /** What is less likely than the largest by this factor adds nothing to a sum from one on. */
  private static final double NEGLIGIBLE = Math.log(0x1p-54);

  private final INDArray array;
  private final int offset;
  private final int columns;

  /** The elements of a float32 matrix, or null; the other is null then. */
  private final FloatBuffer floats;

  private final DoubleBuffer doubles;
  private final float[] narrow;
  private final double[] row;

  /** Those of the row in hand that are worth it, collected in a loop without calls. */
  final double[] exponents;

  private HostRows(INDArray array) {
    boolean isDouble = array.dataType() == DataType.DOUBLE;
    this.array = array;
    this.offset = (int) array.offset();
    this.columns = array.columns();
    this.doubles = isDouble ? array.data().asNioDouble() : null;
    this.floats = isDouble ? null : array.data().asNioFloat();
    this.narrow = isDouble ? null : new float[columns];
    this.row = new double[columns];
    this.exponents = new double[columns];
  }

  /** Whether arrays of the backend live in host memory. */
  static boolean available() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU;
  }

  /**
   * The rows of an array.
   *
   * @param array a matrix in float32 or float64 whose elements lie next to each other in C order
   */
  static HostRows of(INDArray array) {
    return new HostRows(array);
  }

  @Override
  @SuppressWarnings("ReachabilityFenceUsage") // Called at the end of try-with-resources.
  public void close() {
    Reference.reachabilityFence(array);
  }

  /** Copies a row out of the matrix. */
  void read(int index) {
    int from = offset + index * columns;
    if (doubles != null) {
      doubles.get(from, row);
      return;
    }
    floats.get(from, narrow);
    for (int j = 0; j < columns; j++) {
      row[j] = narrow[j];
    }
  }

  /** Copies the row in hand, rounded to the type of the matrix, back into it. */
  void write(int index) {
    int to = offset + index * columns;
    if (doubles != null) {
      doubles.put(to, row);
      return;
    }
    for (int j = 0; j < columns; j++) {
      narrow[j] = (float) row[j];
      row[j] = narrow[j];
    }
    floats.put(to, narrow);
  }

  /** Subtracts as many elements of a table from the row in hand. */
  void subtract(double[] table, int from) {
    for (int j = 0; j < columns; j++) {
      row[j] -= table[from + j];
    }
  }

  /** Adds the row in hand to as many elements of sums. */
  void addTo(double[] sums, int from) {
    for (int j = 0; j < columns; j++) {
      sums[from + j] += row[j];
    }
  }

  /** Adds the row in hand less as many elements of origins to the same elements of sums. */
  void addDifferenceTo(double[] sums, double[] origins, int from) {
    for (int j = 0; j < columns; j++) {
      sums[from + j] += row[j] - origins[from + j];
    }
  }

  /**
   * The squared norm, in four sums, since an addition need not wait for the one before then. In one
   * sum all metrics of 10 classes take SUMFIGURE.
   */
  double sumOfSquares() {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int j = 0;
    for (; j + 3 < columns; j += 4) {
      a += row[j] * row[j];
      b += row[j + 1] * row[j + 1];
      c += row[j + 2] * row[j + 2];
      d += row[j + 3] * row[j + 3];
    }
    for (; j < columns; j++) {
      a += row[j] * row[j];
    }
    return a + b + (c + d);
  }

  /**
   * The first index c with the largest {@code value_c + table[from + c]}; -1 if none of these is
   * above negative infinity.
   */
  int largestWith(double[] table, int from) {
    int at = -1;
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = 0; c < columns; c++) {
      double value = row[c] + table[from + c];
      if (value > largest) {
        largest = value;
        at = c;
      }
    }
    return at;
  }

  /** The sum over c of {@code exp(value_c + table[from + c] - largest)}. */
  double sumOfExponentials(double[] table, int from, double largest) {
    int count = 0;
    double least = largest + NEGLIGIBLE;
    for (int c = 0; c < columns; c++) {
      double value = row[c] + table[from + c];
      if (!(value < least)) {
        exponents[count++] = value - largest;
      }
    }
    return sumOfExponentials(count);
  }

  /**
   * The sum of the exponentials of the first exponents, each from {@link #NEGLIGIBLE} to zero,
   * which are overwritten.
   *
   * <p>The Taylor polynomial of degree 10 at a 256th of an exponent, squared eight times: a
   * relative error of 2e-13 at most, in a loop without calls and branches, which the compiler makes
   * vector instructions of. With {@code Math.exp} all metrics of 1,000 classes take EXPFIGURE.
   */
  double sumOfExponentials(int count) {
    for (int i = 0; i < count; i++) {
      double x = exponents[i] * (1.0 / 256);
      double power = 1.0 / 3_628_800;
      power = power * x + 1.0 / 362_880;
      power = power * x + 1.0 / 40_320;
      power = power * x + 1.0 / 5_040;
      power = power * x + 1.0 / 720;
      power = power * x + 1.0 / 120;
      power = power * x + 1.0 / 24;
      power = power * x + 1.0 / 6;
      power = power * x + 1.0 / 2;
      power = power * x + 1;
      power = power * x + 1;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      power *= power;
      exponents[i] = power * power;
    }
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += exponents[i];
    }
    return sum;
  }

  double value(int column) {
    return row[column];
  }

  /**
   * Copies rows between arrays of one type, if the elements of both lie next to each other.
   *
   * @param source the rows
   * @param target a matrix of as many columns
   * @param firstRow where the first goes
   * @return whether they have been copied
   */
  static boolean copy(INDArray source, INDArray target, int firstRow) {
    DataType type = target.dataType();
    if (!available() || source.dataType() != type || !isContiguous(source)) {
      return false;
    }
    try {
      copy(source, target, type, firstRow * target.columns());
    } finally {
      Reference.reachabilityFence(source);
      Reference.reachabilityFence(target);
    }
    return true;
  }

  private static void copy(INDArray source, INDArray target, DataType type, int to) {
    int from = (int) source.offset();
    int length = (int) source.length();
    if (type == DataType.FLOAT) {
      target.data().asNioFloat().put(to, source.data().asNioFloat(), from, length);
    } else {
      target.data().asNioDouble().put(to, source.data().asNioDouble(), from, length);
    }
  }

  /**
   * Adds rows to the beginnings of rows.
   *
   * @param sum in float64, modified
   * @param term of up to as many columns, likewise in C order
   * @param first row of the sum that the first of the term is added to
   */
  static void add(INDArray sum, INDArray term, int first) {
    try (HostRows total = new HostRows(sum);
        HostRows added = new HostRows(term)) {
      for (int i = 0; i < term.rows(); i++) {
        total.read(first + i);
        added.read(i);
        added.addTo(total.row, 0);
        total.write(first + i);
      }
    }
  }

  /**
   * Whether the elements of a matrix lie next to each other, row after row, in a buffer that is not
   * larger than one of java.nio can be.
   */
  static boolean isContiguous(INDArray matrix) {
    long bytes = matrix.data().underlyingLength() * matrix.dataType().width();
    return bytes <= Integer.MAX_VALUE
        && matrix.stride(1) == 1
        && (matrix.rows() == 1 || matrix.stride(0) == matrix.columns());
  }
}
