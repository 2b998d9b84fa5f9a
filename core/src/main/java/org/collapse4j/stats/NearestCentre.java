package org.collapse4j.stats;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Finds the nearest class centre of rows that have been taken from a reference of their class, for
 * a {@link Decider}. A centre is the nearest if {@code s . mu_c - ||r_y - mu_c||^2 / 2} is largest.
 *
 * <p>Of many classes most products with centres can be saved: by the triangle inequality a row is
 * nearest to its own centre if it is nearer to it than half the distance to the next, and by that
 * of Cauchy and Schwarz the logits are enough where the classifier goes along with the class means,
 * and half the features where the others cannot make up for them.
 */
final class NearestCentre implements AutoCloseable {
  /** From so many classes on products with all centres cost more than the norm of a row. */
  private static final int WORTH_A_NORM = 64;

  /** What rounding may add to a squared distance, as a share of the numbers it is taken from. */
  private static final double MARGIN = 1e-6;

  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private final ClassStatistics statistics;

  /** Null if there is none. */
  private final Classifier classifier;

  private final RowProducts products;
  private final BlockArithmetic operations = BlockArithmetic.forBackend();
  private final RowProducts inSpan = new RowProducts();
  private final INDArray centres;
  private final ClassScores nearness;

  /**
   * Up to which squared distance from its reference a row of each class is nearer to its own centre
   * than to any other: a quarter of that between reference and next centre; negative infinity for a
   * class that has no centre. Null where that is not worth while.
   */
  private final double[] surelyNearest;

  /** Whether the logits may decide on most rows, as far as has been seen. */
  private boolean looksAtLogits;

  /** Made when it is first needed. */
  private CentresAlongWeights alongWeights;

  /** Whether half the features may decide on most rows, as far as has been seen. */
  private boolean halvesFeatures;

  /** Made when it is first needed: where classes have collapsed distances alone decide. */
  private HalfOfFeatures half;

  /** Rows that span the class means, {@code [B, d]} in float64; made when it is first needed. */
  private INDArray basis;

  /** The centres in that span, {@code [K, B]}. */
  private INDArray centresInSpan;

  /**
   * Prepares for one set of centres.
   *
   * @param type of the rows
   * @param statistics whose class means are the centres
   * @param classifier whose logits may decide, or null
   * @param base the references, {@code [K, d]} or {@code [1, d]} in float64; modified
   * @param products where products with the centres are kept
   */
  NearestCentre(
      DataType type,
      ClassStatistics statistics,
      Classifier classifier,
      INDArray base,
      RowProducts products) {
    this.statistics = statistics;
    this.classifier = classifier;
    this.products = products;
    INDArray origin = statistics.globalMean(GlobalMean.CLASS);
    INDArray means = centres(statistics).subiRowVector(origin);
    this.centres = Matrices.copy(type, means);
    this.nearness = nearness(base.subiRowVector(origin), means, statistics);
    boolean isWorthWhile = base.rows() == means.rows() && means.rows() >= WORTH_A_NORM;
    this.surelyNearest = isWorthWhile ? surelyNearest(Matrices.squaredNorms(base)) : null;
    this.halvesFeatures = isWorthWhile && HalfOfFeatures.isWorthWhile(centres, nearness);
    this.looksAtLogits = halvesFeatures && classifier != null;
    means.close();
    origin.close();
  }

  /** The class means; zeros for a class without examples, which is nobody's nearest. */
  private static INDArray centres(ClassStatistics statistics) {
    return Matrices.of(statistics.meanElements(0), statistics.dimension());
  }

  private static ClassScores nearness(INDArray base, INDArray means, ClassStatistics statistics) {
    double[] halfNorms = Matrices.squaredNorms(means);
    for (int c = 0; c < halfNorms.length; c++) {
      halfNorms[c] = statistics.count(c) == 0 ? NEVER : -halfNorms[c] / 2;
    }
    return ClassScores.of(base, means, halfNorms);
  }

  private double[] surelyNearest(double[] squaredNorms) {
    double[] best = nearness.bestOfOthers();
    for (int y = 0; best != null && y < best.length; y++) {
      double squaredDistance = squaredNorms[y] - 2 * best[y];
      double surely = squaredDistance / 4 * (1 - MARGIN) - MARGIN * MARGIN * squaredNorms[y];
      best[y] = statistics.count(y) == 0 ? NEVER : surely;
    }
    return best;
  }

