package org.collapse4j.samples.model;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;

/**
 * A fully connected network. Weights begin uniform within {@code 1/sqrt(inputs of the layer)},
 * biases at 0.
 */
public final class Mlp extends NetworkBuilder<Mlp> {
  private final int inputs;
  private List<Integer> widths = List.of(256, 256, 256);
  private boolean batchNorm = true;

  private Mlp(int inputs, int classes) {
    super(classes);
    this.inputs = inputs;
  }

  /** Starts a network for examples of so many features and so many classes. */
  public static Mlp builder(int inputs, int classes) {
    return new Mlp(inputs, classes);
  }

  @Override
  Mlp self() {
    return this;
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

  /** Builds and initialises the network. */
  public MultiLayerNetwork build() {
    NeuralNetConfiguration.ListBuilder layers = configuration(WeightInit.UNIFORM).list();
    int before = inputs;
    for (int width : widths) {
      addHidden(layers, before, width);
      before = width;
    }
    MultiLayerNetwork network = new MultiLayerNetwork(layers.layer(output(before)).build());
    network.init();
    return network;
  }

  private void addHidden(NeuralNetConfiguration.ListBuilder layers, int before, int width) {
    DenseLayer.Builder dense = new DenseLayer.Builder().nIn(before).nOut(width);
    if (!batchNorm) {
      layers.layer(dense.activation(activation()).build());
      return;
    }
    layers.layer(dense.activation(Activation.IDENTITY).build());
    layers.layer(DecayedBatchNormalization.of(width));
    layers.layer(new ActivationLayer(activation()));
  }
}
