package org.collapse4j.samples.model;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.schedule.FixedSchedule;
import org.nd4j.linalg.schedule.ISchedule;

/**
 * A fully connected network with a softmax output, for stochastic gradient descent with Nesterov
 * momentum 0.9. Weights begin uniform within {@code 1/sqrt(inputs of the layer)}, biases at 0;
 * weight decay is on every parameter, the scale and shift of batch normalisation among them.
 */
public final class Mlp {
  /** Of the stochastic gradient descent. */
  public static final double MOMENTUM = 0.9;

  private final int inputs;
  private final int classes;
  private List<Integer> widths = List.of(256, 256, 256);
  private boolean batchNorm = true;
  private Activation activation = Activation.RELU;
  private ILossFunction loss = new LossMCXENT();
  private ISchedule learningRate = new FixedSchedule(0.1);
  private double weightDecay = 5e-4;
  private long seed = 1;

  private Mlp(int inputs, int classes) {
    this.inputs = inputs;
    this.classes = classes;
  }

  /** Starts a network for examples of so many features and so many classes. */
  public static Mlp builder(int inputs, int classes) {
    return new Mlp(inputs, classes);
  }

  /** The units of each hidden layer; the last are the penultimate features. */
  public Mlp widths(List<Integer> units) {
    widths = List.copyOf(units);
    return this;
  }

  /** Whether every hidden layer is normalised over the batch before its activation. */
  public Mlp batchNorm(boolean enabled) {
    batchNorm = enabled;
    return this;
  }

  /** The activation of the hidden layers; rectification unless set. */
  public Mlp activation(Activation function) {
    activation = function;
    return this;
  }

  /** The loss of the output layer. */
  public Mlp loss(ILossFunction function) {
    loss = function;
    return this;
  }

  /** The learning rate. */
  public Mlp learningRate(ISchedule schedule) {
    learningRate = schedule;
    return this;
  }

  /** The factor of the squared parameters in the objective, halved. */
  public Mlp weightDecay(double factor) {
    weightDecay = factor;
    return this;
  }

  /** The seed of the initial weights. */
  public Mlp seed(long value) {
    seed = value;
    return this;
  }

  /** Builds and initialises the network. */
  public MultiLayerNetwork build() {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .weightInit(WeightInit.UNIFORM)
            .updater(new Nesterovs(learningRate, MOMENTUM))
            .l2(weightDecay)
            .l2Bias(weightDecay)
            .list();
    int before = inputs;
    for (int width : widths) {
      addHidden(layers, before, width);
      before = width;
    }
    layers.layer(
        new OutputLayer.Builder(loss)
            .name("output")
            .nIn(before)
            .nOut(classes)
            .activation(Activation.SOFTMAX)
            .build());
    MultiLayerNetwork network = new MultiLayerNetwork(layers.build());
    network.init();
    return network;
  }

  private void addHidden(NeuralNetConfiguration.ListBuilder layers, int before, int width) {
    DenseLayer.Builder dense = new DenseLayer.Builder().nIn(before).nOut(width);
    if (!batchNorm) {
      layers.layer(dense.activation(activation).build());
      return;
    }
    layers.layer(dense.activation(Activation.IDENTITY).build());
    layers.layer(DecayedBatchNormalization.of(width));
    layers.layer(new ActivationLayer(activation));
  }
}
