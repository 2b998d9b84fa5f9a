package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.collapse4j.dl4j.noise.NoisyDataSetIterator;
import org.collapse4j.evaluation.FeaturePlane;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class PlaneEvidenceTest {
  private static final double FLOAT32 = 1e-5;
  private static final int EXAMPLES = 900;

  @TempDir private Path folder;

  private final DataSet data = Training.clusters(EXAMPLES, 1);
  private final LabelNoise noise = LabelNoise.symmetric(Training.CLASSES, 0.3).withSeed(4);

  private DataSetIterator noisy() {
    return NoisyDataSetIterator.corrupting(new ExistingDataSetIterator(data.batchBy(64)), noise);
  }

  private static MultiLayerNetwork network(int features) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .updater(new Nesterovs(0.05, 0.9))
                .list()
                .layer(
                    new DenseLayer.Builder()
                        .nIn(Training.INPUTS)
                        .nOut(features)
                        .activation(Activation.TANH)
                        .build())
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(features)
                        .nOut(Training.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  private List<Observation> trained(MultiLayerNetwork network) throws IOException {
    Path log = folder.resolve("a.jsonl");
    network.addListeners(
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(noisy())
            .heldOutProbe(Training.batches(Training.clusters(60, 2), 20))
            .suspectLabels(true)
            .jsonLines(log)
            .failFast(true)
            .build());
    network.fit(noisy(), 3);
    return MetricLog.read(log).observations();
  }

  @Test
  void twoFeaturesAreSampledWithTheirLabelsCentresAndClassifier() throws IOException {
    MultiLayerNetwork network = network(2);
    List<Observation> observations = trained(network);
    FeaturePlane plane = observations.get(4).examples().plane().orElseThrow();
    INDArray features = network.feedForward(data.getFeatures()).get(1);
    int[] clean = data.getLabels().argMax(1).toIntVector();
    assertEquals(FeaturePlane.MOST_EXAMPLES, plane.examples().size());
    int corrupted = 0;
    int row = -1;
    Set<Integer> classes = new HashSet<>();
    for (FeaturePlane.Example example : plane.examples()) {
      row = rowOf(example, features, row + 1);
      assertEquals(clean[row], example.clean());
      classes.add(clean[row]);
      corrupted += example.given() == example.clean() ? 0 : 1;
    }
    assertEquals(Training.CLASSES, classes.size());
    double rate = observations.get(4).measurements().value(Metric.NOISE_RATE);
    assertEquals(rate, (double) corrupted / plane.examples().size(), 0.08);
    assertEquals(Training.CLASSES, plane.centres().size());
    INDArray weights = network.getParam("1_W");
    INDArray bias = network.getParam("1_b").reshape(Training.CLASSES);
    for (int c = 0; c < Training.CLASSES; c++) {
      assertEquals(weights.getDouble(0, c), plane.classifier().get(c).x(), FLOAT32);
      assertEquals(weights.getDouble(1, c), plane.classifier().get(c).y(), FLOAT32);
      assertEquals(bias.getDouble(c), plane.classifier().get(c).bias(), FLOAT32);
    }
  }

  /** The first row from one on with the features of an example: examples are in their order. */
  private static int rowOf(FeaturePlane.Example example, INDArray features, int from) {
    for (int row = from; row < EXAMPLES; row++) {
      if (Math.abs(features.getDouble(row, 0) - example.x()) < FLOAT32
          && Math.abs(features.getDouble(row, 1) - example.y()) < FLOAT32) {
        return row;
      }
    }
    throw new AssertionError("No row from " + from + " on is " + example);
  }

  @Test
  void centresAreTheMeansOfTheClasses() throws IOException {
    MultiLayerNetwork network = network(2);
    FeaturePlane heldOut = trained(network).get(5).examples().plane().orElseThrow();
    List<FeaturePlane.Example> first = new ArrayList<>(heldOut.examples());
    first.removeIf(e -> e.given() != 0);
    double mean = first.stream().mapToDouble(FeaturePlane.Example::x).average().orElseThrow();
    assertEquals(60, heldOut.examples().size());
    assertEquals(mean, heldOut.centres().get(0).x(), FLOAT32);
  }

  @Test
  void otherWidthsAreNotPictured() throws IOException {
    assertTrue(trained(network(3)).stream().allMatch(o -> o.examples().plane().isEmpty()));
  }

  @Test
  void suspectsOfTheTrainingProbeAreInTheLog() throws IOException {
    MultiLayerNetwork network = network(8);
    List<Observation> observations = trained(network);
    Observation last = observations.get(4);
    assertEquals("train", last.split());
    assertFalse(last.examples().suspects().isEmpty());
    NeuralCollapseListener listener =
        (NeuralCollapseListener) network.getListeners().iterator().next();
    assertEquals(
        listener.suspectLabels().suspects().subList(0, last.examples().suspects().size()),
        last.examples().suspects());
    assertTrue(last.examples().suspects().size() <= 100);
    assertTrue(observations.get(5).examples().suspects().isEmpty());
  }
}
