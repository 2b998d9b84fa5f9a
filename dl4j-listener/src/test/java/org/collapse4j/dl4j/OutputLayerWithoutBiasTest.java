package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * A graph whose {@code RnnOutputLayer} has no bias trains, though DL4J cannot activate that layer;
 * what is before it can be measured.
 */
class OutputLayerWithoutBiasTest {
  private static final int D = 8;

  private static NeuralNetConfiguration.Builder seeded() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .activation(Activation.TANH)
        .updater(new Sgd(0.05));
  }

  private static RnnOutputLayer perStep() {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .dataFormat(RNNFormat.NCW)
        .nIn(D)
        .nOut(CaseData.CLASSES)
        .hasBias(false)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static ComputationGraph graph(boolean two) {
    var builder =
        seeded()
            .graphBuilder()
            .addInputs("in")
            .addLayer("lstm", new LSTM.Builder().nIn(CaseData.INPUTS).nOut(D).build(), "in")
            .addLayer("out", perStep(), "lstm");
    if (two) {
      builder.addLayer("other", perStep(), "lstm").setOutputs("out", "other");
    } else {
      builder.setOutputs("out");
    }
    ComputationGraph graph = new ComputationGraph(builder.build());
    graph.init();
    return graph;
  }

  private static float[] train(
      ComputationGraph graph, List<MultiDataSet> data, TrainingListener... listeners) {
    graph.setListeners(listeners);
    graph.fit(new BatchesIterator(data), 2);
    return graph.params().toFloatVector();
  }

  @Test
  void stepsAreMeasured() {
    assertMeasured(false, CaseData.sequences(false));
  }

  @Test
  void stepsOfTwoOutputsAreMeasured() {
    List<MultiDataSet> twice = new ArrayList<>();
    for (MultiDataSet batch : CaseData.sequences(false)) {
      twice.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              batch.getFeatures(),
              new org.nd4j.linalg.api.ndarray.INDArray[] {batch.getLabels(0), batch.getLabels(0)},
              batch.getFeaturesMaskArrays(),
              new org.nd4j.linalg.api.ndarray.INDArray[] {
                batch.getLabelsMaskArray(0), batch.getLabelsMaskArray(0)
              }));
    }
    assertMeasured(true, twice);
  }

  private static void assertMeasured(boolean two, List<MultiDataSet> data) {
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(new BatchesIterator(data))
            .sink(observations::add)
            .build();
    float[] without = train(graph(two), data);
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(graph(two), data, listener));
      assertEquals(List.of(), log.lines());
    }
    assertEquals(0, listener.failureCount());
    assertEquals(two ? 4 : 2, observations.size());
    for (Observation observation : observations) {
      assertTrue(observation.measurements().has(Metric.ACCURACY));
      assertTrue(observation.measurements().value(Metric.NC1_QUOTIENT) > 0);
    }
  }

  @Test
  void examplesOfADenseGraphAreMeasured() {
    ComputationGraph graph =
        new ComputationGraph(
            seeded()
                .graphBuilder()
                .addInputs("in")
                .addLayer(
                    "features", new DenseLayer.Builder().nIn(CaseData.INPUTS).nOut(D).build(), "in")
                .addLayer(
                    "out",
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(D)
                        .nOut(CaseData.CLASSES)
                        .hasBias(false)
                        .activation(Activation.SOFTMAX)
                        .build(),
                    "features")
                .setOutputs("out")
                .build());
    graph.init();
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(new BatchesIterator(CaseData.dense()))
            .failFast(true)
            .sink(observations::add)
            .build();
    train(graph, CaseData.dense(), listener);
    assertEquals(2, observations.size());
  }
}
