package org.collapse4j.samples.model;

import java.util.List;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.schedule.ISchedule;

/** Fully connected networks with rectified hidden layers and a softmax output. */
public final class Mlp {
  private Mlp() {}

  /**
   * An initialised network.
   *
   * @param inputs features of an example
   * @param widths units of each hidden layer; the last are the penultimate features
   * @param classes outputs
   * @param loss of the output layer
   * @param learningRate of stochastic gradient descent with Nesterov momentum 0.9
   * @param weightDecay the factor of the squared weights and biases in the objective, halved
   * @param seed of the initial weights
   */
  public static MultiLayerNetwork create(
      int inputs,
      List<Integer> widths,
      int classes,
      ILossFunction loss,
      ISchedule learningRate,
      double weightDecay,
      long seed) {
    NeuralNetConfiguration.ListBuilder layers =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .weightInit(WeightInit.RELU)
            .updater(new Nesterovs(learningRate, 0.9))
            .l2(weightDecay)
            .l2Bias(weightDecay)
            .list();
    int before = inputs;
    for (int width : widths) {
      layers.layer(
          new DenseLayer.Builder().nIn(before).nOut(width).activation(Activation.RELU).build());
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
}
