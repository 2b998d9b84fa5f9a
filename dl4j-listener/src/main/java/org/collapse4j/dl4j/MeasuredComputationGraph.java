package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.collapse4j.dl4j.LayerSelection.Candidate;
import org.collapse4j.observe.RandomState;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.InputPreProcessor;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.graph.vertex.VertexIndices;
import org.deeplearning4j.nn.graph.vertex.impl.LayerVertex;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A {@link ComputationGraph}: activations are a map from the names of vertices. */
final class MeasuredComputationGraph extends MeasuredNetwork {
  private final ComputationGraph graph;
  private final FeatureMaps maps;
  private final List<String> outputNames;
  private final Map<Integer, ClassifierHead> heads = new LinkedHashMap<>();
  private final List<String> refused = new ArrayList<>();

  MeasuredComputationGraph(ComputationGraph graph, FeatureMaps maps) {
    this.graph = graph;
    this.maps = maps;
    this.outputNames = graph.getConfiguration().getNetworkOutputs();
    for (int i = 0; i < outputNames.size(); i++) {
      try {
        heads.put(i, head(i));
      } catch (IllegalArgumentException e) {
        refused.add(e.getMessage());
      }
    }
    if (heads.isEmpty()) {
      throw new IllegalArgumentException(String.join("; ", refused));
    }
  }

  private ClassifierHead head(int output) {
    String name = outputNames.get(output);
    GraphVertex vertex = graph.getVertex(name);
    if (!vertex.hasLayer()) {
      throw new IllegalArgumentException(
          "An output must be an output layer with classes to be measured, but \"%s\" is a %s"
              .formatted(name, vertex.getClass().getSimpleName()));
    }
    return ClassifierHead.of(name, vertex.getLayer());
  }

  @Override
  public Model model() {
    return graph;
  }

  @Override
  List<FeaturePoint> outputs() {
    return heads.keySet().stream().map(this::output).toList();
  }

  private FeaturePoint output(int output) {
    String name = outputNames.get(output);
    return new FeaturePoint(name, name, graph.getVertex(name).getVertexIndex(), output, true);
  }

  @Override
  public List<String> refusedOutputs() {
    return List.copyOf(refused);
  }

