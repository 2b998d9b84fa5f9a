package org.collapse4j.dl4j;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** How far a training has come, as DL4J counts it: in onEpochEnd the epoch is not yet counted. */
final class Epochs {
  private Epochs() {}

  static int completed(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return network.getEpochCount();
    }
    return model instanceof ComputationGraph graph ? graph.getConfiguration().getEpochCount() : 0;
  }

  static int iterations(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return network.getIterationCount();
    }
    return model instanceof ComputationGraph graph
        ? graph.getConfiguration().getIterationCount()
        : 0;
  }
}