  /** Whether {@link #of} wants the squared distances of rows from their references. */
  boolean wantsSquares() {
    return surelyNearest != null;
  }

  /** Frees its memory; nothing can be found afterwards. */
  @Override
  public void close() {
    for (INDArray array : new INDArray[] {centres, basis, centresInSpan}) {
      if (array != null) {
        array.close();
      }
    }
    inSpan.close();
    nearness.close();
    if (half != null) {
      half.close();
    }
  }

  /**
   * The nearest centre of each row, or {@link ClassScores#NONE} of a row that is not finite.
   *
   * @param rows {@code [n, d]}, less their references
   * @param references the row of the references that each row was taken from
   * @param squares the squared norms of the rows; null if they are not at hand
   * @param logits the products of the rows with the weights of the classifier, which are of no use
   *     afterwards; null without a classifier
   */
  int[] of(INDArray rows, int[] references, double[] squares, INDArray logits) {
    if (squares == null) {
      return nearest(rows, references, IntStream.range(0, rows.rows()).toArray());
    }
    int few = rows.rows() / 2;
    int[] undecided = beyondHalfOfTheWay(references, squares);
    // What leaves most rows undecided is not tried again: products of all are taken nonetheless.
    if (looksAtLogits && undecided.length > few) {
      undecided = undecidedByLogits(undecided, references, squares, logits);
      looksAtLogits = undecided.length <= few;
      alongWeights = looksAtLogits ? alongWeights : null; // It has a table of K K numbers.
    }
    if (halvesFeatures && undecided.length > few) {
      half = half == null ? HalfOfFeatures.of(centres, nearness) : half;
      undecided = half.undecided(rows, references, squares, products);
      halvesFeatures = undecided.length <= few;
    }
    return nearest(rows, references, undecided);
  }

  private int[] undecidedByLogits(int[] rows, int[] references, double[] squares, INDArray logits) {
    if (alongWeights == null) {
      alongWeights = CentresAlongWeights.of(statistics, classifier, nearness);
    }
    return alongWeights.undecided(rows, logits, references, squares);
  }

  private int[] beyondHalfOfTheWay(int[] references, double[] squares) {
    return IntStream.range(0, squares.length)
        .filter(i -> !(squares[i] < surelyNearest[references[i]]))
        .toArray();
  }

  /** The nearest centre of each row: its own, but for those that products decide on. */
  private int[] nearest(INDArray rows, int[] references, int[] undecided) {
    if (undecided.length > rows.rows() / 2) {
      return nearness.best(products.of(rows, centres), references, null);
    }
    int[] nearest = Arrays.copyOf(references, rows.rows());
    if (undecided.length > 0) {
      INDArray some = Matrices.rows(rows, undecided);
      int[] theirs = IntStream.of(undecided).map(i -> references[i]).toArray();
      int[] found = nearness.best(products.of(some, centres), theirs, null);
      some.close();
      for (int i = 0; i < found.length; i++) {
        nearest[undecided[i]] = found[i];
      }
    }
    return nearest;
  }

  /** Rows that span the class means, {@code [B, d]} in float64; freed with this. */
  INDArray basis() {
    if (basis == null) {
      basis = statistics.basisOfMeans();
      INDArray byColumns = Matrices.product(centres, basis, false, true);
      centresInSpan = byColumns.dup('c');
      byColumns.close();
    }
    return basis;
  }

  /**
   * The nearest centre of each row, from where it is in the span of the means.
   *
   * @param projected the products of rows with the {@link #basis}, {@code [n, B]} in float64, where
   *     the reference of a row is the very mean of its class; modified where a row is not finite
   * @param span where the outer squares of {@code Q (h - mu_y)} are added, as {@link
   *     DecisionStatistics#spanScatter} has them
   */
  int[] inSpan(INDArray projected, int[] references, INDArray span) {
    int[] found = nearness.best(inSpan.of(projected, centresInSpan), references, null);
    for (int i = 0; i < found.length; i++) {
      if (found[i] == ClassScores.NONE) {
        projected.getRow(i).assign(0); // A row that is not finite is left out.
      }
    }
    operations.addOuterSquares(span, projected);
    return found;
  }
}
