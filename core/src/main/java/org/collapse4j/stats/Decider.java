package org.collapse4j.stats;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Finds the predicted class and the nearest class centre of rows of features.
 *
 * <p>A row h of class y is taken as {@code r_y + s}, r the class mean rounded to the type of the
 * rows. Then the logits are {@code (W r_y + b) + W s}, and the nearest centre is the one with the
 * largest {@code s . mu_c - ||r_y - mu_c||^2 / 2}: what is large is in a K x K table in float64,
 * and only products with the deviation s are rounded.
 */
final class Decider implements AutoCloseable {
  /**
   * The most classes for which there are K x K tables. With more, these would take more memory (134
   * MB each) than all else, so every row is decided in float64.
   */
  static final int MOST_TABLED = 4096;

  /** From so many classes on products with all centres cost more than the norm of a row. */
  private static final int WORTH_A_NORM = 64;

  /** What rounding may add to a squared distance, as a share of the numbers it is taken from. */
  private static final double MARGIN = 1e-6;

  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private final DataType type;
  private final ClassStatistics statistics;
  private final BlockArithmetic operations = BlockArithmetic.forBackend();

  /** Whether every class has a reference of its own, its mean; else there is one for all. */
  private final boolean isTabled;

  private final double[] reference;

  private final INDArray weights;
  private final ClassScores logits;
  private final INDArray centres;
  private final ClassScores nearness;

  /**
   * Up to which squared distance from its reference a row of each class is nearer to its own centre
   * than to any other, by the triangle inequality: a quarter of that between reference and next
   * centre. Null where that is not worth while.
   */
  private final double[] surelyNearest;

  /** The squared distances of the rows that were shifted last from their references, or null. */
  private double[] squares;

  /** Rows that span the class means, {@code [B, d]} in float64; made when it is first needed. */
  private INDArray basis;

  /** The centres in that span, {@code [K, B]}. */
  private INDArray centresInSpan;

  private final Products products = new Products();
  private final Products inSpan = new Products();

  /**
   * Prepares for one set of centres and one classifier.
   *
   * @param type of the rows
   * @param statistics whose class means are the centres, or null
   * @param classifier or null
   */
  Decider(DataType type, ClassStatistics statistics, Classifier classifier) {
    this.type = type;
    this.statistics = statistics;
    INDArray means = statistics == null ? null : centres(statistics);
    INDArray origin = statistics == null ? null : statistics.globalMean(GlobalMean.CLASS);
    int numClasses = means == null ? classifier.numClasses() : means.rows();
    int dimension = means == null ? classifier.dimension() : means.columns();
    this.isTabled = means != null && numClasses <= MOST_TABLED;
    if (means == null) {
      this.reference = new double[dimension];
    } else {
      this.reference =
          isTabled
              ? FeatureBlock.rounded(statistics.meanElements(0), type)
              : Matrices.elements(origin);
    }
    INDArray base =
        Nd4j.createFromArray(reference).reshape(reference.length / dimension, dimension);
    if (classifier == null) {
      this.weights = null;
      this.logits = null;
    } else {
      INDArray wide = classifier.weights();
      this.weights = Matrices.copy(type, wide);
      this.logits = ClassScores.of(base, wide, classifier.bias().toDoubleVector());
      wide.close();
    }
    if (means == null) {
      this.centres = null;
      this.nearness = null;
      this.surelyNearest = null;
    } else {
      means.subiRowVector(origin);
      this.centres = Matrices.copy(type, means);
      this.nearness = nearness(base.subiRowVector(origin), means, statistics);
      this.surelyNearest =
          isTabled && numClasses >= WORTH_A_NORM
              ? surelyNearest(Matrices.squaredNorms(base))
              : null;
      means.close();
    }
    base.close();
  }

