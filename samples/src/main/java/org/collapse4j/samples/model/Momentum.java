package org.collapse4j.samples.model;

import java.util.Map;
import java.util.Objects;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.shade.jackson.annotation.JsonAutoDetect;
import org.nd4j.shade.jackson.annotation.JsonProperty;

/**
 * Stochastic gradient descent with classical momentum (Polyak 1964), as PyTorch has it: {@code v =
 * momentum * v + gradient}, and the parameters go by {@code -learningRate * v}. DL4J itself has
 * Nesterov's variant only.
 */
@JsonAutoDetect(
    fieldVisibility = JsonAutoDetect.Visibility.NONE,
    getterVisibility = JsonAutoDetect.Visibility.NONE,
    isGetterVisibility = JsonAutoDetect.Visibility.NONE,
    setterVisibility = JsonAutoDetect.Visibility.NONE)
public final class Momentum implements IUpdater {
  private static final long serialVersionUID = 1L;
  private static final String VELOCITY = "v";

  @JsonProperty private ISchedule learningRate;
  @JsonProperty private final double momentum;

  /**
   * The configuration of the updater.
   *
   * @param learningRate by iteration or epoch
   * @param momentum from 0 to below 1
   * @throws IllegalArgumentException if the momentum is out of range
   */
  public Momentum(
      @JsonProperty("learningRate") ISchedule learningRate,
      @JsonProperty("momentum") double momentum) {
    if (!(momentum >= 0 && momentum < 1)) {
      throw new IllegalArgumentException("momentum must be from 0 to below 1, not " + momentum);
    }
    this.learningRate = Objects.requireNonNull(learningRate, "learningRate");
    this.momentum = momentum;
  }

  @Override
  public long stateSize(long numParams) {
    return numParams;
  }

  @Override
  public GradientUpdater<Momentum> instantiate(INDArray view, boolean initialize) {
    Updater updater = new Updater(this);
    updater.setStateViewArray(view, view.shape(), view.ordering(), initialize);
    return updater;
  }

  @Override
  public GradientUpdater<Momentum> instantiate(Map<String, INDArray> state, boolean initialize) {
    Updater updater = new Updater(this);
    updater.setState(state, initialize);
    return updater;
  }

  @Override
  public double getLearningRate(int iteration, int epoch) {
    return learningRate.valueAt(iteration, epoch);
  }

  @Override
  public boolean hasLearningRate() {
    return true;
  }

  @Override
  public void setLrAndSchedule(double rate, ISchedule schedule) {
    learningRate = schedule == null ? new FixedSchedule(rate) : schedule;
  }

  @Override
  @SuppressWarnings("MethodDoesntCallSuperMethod") // IUpdater's clone is a method of its own.
  public Momentum clone() {
    return new Momentum(learningRate.clone(), momentum);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Momentum that
        && learningRate.equals(that.learningRate)
        && momentum == that.momentum;
  }

  @Override
  public int hashCode() {
    return Objects.hash(learningRate, momentum);
  }

  @Override
  public String toString() {
    return "Momentum(learningRate=" + learningRate + ", momentum=" + momentum + ")";
  }

  /** The updater itself, with the velocity of a block of parameters. */
  private static final class Updater implements GradientUpdater<Momentum> {
    private final Momentum configuration;
    private INDArray velocity;

    Updater(Momentum configuration) {
      this.configuration = configuration;
    }

    @Override
    public Momentum getConfig() {
      return configuration;
    }

    @Override
    public void setState(Map<String, INDArray> state, boolean initialize) {
      velocity = state.get(VELOCITY);
      if (initialize) {
        velocity.assign(0);
      }
    }

    @Override
    public Map<String, INDArray> getState() {
      return Map.of(VELOCITY, velocity);
    }

    @Override
    public void setStateViewArray(
        INDArray view, long[] gradientShape, char gradientOrder, boolean initialize) {
      setState(Map.of(VELOCITY, view), initialize);
    }

    @Override
    public void applyUpdater(INDArray gradient, int iteration, int epoch) {
      INDArray v = velocity.reshape(gradient.shape());
      v.muli(configuration.momentum).addi(gradient);
      gradient.assign(v).muli(configuration.getLearningRate(iteration, epoch));
    }
  }
}
