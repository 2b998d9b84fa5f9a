package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.DataSet;

/** A {@link ComputationGraph}: activations are a map from the names of vertices. */
final class MeasuredComputationGraph implements MeasuredNetwork {
  private final ComputationGraph graph;
  private final List<String> outputNames;

  MeasuredComputationGraph(ComputationGraph graph) {
    this.graph = graph;
    this.outputNames = graph.getConfiguration().getNetworkOutputs();
    for (int i = 0; i < outputNames.size(); i++) {
      if (!(graph.getOutputLayer(i) instanceof IOutputLayer)) {
        throw new IllegalArgumentException(
            "Every output of the graph must be an output layer to be measured, but \""
                + outputNames.get(i)
                + "\" is not");
      }
    }
  }

  @Override
  public Model model() {
    return graph;
  }

  @Override
  public List<FeaturePoint> outputs() {
    List<FeaturePoint> points = new ArrayList<>();
    for (int i = 0; i < outputNames.size(); i++) {
      points.add(new FeaturePoint(outputNames.get(i), i, true));
    }
    return points;
  }

  @Override
  public FeaturePoint layer(String nameOrIndex) {
    List<String> names = new ArrayList<>();
    for (GraphVertex vertex : graph.getVertices()) {
      String name = vertex.getVertexName();
      if (nameOrIndex.equals(name)
          || (vertex.hasLayer() && nameOrIndex.equals(String.valueOf(layerIndex(vertex))))) {
        int output = outputNames.indexOf(name);
        return new FeaturePoint(name, Math.max(0, output), output >= 0);
      }
      names.add(name);
    }
    throw new IllegalArgumentException(
        "There is no layer \"" + nameOrIndex + "\"; the layers are " + String.join(", ", names));
  }

  private int layerIndex(GraphVertex vertex) {
    return List.of(graph.getLayers()).indexOf(vertex.getLayer());
  }

  @Override
  public int numClasses(int output) {
    return OutputLayers.numClasses(graph.getOutputLayer(output));
  }

  @Override
  public Classifier classifier(int output) {
    return OutputLayers.classifier(graph.getOutputLayer(output));
  }

  @Override
  public INDArray features(FeaturePoint point, Activations activations) {
    if (!point.classified()) {
      return activations.byName().get(point.layer());
    }
    String input = graph.getConfiguration().getVertexInputs().get(point.layer()).get(0);
    INDArray features = activations.byName().get(input);
    InputPreProcessor preProcessor =
        ((LayerVertex) graph.getVertex(point.layer())).getLayerPreProcessor();
    return preProcessor == null
        ? features
        : preProcessor.preProcess(
            features.dup(), (int) activations.examples(), LayerWorkspaceMgr.noWorkspaces());
  }

  @Override
  public INDArray labels(int output) {
    return ((IOutputLayer) graph.getOutputLayer(output)).getLabels();
  }

  @Override
  public INDArray labelMask(int output) {
    return graph.getOutputLayer(output).getMaskArray();
  }

  @Override
  public Activations infer(DataSet batch) {
    INDArray[] inputsBefore = graph.getInputs();
    INDArray mask = batch.getFeaturesMaskArray();
    if (mask != null) {
      graph.setLayerMaskArrays(new INDArray[] {mask}, null);
    }
    try {
      Map<String, INDArray> activations =
          graph.feedForward(new INDArray[] {batch.getFeatures()}, false, true);
      return new Activations(List.of(), activations, batch.getFeatures().size(0));
    } finally {
      graph.clearLayerMaskArrays();
      for (Layer layer : graph.getLayers()) {
        layer.clear();
      }
      // Other listeners, DL4J's PerformanceListener for one, read the batch from here.
      graph.setInputs(inputsBefore);
    }
  }

  @Override
  public INDArray logits(int output, INDArray features) {
    return OutputLayers.logits(graph.getOutputLayer(output), features);
  }
}
