package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.PerformanceListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class NeuralCollapseListenerTest {
  private static final int EPOCHS = 3;

  private final DataSet data = Training.clusters(90, 1);
  private final DataSet unseen = Training.clusters(60, 2);

  private DataSetIterator batches() {
    return Training.batches(data, 16);
  }

  /** Keeps what it is handed. */
  private static final class Recorder implements MetricSink {
    final List<Observation> observations = new ArrayList<>();

    @Override
    public void write(Observation observation) {
      observations.add(observation);
    }
  }

  private NeuralCollapseListener everything(MetricSink sink) {
    return NeuralCollapseListener.builder().stream(true)
        .trainProbe(batches())
        .heldOutProbe(Training.batches(unseen, 32))
        .outOfDistributionProbe(Training.batches(Training.clusters(30, 3), 30))
        .failFast(true)
        .sink(sink)
        .build();
  }

  private float[] trainedNetwork(Consumer<MultiLayerNetwork> prepare) {
    Nd4j.getRandom().setSeed(5);
    MultiLayerNetwork network = Training.multiLayerNetwork();
    prepare.accept(network);
    network.fit(batches(), EPOCHS);
    return network.params().toFloatVector();
  }

  private float[] trainedGraph(Consumer<ComputationGraph> prepare) {
    Nd4j.getRandom().setSeed(5);
    ComputationGraph graph = Training.graph();
    prepare.accept(graph);
    graph.fit(batches(), EPOCHS);
    return graph.params().toFloatVector();
  }

  @Test
  void sampleAndStreamLeaveTheParametersOfANetworkTheSameBits() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).failFast(true).build();
    assertArrayEquals(trainedNetwork(n -> {}), trainedNetwork(n -> n.addListeners(listener)));
    assertEquals(EPOCHS, listener.lastObservation("stream").orElseThrow().epoch());
    assertEquals(EPOCHS, listener.lastObservation("train").orElseThrow().epoch());
  }

  @Test
  void probesLeaveTheParametersOfANetworkTheSameBits() {
    assertArrayEquals(
        trainedNetwork(n -> {}), trainedNetwork(n -> n.addListeners(everything(new Recorder()))));
  }

  @Test
  void sampleAndStreamLeaveTheParametersOfAGraphTheSameBits() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).failFast(true).build();
    assertArrayEquals(trainedGraph(g -> {}), trainedGraph(g -> g.addListeners(listener)));
    assertEquals(EPOCHS, listener.lastObservation("stream").orElseThrow().epoch());
    assertEquals(EPOCHS, listener.lastObservation("train").orElseThrow().epoch());
  }

  @Test
  void probesLeaveTheParametersOfAGraphTheSameBits() {
    assertArrayEquals(
        trainedGraph(g -> {}), trainedGraph(g -> g.addListeners(everything(new Recorder()))));
  }

  @Test
  void probesBetweenIterationsLeaveTheParametersTheSameBits() {
    Recorder recorder = new Recorder();
    Consumer<MultiLayerNetwork> prepare =
        n ->
            n.addListeners(
                NeuralCollapseListener.builder()
                    .heldOutProbe(Training.batches(unseen, 60))
                    .everyIterations(4)
                    .failFast(true)
                    .sink(recorder)
                    .build(),
                new PerformanceListener(1000));
    assertArrayEquals(trainedNetwork(n -> {}), trainedNetwork(prepare));
    List<Long> iterations =
        recorder.observations.stream().map(Observation::iteration).distinct().toList();
    assertEquals(List.of(4L, 8L, 12L, 16L), iterations);
  }

  @Test
  void observationsOfAMomentHaveItsTimeAndThatOfTheStart() {
    Recorder recorder = new Recorder();
    AtomicInteger asked = new AtomicInteger();
    Clock seconds = new ClockOf(() -> Instant.ofEpochSecond(asked.incrementAndGet()));
    trainedNetwork(
        n ->
            n.addListeners(
                NeuralCollapseListener.builder()
                    .heldOutProbe(Training.batches(unseen, 60))
                    .clock(seconds)
                    .sink(recorder)
                    .build()));
    assertEquals(2 * EPOCHS, recorder.observations.size());
    for (Observation observation : recorder.observations) {
      assertEquals(Instant.ofEpochSecond(1), observation.started().orElseThrow());
      Instant expected = Instant.ofEpochSecond(1 + observation.epoch());
      assertEquals(expected, observation.time().orElseThrow(), "asked once a moment");
    }
  }

  @Test
  void everySplitIsObservedEveryEpoch() {
    Recorder recorder = new Recorder();
    trainedNetwork(n -> n.addListeners(everything(recorder)));
    List<String> seen =
        recorder.observations.stream()
            .map(o -> o.epoch() + " " + o.split() + " " + o.layer())
            .toList();
    assertEquals(
        List.of(
            "1 stream layer4",
            "1 train layer4",
            "1 heldout layer4",
            "2 stream layer4",
            "2 train layer4",
            "2 heldout layer4",
            "3 stream layer4",
            "3 train layer4",
            "3 heldout layer4"),
        seen);
    assertEquals(18, recorder.observations.get(8).iteration());
  }

  @Test
  void aProbeMeasuresTheInferenceFeaturesExactly() {
    Recorder recorder = new Recorder();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(everything(recorder));
    network.fit(batches(), 2);
    Measurements measured = recorder.observations.get(4).measurements();

    INDArray features = network.feedForwardToLayer(3, data.getFeatures(), false).get(4);
    ClassStatisticsAccumulator byHand = ClassStatisticsAccumulator.forClasses(Training.CLASSES);
    byHand.observe(features, data.getLabels());
    Measurements expected = NeuralCollapse.ofFeatures(byHand.snapshot(), GlobalMean.SAMPLE);
    for (Metric metric : expected.metrics()) {
      assertEquals(expected.value(metric), measured.value(metric), 1e-5, metric.key());
    }
    assertEquals(network.evaluate(batches()).accuracy(), measured.value(Metric.ACCURACY), 1e-9);
    assertTrue(measured.has(Metric.NC5_ORTHOGONALITY) && measured.has(Metric.NC3_DUALITY));
  }

  @Test
  void dilationComesWithTheHeldOutProbe() {
    Recorder recorder = new Recorder();
    trainedGraph(g -> g.addListeners(everything(recorder)));
    Measurements heldOut = recorder.observations.get(8).measurements();
    assertEquals(heldOut.value(Metric.NC1_PINV), heldOut.value(Metric.DILATION_NC1), 0);
    assertEquals(Training.CLASSES, heldOut.classValues(Metric.DILATION_RADIUS).length);
    assertFalse(recorder.observations.get(7).measurements().has(Metric.DILATION_NC1));
  }

  @Test
  void centresOfTheStreamAreThoseOfTheEpochBefore() {
    Recorder recorder = new Recorder();
    trainedNetwork(
        n ->
            n.addListeners(
                NeuralCollapseListener.builder().stream(true).sample(0).sink(recorder).build()));
    assertTrue(
        Double.isNaN(recorder.observations.get(0).measurements().value(Metric.NC4_MISMATCH)));
    assertFalse(
        Double.isNaN(recorder.observations.get(1).measurements().value(Metric.NC4_MISMATCH)));
    assertTrue(recorder.observations.get(0).measurements().has(Metric.ACCURACY));
  }

  @Test
  void everySecondEpochOnlyButWithTheCentresOfTheOneBefore() {
    Recorder recorder = new Recorder();
    trainedNetwork(
        n ->
            n.addListeners(
                NeuralCollapseListener.builder().stream(true)
                    .sample(0)
                    .everyEpochs(2)
                    .sink(recorder)
                    .build()));
    assertEquals(1, recorder.observations.size());
    assertEquals(2, recorder.observations.get(0).epoch());
    assertFalse(
        Double.isNaN(recorder.observations.get(0).measurements().value(Metric.NC4_MISMATCH)));
  }

  @Test
  void layersByNameAndIndex() {
    Recorder recorder = new Recorder();
    trainedNetwork(
        n ->
            n.addListeners(
                NeuralCollapseListener.builder()
                    .layers("features")
                    .layers(0, 4)
                    .heldOutProbe(Training.batches(unseen, 20))
                    .failFast(true)
                    .sink(recorder)
                    .build()));
    List<String> layers =
        recorder.observations.stream()
            .filter(o -> o.epoch() == 3 && o.split().equals("heldout"))
            .map(Observation::layer)
            .toList();
    assertEquals(List.of("features", "layer0", "layer4"), layers);
    Observation features = recorder.observations.get(recorder.observations.size() - 3);
    assertTrue(features.measurements().has(Metric.NC4_NCC_ACCURACY));
    assertFalse(features.measurements().has(Metric.NC3_DUALITY));
  }

  @Test
  void aLayerThatDoesNotExistIsRefusedWithTheNamesThatDo() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().layers("nowhere").failFast(true).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> listener.requireMeasurable(network));
    assertEquals(
        "There is no layer \"nowhere\"; the layers are layer0, layer1, layer2, features, layer4",
        refused.getMessage());
    assertThrows(
        IllegalArgumentException.class, () -> listener.requireMeasurable(Training.graph()));
  }

  @Test
  void aModelWithoutOutputLayerIsRefused() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder().nIn(2).nOut(2).build())
                .build());
    network.init();
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> new NeuralCollapseListener().requireMeasurable(network));
    assertTrue(refused.getMessage().contains("DenseLayer"), refused.getMessage());
  }

  @Test
  void aFailingSinkEndsNeitherTrainingNorTheOtherSinks() {
    Recorder recorder = new Recorder();
    MetricSink broken =
        observation -> {
          throw new IOException("disk full");
        };
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(broken).sink(recorder).build();
    assertArrayEquals(trainedNetwork(n -> {}), trainedNetwork(n -> n.addListeners(listener)));
    assertEquals(EPOCHS, recorder.observations.size());
    assertEquals(EPOCHS, listener.failureCount());
  }

  @Test
  void failFastRethrows() {
    MetricSink broken =
        observation -> {
          throw new IllegalStateException("disk full");
        };
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(broken).failFast(true).build();
    assertThrows(IllegalStateException.class, () -> trainedNetwork(n -> n.addListeners(listener)));
  }

  @Test
  void nonFiniteFeaturesAreCountedAndLeftOut() {
    Recorder recorder = new Recorder();
    DataSet spoiled = unseen.copy();
    spoiled.getFeatures().putScalar(4, 2, Double.NaN);
    spoiled.getFeatures().putScalar(9, 0, Double.POSITIVE_INFINITY);
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(
        NeuralCollapseListener.builder()
            .heldOutProbe(new ExistingDataSetIterator(spoiled.batchBy(16)))
            .sample(0)
            .sink(recorder)
            .build());
    network.fit(batches(), 1);
    Measurements measured = recorder.observations.get(0).measurements();
    assertEquals(58, measured.value(Metric.EXAMPLES));
    assertEquals(2, measured.value(Metric.EXAMPLES_NONFINITE));
    assertFalse(Double.isNaN(measured.value(Metric.NC1_PINV)));
  }

  @Test
  void trainingWithoutEpochEventsIsObservedByACall() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).sink(new Recorder()).failFast(true).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(listener);
    for (int i = 0; i < 5; i++) {
      network.fit(data);
    }
    List<Observation> observations = listener.observe(network);
    assertEquals(5 * 90, observations.get(0).measurements().value(Metric.EXAMPLES));
    assertEquals(5, observations.get(0).iteration());
    assertEquals("train", observations.get(1).split());
    assertEquals(90, observations.get(1).measurements().value(Metric.EXAMPLES));
  }

  @Test
  void everyObservationHasTheParametersOfTheRun() {
    Recorder recorder = new Recorder();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .parameter("loss", "cross-entropy")
            .parameter("seed", "1")
            .parameter("seed", "2")
            .sink(recorder)
            .build();
    trainedNetwork(n -> n.addListeners(listener));
    assertEquals(
        Map.of("loss", "cross-entropy", "seed", "2"), recorder.observations.get(0).parameters());
    assertThrows(
        IllegalArgumentException.class, () -> NeuralCollapseListener.builder().parameter(" ", ""));
  }

  @Test
  void aPageIsRewrittenAtEveryObservation(@TempDir Path folder) throws IOException {
    Path page = folder.resolve("deep").resolve("page.html");
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().run("drawn").dashboard(page).failFast(true).build();
    trainedNetwork(n -> n.addListeners(listener));
    String html = Files.readString(page);
    assertTrue(html.contains("\"name\":\"drawn\""));
    assertTrue(html.contains("nc1.cdnv"));
  }

  @Test
  void optionsAreCheckedWhenTheyAreSet() {
    NeuralCollapseListener.Builder builder = NeuralCollapseListener.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.everyEpochs(0));
    assertThrows(IllegalArgumentException.class, () -> builder.everyIterations(-1));
    assertThrows(IllegalArgumentException.class, () -> builder.covarianceLimit(-1));
    builder.trainProbe(batches());
    assertThrows(IllegalArgumentException.class, () -> builder.trainProbe(batches()));
    assertThrows(IllegalArgumentException.class, () -> builder.probe("stream", batches()));
  }
}
