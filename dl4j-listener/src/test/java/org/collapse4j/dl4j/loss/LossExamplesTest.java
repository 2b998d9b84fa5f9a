package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** The examples of the documentation, as they stand there. */
class LossExamplesTest {
  private static final DataSet DATA =
      new DataSet(logits(DataType.FLOAT, 30, 4, 1, 1), oneHot(DataType.FLOAT, 30, 3, 2));

  private static MultiLayerNetwork network(OutputLayer.Builder output) {
    OutputLayer layer = output.nIn(4).nOut(3).activation(Activation.SOFTMAX).build();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().seed(1).updater(new Sgd(0.5)).list(layer).build());
    network.init();
    return network;
  }

  private static void assertLearns(MultiLayerNetwork network) {
    double before = network.score(DATA);
    for (int i = 0; i < 10; i++) {
      network.fit(DATA);
    }
    assertTrue(network.score(DATA) < before);
  }

  @Test
  void aLossIsExchangedInOneLine() {
    assertLearns(network(new OutputLayer.Builder(new LossLabelSmoothing(0.1))));
    assertLearns(network(new OutputLayer.Builder(new LossLabelRelaxation(0.1))));
  }

  @Test
  void alphaCanFollowASchedule() {
    ILossFunction loss =
        LossLabelSmoothing.builder(
                new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.2).add(10, 0.05).build())
            .prior(Nd4j.createFromArray(0.5, 0.3, 0.2))
            .weights(Nd4j.createFromArray(1.0, 2.0, 2.0))
            .build();
    MultiLayerNetwork network = network(new OutputLayer.Builder(loss));
    network.addListeners(new AlphaScheduleListener());
    assertLearns(network);
    network.setEpochCount(10);
    network.fit(DATA);
    assertEquals(0.05, ((LossLabelSmoothing) loss).getAlpha(), 0);
  }

  @Test
  void aGraphOfSameDiffTakesTheLoss() {
    SameDiff graph = SameDiff.create();
    SDVariable labels = graph.constant(DATA.getLabels());
    SDVariable logits = graph.var("logits", DATA.getLabels().add(1));
    SDVariable loss = LossLabelSmoothing.addTo(graph, "loss", labels, logits, 0.1);
    INDArray value = loss.eval();
    assertTrue(value.isScalar());
  }
}
