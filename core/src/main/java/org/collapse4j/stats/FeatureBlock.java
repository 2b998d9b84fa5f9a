package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Rows of features and their classes, gathered until there are enough of them for matrix products
 * that are worth their call. Batches are copied in; the array grows until the block has its height,
 * since most data sets of small networks are smaller, and memory that is touched for the first time
 * costs more than the work on it. It is freed when the block is closed, not only when the garbage
 * collector comes to it.
 */
final class FeatureBlock implements AutoCloseable {
  /** Up to this many features a float64 product takes less time than the copying around it. */
  private static final int CHEAP_IN_DOUBLE = 128;

  private static final int ELEMENTS = 1 << 21;

  /** Four megabytes: of smaller blocks there are more products, at each of which threads wait. */
  private static final int WIDE_ELEMENTS = 1 << 19;

  /** One megabyte, which caches hold while sums and products with few vectors go through it. */
  private static final int CACHED = 1 << 20;

  private static final int MOST_ELEMENTS = 1 << 23;

  /** A block of more elements takes its whole height at once: another copy of it costs more. */
  private static final int LARGE = 1 << 20;

  private static final int SCORES = 1 << 21;

  private final DataType type;
  private final int dimension;
  private final int height;

  /** As many rows as were needed so far; null before the first. */
  private INDArray rows;

  private int[] classes = new int[0];
  private int size;

  private FeatureBlock(DataType type, int dimension, int height) {
    this.type = type;
    this.dimension = dimension;
    this.height = height;
  }

  /** A block for class statistics: the more classes, the more rows share what is done once. */
  static FeatureBlock forMoments(DataType type, int dimension, int numClasses) {
    return create(type, dimension, Math.max(elements(type) / dimension, 16L * numClasses));
  }

  /** A block for class statistics without products, small enough for caches to hold. */
  static FeatureBlock forSums(DataType type, int dimension, int numClasses) {
    return create(type, dimension, Math.max(CACHED / type.width() / dimension, 16L * numClasses));
  }

  /** A block for products of its rows with K vectors, small enough for K numbers a row. */
  static FeatureBlock forScores(DataType type, int dimension, int numClasses) {
    return create(type, dimension, Math.min(elements(type) / dimension, SCORES / numClasses));
  }

  /** A block for K given logits a row, small enough for caches to hold. */
  static FeatureBlock forGiven(DataType type, int numClasses) {
    return create(type, numClasses, CACHED / type.width() / numClasses);
  }

  private static int elements(DataType type) {
    return type == DataType.DOUBLE ? WIDE_ELEMENTS : ELEMENTS;
  }

  private static FeatureBlock create(DataType type, int dimension, long height) {
    long rows = Math.max(16, Math.min(height, MOST_ELEMENTS / dimension));
    return new FeatureBlock(type, dimension, (int) rows);
  }

  /** The type to calculate in: float64 for float64 features and for few of them, else float32. */
  static DataType workingType(DataType features, int dimension) {
    return features == DataType.DOUBLE || dimension <= CHEAP_IN_DOUBLE
        ? DataType.DOUBLE
        : DataType.FLOAT;
  }

  int dimension() {
    return dimension;
  }

  DataType type() {
    return type;
  }

  /** How many rows it has when it is full. */
  int height() {
    return height;
  }

  boolean isFull() {
    return size == height;
  }

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  /**
   * Copies as many rows as fit.
   *
   * @return the number of rows copied
   */
  int fill(INDArray features, int[] labels, int from) {
    return fill(features, labels, from, labels.length);
  }

  /** Copies as many rows as fit, from one up to another. */
  int fill(INDArray features, int[] labels, int from, int to) {
    int count = Math.min(height - size, to - from);
    makeRoomFor(size + count);
    boolean all = from == 0 && count == labels.length;
    INDArray source =
        all
            ? features
            : features.get(NDArrayIndex.interval(from, from + count), NDArrayIndex.all());
    put(source, size);
    System.arraycopy(labels, from, classes, size, count);
    size += count;
    return count;
  }

