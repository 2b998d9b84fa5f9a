package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Data of another type than the network's is trained on, and so it is measured. */
class ForeignTypesTest {
  private static final int EPOCHS = 2;

  /** Nothing but rounding to float32 is between the two ways of training on the same numbers. */
  private static final double FLOAT = 1e-3;

  record Case(DataType network, DataType data, boolean recurrent) {}

  static Stream<Case> cases() {
    return Stream.of(DataType.DOUBLE, DataType.FLOAT)
        .flatMap(
            type -> {
              DataType other = type == DataType.DOUBLE ? DataType.FLOAT : DataType.DOUBLE;
              return Stream.of(new Case(type, other, false), new Case(type, other, true));
            });
  }

  private static MultiLayerNetwork network(Case types) {
    OutputLayer output =
        new OutputLayer.Builder(LossFunction.MCXENT)
            .nIn(CaseData.INPUTS)
            .nOut(CaseData.CLASSES)
            .activation(Activation.SOFTMAX)
            .build();
    LSTM lstm = new LSTM.Builder().nIn(CaseData.INPUTS).nOut(CaseData.INPUTS).build();
    Layer[] layers =
        types.recurrent() ? new Layer[] {new LastTimeStep(lstm), output} : new Layer[] {output};
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(types.network())
                .updater(new Sgd(0.05))
                .list(layers)
                .build());
    network.init();
    return network;
  }

  private static List<MultiDataSet> batches(Case types) {
    List<MultiDataSet> batches = new ArrayList<>();
    for (MultiDataSet batch : types.recurrent() ? CaseData.labelledSequences() : CaseData.dense()) {
      INDArray mask = batch.getFeaturesMaskArray(0);
      batches.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              new INDArray[] {batch.getFeatures(0).castTo(types.data())},
              new INDArray[] {batch.getLabels(0).castTo(types.data())},
              mask == null ? null : new INDArray[] {mask.castTo(types.data())},
              null));
    }
    return batches;
  }

  @ParameterizedTest
  @MethodSource("cases")
  void streamAndProbeAreMeasuredAsWithDataOfTheSameType(Case types) {
    MultiLayerNetwork without = network(types);
    without.fit(new BatchesIterator(batches(types)), EPOCHS);

    List<Observation> observations = new ArrayList<>();
    MultiLayerNetwork network = network(types);
    train(network, types, observations);
    assertArrayEquals(without.params().toDoubleVector(), network.params().toDoubleVector());

    Case same = new Case(types.network(), types.network(), types.recurrent());
    List<Observation> expected = new ArrayList<>();
    train(network(same), same, expected);
    assertEquals(expected.size(), observations.size());
    for (int i = 0; i < expected.size(); i++) {
      assertEquals(expected.get(i).split(), observations.get(i).split());
      assertValues(expected.get(i).measurements(), observations.get(i).measurements());
    }
  }

  private static void train(MultiLayerNetwork network, Case types, List<Observation> observations) {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true)
            .trainProbe(new BatchesIterator(batches(types)))
            .heldOutProbe(new BatchesIterator(batches(types)))
            .sink(observations::add)
            .failFast(true)
            .build();
    network.setListeners(listener);
    network.fit(new BatchesIterator(batches(types)), EPOCHS);
    assertEquals(0, listener.failureCount());
    for (String split : List.of("stream", "train", "heldout")) {
      assertEquals(
          EPOCHS, observations.stream().filter(o -> o.split().equals(split)).count(), split);
    }
  }

  private static void assertValues(Measurements expected, Measurements actual) {
    assertEquals(expected.metrics(), actual.metrics());
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      assertEquals(value, actual.value(metric), FLOAT * Math.max(1, Math.abs(value)), metric.key());
    }
  }
}