  /** The class means; zeros for a class without examples, which is nobody's nearest. */
  private static INDArray centres(ClassStatistics statistics) {
    return Nd4j.createFromArray(statistics.meanElements(0))
        .reshape(statistics.numClasses(), statistics.dimension());
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
      best[y] = squaredDistance / 4 * (1 - MARGIN) - MARGIN * MARGIN * squaredNorms[y];
    }
    return best;
  }

  /** The type of the rows that it decides on. */
  DataType type() {
    return type;
  }

  /** Frees its memory; nothing can be decided afterwards. */
  @Override
  public void close() {
    for (INDArray array : new INDArray[] {weights, centres, basis, centresInSpan}) {
      if (array != null) {
        array.close();
      }
    }
    products.close();
    inSpan.close();
    if (logits != null) {
      logits.close();
    }
    if (nearness != null) {
      nearness.close();
    }
  }

  /**
   * Makes the rows of a block small, for {@link #decide}.
   *
   * @param block its rows are shifted in place
   */
  void shift(FeatureBlock block) {
    squares = surelyNearest == null ? null : new double[block.size()];
    operations.shift(block.rows(), referencesOf(block), reference, squares);
  }

  /**
   * Decides on the rows of a block.
   *
   * @param block its rows have been shifted
   * @param span where the outer squares of {@code Q (h - mu_y)} are added, as {@link
   *     DecisionStatistics#spanScatter} has them, of rows in float64; null if they are not wanted
   */
  Decisions decide(FeatureBlock block, INDArray span) {
    int n = block.size();
    int[] classes = Arrays.copyOf(block.classes(), n);
    int[] references = referencesOf(block);
    int[] nearest = null;
    if (span != null) {
      nearest = nearestInSpan(block.rows(), references, span);
    } else if (centres != null) {
      int[] undecided = undecided(classes);
      nearest =
          undecided == null
              ? nearness.best(products.of(block.rows(), centres), references, null)
              : nearest(block.rows(), classes, undecided);
    }
    if (weights == null) {
      return new Decisions(classes, null, null, nearest);
    }
    double[] confidence = new double[n];
    int[] predicted = logits.best(products.of(block.rows(), weights), references, confidence);
    return new Decisions(classes, predicted, confidence, nearest);
  }

  /** The rows whose nearest centre may be another than their own; null if those are most. */
  private int[] undecided(int[] classes) {
    if (squares == null || squares.length != classes.length) {
      return null; // Rows have been dropped since.
    }
    int[] undecided =
        IntStream.range(0, classes.length)
            .filter(i -> !(squares[i] < surelyNearest[classes[i]]))
            .toArray();
    return undecided.length > classes.length / 2 ? null : undecided;
  }

  /** The nearest centre of each row: its own, but for those that products decide on. */
  private int[] nearest(INDArray rows, int[] classes, int[] undecided) {
    int[] nearest = classes.clone();
    if (undecided.length > 0) {
      INDArray some = Matrices.rows(rows, undecided);
      int[] theirs = IntStream.of(undecided).map(i -> classes[i]).toArray();
      int[] found = nearness.best(products.of(some, centres), theirs, null);
      some.close();
      for (int i = 0; i < found.length; i++) {
        nearest[undecided[i]] = found[i];
      }
    }
    return nearest;
  }

  /**
   * The nearest centre of each row, from where it is in the span of the means; adds that too. In
   * float64 the reference of a row is the very mean of its class.
   */
  private int[] nearestInSpan(INDArray rows, int[] references, INDArray span) {
    if (basis == null) {
      basis = statistics.basisOfMeans();
      centresInSpan = Matrices.product(centres, basis, false, true).dup('c');
    }
    INDArray projected = inSpan.of(rows, basis);
    int[] nearest = nearness.best(products.of(projected, centresInSpan), references, null);
    for (int i = 0; i < nearest.length; i++) {
      if (nearest[i] == ClassScores.NONE) {
        projected.getRow(i).assign(0); // A row that is not finite is left out.
      }
    }
    operations.addOuterSquares(span, projected);
    return nearest;
  }

  /** Which row of the reference is that of each row of a block. */
  private int[] referencesOf(FeatureBlock block) {
    return isTabled ? block.classes() : new int[block.size()];
  }

  /** The decisions of given logits, {@code [n, K]}, which are not modified. */
  static Decisions ofLogits(int[] classes, INDArray logits, int[] nearest) {
    double[] confidence = new double[classes.length];
    int[] predicted = ClassScores.best(logits, confidence);
    return new Decisions(classes, predicted, confidence, nearest);
  }

  /** The memory of the products of rows with vectors, which are always the same number. */
  private static final class Products {
    private INDArray array;

    /** The products of every row with every vector, {@code [n, K]}; valid until the next call. */
    INDArray of(INDArray rows, INDArray vectors) {
      int n = rows.rows();
      if (array == null || array.rows() < n) {
        close();
        array = Nd4j.createUninitialized(vectors.dataType(), n, vectors.rows());
      }
      INDArray first =
          array.rows() == n ? array : array.get(NDArrayIndex.interval(0, n), NDArrayIndex.all());
      return Nd4j.gemm(rows, vectors, first, false, true, 1, 0);
    }

    void close() {
      if (array != null) {
        array.close();
      }
    }
  }
}
