package org.collapse4j.stats;

import java.lang.ref.Reference;
import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The rows of a matrix that lives in host memory, of which one at a time is copied out and worked
 * on, in float64 whatever the type of the elements: that float32 numbers become wider is exact, and
 * so is that they become narrow again, but for what a calculation has rounded.
 *
 * <p>ND4J frees the memory of an array once it is out of reach. Until they are closed these rows
 * keep it.
 */
final class HostMatrix implements AutoCloseable {
  /** What is less likely than the largest by this factor adds nothing to a sum from one on. */
  static final double NEGLIGIBLE = Math.log(0x1p-54);

  /** Rows and columns of a part of a matrix that is turned at once. */
  private static final int TILE = 64;

  private final INDArray array;
  private final int offset;
  private final int columns;

  /** How many elements lie between the first of a row and the first of the next. */
  private final int stride;

  /** The elements of a float32 matrix, or null; the other is null then. */
  private final FloatBuffer floats;

  private final DoubleBuffer doubles;
  private final float[] narrow;
  private final double[] row;

  private HostMatrix(INDArray array) {
    boolean isDouble = array.dataType() == DataType.DOUBLE;
    this.array = array;
    this.offset = (int) array.offset();
    this.columns = array.columns();
    this.stride = array.rows() == 1 ? columns : array.stride(0);
    this.doubles = isDouble ? array.data().asNioDouble() : null;
    this.floats = isDouble ? null : array.data().asNioFloat();
    this.narrow = isDouble ? null : new float[columns];
    this.row = new double[columns];
  }

  private HostMatrix(int columns, double[] elements) {
    this.array = null;
    this.offset = 0;
    this.columns = columns;
    this.stride = columns;
    this.doubles = DoubleBuffer.wrap(elements);
    this.floats = null;
    this.narrow = null;
    this.row = new double[columns];
  }

  /** Whether arrays of the backend live in host memory. */
  static boolean available() {
    return ArrayMemory.current.isHost();
  }

  /**
   * The rows of an array.
   *
   * @param array a matrix in float32 or float64; the elements of each row lie next to each other
   */
  static HostMatrix of(INDArray array) {
    return new HostMatrix(array);
  }

  /**
   * The rows of any matrix, to be read only: in place where that can be, else in a copy.
   *
   * @param matrix of any numeric type and order
   */
  static HostMatrix reading(INDArray matrix) {
    if (isReadInPlace(matrix)) {
      return new HostMatrix(matrix);
    }
    INDArray copy = Matrices.copy(DataType.DOUBLE, matrix);
    HostMatrix rows = new HostMatrix(matrix.columns(), copy.data().asDouble());
    copy.close();
    return rows;
  }

  @Override
  @SuppressWarnings("ReachabilityFenceUsage") // Called at the end of try-with-resources.
  public void close() {
    Reference.reachabilityFence(array);
  }

  /** Copies a row out of the matrix. */
  void read(int index) {
    if (doubles != null) {
      doubles.get(at(index), row);
      return;
    }
    readNarrow(index);
    widen();
  }

  /** Where a row begins. */
  private int at(int index) {
    return offset + index * stride;
  }

  /**
   * Subtracts from each row, in the matrix itself, the row of a table for its class.
   *
   * <p>This loop stands here once for each type, and has the row of the table in an array of its
   * own: Java 17's compiler makes no vector instructions of numbers that become wider and narrow
   * again, or of two arrays at different places.
   *
   * @param table of numbers that the type of the matrix holds
   * @param classes the class of each row
   * @param count the number of rows, the first ones
   * @param squares elements that are set to the squared norms of the differences, or null
   */
  void shift(double[] table, int[] classes, int count, double[] squares) {
    if (doubles == null) {
      shift(narrowed(table), classes, count, squares);
      return;
    }
    double[] reference = new double[columns];
    for (int i = 0; i < count; i++) {
      read(i);
      System.arraycopy(table, classes[i] * columns, reference, 0, columns);
      for (int j = 0; j < columns; j++) {
        row[j] -= reference[j];
      }
      doubles.put(at(i), row);
      if (squares != null) {
        squares[i] = sumOfSquares(0);
      }
    }
  }

  private void shift(float[] table, int[] classes, int count, double[] squares) {
    float[] reference = new float[columns];
    for (int i = 0; i < count; i++) {
      readNarrow(i);
      System.arraycopy(table, classes[i] * columns, reference, 0, columns);
      for (int j = 0; j < columns; j++) {
        narrow[j] -= reference[j];
      }
      floats.put(at(i), narrow);
      if (squares != null) {
        squares[i] = sumOfNarrowSquares();
      }
    }
  }

  /** Numbers rounded to float32. */
  static float[] narrowed(double[] numbers) {
    float[] narrowed = new float[numbers.length];
    for (int i = 0; i < narrowed.length; i++) {
      narrowed[i] = (float) numbers[i];
    }
    return narrowed;
  }

