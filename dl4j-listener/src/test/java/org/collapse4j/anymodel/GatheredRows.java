package org.collapse4j.anymodel;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.collapse4j.anymodel.RandomModel.Head;
import org.collapse4j.anymodel.RandomModel.Unit;
import org.collapse4j.dl4j.FeatureMaps;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.graph.vertex.GraphVertex;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.workspace.LayerWorkspaceMgr;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The labelled rows of features of a model, element by element: the activations of a layer when the
 * network runs as far as it and no further, in inference mode. Knows nothing of the listener.
 */
final class GatheredRows {
  /** Of probabilities by DL4J, in float32, from those of the rows in float64. */
  private static final double PROBABILITY = 1e-4;

  private final Model model;
  private final Head head;
  private final List<double[]> features = new ArrayList<>();
  private final List<Integer> classes = new ArrayList<>();
  private final List<double[]> probabilities = new ArrayList<>();

  /** Whether the features are means of maps, and so rounded themselves where they are taken. */
  private boolean averaged;

  private GatheredRows(Model model, Head head) {
    this.model = model;
    this.head = head;
  }

  /** The rows of an output: the input of its layer. */
  static GatheredRows ofHead(Model model, Head head, List<MultiDataSet> batches) {
    GatheredRows rows = new GatheredRows(model, head);
    for (MultiDataSet batch : batches) {
      INDArray activations = rows.run(head.source(), batch);
      rows.add(head.perStep() ? steps(activations) : flat(activations), batch, true);
    }
    return rows;
  }

  /** The rows of another layer, with the labels of an output. */
  static GatheredRows ofLayer(
      Model model, Head head, String layer, FeatureMaps maps, List<MultiDataSet> batches) {
    GatheredRows rows = new GatheredRows(model, head);
    for (MultiDataSet batch : batches) {
      INDArray activations = rows.run(layer, batch);
      rows.add(rows.ofMaps(activations, layer, maps), batch, false);
    }
    return rows;
  }

  /** Every row of an output's input, whatever the labels. */
  static double[] mean(Model model, Head head, List<MultiDataSet> batches) {
    GatheredRows rows = new GatheredRows(model, head);
    for (MultiDataSet batch : batches) {
      INDArray activations = rows.run(head.source(), batch);
      rows.features.addAll(head.perStep() ? steps(activations) : flat(activations));
    }
    return rows.mean();
  }

  /** The same of another layer. */
  static double[] mean(
      Model model, Head head, String layer, FeatureMaps maps, List<MultiDataSet> batches) {
    GatheredRows rows = new GatheredRows(model, head);
    for (MultiDataSet batch : batches) {
      INDArray activations = rows.run(layer, batch);
      rows.features.addAll(rows.ofMaps(activations, layer, maps));
    }
    return rows.mean();
  }

  private List<double[]> ofMaps(INDArray activations, String layer, FeatureMaps maps) {
    if (head.perStep()) {
      return steps(activations);
    }
    if (maps == FeatureMaps.FLATTENED || activations.rank() == 2) {
      return flat(activations);
    }
    averaged = true;
    return channelMeans(activations, isChannelsLast(model, layer));
  }

