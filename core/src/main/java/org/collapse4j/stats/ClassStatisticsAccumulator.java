package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers {@link ClassStatistics} from batches of features and labels, in one pass.
 *
 * <p>Small batches are collected into blocks. Within a block each row is shifted by the mean of its
 * class in that block, rounded to the type of the rows, multiplied in float32 (in float64 for
 * float64 features, and where there are up to 128 of them), and added up in float64; the blocks are
 * merged by the formula of Chan, Golub and LeVeque (1983). So neither a mean far from the origin
 * nor a nearly collapsed class cancels. What float32 cannot resolve is a direction in which the
 * features spread a thousand times less than in others: {@code nc1.pinv} has fewer digits where
 * class means spread as unevenly. Float64 features keep them. Memory is {@code O(K d + d^2)},
 * whatever the number of examples.
 *
 * <p>It holds memory outside the Java heap from the first batch on: the sums, and a block of up to
 * 64 MB that batches are collected in. {@link #reset} and {@link #close} free it; of an accumulator
 * that is merely forgotten the garbage collector does, sometime.
 *
 * <p>Not for use by several threads at once: give each its own and merge their snapshots. Safe to
 * use where a DL4J workspace is open; nothing is kept in it.
 */
public final class ClassStatisticsAccumulator implements AutoCloseable {
  /** The default of {@link Builder#covarianceLimit}: a d x d matrix of 134 MB. */
  public static final int DEFAULT_COVARIANCE_LIMIT = 4096;

  /** A larger matrix in float64 does not fit into a buffer of java.nio. */
  private static final int LARGEST_COVARIANCE = 16_383;

  private final int numClasses;
  private final int covarianceLimit;
  private final BlockArithmetic operations = BlockArithmetic.forBackend();

  private Moments total;
  private FeatureBlock block;
  private long nonFinite;
  private boolean closed;

  private ClassStatisticsAccumulator(Builder builder) {
    this.numClasses = builder.numClasses;
    this.covarianceLimit = builder.covarianceLimit;
  }

  /**
   * Starts an accumulator for a number of classes.
   *
   * @param numClasses K, at least 1
   * @throws IllegalArgumentException if {@code numClasses} is below 1
   */
  public static Builder builder(int numClasses) {
    return new Builder(numClasses);
  }

  /** An accumulator for a number of classes, with the default options. */
  public static ClassStatisticsAccumulator forClasses(int numClasses) {
    return builder(numClasses).build();
  }

  /** The number of classes K. */
  public int numClasses() {
    return numClasses;
  }

  /**
   * Adds a batch, which is copied.
   *
   * @param features {@code [N, d]} of any floating type; rows with a NaN or infinite element are
   *     counted and left out; not modified
   * @param labels class indices {@code [N]} or {@code [N, 1]}, or one-hot or soft labels {@code [N,
   *     K]} whose class is the largest element; not modified
   * @throws IllegalArgumentException if a shape does not fit, or a class index is not from 0 to
   *     K-1; nothing of the batch has been added then
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, INDArray labels) {
    requireFeatures(features);
    add(features, ClassLabels.indices(labels, features.size(0), numClasses));
  }

  /**
   * Adds a batch, which is copied.
   *
   * @param features {@code [N, d]} of any floating type; rows with a NaN or infinite element are
   *     counted and left out; not modified
   * @param classes the class index of each row, N of them; not modified, and not kept
   * @throws IllegalArgumentException if a shape does not fit, or a class index is not from 0 to
   *     K-1; nothing of the batch has been added then
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, int[] classes) {
    requireFeatures(features);
    ClassLabels.require(classes, features.size(0), numClasses);
    add(features, classes);
  }

  private void requireFeatures(INDArray features) {
    requireOpen();
    Shapes.requireFeatures(features, total == null ? -1 : total.dimension);
  }

  private void add(INDArray features, int[] classes) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      prepare(features);
      for (int from = 0; from < classes.length; ) {
        from += block.fill(features, classes, from);
        if (block.isFull()) {
          flush();
        }
      }
    }
  }

  private void prepare(INDArray features) {
    int dimension = features.columns();
    if (total == null) {
      total = Moments.empty(numClasses, dimension, gathersCovariance(dimension));
    }
    DataType type = FeatureBlock.workingType(features.dataType(), dimension);
    if (block == null || block.dimension() != dimension || block.type() != type) {
      flush();
      freeBlock();
      block =
          gathersCovariance(dimension)
              ? FeatureBlock.forMoments(type, dimension, numClasses)
              : FeatureBlock.forSums(type, dimension, numClasses);
    }
  }

  /**
   * Adds the examples of other statistics.
   *
   * @param statistics of as many classes and, if anything has been observed, features; not modified
   * @throws IllegalArgumentException if the numbers of classes or features differ, or the
   *     statistics lack the within-class covariance that this accumulator gathers
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void merge(ClassStatistics statistics) {
    requireOpen();
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      requireMergeable(statistics);
      Moments theirs = statistics.moments();
      if (total == null) {
        total = Moments.empty(numClasses, theirs.dimension, gathersCovariance(theirs.dimension));
      }
      total.absorb(theirs);
      nonFinite += statistics.nonFiniteCount();
    }
  }

  private void requireMergeable(ClassStatistics statistics) {
    int dimension = total == null ? statistics.dimension() : total.dimension;
    ClassStatistics.requireSameShape(
        numClasses, dimension, statistics.numClasses(), statistics.dimension());
    boolean missing = statistics.moments().scatter == null && statistics.totalCount() > 0;
    if (gathersCovariance(dimension) && missing) {
      throw new IllegalArgumentException(
          "Statistics to merge must have a within-class covariance, since one is gathered here");
    }
  }

  private boolean gathersCovariance(int dimension) {
    return dimension <= Math.min(covarianceLimit, LARGEST_COVARIANCE);
  }

  /**
   * The statistics of everything added since the beginning or the last {@link #reset}. Changes
   * nothing: another snapshot is equal, and what is added later adds up as if there had been none.
   *
   * @throws IllegalStateException if nothing has been added, so that not even d is known, or the
   *     accumulator has been closed
   */
  public ClassStatistics snapshot() {
    requireOpen();
    if (total == null) {
      throw new IllegalStateException("No batch has been observed, so there are no statistics");
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      Moments sums = total.copy();
      long leftOut = nonFinite;
      if (block != null && !block.isEmpty()) {
        try (FeatureBlock rows = block.copy()) {
          leftOut += absorb(rows, sums);
        }
      }
      return new ClassStatistics(sums, leftOut);
    }
  }

  /** Whether no batch, not even an empty one, has been added since the last {@link #reset}. */
  public boolean isEmpty() {
    return total == null;
  }

  /**
   * Forgets what has been added, and frees its memory; options stay.
   *
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void reset() {
    requireOpen();
    free();
  }

  /** Frees all memory; nothing can be added or asked for afterwards. Closing twice does nothing. */
  @Override
  public void close() {
    free();
    closed = true;
  }

  private void free() {
    if (total != null) {
      total.close();
      total = null;
    }
    nonFinite = 0;
    freeBlock();
  }

  private void freeBlock() {
    if (block != null) {
      block.close();
      block = null;
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The accumulator has been closed");
    }
  }

  private void flush() {
    if (block != null && !block.isEmpty()) {
      nonFinite += absorb(block, total);
      block.clear();
    }
  }

  /**
   * Adds the rows of a block, which are overwritten.
   *
   * @return how many were left out because an element is not finite
   */
  private long absorb(FeatureBlock rows, Moments moments) {
    PresentClasses present = rows.presentClasses(numClasses);
    double[] origins = origins(rows, present);
    double[] sums = sums(rows, present, origins);
    if (areFinite(sums)) {
      absorb(rows, present, origins, sums, moments);
      return 0;
    }
    long leftOut = rows.dropNonFinite();
    if (!rows.isEmpty()) {
      present = rows.presentClasses(numClasses);
      origins = origins(rows, present);
      absorb(rows, present, origins, sums(rows, present, origins), moments);
    }
    return leftOut;
  }

  private double[] sums(FeatureBlock rows, PresentClasses present, double[] origins) {
    return operations.classSums(rows.rows(), present.ofRows(), origins, present.size());
  }

  /**
   * What rows are taken from before they are added up, so that the sum is rounded to the size of a
   * class and not to its distance from the origin, and is zero where all rows are the same. Sums of
   * float32 numbers lose nothing in float64, so that they need no origin: null.
   */
  private static double[] origins(FeatureBlock rows, PresentClasses present) {
    return rows.type() == DataType.DOUBLE ? rows.firstRows(present) : null;
  }

  private static boolean areFinite(double[] values) {
    for (double value : values) {
      if (!Double.isFinite(value)) {
        return false;
      }
    }
    return true;
  }

  private void absorb(
      FeatureBlock rows, PresentClasses present, double[] origins, double[] sums, Moments moments) {
    Moments added = centres(origins, sums, present.counts());
    double[] reference = rows.rounded(added.means);
    double[] squares = new double[rows.size()];
    operations.shift(rows.rows(), present.ofRows(), reference, squares);
    DataType precision =
        moments.scatter == null
            ? DataType.DOUBLE
            : addOuterSquares(moments.scatter, rows.rows(), squares);
    // The reference is the mean but for its rounding, which a collapsed class feels.
    double[] offset = reference;
    for (int j = 0; j < offset.length; j++) {
      offset[j] = added.rests[j] + (added.means[j] - reference[j]);
    }
    moments.absorbAbout(added, present.classes(), offset, present.totals(squares), precision);
  }

  /** Counts and means of rows of classes that are all present, from their sums less an origin. */
  private static Moments centres(double[] origins, double[] sums, double[] counts) {
    int d = sums.length / counts.length;
    Moments centres = Moments.empty(counts.length, d, false);
    System.arraycopy(counts, 0, centres.counts, 0, counts.length);
    for (int c = 0; c < counts.length; c++) {
      for (int j = c * d; j < (c + 1) * d; j++) {
        double moved = sums[j] / counts[c];
        double lost = Math.fma(-moved, counts[c], sums[j]) / counts[c];
        double origin = origins == null ? 0 : origins[j];
        centres.means[j] = origin + moved;
        centres.rests[j] = lost + Moments.lostInSum(origin, moved);
      }
    }
    return centres;
  }

  /**
   * Adds the outer squares of rows, in float64 where they would leave the range of float32.
   *
   * @param squares the squared norms of the rows
   * @return the type that they were taken in
   */
  private DataType addOuterSquares(INDArray scatter, INDArray rows, double[] squares) {
    double largest = Math.sqrt(Arrays.stream(squares).max().orElse(0));
    if (rows.dataType() == DataType.DOUBLE || Moments.isInFloatRange(largest)) {
      operations.addOuterSquares(scatter, rows);
      return rows.dataType();
    }
    INDArray wide = rows.castTo(DataType.DOUBLE);
    operations.addOuterSquares(scatter, wide);
    wide.close();
    return DataType.DOUBLE;
  }

  /** Options of a {@link ClassStatisticsAccumulator}. */
  public static final class Builder {
    private final int numClasses;
    private int covarianceLimit = DEFAULT_COVARIANCE_LIMIT;

    private Builder(int numClasses) {
      if (numClasses < 1) {
        throw new IllegalArgumentException("There must be at least one class, not " + numClasses);
      }
      this.numClasses = numClasses;
    }

    /**
     * Up to which number of features d the d x d within-class covariance is gathered. Above it only
     * class means and variances are: what {@code nc1.pinv} needs of it takes a second pass then
     * (see {@link DecisionAccumulator#gatherSpan}), everything else is there.
     *
     * @param dimension at least 0; 0 never gathers it, and above 16,383 it is never gathered
     * @throws IllegalArgumentException if {@code dimension} is negative
     */
    public Builder covarianceLimit(int dimension) {
      if (dimension < 0) {
        throw new IllegalArgumentException(
            "The covariance limit is a number of features, at least 0, not " + dimension);
      }
      this.covarianceLimit = dimension;
      return this;
    }

    /** Builds the accumulator. */
    public ClassStatisticsAccumulator build() {
      return new ClassStatisticsAccumulator(this);
    }
  }
}