  private void widen() {
    if (narrow != null) {
      widen(0, columns);
    }
  }

  /** Makes wide what {@link #readNarrow} has read, from a column up to another. */
  void widen(int first, int last) {
    for (int j = first; j < last; j++) {
      row[j] = narrow[j];
    }
  }

  /** The sum of squares of the elements of a row from a column on. */
  double sumOfSquares(int index, int from) {
    read(index);
    return sumOfSquares(from);
  }

  /** Adds a row to as many elements of sums. */
  void addTo(double[] sums, int from, int index) {
    if (doubles != null) {
      read(index);
      addTo(sums, from);
      return;
    }
    readNarrow(index);
    for (int j = 0; j < columns; j++) {
      sums[from + j] += narrow[j];
    }
  }

  /** Adds the row in hand to as many elements of sums. */
  private void addTo(double[] sums, int from) {
    for (int j = 0; j < columns; j++) {
      sums[from + j] += row[j];
    }
  }

  /** Adds a row less as many elements of origins to the same elements of sums. */
  void addDifferenceTo(double[] sums, double[] origins, int from, int index) {
    read(index);
    for (int j = 0; j < columns; j++) {
      sums[from + j] += row[j] - origins[from + j];
    }
  }

  /**
   * The sum of the squares of the row in hand from a column on, in four sums, since an addition
   * need not wait for the one before it then. In one sum all metrics of 10 classes take 5% longer.
   */
  private double sumOfSquares(int from) {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int j = from;
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

  /** The same of the row of a float32 matrix before it is made wider, which spares a pass. */
  private double sumOfNarrowSquares() {
    double a = 0;
    double b = 0;
    double c = 0;
    double d = 0;
    int j = 0;
    for (; j + 3 < columns; j += 4) {
      a += square(narrow[j]);
      b += square(narrow[j + 1]);
      c += square(narrow[j + 2]);
      d += square(narrow[j + 3]);
    }
    for (; j < columns; j++) {
      a += square(narrow[j]);
    }
    return a + b + (c + d);
  }

  private static double square(double value) {
    return value * value;
  }

  /**
   * The first index c, from one up to another, with the largest {@code value_c + table[from + c]};
   * -1 if none of these is above negative infinity.
   */
  int largestWith(double[] table, int from, int first, int last) {
    int at = -1;
    double largest = Double.NEGATIVE_INFINITY;
    for (int c = first; c < last; c++) {
      double value = row[c] + table[from + c];
      if (value > largest) {
        largest = value;
        at = c;
      }
    }
    return at;
  }

  /** The sum of {@code exp(value_c + table[from + c] - largest)} over c from one up to another. */
  double sumOfExponentials(double[] table, int from, double largest, int first, int last) {
    double sum = 0;
    double least = largest + NEGLIGIBLE;
    for (int c = first; c < last; c++) {
      double value = row[c] + table[from + c];
      if (!(value < least)) {
        sum += Math.exp(value - largest);
      }
    }
    return sum;
  }

  /**
   * The largest {@code value_c + table[from + c]} over c from one up to another, in float32; NaN if
   * one of them is.
   */
  float largestSum(float[] table, int from, int first, int last) {
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = first; c < last; c++) {
      largest = Math.max(largest, narrow[c] + table[from + c]);
    }
    return largest;
  }

  /** Copies a row out of a float32 matrix as it is. */
  void readNarrow(int index) {
    floats.get(at(index), narrow);
  }

  /**
   * The largest {@code scale * (value_c - value_y) + leads[y, c] + factor * slack[from + c]} over
   * c, in float32; NaN if one of them is. Java 17's compiler makes vector instructions of this
   * loop, but of none that counts or looks for where the largest is.
   */
  float largestLead(int y, float scale, float[] leads, float[] slack, int from, float factor) {
    int row = y * columns;
    float largest = Float.NEGATIVE_INFINITY;
    for (int c = 0; c < columns; c++) {
      largest = Math.max(largest, scale * narrow[c] + leads[row + c] + factor * slack[from + c]);
    }
    return largest - scale * narrow[y];
  }

  /** An element of the row in hand. */
  double value(int column) {
    return row[column];
  }

  /** Which rows have only numbers, neither NaN nor infinite. */
  boolean[] finite(int count) {
    boolean[] finite = new boolean[count];
    if (floats != null && areFinite(count)) {
      Arrays.fill(finite, true);
      return finite;
    }
    for (int i = 0; i < count; i++) {
      read(i);
      finite[i] = largestMagnitude() < Double.POSITIVE_INFINITY;
    }
    return finite;
  }

