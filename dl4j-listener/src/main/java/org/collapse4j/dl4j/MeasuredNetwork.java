package org.collapse4j.dl4j;

import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** What measuring needs of a network, whatever its kind. Knows nothing of statistics. */
interface MeasuredNetwork {
  /**
   * The view of a model.
   *
   * @throws IllegalArgumentException if it is neither a MultiLayerNetwork nor a ComputationGraph,
   *     or has no output layer with classes
   */
  static MeasuredNetwork of(Model model) {
    if (model instanceof MultiLayerNetwork network) {
      return new MeasuredMultiLayerNetwork(network);
    }
    if (model instanceof ComputationGraph graph) {
      return new MeasuredComputationGraph(graph);
    }
    throw new IllegalArgumentException(
        "A MultiLayerNetwork or a ComputationGraph can be measured, not a "
            + model.getClass().getName());
  }

  /** The underlying model. */
  Model model();

  /** The inputs of the output layers that have classes. */
  List<FeaturePoint> outputs();

  /** Why some outputs are not among them; empty if all are. */
  List<String> refusedOutputs();

  /**
   * The layers chosen.
   *
   * @throws IllegalArgumentException if one does not exist; the message has the names that do
   */
  List<FeaturePoint> layers(LayerSelection selection);

  /** The output layer that the labels of a point are for. */
  ClassifierHead head(FeaturePoint point);

  /**
   * The features of a point among the activations of a forward pass.
   *
   * @return {@code [rows, d]}, a copy
   */
  INDArray features(FeaturePoint point, Activations activations, FeatureMaps maps);

  /**
   * Runs the network in inference mode. There DL4J's ActivationLayer writes over its input, so that
   * what comes before one is run once more, if it is among the points.
   */
  Activations infer(MultiDataSet batch, List<FeaturePoint> points);

  /** Activations of one forward pass, by position or by name as DL4J hands them over. */
  record Activations(List<INDArray> byPosition, Map<String, INDArray> byName, long examples) {}
}
