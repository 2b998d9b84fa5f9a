package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.LossFunctions;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** Everything a model of DL4J goes through leaves its loss with all its options. */
class LossPersistenceTest {
  private static final INDArray WEIGHTS = Nd4j.createFromArray(0.1, 1 / 3.0, 3);
  private static final INDArray PRIOR = Nd4j.createFromArray(0.25, 0.25, 0.5);

  /** What the saved model scored on the data below when it was saved. */
  private static final double SCORE_OF_VERSION_010 = 5.163269;

  private static final DataSet DATA =
      new DataSet(logits(DataType.FLOAT, 16, 4, 1, 1), oneHot(DataType.FLOAT, 16, 3, 2));

  static Stream<SoftmaxLoss> losses() {
    ExponentialSchedule schedule = new ExponentialSchedule(ScheduleType.EPOCH, 0.3, 0.9);
    return Stream.of(
        new LossLabelSmoothing(0.1),
        LossLabelSmoothing.builder(0.1).weights(WEIGHTS).prior(PRIOR).build(),
        LossLabelSmoothing.builder(schedule).prior(PRIOR).build(),
        new LossLabelRelaxation(0.1),
        LossLabelRelaxation.builder(0.2).weights(WEIGHTS).build(),
        LossLabelRelaxation.builder(schedule).build());
  }

  private static OutputLayer output(ILossFunction loss) {
    return new OutputLayer.Builder(loss).nIn(5).nOut(3).activation(Activation.SOFTMAX).build();
  }

  private static DenseLayer dense() {
    return new DenseLayer.Builder().nIn(4).nOut(5).activation(Activation.RELU).build();
  }

  private static NeuralNetConfiguration.Builder builder() {
    return new NeuralNetConfiguration.Builder().seed(5).updater(new Sgd(0.1));
  }