  private void makeRoomFor(int count) {
    if (count > classes.length) {
      int room = (long) count * dimension > LARGE ? height : Math.min(height, 4 * count);
      INDArray larger = Nd4j.createUninitialized(type, room, dimension);
      INDArray filled = size == 0 ? null : rows();
      INDArray smaller = rows;
      rows = larger;
      classes = Arrays.copyOf(classes, room);
      if (filled != null) {
        put(filled, 0);
      }
      if (smaller != null) {
        smaller.close();
      }
    }
  }

  /** Copies rows to the place of others, from a first one on. */
  private void put(INDArray source, int first) {
    if (!HostMatrix.copy(source, rows, first)) {
      slice(first, first + source.rows()).assign(source);
    }
  }

  /** The rows filled so far, a view. */
  INDArray rows() {
    return slice(0, size);
  }

  /** The classes of the rows; elements from {@link #size} on mean nothing. */
  int[] classes() {
    return classes;
  }

  /** The classes that the rows are of. */
  PresentClasses presentClasses(int numClasses) {
    return PresentClasses.of(classes, size, numClasses);
  }

  /** The first row of each class that is present, {@code [P, d]} in C order. */
  double[] firstRows(PresentClasses present) {
    INDArray chosen = Matrices.rows(rows(), present.firstRows());
    INDArray wide = Matrices.copy(DataType.DOUBLE, chosen);
    chosen.close();
    return Matrices.elementsAndClose(wide);
  }

  /** Numbers rounded to the type of the block, so that its rows less those are exact or nearly. */
  double[] rounded(double[] numbers) {
    return rounded(numbers, type());
  }

  static double[] rounded(double[] numbers, DataType type) {
    double[] rounded = numbers.clone();
    for (int j = 0; j < rounded.length && type == DataType.FLOAT; j++) {
      rounded[j] = (float) rounded[j];
    }
    return rounded;
  }

  /**
   * Leaves out rows with a feature that is NaN or infinite.
   *
   * @return how many were left out
   */
  int dropNonFinite() {
    boolean[] finite = finite(rows());
    int kept = 0;
    for (int i = 0; i < finite.length; i++) {
      if (finite[i]) {
        if (kept != i) {
          rows.getRow(kept).assign(rows.getRow(i));
        }
        classes[kept++] = classes[i];
      }
    }
    int dropped = size - kept;
    size = kept;
    return dropped;
  }

  /** Which rows have only numbers, neither NaN nor infinite. */
  boolean[] finite() {
    return finite(rows());
  }

  /**
   * Which rows of a matrix have only numbers, neither NaN nor infinite.
   *
   * @param rows of any floating type and order
   */
  static boolean[] finite(INDArray rows) {
    if (HostMatrix.isReadInPlace(rows)) {
      try (HostMatrix matrix = HostMatrix.of(rows)) {
        return matrix.finite(rows.rows());
      }
    }
    boolean[] finite = new boolean[rows.rows()];
    if (Double.isFinite(ArrayMemory.current.numbers(rows.sum())[0])) {
      Arrays.fill(finite, true);
      return finite;
    }
    // x - x is zero for a number and NaN for what is none.
    double[] zeros = ArrayMemory.current.numbers(rows.sub(rows).sum(1));
    for (int i = 0; i < zeros.length; i++) {
      finite[i] = zeros[i] == 0;
    }
    return finite;
  }

  void clear() {
    size = 0;
  }

  /** A block of its own with the rows filled so far, which the caller closes. */
  FeatureBlock copy() {
    FeatureBlock copy = new FeatureBlock(type, dimension, size);
    copy.rows = rows().dup('c');
    copy.classes = Arrays.copyOf(classes, size);
    copy.size = size;
    return copy;
  }

  /** Frees the rows, which may not be used any more. */
  @Override
  public void close() {
    if (rows != null) {
      rows.close();
    }
  }

  private INDArray slice(int from, int to) {
    return from == 0 && to == classes.length
        ? rows
        : rows.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }
}
