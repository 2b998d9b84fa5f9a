package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.AutoEncoder;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Where a user expects numbers and none can come, or others than expected, one line says why. */
class WhatIsSaidTest {
  private final DataSet data = Training.clusters(90, 1);
  private final List<Observation> observations = new ArrayList<>();
  private final RecordedWarnings log = new RecordedWarnings();

  @AfterEach
  void stopRecording() {
    log.close();
  }

  private DataSetIterator batches() {
    return Training.batches(data, 15);
  }

  private void assertSaidOnce(String part) {
    assertEquals(
        1,
        log.warnings().stream().filter(line -> line.contains(part)).count(),
        log.warnings().toString());
  }

  @Test
  void aListenerThatIsAddedTwiceMeasuresOnce() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).sink(observations::add).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener, listener);
    network.fit(batches(), 2);
    assertEquals(
        List.of("1 stream 90.0", "1 train 90.0", "2 stream 90.0", "2 train 90.0"),
        observations.stream().map(WhatIsSaidTest::describe).toList());
    assertSaidOnce("added to the model twice");
  }

  private static String describe(Observation observation) {
    return observation.epoch()
        + " "
        + observation.split()
        + " "
        + observation.measurements().value(org.collapse4j.metric.Metric.EXAMPLES);
  }

  @Test
  void aProbeThatLacksAClass() {
    DataSet two = Training.clusters(60, 2);
    List<DataSet> kept = new ArrayList<>();
    for (DataSet example : two.asList()) {
      if (example.outcome() != 1) {
        kept.add(example);
      }
    }
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .heldOutProbe(Training.batches(DataSet.merge(kept), 20))
            .sink(observations::add)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener);
    network.fit(batches(), 2);
    assertSaidOnce(
        "the probe \"heldout\" has examples of "
            + (Training.CLASSES - 1)
            + " of the "
            + Training.CLASSES
            + " classes of \"layer4\" (none of 1)");
    assertEquals(1, log.warnings().size(), log.warnings().toString());
  }

  @Test
  void anIteratorThatTrainsAndIsMeasuredEndsAsItShould() {
    DataSetIterator both = batches();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .heldOutProbe(both)
            .everyIterations(5)
            .sink(observations::add)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener);
    network.fit(both, 3);
    assertTrue(network.getIterationCount() <= 18, "iterations " + network.getIterationCount());
    assertSaidOnce("must have an iterator of its own");
  }

  @Test
  void anIteratorThatIsReadElsewhereBetweenEpochsStaysAProbe() {
    DataSetIterator test = Training.batches(Training.clusters(30, 2), 10);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().heldOutProbe(test).sink(observations::add).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener);
    for (int epoch = 0; epoch < 3; epoch++) {
      network.fit(batches());
      network.evaluate(test);
      test.reset();
    }
    assertEquals(3, observations.stream().filter(seen -> seen.split().equals("heldout")).count());
    assertEquals(List.of(), log.warnings());
  }

  @Test
  void aModelThatIsNotInitialised() {
    NeuralCollapseListener listener = new NeuralCollapseListener();
    MultiLayerNetwork network =
        new MultiLayerNetwork(Training.multiLayerNetwork().getLayerWiseConfigurations());
    ComputationGraph graph = new ComputationGraph(Training.graph().getConfiguration());
    for (org.deeplearning4j.nn.api.Model model : List.of(network, graph)) {
      IllegalArgumentException refused =
          assertThrows(IllegalArgumentException.class, () -> listener.requireMeasurable(model));
      assertTrue(refused.getMessage().contains("init()"), refused.getMessage());
    }
    assertThrows(IllegalArgumentException.class, () -> listener.requireMeasurable(null));
  }

  @Test
  void aProbeThatIsNullOrCannotBeReset() {
    NeuralCollapseListener.Builder builder = NeuralCollapseListener.builder();
    NullPointerException missing =
        assertThrows(NullPointerException.class, () -> builder.trainProbe((DataSetIterator) null));
    assertEquals("The probe \"train\" must have an iterator, but it is null", missing.getMessage());
    DataSetIterator once = new OnceOnly(batches());
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> builder.heldOutProbe(once));
    assertTrue(refused.getMessage().contains(OnceOnly.class.getName()), refused.getMessage());
  }

  /** An iterator of a user's that cannot be reset. */
  private static final class OnceOnly
      extends org.deeplearning4j.datasets.iterator.ExistingDataSetIterator {
    private static final long serialVersionUID = 1;

    OnceOnly(DataSetIterator batches) {
      super(batches);
    }

    @Override
    public boolean resetSupported() {
      return false;
    }
  }

  @Test
  void aParallelWrapperThatWasBuiltBeforeTheListenerWasSet() throws Exception {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(observations::add).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    try (ParallelWrapper wrapper =
        new ParallelWrapper.Builder<>(network).workers(2).prefetchBuffer(0).build()) {
      network.setListeners(listener);
      wrapper.fit(batches());
    }
    assertEquals(List.of(), listener.observe(network, 1));
    listener.observe(network, 2);
    assertSaidOnce("no replica of one has reported");
  }

  @Test
  void layersThatArePretrained() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(observations::add).build();
    MultiLayerNetwork network = pretrainable();
    network.setListeners(listener);
    network.pretrain(batches());
    MultiLayerNetwork without = pretrainable();
    without.pretrain(batches());
    assertArrayEquals(without.params().toFloatVector(), network.params().toFloatVector());
    assertEquals(List.of(), observations);
    assertEquals(0, listener.failureCount(), log.warnings().toString());
    assertSaidOnce("everyIterations");
    network.fit(batches(), 1);
    assertEquals(1, observations.size());
  }

  private static MultiLayerNetwork pretrainable() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .list(
                    new AutoEncoder.Builder().nIn(Training.INPUTS).nOut(6).build(),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(6)
                        .nOut(Training.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  @Test
  void segmentsOfASequenceWithoutEpochsAreObserved() {
    MultiLayerNetwork network = ofSegments();
    network.setListeners(NeuralCollapseListener.builder().sink(observations::add).build());
    MultiLayerNetwork without = ofSegments();
    DataSet sequences = sequences();
    for (int i = 0; i < 60; i++) {
      network.fit(sequences);
      without.fit(sequences);
    }
    // Each fit has four segments of two steps, and each of them is an iteration.
    assertEquals(240, network.getIterationCount());
    assertEquals(List.of(100L, 200L), observations.stream().map(Observation::iteration).toList());
    assertEquals(List.of(), log.warnings());
    assertArrayEquals(without.params().toFloatVector(), network.params().toFloatVector());
  }

  private static DataSet sequences() {
    int examples = 6;
    int steps = 8;
    Random random = new Random(3);
    INDArray features = Nd4j.create(DataType.FLOAT, examples, 4, steps);
    INDArray labels = Nd4j.create(DataType.FLOAT, examples, 3, steps);
    for (int i = 0; i < examples; i++) {
      for (int step = 0; step < steps; step++) {
        int c = random.nextInt(3);
        labels.putScalar(i, c, step, 1);
        for (int j = 0; j < 4; j++) {
          features.putScalar(i, j, step, random.nextGaussian() + (j == c ? 2 : 0));
        }
      }
    }
    return new DataSet(features, labels);
  }

  private static MultiLayerNetwork ofSegments() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .list(
                    new LSTM.Builder().nIn(4).nOut(5).build(),
                    new RnnOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(5)
                        .nOut(3)
                        .activation(Activation.SOFTMAX)
                        .build())
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(2)
                .build());
    network.init();
    return network;
  }
}
