package org.collapse4j.stats;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Tells by the logits, which are calculated anyway, which rows are surely nearest to the centre of
 * their class. The more a classifier goes along with the class means, as nc3 measures it, the less
 * is left of these without a multiple of the weights: with {@code mu_c = b w_c + v + e_c} the score
 * {@code s . mu_c} of a row s is {@code b} times its product with the weights, but for what is the
 * same for all classes, and for at most {@code ||s|| ||e_c||}.
 */
final class CentresAlongWeights {
  /** The multiple b of the weights that leaves least of the centres. */
  private final double multiple;

  /** As {@link HalfOfFeatures#leads} has them. */
  private final float[] leads;

  /** The norms of what is left of the centres, {@code ||e_c||}, or a little more. */
  private final float[] left;

  private final double largestWeight;

  private CentresAlongWeights(double multiple, float[] leads, float[] left, double largestWeight) {
    this.multiple = multiple;
    this.leads = leads;
    this.left = left;
    this.largestWeight = largestWeight;
  }

  /**
   * Prepares for some centres and weights.
   *
   * @param statistics whose class means are the centres
   * @param classifier of as many classes and features
   * @param nearness the scores that decide which centre is the nearest, whose table is at hand
   */
  static CentresAlongWeights of(
      ClassStatistics statistics, Classifier classifier, ClassScores nearness) {
    int k = statistics.numClasses();
    int[] present = statistics.presentClasses();
    double[] weights = Matrices.elementsAndClose(classifier.weights());
    double largest = 0;
    for (int c : present) {
      largest = Math.max(largest, sumOfProducts(weights, weights, c, statistics.dimension()));
    }
    double[] centres = statistics.meanElements(0);
    subtractMean(centres, present, statistics.dimension());
    subtractMean(weights, present, statistics.dimension());
    double multiple = multiple(centres, weights, present, statistics.dimension());
    for (int j = 0; j < centres.length; j++) {
      centres[j] -= multiple * weights[j];
    }
    float[] left = new float[k];
    for (int c : present) {
      double norm = Math.sqrt(sumOfProducts(centres, centres, c, statistics.dimension()));
      left[c] = (float) (norm * (1 + HalfOfFeatures.ROUNDING));
    }
    float[] leads = HalfOfFeatures.leads(nearness.table(), k);
    return new CentresAlongWeights(multiple, leads, left, Math.sqrt(largest));
  }

  /** Subtracts from some rows their mean. */
  private static void subtractMean(double[] rows, int[] chosen, int d) {
    double[] mean = new double[d];
    for (int c : chosen) {
      for (int j = 0; j < d; j++) {
        mean[j] += rows[c * d + j] / chosen.length;
      }
    }
    for (int c : chosen) {
      for (int j = 0; j < d; j++) {
        rows[c * d + j] -= mean[j];
      }
    }
  }

  private static double multiple(double[] centres, double[] weights, int[] chosen, int d) {
    double together = 0;
    double squares = 0;
    for (int c : chosen) {
      together += sumOfProducts(centres, weights, c, d);
      squares += sumOfProducts(weights, weights, c, d);
    }
    return together / squares;
  }

  private static double sumOfProducts(double[] a, double[] b, int row, int d) {
    double sum = 0;
    for (int j = row * d; j < (row + 1) * d; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  /**
   * The rows among some whose nearest centre may be another than their own, those that are not
   * finite among them.
   *
   * @param rows which ones are looked at
   * @param logits the products of all rows, less the means of their classes, with the weights
   * @param classes of all rows
   * @param squares the squared norms of all rows, less the means of their classes
   */
  int[] undecided(int[] rows, INDArray logits, int[] classes, double[] squares) {
    try (HostMatrix product = HostMatrix.of(logits)) {
      return IntStream.of(rows)
          .filter(i -> !isDecided(product, i, classes[i], Math.sqrt(squares[i])))
          .toArray();
    }
  }

  private boolean isDecided(HostMatrix product, int row, int y, double norm) {
    product.readNarrow(row);
    double lead = product.largestLead(y, (float) multiple, leads, left, 0, (float) norm);
    double rounding = HalfOfFeatures.MARGIN * norm * Math.abs(multiple) * largestWeight;
    return lead + norm * left[y] < -rounding && isInRange(norm);
  }

  /**
   * Whether float32 rounds products of the weights with a row, and neither overflows nor vanishes.
   */
  private boolean isInRange(double norm) {
    double product = norm * largestWeight;
    return Moments.isInFloatRange(largestWeight)
        && Moments.isInFloatRange(Math.sqrt(product))
        && Moments.isInFloatRange(Math.sqrt(product * Math.abs(multiple)));
  }
}
