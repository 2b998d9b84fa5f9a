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
 * on. Sums are in float64 whatever the type of the elements.
 *
 * <p>ND4J frees the memory of an array once it is out of reach. Until they are closed these rows
 * keep it.
 */
abstract class HostRows implements AutoCloseable {
  /** What is less likely than the largest by this factor adds nothing to a sum from one on. */
  private static final double NEGLIGIBLE = Math.log(0x1p-54);

  private final INDArray array;

  final int columns;

  /** Those of the row in hand that are worth it, collected in a loop without calls. */
  final double[] exponents;

  HostRows(INDArray array) {
    this.array = array;
    this.columns = array.columns();
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
    return array.dataType() == DataType.DOUBLE ? new Doubles(array) : new Floats(array);
  }

  @Override
  @SuppressWarnings("ReachabilityFenceUsage") // Called at the end of try-with-resources.
  public final void close() {
    Reference.reachabilityFence(array);
  }

  /** Copies a row out of the matrix. */
  abstract void read(int row);

  /** Copies the row in hand back into the matrix. */
  abstract void write(int row);

  /** Subtracts the row in hand of a matrix of the same type. */
  abstract void subtract(HostRows other);

  /** Adds the row in hand to {@link #columns} elements of sums. */
  abstract void addTo(double[] sums, int from);

  /** In four sums, since an addition need not wait for the one before then. */
  abstract double sumOfSquares();

  /**
   * The first index c with the largest {@code value_c + table[from + c]}; -1 if none of these is
   * above negative infinity.
   */
  abstract int largestWith(double[] table, int from);

  /** The sum over c of {@code exp(value_c + table[from + c] - largest)}. */
  abstract double sumOfExponentials(double[] table, int from, double largest);

  /**
   * Of the first exponents, which are overwritten, each from {@link #NEGLIGIBLE} to zero.
   *
   * <p>The Taylor polynomial of degree 10 at a 256th of an exponent, squared eight times: a
   * relative error of 2e-13 at most, in a loop without calls and branches, which the compiler makes
   * vector instructions of. With {@code Math.exp} it takes four times as long.
   */
  final double sumOfExponentials(int count) {
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
    return sum(exponents, count);
  }

  /** In four sums, since an addition need not wait for the one before then. */
  private static double sum(double[] values, int count) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int i = 0;
    for (; i + 3 < count; i += 4) {
      a += values[i];
      b += values[i + 1];
      c += values[i + 2];
      d += values[i + 3];
    }
    for (; i < count; i++) {
      a += values[i];
    }
    return a + b + (c + d);
  }

  abstract double value(int column);

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
    try (Doubles total = new Doubles(sum);
        HostRows row = of(term)) {
      for (int i = 0; i < term.rows(); i++) {
        total.read(first + i);
        row.read(i);
        row.addTo(total.values, 0);
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

  private static final class Floats extends HostRows {
    private final FloatBuffer buffer;
    private final int offset;
    private final float[] values;

    Floats(INDArray array) {
      super(array);
      this.buffer = array.data().asNioFloat();
      this.offset = (int) array.offset();
      this.values = new float[columns];
    }

    @Override
    void read(int row) {
      buffer.get(offset + row * columns, values);
    }

    @Override
    void write(int row) {
      buffer.put(offset + row * columns, values);
    }

    @Override
    void subtract(HostRows other) {
      float[] less = ((Floats) other).values;
      for (int j = 0; j < columns; j++) {
        values[j] -= less[j];
      }
    }

    @Override
    void addTo(double[] sums, int from) {
      for (int j = 0; j < columns; j++) {
        sums[from + j] += values[j];
      }
    }

    @Override
    double sumOfSquares() {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int j = 0;
      for (; j + 3 < columns; j += 4) {
        double first = values[j];
        double second = values[j + 1];
        double third = values[j + 2];
        double fourth = values[j + 3];
        a += first * first;
        b += second * second;
        c += third * third;
        d += fourth * fourth;
      }
      for (; j < columns; j++) {
        double rest = values[j];
        a += rest * rest;
      }
      return a + b + (c + d);
    }

    @Override
    int largestWith(double[] table, int from) {
      int at = -1;
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < columns; c++) {
        double value = values[c] + table[from + c];
        if (value > largest) {
          largest = value;
          at = c;
        }
      }
      return at;
    }

    @Override
    double sumOfExponentials(double[] table, int from, double largest) {
      int count = 0;
      double least = largest + NEGLIGIBLE;
      for (int c = 0; c < columns; c++) {
        double value = values[c] + table[from + c];
        if (!(value < least)) {
          exponents[count++] = value - largest;
        }
      }
      return sumOfExponentials(count);
    }

    @Override
    double value(int column) {
      return values[column];
    }
  }

  private static final class Doubles extends HostRows {
    private final DoubleBuffer buffer;
    private final int offset;
    private final double[] values;

    Doubles(INDArray array) {
      super(array);
      this.buffer = array.data().asNioDouble();
      this.offset = (int) array.offset();
      this.values = new double[columns];
    }

    @Override
    void read(int row) {
      buffer.get(offset + row * columns, values);
    }

    @Override
    void write(int row) {
      buffer.put(offset + row * columns, values);
    }

    @Override
    void subtract(HostRows other) {
      double[] less = ((Doubles) other).values;
      for (int j = 0; j < columns; j++) {
        values[j] -= less[j];
      }
    }

    @Override
    void addTo(double[] sums, int from) {
      for (int j = 0; j < columns; j++) {
        sums[from + j] += values[j];
      }
    }

    @Override
    double sumOfSquares() {
      double a = 0;
      double b = 0;
      double c = 0;
      double d = 0;
      int j = 0;
      for (; j + 3 < columns; j += 4) {
        double first = values[j];
        double second = values[j + 1];
        double third = values[j + 2];
        double fourth = values[j + 3];
        a += first * first;
        b += second * second;
        c += third * third;
        d += fourth * fourth;
      }
      for (; j < columns; j++) {
        double rest = values[j];
        a += rest * rest;
      }
      return a + b + (c + d);
    }

    @Override
    int largestWith(double[] table, int from) {
      int at = -1;
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < columns; c++) {
        double value = values[c] + table[from + c];
        if (value > largest) {
          largest = value;
          at = c;
        }
      }
      return at;
    }

    @Override
    double sumOfExponentials(double[] table, int from, double largest) {
      int count = 0;
      double least = largest + NEGLIGIBLE;
      for (int c = 0; c < columns; c++) {
        double value = values[c] + table[from + c];
        if (!(value < least)) {
          exponents[count++] = value - largest;
        }
      }
      return sumOfExponentials(count);
    }

    @Override
    double value(int column) {
      return values[column];
    }
  }
}
