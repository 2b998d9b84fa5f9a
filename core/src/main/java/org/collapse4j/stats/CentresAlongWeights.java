package org.collapse4j.stats;

import java.util.Arrays;
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
    int[] present = statistics.presentClasses();
    INDArray rest = rows(Matrices.of(statistics.meanElements(0), statistics.dimension()), present);
    INDArray weights = rows(classifier.weights(), present);
    double largestWeight = HalfOfFeatures.largestNorm(weights);
    rest.subiRowVector(rest.mean(0));
    weights.subiRowVector(weights.mean(0));
    double multiple =
        rest.mul(weights).sumNumber().doubleValue()
            / Arrays.stream(Matrices.squaredNorms(weights)).sum();
    rest.subi(weights.muli(multiple));
    float[] left = new float[statistics.numClasses()];
    double[] squares = Matrices.squaredNorms(rest);
    for (int i = 0; i < present.length; i++) {
      left[present[i]] = (float) (Math.sqrt(squares[i]) * (1 + HalfOfFeatures.ROUNDING));
    }
    weights.close();
    rest.close();
    float[] leads = HalfOfFeatures.leads(nearness.table(), left.length);
    return new CentresAlongWeights(multiple, leads, left, largestWeight);
  }

  private static INDArray rows(INDArray table, int[] chosen) {
    INDArray rows = Matrices.rows(table, chosen);
    table.close();
    return rows;
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