  private static MultiLayerNetwork network(ILossFunction loss) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(builder().list(dense(), output(loss)).build());
    network.init();
    return network;
  }

  private static ComputationGraph graph(ILossFunction loss) {
    ComputationGraph graph =
        new ComputationGraph(
            builder()
                .graphBuilder()
                .addInputs("in")
                .addLayer("dense", dense(), "in")
                .addLayer("out", output(loss), "dense")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  private static ILossFunction lossOf(Layer layer) {
    return ((BaseOutputLayer) layer).getLossFn();
  }

  private static ILossFunction lossOf(MultiLayerConfiguration configuration) {
    return lossOf(configuration.getConf(configuration.getConfs().size() - 1).getLayer());
  }

  private static ILossFunction lossOf(ComputationGraph graph) {
    return lossOf(graph.getLayer("out").conf().getLayer());
  }

  @ParameterizedTest
  @MethodSource("losses")
  void jsonAndYamlOfANetwork(SoftmaxLoss loss) {
    MultiLayerConfiguration configuration = network(loss).getLayerWiseConfigurations();
    for (MultiLayerConfiguration read :
        List.of(
            MultiLayerConfiguration.fromJson(configuration.toJson()),
            MultiLayerConfiguration.fromYaml(configuration.toYaml()))) {
      assertEquals(loss, lossOf(read));
      assertEquals(loss.toString(), lossOf(read).toString());
      assertEquals(configuration, read);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void jsonAndYamlOfAGraph(SoftmaxLoss loss) {
    ComputationGraphConfiguration configuration = graph(loss).getConfiguration();
    for (ComputationGraphConfiguration read :
        List.of(
            ComputationGraphConfiguration.fromJson(configuration.toJson()),
            ComputationGraphConfiguration.fromYaml(configuration.toYaml()))) {
      ComputationGraph graph = new ComputationGraph(read);
      graph.init();
      assertEquals(loss, lossOf(graph));
      assertEquals(configuration, read);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void modelSerializer(SoftmaxLoss loss) throws IOException {
    MultiLayerNetwork network = network(loss);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, saved, true);
    MultiLayerNetwork loaded =
        ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(saved.toByteArray()));
    assertEquals(loss, lossOf(loaded.getLayerWiseConfigurations()));
    assertEquals(network.score(DATA), loaded.score(DATA), 0);
    ComputationGraph graph = graph(loss);
    saved.reset();
    ModelSerializer.writeModel(graph, saved, true);
    ComputationGraph loadedGraph =
        ModelSerializer.restoreComputationGraph(new ByteArrayInputStream(saved.toByteArray()));
    assertEquals(loss, lossOf(loadedGraph));
    assertEquals(graph.score(DATA), loadedGraph.score(DATA), 0);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void transferLearning(SoftmaxLoss loss) {
    FineTuneConfiguration tuning =
        new FineTuneConfiguration.Builder().updater(new Sgd(0.01)).seed(6).build();
    MultiLayerNetwork kept =
        new TransferLearning.Builder(network(loss))
            .fineTuneConfiguration(tuning)
            .setFeatureExtractor(0)
            .build();
    assertEquals(loss, lossOf(kept.getLayerWiseConfigurations()));
    MultiLayerNetwork replaced =
        new TransferLearning.Builder(network(LossFunctions.LossFunction.MCXENT.getILossFunction()))
            .fineTuneConfiguration(tuning)
            .removeOutputLayer()
            .addLayer(output(loss))
            .build();
    replaced.fit(DATA);
    assertEquals(loss, lossOf(replaced.getLayerWiseConfigurations()));
    ComputationGraph graph =
        new TransferLearning.GraphBuilder(graph(loss))
            .fineTuneConfiguration(tuning)
            .setFeatureExtractor("dense")
            .build();
    assertEquals(loss, lossOf(graph));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void clones(SoftmaxLoss loss) {
    assertEquals(loss, lossOf(network(loss).clone().getLayerWiseConfigurations()));
    assertEquals(loss, lossOf(graph(loss).clone()));
    assertEquals(loss, lossOf(network(loss).getLayerWiseConfigurations().clone()));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void javaSerialisation(SoftmaxLoss loss) throws IOException, ClassNotFoundException {
    loss.moveTo(3, 4);
    assertEquals(loss, throughBytes(loss));
    MultiLayerConfiguration configuration = network(loss).getLayerWiseConfigurations();
    assertEquals(loss, lossOf((MultiLayerConfiguration) throughBytes(configuration)));
    // Not fit: DL4J leaves a network read from a stream without its list of listeners.
    MultiLayerNetwork network = network(loss);
    MultiLayerNetwork read = (MultiLayerNetwork) throughBytes(network);
    assertEquals(loss, lossOf(read.getLayerWiseConfigurations()));
    assertEquals(network.output(DATA.getFeatures()), read.output(DATA.getFeatures()));
  }

  private static Object throughBytes(Object object) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return in.readObject();
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  @Tag("slow")
  void parallelWrapper(SoftmaxLoss loss) throws Exception {
    MultiLayerNetwork network = network(loss);
    double before = network.score(DATA);
    try (ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(network)
            .workers(2)
            .averagingFrequency(1)
            .prefetchBuffer(2)
            .build()) {
      wrapper.setListeners(List.of(new AlphaScheduleListener()));
      for (int epoch = 0; epoch < 5; epoch++) {
        wrapper.fit(new ListDataSetIterator<>(DATA.asList(), 4));
      }
    }
    assertEquals(loss, lossOf(network.getLayerWiseConfigurations()));
    assertTrue(network.score(DATA) < before);
  }

  @Test
  void equalityIsThatOfAllOptions() {
    List<SoftmaxLoss> all = losses().toList();
    List<SoftmaxLoss> again = losses().toList();
    for (int i = 0; i < all.size(); i++) {
      for (int j = 0; j < all.size(); j++) {
        assertEquals(i == j, all.get(i).equals(again.get(j)), all.get(i) + ", " + again.get(j));
      }
      assertEquals(all.get(i).hashCode(), again.get(i).hashCode());
    }
    assertNotEquals(new LossLabelSmoothing(0.1), new LossLabelSmoothing(0.2));
    assertNotEquals(new LossLabelSmoothing(0.1), new LossLabelRelaxation(0.1));
    assertNotEquals(
        new LossLabelSmoothing(0.1), LossLabelSmoothing.builder(0.1).prior(PRIOR).build());
    assertNotEquals(
        new LossLabelRelaxation(0.1), LossLabelRelaxation.builder(0.1).weights(WEIGHTS).build());
    assertNotEquals(new LossLabelSmoothing(0.1), null);
  }

  /** One output for each of the losses. */
  static ComputationGraph everyLoss() {
    List<SoftmaxLoss> losses = losses().toList();
    ComputationGraphConfiguration.GraphBuilder builder =
        builder().graphBuilder().addInputs("in").addLayer("dense", dense(), "in");
    String[] names = new String[losses.size()];
    for (int i = 0; i < names.length; i++) {
      names[i] = "out" + i;
      builder.addLayer(names[i], output(losses.get(i)), "dense");
    }
    ComputationGraph graph = new ComputationGraph(builder.setOutputs(names).build());
    graph.init();
    return graph;
  }

  static MultiDataSet dataForEveryLoss() {
    INDArray[] labels = new INDArray[(int) losses().count()];
    Arrays.fill(labels, DATA.getLabels());
    return new MultiDataSet(new INDArray[] {DATA.getFeatures()}, labels);
  }

  /** Written by {@code ModelSerializer.writeModel(everyLoss(), file, true)} of version 0.1.0. */
  @Test
  void aModelOfVersion010Loads() throws IOException {
    ComputationGraph graph;
    try (InputStream saved = getClass().getResourceAsStream("/losses-0.1.0.zip")) {
      graph = ModelSerializer.restoreComputationGraph(saved);
    }
    List<SoftmaxLoss> losses = losses().toList();
    for (int i = 0; i < losses.size(); i++) {
      assertEquals(losses.get(i), lossOf(graph.getLayer("out" + i).conf().getLayer()));
    }
    assertEquals(SCORE_OF_VERSION_010, graph.score(dataForEveryLoss(), false), 1e-5);
    graph.fit(dataForEveryLoss());
    assertTrue(graph.score(dataForEveryLoss(), false) < SCORE_OF_VERSION_010);
  }
}
