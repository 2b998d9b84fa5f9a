package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** A model without classes is said so once, and trains as without the listener. */
class UnmeasurableModelTest {
  private static final int IN = Training.INPUTS;

  private final RecordedWarnings log = new RecordedWarnings();

  @AfterEach
  void stopRecording() {
    log.close();
  }

  record Unmeasurable(
      String name, Supplier<MultiLayerNetwork> model, INDArray labels, String message) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Unmeasurable> models() {
    DataSet data = Training.clusters(48, 1);
    INDArray sums = data.getFeatures().sum(true, 1);
    return Stream.of(
        new Unmeasurable(
            "regression of one number",
            () -> network(output(LossFunction.MSE, 1, Activation.IDENTITY)),
            sums,
            "collapse4j could not measure the model: A single output unit is measured as two"
                + " classes if its activation is sigmoid, but that of \"layer1\" is identity: a"
                + " regression has no classes to measure. Training goes on; this is logged once."),
        new Unmeasurable(
            "regression of numbers from 0 to 1",
            () -> network(output(LossFunction.MSE, 1, Activation.SIGMOID)),
            sums.sub(sums.minNumber()).div(100),
            "must be 0 or 1 for a single output unit, not "),
        new Unmeasurable(
            "autoencoder",
            () -> network(output(LossFunction.MSE, IN, Activation.IDENTITY)),
            data.getFeatures(),
            "must not be negative"),
        new Unmeasurable(
            "several classes at once",
            () -> network(output(LossFunction.XENT, 3, Activation.SIGMOID)),
            data.getLabels().dup().putScalar(0, 1, 1).putScalar(0, 0, 1),
            "must add up to 1 in each row, not to 2.0 as in row 0"),
        new Unmeasurable(
            "one class only",
            () ->
                network(
                    new OCNNOutputLayer.Builder()
                        .nIn(8)
                        .hiddenLayerSize(4)
                        .nu(0.1)
                        .activation(Activation.SIGMOID)
                        .build()),
            data.getLabels().getColumns(0),
            "must be an output layer with classes to be measured, but \"layer1\" is a"
                + " OCNNOutputLayer"));
  }

  private static OutputLayer output(LossFunction loss, int out, Activation activation) {
    return new OutputLayer.Builder(loss).nIn(8).nOut(out).activation(activation).build();
  }

  private static MultiLayerNetwork network(org.deeplearning4j.nn.conf.layers.Layer output) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Sgd(0.01))
                .list(
                    new DenseLayer.Builder().nIn(IN).nOut(8).activation(Activation.TANH).build(),
                    output)
                .build());
    network.init();
    return network;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("models")
  void isSaidOnceAndTrainingGoesOn(Unmeasurable model) {
    DataSet data = new DataSet(Training.clusters(48, 1).getFeatures(), model.labels());
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(Training.batches(data, 16))
            .sink(observations::add)
            .build();
    assertArrayEquals(train(model, data), train(model, data, listener));

    assertEquals(List.of(), observations);
    assertEquals(1, log.lines().size(), log.lines().toString());
    assertTrue(log.lines().get(0).contains(model.message()), log.lines().toString());
  }

  @Test
  void aProbeWithoutALabelIsSaidOnce() {
    DataSet data = Training.clusters(48, 1);
    DataSet unlabelled = new DataSet(data.getFeatures(), data.getLabels().mul(0));
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().heldOutProbe(Training.batches(unlabelled, 16)).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener);
    network.fit(Training.batches(data, 16), 3);
    assertEquals(
        List.of(
            "collapse4j: the probe \"heldout\" has no labelled example for \"layer4\", so that"
                + " nothing is measured there. This is logged once."),
        log.warnings());
    assertTrue(listener.lastObservation("heldout").isEmpty());
    assertTrue(listener.lastObservation("train").isPresent());
  }

  private static float[] train(Unmeasurable model, DataSet data, TrainingListener... listeners) {
    MultiLayerNetwork network = model.model().get();
    network.setListeners(listeners);
    network.fit(Training.batches(data, 16), 3);
    return network.params().toFloatVector();
  }
}