  /**
   * Whether all elements of some rows of a float32 matrix are numbers, which most are: zero times
   * each is added up by column, since that takes a fifth of the time that a look at each row does.
   */
  private boolean areFinite(int count) {
    float[] zeros = new float[columns];
    for (int i = 0; i < count; i++) {
      readNarrow(i);
      for (int j = 0; j < columns; j++) {
        zeros[j] += 0 * narrow[j];
      }
    }
    for (float zero : zeros) {
      if (Float.isNaN(zero)) {
        return false;
      }
    }
    return true;
  }

  /** The largest magnitude in the row in hand; NaN if an element is. */
  private double largestMagnitude() {
    double largest = 0;
    for (int j = 0; j < columns; j++) {
      largest = Math.max(largest, Math.abs(row[j]));
    }
    return largest;
  }

  /** Copies the first rows to where they lie one after the other, in float64. */
  void copyTo(DoubleBuffer target, int firstRow, int count) {
    for (int i = 0; i < count; i++) {
      read(i);
      target.put((firstRow + i) * columns, row);
    }
  }

  /**
   * Copies rows, if the elements of both arrays lie next to each other and those of the target are
   * as wide at the least.
   *
   * @param source the rows
   * @param target a matrix of as many columns, in float32 or float64
   * @param firstRow where the first goes
   * @return whether they have been copied
   */
  static boolean copy(INDArray source, INDArray target, int firstRow) {
    DataType from = source.dataType();
    boolean widens = from == DataType.FLOAT && target.dataType() == DataType.DOUBLE;
    if (!available() || !(from == target.dataType() || widens) || !isReadable(source)) {
      return false;
    }
    try {
      if (widens) {
        copyWider(source, target, firstRow);
      } else {
        copy(source, target, from, firstRow * target.columns());
      }
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

  private static void copyWider(INDArray source, INDArray target, int firstRow) {
    new HostMatrix(source).copyTo(target.data().asNioDouble(), firstRow, source.rows());
  }

  /**
   * Adds the lower triangle of a square matrix to that of another.
   *
   * @param sum in float64, modified
   * @param term of the same size, in float32 or float64, likewise in C order
   */
  static void addLowerTriangle(INDArray sum, INDArray term) {
    try (HostMatrix total = new HostMatrix(sum);
        HostMatrix added = new HostMatrix(term)) {
      for (int i = 0; i < total.columns; i++) {
        int at = i * total.columns;
        total.doubles.get(total.offset + at, total.row, 0, i + 1);
        if (added.doubles != null) {
          added.doubles.get(added.offset + at, added.row, 0, i + 1);
        } else {
          added.floats.get(added.offset + at, added.narrow, 0, i + 1);
          added.widen();
        }
        added.addTo(total.row, 0);
        total.doubles.put(total.offset + at, total.row, 0, i + 1);
      }
    }
  }

  /**
   * Copies the upper triangle of a square matrix to the lower one, in tiles that caches hold.
   *
   * @param matrix by columns, in float64, a buffer of its own
   */
  static void mirrorUpperTriangle(INDArray matrix) {
    int n = matrix.rows();
    DoubleBuffer elements = matrix.data().asNioDouble();
    try {
      for (int top = 0; top < n; top += TILE) {
        for (int left = top; left < n; left += TILE) {
          mirrorTile(elements, n, top, left);
        }
      }
    } finally {
      Reference.reachabilityFence(matrix);
    }
  }

  private static void mirrorTile(DoubleBuffer elements, int n, int top, int left) {
    int height = Math.min(TILE, n - top);
    int width = Math.min(TILE, n - left);
    double[][] columns = new double[width][height];
    for (int j = 0; j < width; j++) {
      elements.get((left + j) * n + top, columns[j]);
    }
    double[] mirrored = new double[width];
    for (int i = 0; i < height; i++) {
      int first = left == top ? i + 1 : 0; // Half of a tile on the diagonal is the mirror.
      for (int j = first; j < width; j++) {
        mirrored[j] = columns[j][i];
      }
      elements.put((top + i) * n + left + first, mirrored, first, width - first);
    }
  }

  /** Whether {@link #of} takes a matrix of the caller's, which may be of any type and order. */
  static boolean isReadInPlace(INDArray matrix) {
    DataType type = matrix.dataType();
    boolean isWide = type == DataType.FLOAT || type == DataType.DOUBLE;
    return available() && isWide && isReadable(matrix);
  }

  /**
   * Whether rows of a matrix can be read: it is in C order, in a buffer that is not larger than one
   * of java.nio can be.
   */
  static boolean isReadable(INDArray matrix) {
    long bytes = matrix.data().underlyingLength() * matrix.dataType().width();
    return bytes <= Integer.MAX_VALUE && isContiguous(matrix);
  }

  /** Whether the elements of a matrix lie next to each other, row after row. */
  static boolean isContiguous(INDArray matrix) {
    return matrix.stride(1) == 1 && (matrix.rows() == 1 || matrix.stride(0) == matrix.columns());
  }
}
