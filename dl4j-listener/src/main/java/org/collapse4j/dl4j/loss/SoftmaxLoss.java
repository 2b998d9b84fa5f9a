package org.collapse4j.dl4j.loss;

import java.util.Arrays;
import java.util.Objects;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonInclude;
import org.nd4j.shade.jackson.annotation.JsonProperty;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the losses over the softmax of logits share: their options, the checks of their arguments,
 * and the choice of the computation. Immutable, but for the place in the schedule of alpha.
 */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.NONE,
    getterVisibility = JsonAutoDetect.Visibility.NONE,
    isGetterVisibility = JsonAutoDetect.Visibility.NONE)
@JsonInclude(JsonInclude.Include.NON_NULL)
abstract class SoftmaxLoss implements ILossFunction {
  private static final long serialVersionUID = 1L;
  private static final Logger log = LoggerFactory.getLogger(SoftmaxLoss.class);

  private record Place(int iteration, int epoch, double alpha) {}

  @JsonProperty private final double alpha;
  @JsonProperty private final ISchedule alphaSchedule;

  @JsonProperty private final double[] weights;

  /** Where the training stands; null until something tells. */
  private transient volatile Place place;

  SoftmaxLoss(double alpha, ISchedule alphaSchedule, double[] weights) {
    this.alpha = alphaSchedule == null ? alpha : alphaSchedule.valueAt(0, 0);
    this.alphaSchedule = alphaSchedule;
    this.weights = weights;
    requireAlpha(this.alpha, alphaSchedule == null ? "" : " at iteration 0 of epoch 0");
    for (int c = 0; weights != null && c < weights.length; c++) {
      if (!(weights[c] >= 0) || Double.isInfinite(weights[c])) {
        throw new IllegalArgumentException(
            "class weights must be finite and not negative, but that of class %s is %s"
                .formatted(c, weights[c]));
      }
    }
  }

  private static void requireAlpha(double alpha, String where) {
    if (!(alpha >= 0 && alpha < 1)) {
      throw new IllegalArgumentException("alpha must be in [0, 1), but is " + alpha + where);
    }
  }

  /** A row of numbers as an option is given, copied; null stays null. */
  static double[] row(INDArray values, String what) {
    if (values == null) {
      return null;
    }
    if (!values.isVectorOrScalar()) {
      throw new IllegalArgumentException(
          "%s must be a vector of one value a class, but have shape %s"
              .formatted(what, Arrays.toString(values.shape())));
    }
    return values.reshape(values.length()).toDoubleVector();
  }

  static ISchedule requireSchedule(ISchedule schedule) {
    if (schedule == null) {
      throw new IllegalArgumentException("a schedule of alpha is needed, but is null");
    }
    return schedule.clone();
  }

  /** What this loss makes of labels and cross-entropy. */
  abstract Formula formula(double alpha);

  /** The prior, if this loss has one. */
  double[] priorOrNull() {
    return null;
  }

  /** What this loss can make of a batch; refuses what it cannot. */
  LossBatch accepted(LossBatch batch) {
    return batch;
  }

  /**
   * Alpha as it is now: the one given, or the value of the schedule where the training stands.
   *
   * @return in [0, 1)
   */
  public final double getAlpha() {
    Place now = place;
    return now == null ? alpha : now.alpha();
  }

  /**
   * The schedule of alpha.
   *
   * @return null if alpha is a constant
   */
  public final ISchedule getAlphaSchedule() {
    return alphaSchedule;
  }

  /**
   * The class weights.
   *
   * @return a copy, one value a class; null if there are none
   */
  public final double[] getWeights() {
    return weights == null ? null : weights.clone();
  }

  /** Sets alpha to the value of its schedule; nothing without a schedule. */
  final void moveTo(int iteration, int epoch) {
    Place now = place;
    if (alphaSchedule == null
        || (now != null && now.iteration() == iteration && now.epoch() == epoch)) {
      return;
    }
    double value = alphaSchedule.valueAt(iteration, epoch);
    requireAlpha(value, " at iteration " + iteration + " of epoch " + epoch);
    place = new Place(iteration, epoch, value);
  }

