package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.ops.transforms.Transforms;

/** Several layers at once, by name, index and pattern, and how their maps become features. */
class LayersTest {
  private static final double FLOAT = 1e-4;

  private final List<Observation> observations = new ArrayList<>();

  private List<String> measured(
      UnaryOperator<NeuralCollapseListener.Builder> choice, String split) {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(builder(choice).heldOutProbe(data(30)).build());
    network.fit(data(48));
    return layers(split);
  }

  private NeuralCollapseListener.Builder builder(
      UnaryOperator<NeuralCollapseListener.Builder> choice) {
    return choice.apply(
        NeuralCollapseListener.builder().stream(true)
            .sample(0)
            .failFast(true)
            .sink(observations::add));
  }

  private static DataSetIterator data(int examples) {
    return Training.batches(Training.clusters(examples, 1), 16);
  }

  private List<String> layers(String split) {
    return observations.stream()
        .filter(o -> o.split().equals(split))
        .map(Observation::layer)
        .toList();
  }

  @ParameterizedTest
  @ValueSource(strings = {"stream", "heldout"})
  void allLayersInTheirOrder(String split) {
    assertEquals(
        List.of("layer0", "layer1", "layer2", "features", "layer4"),
        measured(NeuralCollapseListener.Builder::allLayers, split));
    for (Observation observation : observations) {
      boolean output = observation.layer().equals("layer4");
      assertEquals(output, observation.measurements().has(Metric.NC3_DUALITY));
      assertTrue(observation.measurements().has(Metric.NC1_PINV));
    }
  }

  @Test
  void byPattern() {
    assertEquals(
        List.of("layer0", "layer1", "layer2", "layer4"),
        measured(b -> b.layers("layer*"), "heldout"));
  }

  @Test
  void byPatternNameAndIndexEachOnce() {
    assertEquals(
        List.of("features", "layer1", "layer0", "layer2", "layer4"),
        measured(b -> b.layers("feat*", "1", "layer?").layers(3), "heldout"));
  }

