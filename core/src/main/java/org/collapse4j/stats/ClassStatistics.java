package org.collapse4j.stats;

import java.io.InvalidObjectException;
import java.io.ObjectInputStream;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Counts, class means and within-class scatter of labelled feature vectors: all that the neural
 * collapse metrics of a set of features need of them. Immutable; gathered by a {@link
 * ClassStatisticsAccumulator}. Statistics of parts of a data set {@linkplain #merge merge} into
 * those of the whole, in any order.
 *
 * <p>Everything is float64. Arrays are handed out as copies.
 */
public final class ClassStatistics implements Serializable {
  private static final long serialVersionUID = 1;

  private final transient Moments moments;
  private final transient long nonFinite;

  /** Made when it is first asked for; merging does not need it. */
  private transient volatile ClassCentres centres;

  ClassStatistics(Moments moments, long nonFinite) {
    this.moments = moments;
    this.nonFinite = nonFinite;
  }

  /**
   * The statistics of no example: a start for {@link #merge}, and a reference that leaves undefined
   * what is measured against it.
   *
   * @param numClasses K, at least 1
   * @param dimension d, at least 1
   * @throws IllegalArgumentException if one of them is below 1
   */
  public static ClassStatistics empty(int numClasses, int dimension) {
    if (numClasses < 1 || dimension < 1) {
      throw new IllegalArgumentException(
          "There must be at least one class and one feature, not %s classes and %s features"
              .formatted(numClasses, dimension));
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      boolean withScatter = dimension <= ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT;
      return new ClassStatistics(Moments.empty(numClasses, dimension, withScatter), 0);
    }
  }

  /** The number of classes K, with or without examples. */
  public int numClasses() {
    return moments.numClasses;
  }

  /** The number of features d. */
  public int dimension() {
    return moments.dimension;
  }

  /**
   * The number of examples of a class.
   *
   * @param classIndex from 0 to K-1
   */
  public long count(int classIndex) {
    return (long) moments.counts[classIndex];
  }

  /** The number of examples N of all classes. */
  public long totalCount() {
    return Arrays.stream(moments.counts).mapToLong(count -> (long) count).sum();
  }

  /** The number of examples that were left out because a feature was NaN or infinite. */
  public long nonFiniteCount() {
    return nonFinite;
  }

  /** The classes with at least one example, in ascending order. */
  public int[] presentClasses() {
    return present(moments);
  }

  private static int[] present(Moments moments) {
    int classes = moments.numClasses;
    return IntStream.range(0, classes).filter(c -> moments.counts[c] > 0).toArray();
  }

  /**
   * The class means mu_c, {@code [K, d]}; a class with no example has a row of NaN. Means that
   * differ by no more than the rounding of their sums are equal.
   */
  public INDArray classMeans() {
    return table(meanElements(Double.NaN), numClasses());
  }

  /** The class means row by row, with something else for a class without examples. */
  double[] meanElements(double absent) {
    int[] present = presentClasses();
    double[] rows = centres().means();
    if (present.length == numClasses()) {
      return rows;
    }
    int d = dimension();
    double[] elements = new double[numClasses() * d];
    Arrays.fill(elements, absent);
    for (int i = 0; i < present.length; i++) {
      System.arraycopy(rows, i * d, elements, present[i] * d, d);
    }
    return elements;
  }

  /** The means of the {@linkplain #presentClasses() present classes}, one row each. */
  public INDArray presentClassMeans() {
    return table(centres().means(), presentClasses().length);
  }

  /**
   * The means of the {@linkplain #presentClasses() present classes} less the global mean, one row
   * each: {@code m_c = mu_c - mu_G}. Differences that are no more than the rounding of the sums
   * behind them are exactly zero.
   *
   * @param kind over examples or over classes
   */
  public INDArray centredClassMeans(GlobalMean kind) {
    return table(centres().centred(kind), presentClasses().length);
  }

  /**
   * An orthonormal basis of a space that holds every difference of two class means: what features
   * do outside of it does not tell the classes apart. By QR decomposition, so that it is right
   * however little the means differ in some direction.
   *
   * @return {@code [B, d]} in float64, B the number of present classes, or d if that is less; no
   *     rows without a present class
   */
  public INDArray basisOfMeans() {
    INDArray means = centredClassMeans(GlobalMean.CLASS);
    if (presentClasses().length == 0) {
      return means;
    }
    if (means.rows() >= dimension()) {
      return Nd4j.eye(dimension()).castTo(DataType.DOUBLE);
    }
    // By columns, as LAPACK has them, the transpose is the array itself.
    INDArray columns = means.dup('c').transpose();
    INDArray triangle = Nd4j.create(DataType.DOUBLE, new long[] {means.rows(), means.rows()}, 'f');
    Nd4j.getBlasWrapper().lapack().geqrf(columns, triangle);
    triangle.close();
    return columns.transpose();
  }

  private INDArray table(double[] elements, int rows) {
    return rows == 0
        ? Nd4j.create(DataType.DOUBLE, 0, dimension())
        : Matrices.of(elements, dimension());
  }

  /**
   * The global mean mu_G, {@code [d]}; NaN if there is no example.
   *
   * @param kind over examples or over classes
   */
  public INDArray globalMean(GlobalMean kind) {
    return Nd4j.createFromArray(centres().globalMean(kind));
  }

  private ClassCentres centres() {
    ClassCentres made = centres;
    if (made == null) {
      made = new ClassCentres(moments, presentClasses());
      centres = made;
    }
    return made;
  }

  /**
   * The class variance v_c: the mean squared distance of a class's examples to their mean.
   *
   * @param classIndex from 0 to K-1
   * @return at least 0; NaN if the class has no example
   */
  public double classVariance(int classIndex) {
    return moments.traces[classIndex] / moments.counts[classIndex];
  }

  /** The trace of the within-class covariance S_W, at least 0; NaN if there is no example. */
  public double withinClassTrace() {
    double sum = 0;
    for (double trace : moments.traces) {
      sum += trace;
    }
    return sum / totalCount();
  }

  /**
   * The within-class covariance {@code S_W = (1/N) sum_i (h_i - mu_{y_i})(h_i - mu_{y_i})^T},
   * {@code [d, d]}; empty if it was left out because d is above the accumulator's {@linkplain
   * ClassStatisticsAccumulator.Builder#covarianceLimit limit}.
   */
  public Optional<INDArray> withinClassCovariance() {
    return Optional.ofNullable(
        moments.scatter == null ? null : moments.scatterOver((double) totalCount()));
  }

  /** Whether there is a {@linkplain #withinClassCovariance within-class covariance}. */
  public boolean hasWithinClassCovariance() {
    return moments.scatter != null;
  }

  /** The same without the within-class covariance: {@code 2 K d} numbers, all that centres need. */
  public ClassStatistics withoutCovariance() {
    return moments.scatter == null
        ? this
        : new ClassStatistics(moments.withoutScatter(), nonFinite);
  }

  /**
   * How far an element {@code (i, j)} of the {@linkplain #withinClassCovariance within-class
   * covariance} may be off by the rounding of the products it is made of, as a share of {@code
   * sqrt(S_ii S_jj)}: 2^-20 if some were in float32, which those of more than 128 features of that
   * type or a shorter one are, else 2^-49.
   */
  public double withinClassRounding() {
    return moments.hasFloatProducts() ? 0x1p-20 : 0x1p-49;
  }

  /**
   * The statistics of the examples of both.
   *
   * @param other of the same number of classes and features; not modified
   * @return new statistics, without a within-class covariance if either lacks it
   * @throws IllegalArgumentException if the numbers of classes or features differ
   */
  public ClassStatistics merge(ClassStatistics other) {
    requireSameShape(numClasses(), dimension(), other.numClasses(), other.dimension());
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      Moments sum =
          Moments.empty(
              numClasses(),
              dimension(),
              (moments.scatter != null || other.moments.scatter != null)
                  && hasScatterIfAny()
                  && other.hasScatterIfAny());
      sum.absorb(moments);
      sum.absorb(other.moments);
      return new ClassStatistics(sum, nonFinite + other.nonFinite);
    }
  }

  /** Whether there is a scatter, which statistics of no example need not have. */
  private boolean hasScatterIfAny() {
    return moments.scatter != null || totalCount() == 0;
  }

  Moments moments() {
    return moments;
  }

  private Object writeReplace() {
    return new SerialForm(moments, nonFinite);
  }

  private void readObject(ObjectInputStream in) throws InvalidObjectException {
    throw new InvalidObjectException("Class statistics are read from their serial form");
  }

  /** Arrays of numbers: those of the classes that are present, and the upper triangle. */
  private static final class SerialForm implements Serializable {
    private static final long serialVersionUID = 1;

    private final int numClasses;
    private final int dimension;
    private final long nonFinite;
    private final int[] present;
    private final double[] counts;
    private final double[] traces;
    private final double[] means;
    private final double[] rests;

    /** The upper triangle of the scatter matrix, column after column; null if there is none. */
    private final double[] upperTriangle;

    SerialForm(Moments moments, long nonFinite) {
      this.numClasses = moments.numClasses;
      this.dimension = moments.dimension;
      this.nonFinite = nonFinite;
      this.present = present(moments);
      this.counts = ofPresent(moments.counts, 1);
      this.traces = ofPresent(moments.traces, 1);
      this.means = ofPresent(moments.means, dimension);
      this.rests = ofPresent(moments.rests, dimension);
      this.upperTriangle = moments.scatter == null ? null : moments.upperTriangle();
    }

    private double[] ofPresent(double[] rows, int width) {
      double[] rowsOfPresent = new double[present.length * width];
      for (int i = 0; i < present.length; i++) {
        System.arraycopy(rows, present[i] * width, rowsOfPresent, i * width, width);
      }
      return rowsOfPresent;
    }

    private Object readResolve() {
      Moments read =
          new Moments(
              numClasses,
              dimension,
              ofAll(counts, 1),
              ofAll(means, dimension),
              ofAll(rests, dimension),
              ofAll(traces, 1),
              upperTriangle == null ? null : Moments.scatter(upperTriangle, dimension));
      return new ClassStatistics(read, nonFinite);
    }

    private double[] ofAll(double[] rowsOfPresent, int width) {
      double[] rows = new double[numClasses * width];
      for (int i = 0; i < present.length; i++) {
        System.arraycopy(rowsOfPresent, i * width, rows, present[i] * width, width);
      }
      return rows;
    }
  }

  static void requireSameShape(int classes, int dimension, int otherClasses, int otherDimension) {
    if (otherClasses != classes || otherDimension != dimension) {
      throw new IllegalArgumentException(
          String.format(
              "Statistics can be merged if classes and features are the same: %s classes of %s"
                  + " features here, %s of %s there",
              classes, dimension, otherClasses, otherDimension));
    }
  }
}
