package org.collapse4j.samples.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.GradientUpdater;
import org.nd4j.linalg.schedule.FixedSchedule;

class NetworksTest {
  private DataSet data;

  /** Images of 3 channels and 8 x 8 pixels, brighter in one channel a class. */
  @BeforeEach
  void makeImages() {
    Nd4j.getRandom().setSeed(1);
    INDArray labels = Nd4j.eye(3).repeat(0, 8);
    INDArray bright = labels.reshape(24, 3, 1).repeat(2, 64).reshape(24, 192);
    data = new DataSet(Nd4j.rand(24, 192).muli(0.2).addi(bright), labels);
  }

  @Test
  void cnnLearnsAndIsMeasurable() {
    for (boolean batchNorm : new boolean[] {true, false}) {
      MultiLayerNetwork network =
          Cnn.builder(3, 8, 8, 3)
              .widths(List.of(6, 5))
              .batchNorm(batchNorm)
              .learningRate(new FixedSchedule(0.02))
              .build();
      NeuralCollapseListener.builder().build().requireMeasurable(network);
      double before = network.score(data);
      for (int i = 0; i < 15; i++) {
        network.fit(data);
      }
      assertTrue(network.score(data) < before, "batch norm " + batchNorm);
      assertEquals(5, network.getOutputLayer().getParam("W").size(0));
    }
  }

  @Test
  void resNet18LearnsAndHas18LayersOfWeights() {
    ComputationGraph network =
        ResNet18.builder(3, 8, 8, 3).filters(4).learningRate(new FixedSchedule(0.02)).build();
    NeuralCollapseListener.builder().build().requireMeasurable(network);
    double before = network.score(data);
    for (int i = 0; i < 10; i++) {
      network.fit(data);
    }
    assertTrue(network.score(data) < before);
    long weighted =
        network.paramTable().keySet().stream()
            .filter(key -> key.endsWith("_W") && !key.contains("shortcut"))
            .count();
    assertEquals(18, weighted);
    assertEquals(32, network.getOutputLayer(0).getParam("W").size(0));
  }

  @Test
  void resNet18HasAsManyParametersAsPublished() {
    // 11,173,962 for 10 classes, and beside each of 4,800 scales and shifts a mean and a variance.
    assertEquals(11_173_962 + 9_600, ResNet18.builder(3, 32, 32, 10).build().numParams());
  }

  @Test
  void imagesThatAreTooSmallAreRefused() {
    assertThrows(IllegalArgumentException.class, () -> Cnn.builder(1, 3, 3, 2));
    assertThrows(IllegalArgumentException.class, () -> ResNet18.builder(1, 7, 8, 2));
  }

  @Test
  void weightDecayIsOnEveryParameter() {
    MultiLayerNetwork network =
        Mlp.builder(192, 3)
            .widths(List.of(4))
            .weightDecay(0.5)
            .learningRate(new FixedSchedule(0.1))
            .build();
    // With an output of zero weights no gradient comes back: what is left is the decay.
    network.setParam("1_beta", Nd4j.ones(1, 4));
    INDArray gamma = network.getParam("1_gamma").dup();
    INDArray beta = network.getParam("1_beta").dup();
    network.setParam("3_W", Nd4j.zeros(4, 3));
    network.fit(new DataSet(data.getFeatures(), data.getLabels()));
    double factor = 1 - 0.1 * 0.5;
    assertArrayEquals(
        gamma.mul(factor).toDoubleVector(), network.getParam("1_gamma").toDoubleVector(), 1e-6);
    assertArrayEquals(
        beta.mul(factor).toDoubleVector(), network.getParam("1_beta").toDoubleVector(), 1e-6);
  }

  @Test
  void theDecayedNormalisationSurvivesJson() {
    MultiLayerConfiguration configuration =
        Mlp.builder(4, 3).widths(List.of(4)).build().getLayerWiseConfigurations();
    MultiLayerConfiguration read = MultiLayerConfiguration.fromJson(configuration.toJson());
    assertEquals(configuration, read);
    DecayedBatchNormalization layer = (DecayedBatchNormalization) read.getConf(1).getLayer();
    assertEquals(1, layer.getRegularizationByParam("gamma").size());
    assertEquals(null, layer.getRegularizationByParam("mean"));
  }

  @Test
  void weightsBeginWithinTheBound() {
    MultiLayerNetwork network =
        Mlp.builder(100, 3).widths(List.of(50)).activation(Activation.TANH).build();
    double largest = network.getParam("0_W").amaxNumber().doubleValue();
    assertTrue(largest <= 0.1 && largest > 0.095, "largest " + largest);
    assertEquals(0, network.getParam("0_b").amaxNumber().doubleValue());
    assertFalse(network.getParam("3_W").amaxNumber().doubleValue() > 1 / Math.sqrt(50));
  }

  @Test
  void momentumIsTheClassicalOne() {
    INDArray velocity = Nd4j.create(1, 2);
    GradientUpdater<Momentum> updater =
        new Momentum(new FixedSchedule(0.1), 0.9).instantiate(velocity, true);
    INDArray first = Nd4j.create(new double[][] {{1, -2}});
    updater.applyUpdater(first, 0, 0);
    assertArrayEquals(new double[] {0.1, -0.2}, first.toDoubleVector(), 1e-7);
    INDArray second = Nd4j.create(new double[][] {{1, 0}});
    updater.applyUpdater(second, 1, 0);
    assertArrayEquals(new double[] {0.19, -0.18}, second.toDoubleVector(), 1e-7);
    assertThrows(IllegalArgumentException.class, () -> new Momentum(new FixedSchedule(0.1), 1));
  }

  @Test
  void aSavedNetworkGoesOnAsIfItHadNotBeenSaved(@TempDir Path folder) throws IOException {
    MultiLayerNetwork network = Mlp.builder(192, 3).widths(List.of(4)).build();
    network.fit(data);
    Path file = folder.resolve("network.zip");
    ModelSerializer.writeModel(network, file.toFile(), true);
    MultiLayerNetwork read = ModelSerializer.restoreMultiLayerNetwork(file.toFile(), true);
    network.fit(data);
    read.fit(data);
    assertEquals(network.params(), read.params());
  }
}
