package org.collapse4j.dl4j.loss;

import java.util.Arrays;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonCreator;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Cross-entropy against smoothed labels. In place of {@code LossFunction.MCXENT}:
 *
 * <pre>{@code
 * new OutputLayer.Builder(new LossLabelSmoothing(0.1))
 * }</pre>
 *
 * <p>For logits z, {@code p = softmax(z)}, labels t, K classes, a prior u (uniform, 1/K, unless
 * given) and class weights w (1 unless given), the target is {@code q_c = (1 - alpha) t_c + alpha
 * u_c}, the loss of an example {@code -sum_c w_c q_c log p_c}, and its gradient by the logits
 * {@code p_c sum_k w_k q_k - w_c q_c}, which without weights is {@code p - q}. Labels may be soft:
 * they are smoothed as they are. With alpha = 0 this is cross-entropy. Weights multiply the terms
 * of the smoothed target, as they do in PyTorch.
 *
 * <p>Loss and gradient come from the same log-sum-exp, in float64 for each row: both are right and
 * finite for any finite logits. The gradient is of the logits' type; scores are in float64, and an
 * array of them in float32 unless the logits are in float64. A row with a mask of 0 has loss and
 * gradient 0, whatever it holds. A mask may also have a value for every output; it multiplies the
 * terms of the sum over c.
 *
 * <p>Outputs are {@code [n, K]}, as every layer of DL4J hands them over, or of a higher rank with
 * the classes along dimension 1. The activation must be softmax; another one, arrays of different
 * shapes, and weights or a prior of another length than K are refused with an {@link
 * IllegalArgumentException} when the loss is computed. No argument is modified.
 *
 * <p>DL4J 1.0.0-M2.1 hands any loss wrong arrays for the score in two places: in a {@code
 * CnnLossLayer} of format NHWC, which makes the score meaningless (the gradient is right), and in
 * an {@code RnnLossLayer} of format NWC, which fails. Use NCHW and NCW there; {@code
 * RnnOutputLayer} is right in both.
 *
 * <p>Szegedy, Vanhoucke, Ioffe, Shlens, Wojna: Rethinking the Inception Architecture for Computer
 * Vision, CVPR 2016, section 7. That it dilates the classes less: Nguyen, Levie, Lienen,
 * Hüllermeier, Kutyniok, ICLR 2023.
 */
public final class LossLabelSmoothing extends SoftmaxLoss {
  private static final long serialVersionUID = 1L;
  private static final double PRIOR_SUM_TOLERANCE = 1e-5;

  @JsonProperty private final double[] prior;

  /**
   * Smoothing towards all classes alike.
   *
   * @param alpha how much of the label is spread, in [0, 1)
   * @throws IllegalArgumentException if alpha is not in [0, 1)
   */
  public LossLabelSmoothing(double alpha) {
    this(alpha, null, null, null);
  }

  @JsonCreator
  LossLabelSmoothing(
      @JsonProperty("alpha") double alpha,
      @JsonProperty("alphaSchedule") ISchedule alphaSchedule,
      @JsonProperty("weights") double[] weights,
      @JsonProperty("prior") double[] prior) {
    super(alpha, alphaSchedule, weights);
    this.prior = prior;
    requireDistribution(prior);
    if (prior != null && weights != null && prior.length != weights.length) {
      throw new IllegalArgumentException(
          "prior and class weights must have one value a class each, but there are %s and %s"
              .formatted(prior.length, weights.length));
    }
  }

  private static void requireDistribution(double[] prior) {
    if (prior == null) {
      return;
    }
    for (int c = 0; c < prior.length; c++) {
      if (!(prior[c] >= 0)) {
        throw new IllegalArgumentException(
            "a prior must not be negative, but that of class " + c + " is " + prior[c]);
      }
    }
    double sum = Arrays.stream(prior).sum();
    if (!(Math.abs(sum - 1) <= PRIOR_SUM_TOLERANCE)) {
      throw new IllegalArgumentException("a prior must sum to 1, but sums to " + sum);
    }
  }

  /**
   * A loss with options.
   *
   * @param alpha how much of the label is spread, in [0, 1)
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

  /** Options of label smoothing. */
  public static final class Builder {
    private final double alpha;
    private final ISchedule schedule;
    private double[] weights;
    private double[] prior;

    private Builder(double alpha, ISchedule schedule) {
      this.alpha = alpha;
      this.schedule = schedule;
    }

    /**
     * Weighs the classes, as in {@code LossMCXENT}.
     *
     * @param weights a vector of one value a class, finite and not negative, which is copied; null
     *     for none
     */
    public Builder weights(INDArray weights) {
      this.weights = row(weights, "class weights");
      return this;
    }

    /**
     * Smooths towards given shares of the classes, such as their frequencies, in place of 1/K.
     *
     * @param prior a vector of one value a class, not negative, of sum 1, which is copied; null for
     *     the uniform one
     */
    public Builder prior(INDArray prior) {
      this.prior = row(prior, "a prior");
      return this;
    }

    /**
     * The loss.
     *
     * @throws IllegalArgumentException if an option breaks its rule
     */
    public LossLabelSmoothing build() {
      return new LossLabelSmoothing(alpha, schedule, weights, prior);
    }
  }

  /**
   * Adds label smoothing to a SameDiff graph: the mean over the examples, marked as a loss.
   *
   * @param graph to add to
   * @param name of the variable returned
   * @param labels {@code [n, K]}
   * @param logits {@code [n, K]}, before any softmax
   * @param alpha how much of the label is spread, in [0, 1)
   * @return the loss, a scalar
   */
  public static SDVariable addTo(
      SameDiff graph, String name, SDVariable labels, SDVariable logits, double alpha) {
    return new LossLabelSmoothing(alpha).addTo(graph, name, labels, logits);
  }

  /**
   * The prior smoothed towards.
   *
   * @return a copy, one value a class; null for the uniform one
   */
  public double[] getPrior() {
    return prior == null ? null : prior.clone();
  }

  @Override
  double[] priorOrNull() {
    return prior;
  }

  @Override
  Formula formula(double alpha) {
    return new Smoothing(alpha);
  }

  private record Smoothing(double alpha) implements Formula {
    @Override
    public <Q extends Quantity<Q>> Q target(Q label, Q weight, Q prior) {
      return label.times(1 - alpha).plus(prior.times(alpha)).times(weight);
    }

    @Override
    public <Q extends Quantity<Q>> Q loss(Q crossEntropy, Q total) {
      return crossEntropy;
    }

    @Override
    public boolean accepts(double labelled, double sumOfLabels) {
      return true;
    }
  }

  @Override
  public String toString() {
    String options = super.toString();
    return prior == null
        ? options
        : options.substring(0, options.length() - 1) + ", prior=" + Arrays.toString(prior) + ")";
  }
}
