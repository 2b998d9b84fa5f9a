package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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

  private final DataType type;
  private final BlockArithmetic operations = BlockArithmetic.forBackend();

  /** Whether every class has a reference of its own, its mean; else there is one for all. */
  private final boolean isTabled;

  private final double[] reference;

  private final INDArray weights;
  private final ClassScores logits;

  /** The weights and below them {@link NearestCentre#basis}; made when it is first needed. */
  private INDArray weightsAndBasis;

  /** Null if there are no centres. */
  private final NearestCentre nearest;

  /** The squared distances of the rows that were shifted last from their references, or null. */
  private double[] squares;

  private final RowProducts products = new RowProducts();

  /**
   * Prepares for one set of centres and one classifier.
   *
   * @param type of the rows
   * @param statistics whose class means are the centres, or null
   * @param classifier or null
   */
  Decider(DataType type, ClassStatistics statistics, Classifier classifier) {
    this.type = type;
    int numClasses = statistics == null ? classifier.numClasses() : statistics.numClasses();
    int dimension = statistics == null ? classifier.dimension() : statistics.dimension();
    this.isTabled = statistics != null && numClasses <= MOST_TABLED;
    this.reference = reference(statistics, isTabled, type, dimension);
    INDArray base = Matrices.of(reference, dimension);
    if (classifier == null) {
      this.weights = null;
      this.logits = null;
    } else {
      INDArray wide = classifier.weights();
      this.weights = Matrices.copy(type, wide);
      this.logits = ClassScores.of(base, wide, classifier.bias().toDoubleVector());
      wide.close();
    }
    this.nearest =
        statistics == null ? null : new NearestCentre(type, statistics, classifier, base, products);
    base.close();
  }

  private static double[] reference(
      ClassStatistics statistics, boolean isTabled, DataType type, int dimension) {
    if (statistics == null) {
      return new double[dimension];
    }
    return isTabled
        ? FeatureBlock.rounded(statistics.meanElements(0), type)
        : Matrices.elementsAndClose(statistics.globalMean(GlobalMean.CLASS));
  }

  /** The type of the rows that it decides on. */
  DataType type() {
    return type;
  }

  /** Frees its memory; nothing can be decided afterwards. */
  @Override
  public void close() {
    products.close();
    if (weightsAndBasis != null) {
      weightsAndBasis.close();
    }
    if (weights != null) {
      weights.close();
      logits.close();
    }
    if (nearest != null) {
      nearest.close();
    }
  }

  /**
   * Makes the rows of a block small, for {@link #decide}.
   *
   * @param block its rows are shifted in place
   */
  void shift(FeatureBlock block) {
    boolean wanted = nearest != null && nearest.wantsSquares();
    squares = wanted ? new double[block.size()] : null;
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
    int[] references = referencesOf(block);
    if (span != null) {
      return decideInSpan(block, references, span);
    }
    INDArray ofWeights = weights == null ? null : products.of(block.rows(), weights);
    // Taken before any products with the centres, which take the place of those with the weights.
    Decisions ofClassifier = decisions(block, references, ofWeights, null);
    if (nearest == null) {
      return ofClassifier;
    }
    // Rows may have been dropped since they were shifted.
    double[] theirs = squares != null && squares.length == block.size() ? squares : null;
    return ofClassifier.with(nearest.of(block.rows(), references, theirs, ofWeights));
  }

  /** One product with weights and basis takes little longer than one with either. */
  private Decisions decideInSpan(FeatureBlock block, int[] references, INDArray span) {
    INDArray basis = nearest.basis();
    if (weights == null) {
      INDArray projected = products.of(block.rows(), basis);
      return decisions(block, references, null, nearest.inSpan(projected, references, span));
    }
    if (weightsAndBasis == null) {
      weightsAndBasis = Nd4j.vstack(weights, basis);
    }
    INDArray both = products.of(block.rows(), weightsAndBasis);
    INDArray projected = Matrices.compact(Matrices.columns(both, weights.rows(), both.columns()));
    int[] nearestOfRows = nearest.inSpan(projected, references, span);
    projected.close();
    return decisions(block, references, Matrices.columns(both, 0, weights.rows()), nearestOfRows);
  }

  /**
   * The decisions on the rows of a block.
   *
   * @param ofWeights the products of its rows with the weights; null without a classifier
   */
  private Decisions decisions(
      FeatureBlock block, int[] references, INDArray ofWeights, int[] nearestOfRows) {
    int[] classes = Arrays.copyOf(block.classes(), block.size());
    if (ofWeights == null) {
      return new Decisions(classes, null, null, nearestOfRows);
    }
    double[] confidence = new double[classes.length];
    int[] predicted = logits.best(ofWeights, references, confidence);
    return new Decisions(classes, predicted, confidence, nearestOfRows);
  }

  /** Which row of the reference is that of each row of a block. */
  private int[] referencesOf(FeatureBlock block) {
    return isTabled ? block.classes() : new int[block.size()];
  }
}