  @Test
  void aPatternThatMatchesNothingIsRefused() {
    NeuralCollapseListener byDepth =
        NeuralCollapseListener.builder()
            .layers("conv*", "output")
            .featureMaps(FeatureMaps.CHANNEL_MEANS)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> byDepth.requireMeasurable(network));
    assertTrue(refused.getMessage().startsWith("There is no layer \"conv*\"; the layers are"));
    assertThrows(IllegalArgumentException.class, () -> NeuralCollapseListener.builder().layers(-1));
  }

  @Test
  void aLayerBeforeTwoOutputsIsMeasuredByTheLabelsOfEach() {
    ModelCase two = ModelCases.all().filter(c -> c.outputs().size() == 2).findFirst().orElseThrow();
    ComputationGraph graph = (ComputationGraph) two.build().get();
    graph.setListeners(builder(b -> b.layers("sum", "side", "first")).build());
    graph.fit(two.multiIterator());
    assertEquals(List.of("sum:first", "sum:second", "side", "first"), layers("stream"));
    assertEquals(3, observations.get(0).measurements().value(Metric.CLASSES_PRESENT));
    assertEquals(2, observations.get(1).measurements().value(Metric.CLASSES_PRESENT));
  }

  @ParameterizedTest
  @ValueSource(strings = {"NCHW", "NHWC"})
  void mapsByTheirChannelMeansOrFlattened(String format) {
    ModelCase images =
        ModelCases.all()
            .filter(c -> c.kind().equals("Convolutional") && c.name().startsWith(format))
            .findFirst()
            .orElseThrow();
    boolean last = format.equals("NHWC");
    int[] places = last ? new int[] {1, 2} : new int[] {2, 3};
    assertMeasured(images, FeatureMaps.CHANNEL_MEANS, maps -> maps.mean(places));
    assertMeasured(
        images, FeatureMaps.FLATTENED, maps -> maps.dup('c').reshape('c', maps.size(0), -1));
  }

  private void assertMeasured(
      ModelCase images, FeatureMaps kind, Function<INDArray, INDArray> byHand) {
    observations.clear();
    MultiLayerNetwork network = (MultiLayerNetwork) images.build().get();
    network.setListeners(
        builder(b -> b.layers(0, 1).featureMaps(kind).stream(false))
            .trainProbe(images.multiIterator())
            .build());
    network.fit(images.iterator());
    for (int layer = 0; layer < 2; layer++) {
      ClassStatisticsAccumulator expected = ClassStatisticsAccumulator.forClasses(3);
      for (MultiDataSet batch : images.batches()) {
        INDArray maps = network.feedForward(batch.getFeatures(0), false).get(layer + 1);
        expected.observe(byHand.apply(maps.castTo(DataType.DOUBLE)), batch.getLabels(0));
      }
      assertValues(
          NeuralCollapse.ofFeatures(expected.snapshot(), GlobalMean.SAMPLE),
          observations.get(layer).measurements());
    }
  }

  private static void assertValues(Measurements expected, Measurements measured) {
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      assertEquals(
          value, measured.value(metric), FLOAT * Math.max(1, Math.abs(value)), metric.key());
    }
  }

  /** A layer of a recurrent network, seen whole by the one label of each sequence. */
  @Test
  void sequencesByTheirChannelMeans() {
    ModelCase sequences =
        ModelCases.all()
            .filter(c -> c.name().startsWith("embedded sequence"))
            .findFirst()
            .orElseThrow();
    MultiLayerNetwork network = (MultiLayerNetwork) sequences.build().get();
    network.setListeners(
        builder(b -> b.allLayers().featureMaps(FeatureMaps.CHANNEL_MEANS).stream(false))
            .trainProbe(sequences.multiIterator())
            .build());
    network.fit(sequences.iterator());
    ClassStatisticsAccumulator expected = ClassStatisticsAccumulator.forClasses(3);
    for (DataSet batch : sequences.dataSets()) {
      INDArray steps = network.feedForward(batch.getFeatures(), false).get(2);
      expected.observe(steps.mean(2), batch.getLabels());
    }
    assertValues(
        NeuralCollapse.ofFeatures(expected.snapshot(), GlobalMean.SAMPLE),
        observations.get(1).measurements());
    assertFalse(observations.get(1).measurements().has(Metric.NC3_DUALITY));
  }

  /** In inference mode DL4J's ActivationLayer writes over what the layer before it gave. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLayerBeforeAnActivationLayerIsMeasuredBeforeIt(boolean asGraph) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .list(
                    new DenseLayer.Builder()
                        .name("linear")
                        .nIn(Training.INPUTS)
                        .nOut(5)
                        .activation(Activation.IDENTITY)
                        .build(),
                    new ActivationLayer.Builder().name("relu").activation(Activation.RELU).build(),
                    new OutputLayer.Builder()
                        .name("out")
                        .nIn(5)
                        .nOut(Training.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .lossFunction(LossFunction.MCXENT)
                        .build())
                .build());
    network.init();
    Model model = asGraph ? network.toComputationGraph() : network;
    DataSet data = Training.clusters(30, 1);
    NeuralCollapseListener listener =
        builder(b -> b.layers(0, 1).trainProbe(Training.batches(data, 30))).build();
    listener.observe(model);
    INDArray linear =
        data.getFeatures()
            .mmul(network.getLayer(0).getParam("W"))
            .addRowVector(network.getLayer(0).getParam("b"));
    for (int layer = 0; layer < 2; layer++) {
      ClassStatisticsAccumulator expected = ClassStatisticsAccumulator.forClasses(3);
      expected.observe(layer == 0 ? linear : Transforms.relu(linear, true), data.getLabels());
      assertValues(
          NeuralCollapse.ofFeatures(expected.snapshot(), GlobalMean.SAMPLE),
          observations.get(layer).measurements());
    }
  }
}
