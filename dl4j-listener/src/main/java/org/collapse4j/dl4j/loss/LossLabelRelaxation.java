package org.collapse4j.dl4j.loss;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Label relaxation: the network is asked for a probability of at least {@code 1 - alpha} of the
 * given class, and for no more. In place of {@code LossFunction.MCXENT}:
 *
 * <pre>{@code
 * new OutputLayer.Builder(new LossLabelRelaxation(0.1))
 * }</pre>
 *
 * <p>For logits z, {@code p = softmax(z)} and the given class y, the loss of an example is 0 where
 * {@code p_y >= 1 - alpha}, else {@code (1 - alpha) log((1 - alpha) / p_y) + alpha log(alpha / (1 -
 * p_y))}. Its gradient by the logits is 0 in the first case, else {@code p - q} with {@code q_y = 1
 * - alpha} and {@code q_c = alpha p_c / (1 - p_y)}. A class weight w multiplies the loss of the
 * examples given that class. With alpha = 0 this is cross-entropy.
 *
 * <p>Labels must be one-hot, a single 1 in every row whose mask is not 0: a set of distributions
 * around a soft label is another loss. Masks have one value an example or time step; one with a
 * value for every output must have the same ones along a row, as the loss is no sum over outputs.
 *
 * <p>Loss and gradient come from the same log-sum-exp, in float64 for each row: both are right and
 * finite for any finite logits. The gradient is of the logits' type; scores are in float64, and an
 * array of them in float32 unless the logits are in float64. A row with a mask of 0 has loss and
 * gradient 0, whatever it holds.
 *
 * <p>Outputs are {@code [n, K]}, as every layer of DL4J hands them over, or of a higher rank with
 * the classes along dimension 1. The activation must be softmax; another one, labels that are not
 * one-hot, arrays of different shapes and weights of another length than K are refused with an
 * {@link IllegalArgumentException} when the loss is computed. No argument is modified.
 *
 * <p>DL4J 1.0.0-M2.1 hands any loss wrong arrays for the score in two places: in a {@code
 * CnnLossLayer} of format NHWC, which makes the score meaningless and is refused here as labels
 * that are not one-hot, and in an {@code RnnLossLayer} of format NWC, which fails. Use NCHW and NCW
 * there; {@code RnnOutputLayer} is right in both.
 *
 * <p>Lienen, Hüllermeier: From Label Smoothing to Label Relaxation, AAAI 2021, equation 7.
 */
public final class LossLabelRelaxation extends SoftmaxLoss {
  private static final long serialVersionUID = 1L;

  /**
   * Label relaxation.
   *
   * @param alpha how much probability other classes may have at no cost, in [0, 1)
   * @throws IllegalArgumentException if alpha is not in [0, 1)
   */
  public LossLabelRelaxation(double alpha) {
    this(alpha, null, null);
  }

  @JsonCreator
  LossLabelRelaxation(
      @JsonProperty("alpha") double alpha,
      @JsonProperty("alphaSchedule") ISchedule alphaSchedule,
      @JsonProperty("weights") double[] weights) {
    super(alpha, alphaSchedule, weights);
  }

  /**
   * A loss with options.
   *
   * @param alpha how much probability other classes may have at no cost, in [0, 1)
   */
  public static Builder builder(double alpha) {
    return new Builder(alpha, null);
  }

  /**
   * A loss whose alpha changes while the network trains, which takes an {@link
   * AlphaScheduleListener} on that network.
   *
   * @param alpha a schedule whose values are in [0, 1)
   */
  public static Builder builder(ISchedule alpha) {
    return new Builder(Double.NaN, requireSchedule(alpha));
  }

  /** Options of label relaxation. */
  public static final class Builder {
    private final double alpha;
    private final ISchedule schedule;
    private double[] weights;

    private Builder(double alpha, ISchedule schedule) {
      this.alpha = alpha;
      this.schedule = schedule;
    }

    /**
     * Weighs the classes: the loss of an example is multiplied by the weight of its given class.
     *
     * @param weights a vector of one value a class, finite and not negative, which is copied; null
     *     for none
     */
    public Builder weights(INDArray weights) {
      this.weights = row(weights, "class weights");
      return this;
    }

    /**
     * The loss.
     *
     * @throws IllegalArgumentException if an option breaks its rule
     */
    public LossLabelRelaxation build() {
      return new LossLabelRelaxation(alpha, schedule, weights);
    }
  }

  /**
   * Adds label relaxation to a SameDiff graph: the mean over the examples, marked as a loss.
   *
   * @param graph to add to
   * @param name of the variable returned
   * @param labels {@code [n, K]}, one-hot; a graph cannot check that they are
   * @param logits {@code [n, K]}, before any softmax
   * @param alpha how much probability other classes may have at no cost, in [0, 1)
   * @return the loss, a scalar
   */
  public static SDVariable addTo(
      SameDiff graph, String name, SDVariable labels, SDVariable logits, double alpha) {
    return new LossLabelRelaxation(alpha).addTo(graph, name, labels, logits);
  }

  @Override
  Formula formula(double alpha) {
    return new Relaxation(alpha);
  }

  /** Cross-entropy x against the label becomes 0 up to that of {@code p_y = 1 - alpha}. */
  private record Relaxation(double alpha) implements Formula {
    @Override
    public <Q extends Quantity<Q>> Q target(Q label, Q weight, Q prior) {
      return label.times(weight);
    }

    @Override
    public <Q extends Quantity<Q>> Q loss(Q crossEntropy, Q total) {
      if (alpha == 0) {
        return crossEntropy;
      }
      Q excess = crossEntropy.over(total).plus(Math.log(1 - alpha)).positivePart();
      Q shareOfOthers = excess.times(-1).exp().times(-1).plus(1).times((1 - alpha) / alpha).plus(1);
      return excess.times(1 - alpha).plus(shareOfOthers.log().times(-alpha)).times(total);
    }

    @Override
    public boolean accepts(double labelled, double sumOfLabels) {
      return labelled == 1 && sumOfLabels == 1;
    }
  }

  @Override
  LossBatch accepted(LossBatch batch) {
    INDArray mask = batch.mask();
    if (mask == null || mask.size(1) == 1) {
      return batch;
    }
    INDArray rowMask = mask.max(true, 1);
    if (!rowMask.equals(mask.min(true, 1))) {
      throw new IllegalArgumentException(
          "LossLabelRelaxation is no sum over outputs: a mask must have the same value along each"
              + " row, but has several");
    }
    return new LossBatch(batch.logits(), batch.labels(), rowMask);
  }
}
