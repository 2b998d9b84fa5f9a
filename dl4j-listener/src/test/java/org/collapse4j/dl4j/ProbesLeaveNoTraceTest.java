package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** Inference for a probe moves no random numbers of the training, whatever DL4J draws in it. */
class ProbesLeaveNoTraceTest {
  private static final int D = 8;

  private static NeuralNetConfiguration.Builder seeded() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .activation(Activation.TANH)
        .updater(new Nesterovs(0.05, 0.9));
  }

  private static LSTM lstm() {
    return new LSTM.Builder().nIn(CaseData.INPUTS).nOut(D).build();
  }

  private static OutputLayer output() {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(D)
        .nOut(CaseData.CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static ComputationGraph graph() {
    ComputationGraph graph =
        new ComputationGraph(
            seeded()
                .graphBuilder()
                .addInputs("in")
                .addLayer("lstm", lstm(), "in")
                .addVertex("last", new LastTimeStepVertex("in"), "lstm")
                .addLayer(
                    "features",
                    new DenseLayer.Builder().nIn(D).nOut(D).dropOut(0.7).build(),
                    "last")
                .addLayer("out", output(), "features")
                .setOutputs("out")
                .build());
    graph.init();
    return graph;
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            seeded()
                .list(
                    new LastTimeStep(lstm()),
                    new DenseLayer.Builder().nIn(D).nOut(D).dropOut(0.7).build(),
                    output())
                .build());
    network.init();
    return network;
  }

  private static NeuralCollapseListener probes() {
    return NeuralCollapseListener.builder()
        .trainProbe(new BatchesIterator(CaseData.labelledSequences()))
        .heldOutProbe(new BatchesIterator(CaseData.labelledSequences()))
        .outOfDistributionProbe(new BatchesIterator(CaseData.labelledSequences()))
        .everyIterations(1)
        .failFast(true)
        .sink(observation -> {})
        .build();
  }

  private static float[] train(ComputationGraph graph, TrainingListener... listeners) {
    Nd4j.getRandom().setSeed(5);
    graph.setListeners(listeners);
    graph.fit(new BatchesIterator(CaseData.labelledSequences()), 3);
    return graph.params().toFloatVector();
  }

  private static float[] train(MultiLayerNetwork network, TrainingListener... listeners) {
    Nd4j.getRandom().setSeed(5);
    network.setListeners(listeners);
    network.fit(new BatchesIterator(CaseData.labelledSequences()), 3);
    return network.params().toFloatVector();
  }

  @Test
  void aMaskedGraphWithLastTimeStepAndDropoutTrainsToTheSameBits() {
    assertArrayEquals(train(graph()), train(graph(), probes()));
  }

  @Test
  void aMaskedNetworkWithLastTimeStepAndDropoutTrainsToTheSameBits() {
    assertArrayEquals(train(network()), train(network(), probes()));
  }

  @Test
  void observingAGraphMovesNoRandomNumbers() {
    assertMovesNoRandomNumbers(graph());
  }

  @Test
  void observingANetworkMovesNoRandomNumbers() {
    assertMovesNoRandomNumbers(network());
  }

  private static void assertMovesNoRandomNumbers(Model model) {
    Nd4j.getRandom().setSeed(5);
    float expected = Nd4j.getRandom().nextFloat();
    long state = Nd4j.getRandom().rootState();
    Nd4j.getRandom().setSeed(5);
    probes().observe(model);
    assertEquals(expected, Nd4j.getRandom().nextFloat());
    assertEquals(state, Nd4j.getRandom().rootState());
  }
}