  @Override
  public final double computeScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    double sum = losses(labels, preOutput, activationFn, mask, false).sum();
    return average ? sum / preOutput.size(0) : sum;
  }

  @Override
  public final INDArray computeScoreArray(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    double[] scores = losses(labels, preOutput, activationFn, mask, false).scores();
    boolean isDouble = preOutput.dataType() == DataType.DOUBLE;
    INDArray column = Nd4j.createFromArray(scores).reshape(scores.length, 1);
    return LossBatch.shapedLike(
        preOutput, column.castTo(isDouble ? DataType.DOUBLE : DataType.FLOAT));
  }

  @Override
  public final INDArray computeGradient(
      INDArray labels, INDArray preOutput, IActivation activationFn, INDArray mask) {
    return computeGradientAndScore(labels, preOutput, activationFn, mask, false).getSecond();
  }

  @Override
  public final Pair<Double, INDArray> computeGradientAndScore(
      INDArray labels,
      INDArray preOutput,
      IActivation activationFn,
      INDArray mask,
      boolean average) {
    warnOfStandingSchedule();
    RowLosses losses = losses(labels, preOutput, activationFn, mask, true);
    return new Pair<>(
        average ? losses.sum() / preOutput.size(0) : losses.sum(),
        LossBatch.shapedLike(preOutput, losses.gradient().castTo(preOutput.dataType())));
  }

  /**
   * Adds this loss, with its options, to a SameDiff graph: the mean over the examples, marked as a
   * loss. Alpha is the present one: a graph follows no schedule. The graph computes it in float64,
   * and its result is of the logits' type.
   *
   * @param graph to add to
   * @param name of the variable returned
   * @param labels {@code [n, K]}; a graph cannot check that they are one-hot where that is needed
   * @param logits {@code [n, K]}, before any softmax
   * @return the loss, a scalar
   */
  public final SDVariable addTo(SameDiff graph, String name, SDVariable labels, SDVariable logits) {
    Formula formula = formula(getAlpha());
    GraphVariable one = new GraphVariable(graph.constant(1.0));
    GraphVariable classes = GraphVariable.of(graph.onesLike(labels)).sum();
    GraphVariable wanted =
        formula.target(
            GraphVariable.of(labels),
            weights == null ? one : GraphVariable.row(graph, weights),
            priorOrNull() == null ? one.over(classes) : GraphVariable.row(graph, priorOrNull()));
    GraphVariable costs = GraphVariable.of(logits).logSoftmax().times(-1).times(wanted);
    SDVariable loss =
        formula.loss(costs.sum(), wanted.sum()).variable().mean().castTo(name, logits.dataType());
    loss.markAsLoss();
    return loss;
  }

  private void warnOfStandingSchedule() {
    if (alphaSchedule != null && place == null) {
      place = new Place(0, 0, alpha);
      log.warn(
          "{} stays at the first value of its schedule, {}: add an AlphaScheduleListener to the"
              + " network",
          getClass().getSimpleName(),
          alpha);
    }
  }

  private RowLosses losses(
      INDArray labels,
      INDArray preOutput,
      IActivation activation,
      INDArray mask,
      boolean wantsGradient) {
    if (!(activation instanceof ActivationSoftmax)) {
      throw new IllegalArgumentException(
          getClass().getSimpleName()
              + " needs the activation softmax in its output or loss layer, but that has "
              + activation
              + ": set activation(Activation.SOFTMAX) there, and IDENTITY in a layer before a loss"
              + " layer; for independent classes use sigmoid with LossBinaryXENT");
    }
    LossBatch batch = accepted(LossBatch.of(labels, preOutput, mask));
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
        ? onHost(batch, wantsGradient)
        : onDevice(batch, wantsGradient);
  }

  /** The loss by a loop over host memory. */
  final RowLosses onHost(LossBatch batch, boolean wantsGradient) {
    Formula formula = formula(getAlpha());
    return HostLoss.compute(batch, formula, target(formula, batch), wantsGradient);
  }

  /** The loss by operations on whole arrays, wherever they are. */
  final RowLosses onDevice(LossBatch batch, boolean wantsGradient) {
    Formula formula = formula(getAlpha());
    return ArrayLoss.compute(batch, formula, target(formula, batch), wantsGradient);
  }

  private LinearTarget target(Formula formula, LossBatch batch) {
    requireLength(weights, batch, "class weights");
    requireLength(priorOrNull(), batch, "the prior's values");
    return LinearTarget.of(formula, batch.classes(), weights, priorOrNull());
  }

  private static void requireLength(double[] values, LossBatch batch, String what) {
    if (values != null && values.length != batch.classes()) {
      throw new IllegalArgumentException(
          "%s must be one a class, of which the output has %s, but there are %s"
              .formatted(what, batch.classes(), values.length));
    }
  }

  @Override
  public final String name() {
    return toString();
  }

  /** Same alpha, schedule, weights and prior; where the training stands does not count. */
  @Override
  @SuppressWarnings("EqualsGetClass") // The losses themselves are final.
  public boolean equals(Object other) {
    return other instanceof SoftmaxLoss loss
        && getClass() == loss.getClass()
        && alpha == loss.alpha
        && Objects.equals(alphaSchedule, loss.alphaSchedule)
        && Arrays.equals(weights, loss.weights)
        && Arrays.equals(priorOrNull(), loss.priorOrNull());
  }

  @Override
  public int hashCode() {
    int options =
        Objects.hash(getClass().getName(), alpha, alphaSchedule, Arrays.hashCode(weights));
    return 31 * options + Arrays.hashCode(priorOrNull());
  }

  @Override
  public String toString() {
    String weighted = weights == null ? "" : ", weights=" + Arrays.toString(weights);
    return getClass().getSimpleName()
        + "(alpha="
        + (alphaSchedule == null ? alpha : alphaSchedule)
        + weighted
        + ")";
  }
}
