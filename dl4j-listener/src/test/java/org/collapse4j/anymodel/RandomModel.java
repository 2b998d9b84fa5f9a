package org.collapse4j.anymodel;

import java.util.List;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model drawn at random with data to train it on.
 *
 * @param seed that gives the same again
 * @param description what was drawn
 * @param sequential the configuration of a network, or null
 * @param graph the configuration of a graph, or null
 * @param type of the parameters
 * @param heads its outputs with classes
 * @param hidden names of other layers that can be measured
 * @param training batches, not all of the same size
 * @param heldOut batches of the same classes
 * @param other batches of no class
 */
record RandomModel(
    long seed,
    String description,
    MultiLayerConfiguration sequential,
    ComputationGraphConfiguration graph,
    DataType type,
    List<Head> heads,
    List<String> hidden,
    List<MultiDataSet> training,
    List<MultiDataSet> heldOut,
    List<MultiDataSet> other) {

  /** What the logits of an output are made of. */
  enum Unit {
    /** Weights of each class. */
    SOFTMAX,
    /** One unit whose sigmoid is the probability of the second of two classes. */
    SIGMOID,
    /** Nothing: the features are the logits. */
    LOSS_ONLY
  }

  /**
   * An output with classes.
   *
   * @param layer its name
   * @param index among the outputs
   * @param source the name of the layer or vertex whose activations are its input
   * @param unit what its logits are
   * @param classes K
   * @param perStep whether each time step has a label
   * @param activates whether DL4J can run the network up to it in inference mode
   */
  record Head(
      String layer,
      int index,
      String source,
      Unit unit,
      int classes,
      boolean perStep,
      boolean activates) {
    Head activating(boolean can) {
      return new Head(layer, index, source, unit, classes, perStep, can);
    }
  }

  /** Whether sequences are trained on in windows. */
  boolean isTruncated() {
    return sequential != null && sequential.getBackpropType() == BackpropType.TruncatedBPTT;
  }

  /** The model as it is before training, the same each time. */
  Model build() {
    Nd4j.getRandom().setSeed(seed);
    if (sequential != null) {
      MultiLayerNetwork network = new MultiLayerNetwork(sequential.clone());
      network.init();
      return network;
    }
    ComputationGraph network = new ComputationGraph(graph.clone());
    network.init();
    return network;
  }

  @Override
  public String toString() {
    return "seed " + seed + ": " + description;
  }
}
