package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers {@link ClassStatistics} from batches of features and labels, in one pass.
 *
 * <p>Small batches are collected into blocks. Within a block each row is shifted by the mean of its
 * class in that block, rounded to the type of the rows, multiplied in float32 (in float64 for
 * float64 features, and where there are few of them), and added up in float64; the blocks are
 * merged by the formula of Chan, Golub and LeVeque (1983). So neither a mean far from the origin
 * nor a nearly collapsed class cancels. Memory is {@code O(K d + d^2)}, whatever the number of
 * examples.
 *
 * <p>Not for use by several threads at once: give each its own and merge their snapshots. Safe to
 * use where a DL4J workspace is open; nothing is kept in it.
 */
public final class ClassStatisticsAccumulator {
  /** The default of {@link Builder#covarianceLimit}: a d x d matrix of 134 MB. */
  public static final int DEFAULT_COVARIANCE_LIMIT = 4096;

  private static final double LARGEST_IN_FLOAT = 0x1p50;
  private static final double SMALLEST_IN_FLOAT = 0x1p-50;

  private final int numClasses;
  private final int covarianceLimit;
  private final ClassSums classSums = ClassSums.forBackend();
  private final ShiftedRows shiftedRows = new ShiftedRows();

  private Moments total;
  private RowBlock block;
  private INDArray product;
  private long nonFinite;

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
   * Adds a batch.
   *
   * @param features {@code [N, d]} of any floating type; rows with a NaN or infinite element are
   *     counted and left out; not modified
   * @param labels class indices {@code [N]} or {@code [N, 1]}, or one-hot or soft labels {@code [N,
   *     K]} whose class is the largest element; not modified
   * @throws IllegalArgumentException if a shape does not fit, or a class index is not from 0 to
   *     K-1; nothing of the batch has been added then
   */
  public void observe(INDArray features, INDArray labels) {
    Shapes.requireFeatures(features, total == null ? -1 : total.dimension);
    observe(features, ClassIndices.of(labels, features.size(0), numClasses));
  }

  private void observe(INDArray features, int[] labels) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      prepare(features);
      for (int from = 0; from < labels.length; ) {
        from += block.fill(features, labels, from);
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
    DataType type = RowBlock.workingType(features.dataType(), dimension);
    if (block == null || block.dimension() != dimension || block.type() != type) {
      flush();
      block = RowBlock.forMoments(type, dimension, numClasses);
    }
  }

  /**
   * Adds the examples of other statistics.
   *
   * @param statistics of as many classes and, if anything has been observed, features; not modified
   * @throws IllegalArgumentException if the numbers of classes or features differ, or the
   *     statistics lack the within-class covariance that this accumulator gathers
   */
  public void merge(ClassStatistics statistics) {
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
    if (gathersCovariance(dimension) && statistics.moments().scatter == null) {
      throw new IllegalArgumentException(
          "Statistics to merge must have a within-class covariance, since one is gathered here");
    }
  }

  private boolean gathersCovariance(int dimension) {
    return dimension <= covarianceLimit;
  }

  /**
   * The statistics of everything added since the beginning or the last {@link #reset}.
   *
   * @throws IllegalStateException if nothing has been added, so that not even d is known
   */
  public ClassStatistics snapshot() {
    if (total == null) {
      throw new IllegalStateException("No batch has been observed, so there are no statistics");
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      flush();
      return new ClassStatistics(total.copy(), nonFinite);
    }
  }

  /** Whether no batch, not even an empty one, has been added since the last {@link #reset}. */
  public boolean isEmpty() {
    return total == null;
  }

  /** Forgets what has been added; options and buffers stay. */
  public void reset() {
    total = null;
    nonFinite = 0;
    if (block != null) {
      block.clear();
    }
  }

  private void flush() {
    if (block == null || block.isEmpty()) {
      return;
    }
    INDArray sums = classSums.sum(block.rows(), block.classes(), numClasses);
    if (!Double.isFinite(sums.sumNumber().doubleValue())) {
      nonFinite += block.dropNonFinite();
      sums = block.isEmpty() ? null : classSums.sum(block.rows(), block.classes(), numClasses);
    }
    if (sums != null) {
      absorbBlock(sums);
    }
    block.clear();
  }

  private void absorbBlock(INDArray sums) {
    double[] counts = block.classCounts(numClasses);
    INDArray means = sums.divi(Moments.column(atLeastOne(counts)));
    INDArray reference = ShiftedRows.as(block.type(), means);
    shiftedRows.shift(block, reference);
    // The reference is the mean but for its rounding to float32, which a collapsed class feels.
    INDArray rounding = means.sub(ShiftedRows.as(DataType.DOUBLE, reference));
    INDArray rows = inRange(block.rows());
    INDArray product = total.scatter == null ? null : product(rows);
    total.absorbAbout(counts, means, rounding, classTraces(rows), product);
  }

  /** The rows, in float64 where their squares would leave the range of float32. */
  private static INDArray inRange(INDArray rows) {
    double largest = rows.amaxNumber().doubleValue();
    boolean fits = largest == 0 || (largest > SMALLEST_IN_FLOAT && largest < LARGEST_IN_FLOAT);
    return fits || rows.dataType() == DataType.DOUBLE ? rows : rows.castTo(DataType.DOUBLE);
  }

  private double[] classTraces(INDArray rows) {
    INDArray norms = rows.norm2(true, 1);
    INDArray squares = norms.muli(norms);
    return classSums.sum(squares, block.classes(), numClasses).toDoubleVector();
  }

  private INDArray product(INDArray rows) {
    int d = rows.columns();
    if (product == null || product.dataType() != rows.dataType() || product.rows() != d) {
      product = Nd4j.createUninitialized(rows.dataType(), new long[] {d, d}, 'f');
    }
    return Nd4j.gemm(rows, rows, product, true, false, 1, 0);
  }

  private static double[] atLeastOne(double[] counts) {
    double[] divisors = counts.clone();
    for (int c = 0; c < divisors.length; c++) {
      divisors[c] = Math.max(1, divisors[c]);
    }
    return divisors;
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
     * class means and variances are: {@code nc1.pinv} is undefined then, everything else is there.
     *
     * @param dimension at least 0; 0 never gathers it
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
