package org.collapse4j.stats;

import java.util.Arrays;
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
  private static final double NEVER = Double.NEGATIVE_INFINITY;

  private final DataType type;
  private final BlockArithmetic operations = BlockArithmetic.forBackend();

  private final double[] reference;

  private final INDArray weights;
  private final ClassScores logits;
  private final INDArray centres;
  private final ClassScores nearness;

  private INDArray products;

  /**
   * Prepares for one set of centres and one classifier.
   *
   * @param type of the rows
   * @param statistics whose class means are the centres, or null
   * @param classifier or null
   */
  Decider(DataType type, ClassStatistics statistics, Classifier classifier) {
    this.type = type;
    INDArray means = statistics == null ? null : centres(statistics);
    int numClasses = means == null ? classifier.numClasses() : means.rows();
    int dimension = means == null ? classifier.dimension() : means.columns();
    this.reference =
        means == null
            ? new double[numClasses * dimension]
            : FeatureBlock.rounded(statistics.meanElements(0), type);
    INDArray base = Nd4j.createFromArray(reference).reshape(numClasses, dimension);
    this.weights = classifier == null ? null : Matrices.copy(type, classifier.weights());
    this.logits = classifier == null ? null : logits(base, classifier);
    if (means == null) {
      this.centres = null;
      this.nearness = null;
    } else {
      INDArray origin = statistics.globalMean(GlobalMean.CLASS);
      means.subiRowVector(origin);
      this.centres = Matrices.copy(type, means);
      this.nearness = nearness(base.subiRowVector(origin), means, statistics);
      means.close();
    }
    base.close();
  }

  /** The class means; zeros for a class without examples, which is nobody's nearest. */
  private static INDArray centres(ClassStatistics statistics) {
    return Nd4j.createFromArray(statistics.meanElements(0))
        .reshape(statistics.numClasses(), statistics.dimension());
  }

  private static ClassScores logits(INDArray base, Classifier classifier) {
    return ClassScores.of(base, classifier.weights(), classifier.bias().toDoubleVector());
  }

  private static ClassScores nearness(INDArray base, INDArray means, ClassStatistics statistics) {
    double[] halfNorms = Matrices.squaredNorms(means);
    for (int c = 0; c < halfNorms.length; c++) {
      halfNorms[c] = statistics.count(c) == 0 ? NEVER : -halfNorms[c] / 2;
    }
    return ClassScores.of(base, means, halfNorms);
  }

  /** The type of the rows that it decides on. */
  DataType type() {
    return type;
  }

  /** Frees its memory; nothing can be decided afterwards. */
  @Override
  public void close() {
    for (INDArray array : new INDArray[] {weights, centres, products}) {
      if (array != null) {
        array.close();
      }
    }
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
    operations.shift(block.rows(), block.classes(), reference, null);
  }

  /**
   * Decides on the rows of a block.
   *
   * @param block its rows have been shifted
   */
  Decisions decide(FeatureBlock block) {
    int n = block.size();
    int[] classes = Arrays.copyOf(block.classes(), n);
    int[] nearest =
        centres == null ? null : nearness.best(products(block.rows(), centres), classes, null);
    if (weights == null) {
      return new Decisions(classes, null, null, nearest);
    }
    double[] confidence = new double[n];
    int[] predicted = logits.best(products(block.rows(), weights), classes, confidence);
    return new Decisions(classes, predicted, confidence, nearest);
  }

  /** The decisions of given logits, {@code [n, K]}, which are not modified. */
  static Decisions ofLogits(int[] classes, INDArray logits, int[] nearest) {
    double[] confidence = new double[classes.length];
    int[] predicted = ClassScores.best(logits, confidence);
    return new Decisions(classes, predicted, confidence, nearest);
  }

  /** The products of every row with every vector, {@code [n, K]}; valid until the next call. */
  private INDArray products(INDArray rows, INDArray vectors) {
    int n = rows.rows();
    if (products == null || products.rows() < n) {
      if (products != null) {
        products.close();
      }
      products = Nd4j.createUninitialized(type, n, vectors.rows());
    }
    INDArray first =
        products.rows() == n
            ? products
            : products.get(NDArrayIndex.interval(0, n), NDArrayIndex.all());
    return Nd4j.gemm(rows, vectors, first, false, true, 1, 0);
  }
}
