package org.collapse4j.dl4j;

import java.util.List;
import java.util.Map;
import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** What measuring needs of a network, whatever its kind. Knows nothing of statistics. */
interface MeasuredNetwork {
  /**
   * The view of a model.
   *
   * @throws IllegalArgumentException if it is neither a MultiLayerNetwork nor a ComputationGraph,
   *     or has no output layer
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

  /** The inputs of the output layers. */
  List<FeaturePoint> outputs();

  /**
   * The layer of a name or an index.
   *
   * @throws IllegalArgumentException if there is none; the message has the names that do exist
   */
  FeaturePoint layer(String nameOrIndex);

  /** The number of classes of an output. */
  int numClasses(int output);

  /** The weights and bias of an output layer as they are now; null if it has none. */
  Classifier classifier(int output);

  /** The logits of rows of features, {@code [rows, K]}; null if the output has no weights. */
  INDArray logits(int output, INDArray features);

  /** The features of a point among the activations handed to {@code onForwardPass}. */
  INDArray features(FeaturePoint point, Activations activations);

  /** The labels of the batch in training; null before the backward pass. */
  INDArray labels(int output);

  /** The label mask of the batch in training, or null. */
  INDArray labelMask(int output);

  /** Runs the network in inference mode, as far as the features of its points go. */
  Activations infer(DataSet batch);

  /** Activations of one forward pass, by position or by name as DL4J hands them over. */
  record Activations(List<INDArray> byPosition, Map<String, INDArray> byName, long examples) {}
}
