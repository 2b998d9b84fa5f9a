package org.collapse4j.samples.model;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * What the networks have in common: a softmax output, and stochastic gradient descent with
 * classical momentum 0.9 ({@link Momentum}) and weight decay on every parameter, the scale and
 * shift of batch normalisation among them.
 *
 * @param <B> the builder itself
 */
public abstract class NetworkBuilder<B extends NetworkBuilder<B>> {
  /** The momentum of the stochastic gradient descent. */
  public static final double MOMENTUM = 0.9;

  private final int classes;
  private Activation activation = Activation.RELU;
  private ILossFunction loss = new LossMCXENT();
  private ISchedule learningRate = new FixedSchedule(0.1);
  private double weightDecay = 5e-4;
  private long seed = 1;

  NetworkBuilder(int classes) {
    this.classes = classes;
  }

  abstract B self();

  /** The activation of the hidden layers; rectification unless set. */
  public final B activation(Activation function) {
    activation = function;
    return self();
  }

  /** The loss of the output layer. */
  public final B loss(ILossFunction function) {
    loss = function;
    return self();
  }

  /** The learning rate. */
  public final B learningRate(ISchedule schedule) {
    learningRate = schedule;
    return self();
  }

  /** The factor of the squared parameters in the objective, halved. */
  public final B weightDecay(double factor) {
    weightDecay = factor;
    return self();
  }

  /** The seed of the initial weights. */
  public final B seed(long value) {
    seed = value;
    return self();
  }

  final Activation activation() {
    return activation;
  }

  /** The configuration of every layer, whose weights begin in one way. */
  final NeuralNetConfiguration.Builder configuration(WeightInit init) {
    return new NeuralNetConfiguration.Builder()
        .seed(seed)
        .weightInit(init)
        .updater(new Momentum(learningRate, MOMENTUM))
        .l2(weightDecay)
        .l2Bias(weightDecay);
  }

  /** The output layer behind so many features. */
  final OutputLayer output(int features) {
    return new OutputLayer.Builder(loss)
        .name("output")
        .nIn(features)
        .nOut(classes)
        .weightInit(WeightInit.UNIFORM)
        .activation(Activation.SOFTMAX)
        .build();
  }
}