  private double[] mean() {
    List<double[]> finite =
        features.stream().filter(row -> Arrays.stream(row).allMatch(Double::isFinite)).toList();
    double[] mean = new double[features.get(0).length];
    for (double[] row : finite) {
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j];
      }
    }
    return Arrays.stream(mean).map(sum -> sum / finite.size()).toArray();
  }

  private INDArray run(String layer, MultiDataSet batch) {
    if (model instanceof MultiLayerNetwork network) {
      INDArray input = batch.getFeatures(0);
      if (layer.isEmpty()) {
        return input;
      }
      network.setLayerMaskArrays(batch.getFeaturesMaskArray(0), null);
      List<INDArray> activations = network.feedForwardToLayer(indexOf(layer), input, false);
      network.clearLayerMaskArrays();
      return activations.get(activations.size() - 1).dup('c');
    }
    ComputationGraph graph = (ComputationGraph) model;
    if (batch.getFeaturesMaskArrays() != null) {
      graph.setLayerMaskArrays(batch.getFeaturesMaskArrays(), null);
    }
    // Layers with a preprocessor ask the graph for the number of examples.
    graph.setInputs(batch.getFeatures());
    INDArray activations = forward(graph, layer, batch);
    graph.clearLayerMaskArrays();
    return activations;
  }

  /** Vertex by vertex from the inputs, each on copies, since some layers write over their input. */
  private static INDArray forward(ComputationGraph graph, String name, MultiDataSet batch) {
    int input = graph.getConfiguration().getNetworkInputs().indexOf(name);
    if (input >= 0) {
      return batch.getFeatures(input).dup('c');
    }
    GraphVertex vertex = graph.getVertex(name);
    List<String> inputs = graph.getConfiguration().getVertexInputs().get(name);
    List<INDArray> before = inputs.stream().map(each -> forward(graph, each, batch)).toList();
    for (int i = 0; i < inputs.size(); i++) {
      vertex.setInput(i, before.get(i), LayerWorkspaceMgr.noWorkspaces());
    }
    INDArray output = vertex.doForward(false, LayerWorkspaceMgr.noWorkspaces()).dup('c');
    vertex.clear();
    return output;
  }

  private int indexOf(String layer) {
    return ((MultiLayerNetwork) model).getLayerNames().indexOf(layer);
  }

  private static boolean isChannelsLast(Model model, String layer) {
    String configuration =
        model instanceof MultiLayerNetwork network
            ? network.getLayerWiseConfigurations().toJson()
            : ((ComputationGraph) model).getConfiguration().toJson();
    return configuration.contains("NHWC") && !layer.isEmpty();
  }

  private static List<double[]> flat(INDArray activations) {
    int n = (int) activations.size(0);
    double[] elements = elements(activations);
    int d = elements.length / n;
    return IntStream.range(0, n)
        .mapToObj(i -> Arrays.copyOfRange(elements, i * d, (i + 1) * d))
        .toList();
  }

  private static double[] elements(INDArray array) {
    return array.castTo(DataType.DOUBLE).dup('c').reshape(array.length()).toDoubleVector();
  }

  /** Steps of {@code [n, channels, steps]}, all those of an example together. */
  private static List<double[]> steps(INDArray activations) {
    int n = (int) activations.size(0);
    int channels = (int) activations.size(1);
    int steps = (int) activations.size(2);
    double[] elements = elements(activations);
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      for (int t = 0; t < steps; t++) {
        double[] row = new double[channels];
        for (int j = 0; j < channels; j++) {
          row[j] = elements[(i * channels + j) * steps + t];
        }
        rows.add(row);
      }
    }
    return rows;
  }

  /** Channels are the second dimension, or of images the last. */
  private static List<double[]> channelMeans(INDArray activations, boolean last) {
    int channel = last && activations.rank() == 4 ? 3 : 1;
    int channels = (int) activations.size(channel);
    int n = (int) activations.size(0);
    double[] elements = elements(activations);
    int perExample = elements.length / n;
    int places = perExample / channels;
    List<double[]> rows = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      double[] row = new double[channels];
      for (int place = 0; place < places; place++) {
        for (int j = 0; j < channels; j++) {
          int at = channel == 1 ? j * places + place : place * channels + j;
          row[j] += elements[i * perExample + at] / places;
        }
      }
      rows.add(row);
    }
    return rows;
  }

  private void add(List<double[]> rows, MultiDataSet batch, boolean withProbabilities) {
    INDArray given = batch.getLabels(head.index());
    List<double[]> labels = head.perStep() ? steps(given) : flat(given);
    double[] kept = kept(batch, labels.size());
    List<double[]> probable =
        withProbabilities && head.activates() ? probabilitiesByNetwork(batch) : null;
    assertEquals(labels.size(), rows.size(), "rows of the test's own");
    for (int i = 0; i < rows.size(); i++) {
      double[] label = labels.get(i);
      boolean labelled = head.unit() == Unit.SIGMOID || Arrays.stream(label).sum() > 0;
      if (kept[i] != 0 && labelled) {
        features.add(rows.get(i));
        classes.add(head.unit() == Unit.SIGMOID ? (int) label[0] : argMax(label));
        if (probable != null) {
          probabilities.add(probable.get(i));
        }
      }
    }
  }

  private static int argMax(double[] label) {
    int best = 0;
    for (int c = 1; c < label.length; c++) {
      best = label[c] > label[best] ? c : best;
    }
    return best;
  }

  private double[] kept(MultiDataSet batch, int rows) {
    INDArray mask = batch.getLabelsMaskArray(head.index());
    double[] all = new double[rows];
    Arrays.fill(all, 1);
    return mask == null ? all : elements(mask);
  }

  private List<double[]> probabilitiesByNetwork(MultiDataSet batch) {
    INDArray output;
    if (model instanceof MultiLayerNetwork network) {
      output = network.output(batch.getFeatures(0), false, batch.getFeaturesMaskArray(0), null);
    } else {
      ComputationGraph graph = (ComputationGraph) model;
      output =
          graph
              .output(false, batch.getFeatures(), batch.getFeaturesMaskArrays(), null)[
              head.index()];
    }
    return head.perStep() ? steps(output) : flat(output);
  }

  /** Weights, one row a class; null if the layer has none. */
  private double[][] weights() {
    Layer layer = outputLayer();
    if (!(layer.conf().getLayer() instanceof BaseOutputLayer)) {
      return null;
    }
    INDArray w = layer.paramTable().get("W");
    int d = (int) w.size(0);
    int units = (int) w.size(1);
    double[][] rows = new double[units][d];
    for (int c = 0; c < units; c++) {
      for (int j = 0; j < d; j++) {
        rows[c][j] = w.getDouble(j, c);
      }
    }
    return head.unit() == Unit.SIGMOID ? twoClasses(rows[0]) : rows;
  }

  private double[] bias(int units) {
    INDArray b = outputLayer().paramTable().get("b");
    if (b == null) {
      return new double[units];
    }
    double[] bias = elements(b);
    return head.unit() == Unit.SIGMOID ? new double[] {-bias[0] / 2, bias[0] / 2} : bias;
  }

  /** A sigmoid of z is a softmax of -z/2 and z/2. */
  private static double[][] twoClasses(double[] row) {
    return new double[][] {
      Arrays.stream(row).map(x -> -x / 2).toArray(), Arrays.stream(row).map(x -> x / 2).toArray()
    };
  }

  private Layer outputLayer() {
    return model instanceof MultiLayerNetwork network
        ? network.getOutputLayer()
        : ((ComputationGraph) model).getLayer(head.layer());
  }

  int size() {
    return features.size();
  }

  /** What these rows measure, with the classifier if it is its input that they are. */
  Float64Reference reference(boolean withClassifier) {
    double[][] rows = features.toArray(double[][]::new);
    int[] labels = classes.stream().mapToInt(Integer::intValue).toArray();
    Float64Reference reference = new Float64Reference(rows, labels, head.classes());
    if (!withClassifier) {
      return averaged ? reference.ofRoundedFeatures() : reference;
    }
    double[][] weights = weights();
    reference =
        weights == null
            ? reference.featuresAsLogits()
            : reference.classifier(weights, bias(head.classes()));
    if (Arrays.stream(rows).flatMapToDouble(Arrays::stream).allMatch(Double::isFinite)) {
      checkProbabilities(reference);
    }
    return reference;
  }

  /** That these rows are what the output layer sees is known from what the network answers. */
  private void checkProbabilities(Float64Reference reference) {
    for (int i = 0; i < probabilities.size(); i++) {
      double[] expected = reference.probabilities(i);
      double[] actual = probabilities.get(i);
      int offset = expected.length - actual.length;
      for (int c = 0; c < actual.length; c++) {
        assertEquals(
            expected[c + offset], actual[c], PROBABILITY, "probability by the test's own rows");
      }
    }
  }
}