  @Override
  List<FeaturePoint> layers(LayerSelection selection) {
    List<Candidate> candidates = new ArrayList<>();
    List<Layer> layers = Arrays.asList(graph.getLayers());
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      if (!vertex.isInputVertex() && (vertex.hasLayer() || !selection.all())) {
        int layer = vertex.hasLayer() ? layers.indexOf(vertex.getLayer()) : -1;
        candidates.add(new Candidate(vertex.getVertexName(), layer));
      }
    }
    return selection.from(candidates).stream().flatMap(l -> points(l.name()).stream()).toList();
  }

  /** A layer is measured once for each output with classes that it leads to. */
  private List<FeaturePoint> points(String name) {
    int asOutput = outputNames.indexOf(name);
    if (asOutput >= 0) {
      return heads.containsKey(asOutput) ? List.of(output(asOutput)) : List.of();
    }
    GraphVertex vertex = graph.getVertex(name);
    List<Integer> reached = outputsAfter(vertex);
    return reached.stream()
        .map(
            output ->
                new FeaturePoint(
                    reached.size() == 1 ? name : name + ":" + outputNames.get(output),
                    name,
                    vertex.getVertexIndex(),
                    output,
                    false))
        .toList();
  }

  private List<Integer> outputsAfter(GraphVertex vertex) {
    Set<String> after = new LinkedHashSet<>();
    collectAfter(vertex, after);
    return heads.keySet().stream().filter(i -> after.contains(outputNames.get(i))).toList();
  }

  private void collectAfter(GraphVertex vertex, Set<String> names) {
    VertexIndices[] following = vertex.getOutputVertices();
    if (names.add(vertex.getVertexName()) && following != null) {
      for (VertexIndices next : following) {
        collectAfter(graph.getVertices()[next.getVertexIndex()], names);
      }
    }
  }

  @Override
  ClassifierHead head(FeaturePoint point) {
    return heads.get(point.output());
  }

  @Override
  INDArray features(FeaturePoint point, Activations activations) {
    RowLayout layout = head(point).layout();
    long examples = activations.examples();
    if (!point.classified()) {
      INDArray output = activations.byName().get(point.layer()).dup();
      return layout.featureRows(
          output, channelsLast(graph.getVertex(point.layer())), examples, maps);
    }
    String input = graph.getConfiguration().getVertexInputs().get(point.layer()).get(0);
    INDArray features = activations.byName().get(input).dup();
    InputPreProcessor preProcessor =
        ((LayerVertex) graph.getVertex(point.layer())).getLayerPreProcessor();
    if (preProcessor != null) {
      features =
          preProcessor.preProcess(features, (int) examples, LayerWorkspaceMgr.noWorkspaces());
    }
    return layout.featureRows(features, layout.channelsLast(), examples, maps);
  }

  /** The same pass, vertex by vertex, with a copy of each activation before others have it. */
  private Map<String, INDArray> copiesOfActivations(INDArray[] inputs) {
    Map<String, INDArray> copies = new HashMap<>();
    List<String> inputNames = graph.getConfiguration().getNetworkInputs();
    for (int index : graph.topologicalSortOrder()) {
      GraphVertex vertex = graph.getVertices()[index];
      String name = vertex.getVertexName();
      if (!outputNames.contains(name) || isFollowed(vertex)) {
        INDArray activation =
            vertex.isInputVertex()
                ? inputs[inputNames.indexOf(name)].dup()
                : vertex.doForward(false, LayerWorkspaceMgr.noWorkspaces());
        copies.put(name, activation.dup());
        handOn(vertex, activation);
      }
    }
    for (GraphVertex vertex : graph.getVertices()) {
      vertex.clear();
    }
    return copies;
  }

  private void handOn(GraphVertex vertex, INDArray activation) {
    if (isFollowed(vertex)) {
      for (VertexIndices next : vertex.getOutputVertices()) {
        graph.getVertices()[next.getVertexIndex()].setInput(
            next.getVertexEdgeNumber(), activation, LayerWorkspaceMgr.noWorkspaces());
      }
    }
  }

  private static boolean isFollowed(GraphVertex vertex) {
    return vertex.getOutputVertices() != null && vertex.getOutputVertices().length > 0;
  }

  private boolean channelsLast(GraphVertex vertex) {
    Optional<Boolean> last =
        vertex.hasLayer()
            ? LayerFormats.channelsLast(vertex.getLayer().conf().getLayer())
            : Optional.empty();
    VertexIndices[] before = vertex.getInputVertices();
    if (last.isPresent() || before == null || before.length == 0) {
      return last.orElse(false);
    }
    return channelsLast(graph.getVertices()[before[0].getVertexIndex()]);
  }

  /**
   * Whether no output feeds another vertex, so that the pass can stop before the output layers.
   * Their own activations are not measured, and those of an RnnOutputLayer without bias fail in
   * DL4J.
   */
  private boolean isEachOutputLast() {
    return outputNames.stream().noneMatch(name -> isFollowed(graph.getVertex(name)));
  }

  @Override
  Activations infer(MultiDataSet batch) {
    INDArray[] inputsBefore = graph.getInputs();
    if (batch.getFeaturesMaskArrays() != null) {
      graph.setLayerMaskArrays(batch.getFeaturesMaskArrays(), null);
    }
    try (RandomState ignored = RandomState.keep()) {
      graph.setInputs(batch.getFeatures());
      Map<String, INDArray> activations =
          measuresWithin()
              ? copiesOfActivations(batch.getFeatures())
              : graph.feedForward(false, isEachOutputLast(), true);
      return new Activations(List.of(), activations, batch.getFeatures(0).size(0));
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
  MultiDataSet trainingBatch() {
    INDArray[] labels = new INDArray[outputNames.size()];
    for (int i = 0; i < labels.length; i++) {
      // The graph has no getter for labels; an output that is no output layer has none.
      Layer output = graph.getOutputLayer(i);
      labels[i] = output instanceof IOutputLayer trained ? trained.getLabels() : null;
    }
    return new org.nd4j.linalg.dataset.MultiDataSet(
        graph.getInputs(), labels, graph.getInputMaskArrays(), graph.getLabelMaskArrays());
  }
}
