package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.SOFTMAX;
import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

class AlphaScheduleListenerTest {
  private static final ISchedule BY_EPOCH =
      new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.5).add(1, 0.3).add(2, 0.1).build();
  private static final ISchedule BY_ITERATION =
      new MapSchedule.Builder(ScheduleType.ITERATION).add(0, 0.4).add(3, 0.2).build();
  private static final INDArray FEATURES = logits(DataType.FLOAT, 8, 4, 1, 1);
  private static final INDArray LABELS = oneHot(DataType.FLOAT, 8, 3, 2);

  /** Notes the alpha each iteration was trained with. */
  private static final class Alphas extends BaseTrainingListener {
    private final List<Double> seen = new ArrayList<>();

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      seen.add(loss(model).getAlpha());
    }
  }

  private static SoftmaxLoss loss(Model model) {
    org.deeplearning4j.nn.conf.layers.Layer layer =
        (model instanceof MultiLayerNetwork network
                ? network.getOutputLayer()
                : ((ComputationGraph) model).getOutputLayer(0))
            .conf()
            .getLayer();
    return (SoftmaxLoss) ((BaseOutputLayer) layer).getLossFn();
  }

  private static OutputLayer output(ISchedule schedule) {
    return new OutputLayer.Builder(LossLabelSmoothing.builder(schedule).build())
        .nIn(4)
        .nOut(3)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static MultiLayerNetwork network(ISchedule schedule) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder().seed(1).list(output(schedule)).build());
    network.init();
    return network;
  }

  private static DataSetIterator twoBatches() {
    return new ListDataSetIterator<>(new DataSet(FEATURES, LABELS).asList(), 4);
  }

  @Test
  void alphaFollowsTheEpochs() {
    MultiLayerNetwork network = network(BY_EPOCH);
    Alphas alphas = new Alphas();
    network.setListeners(new AlphaScheduleListener(), alphas);
    network.fit(twoBatches(), 4);
    assertEquals(List.of(0.5, 0.5, 0.3, 0.3, 0.1, 0.1, 0.1, 0.1), alphas.seen);
  }

  @Test
  void alphaFollowsTheIterations() {
    MultiLayerNetwork network = network(BY_ITERATION);
    Alphas alphas = new Alphas();
    network.setListeners(new AlphaScheduleListener(), alphas);
    for (int i = 0; i < 5; i++) {
      network.fit(new DataSet(FEATURES, LABELS));
    }
    assertEquals(List.of(0.4, 0.4, 0.4, 0.2, 0.2), alphas.seen);
  }

  @Test
  void alphaFollowsInAGraph() {
    ComputationGraph graph =
        new ComputationGraph(
            new NeuralNetConfiguration.Builder()
                .seed(1)
                .graphBuilder()
                .addInputs("in")
                .addLayer("out", output(BY_EPOCH), "in")
                .setOutputs("out")
                .build());
    graph.init();
    Alphas alphas = new Alphas();
    graph.setListeners(new AlphaScheduleListener(), alphas);
    graph.fit(twoBatches(), 3);
    assertEquals(List.of(0.5, 0.5, 0.3, 0.3, 0.1, 0.1), alphas.seen);
  }

  /** The trained loss is that of the scheduled alpha, not only the number shown. */
  @Test
  void theScoreIsThatOfTheScheduledAlpha() {
    MultiLayerNetwork network = network(BY_EPOCH);
    network.setListeners(new AlphaScheduleListener());
    network.setEpochCount(2);
    MultiLayerNetwork before = network.clone();
    network.fit(new DataSet(FEATURES, LABELS));
    INDArray logits = FEATURES.mmul(before.getParam("0_W")).addiRowVector(before.getParam("0_b"));
    assertEquals(
        new LossLabelSmoothing(0.1).computeScore(LABELS, logits, SOFTMAX, null, true),
        network.score(),
        1e-6);
  }

  @Test
  void aLoadedNetworkGoesOnWhereItStopped() throws IOException {
    MultiLayerNetwork network = network(BY_EPOCH);
    network.setListeners(new AlphaScheduleListener());
    network.fit(twoBatches(), 2);
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, saved, true);
    MultiLayerNetwork loaded =
        ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(saved.toByteArray()));
    assertEquals(BY_EPOCH, loss(loaded).getAlphaSchedule());
    assertEquals(0.5, loss(loaded).getAlpha(), 0);
    Alphas alphas = new Alphas();
    loaded.setListeners(new AlphaScheduleListener(), alphas);
    loaded.fit(twoBatches(), 1);
    assertEquals(List.of(0.1, 0.1), alphas.seen);
  }

  @Test
  void withoutTheListenerAlphaStays() {
    MultiLayerNetwork network = network(BY_EPOCH);
    Alphas alphas = new Alphas();
    network.setListeners(alphas);
    network.fit(twoBatches(), 2);
    assertEquals(List.of(0.5, 0.5, 0.5, 0.5), alphas.seen);
  }

  @Test
  void aScheduleThatLeavesTheRangeIsNamedWithItsPlace() {
    MultiLayerNetwork network =
        network(new MapSchedule.Builder(ScheduleType.EPOCH).add(0, 0.5).add(1, 1.5).build());
    network.setListeners(new AlphaScheduleListener());
    String message =
        assertThrows(IllegalArgumentException.class, () -> network.fit(twoBatches(), 2))
            .getMessage();
    assertTrue(message.contains("1.5") && message.contains("epoch 1"), message);
  }
}
