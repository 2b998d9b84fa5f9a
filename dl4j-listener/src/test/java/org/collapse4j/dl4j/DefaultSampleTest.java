package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/** What a listener measures that has no training probe: a sample of what passes by. */
class DefaultSampleTest {
  private static final int INPUTS = 20;

  /** What is the difference of large numbers or a rate of few examples varies more than a tenth. */
  private static final Set<Metric> COMPARED =
      EnumSet.of(
          Metric.NC1_QUOTIENT,
          Metric.NC1_CDNV,
          Metric.NC2_NORM_CV_MEANS,
          Metric.NC2_ANGLE_STD_MEANS,
          Metric.NC2_ANGLE_GAP_MEANS,
          Metric.NC2_ETF_MEANS,
          Metric.NC2_ORTHOGONAL_MEANS,
          Metric.NC2_UNIFORMITY_DISTANCE_MEAN,
          Metric.NC2_ETF_CLASSIFIER,
          Metric.NC3_DUALITY,
          Metric.NC3_ALIGNMENT,
          Metric.NC3_COSINE,
          Metric.NC3_BIAS,
          Metric.NC4_NCC_ACCURACY,
          Metric.ACCURACY);

  private final List<Observation> observations = new ArrayList<>();

  /** Classes whose numbers of examples fall from many to few. */
  private static DataSet clusters(int examples, int classes, double decay, long seed) {
    Random random = new Random(seed);
    double[] weights = new double[classes];
    for (int c = 0; c < classes; c++) {
      weights[c] = Math.pow(decay, c) + (c == 0 ? 0 : weights[c - 1]);
    }
    double[][] centres = new double[classes][INPUTS];
    for (double[] centre : centres) {
      Arrays.setAll(centre, j -> random.nextGaussian());
    }
    float[][] features = new float[examples][INPUTS];
    float[][] labels = new float[examples][classes];
    for (int i = 0; i < examples; i++) {
      double drawn = random.nextDouble() * weights[classes - 1];
      int c = 0;
      while (weights[c] < drawn) {
        c++;
      }
      labels[i][c] = 1;
      for (int j = 0; j < INPUTS; j++) {
        features[i][j] = (float) (centres[c][j] + 0.5 * random.nextGaussian());
      }
    }
    return new DataSet(Nd4j.createFromArray(features), Nd4j.createFromArray(labels));
  }

  private static DataSetIterator batches(DataSet data, int size) {
    return new ExistingDataSetIterator(data.batchBy(size));
  }

  private static MultiLayerNetwork network(int classes, IUpdater updater) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(3)
                .updater(updater)
                .weightInit(WeightInit.XAVIER)
                .list(
                    new DenseLayer.Builder()
                        .nIn(INPUTS)
                        .nOut(32)
                        .activation(Activation.RELU)
                        .build(),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(32)
                        .nOut(classes)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  private NeuralCollapseListener listener(Consumer<NeuralCollapseListener.Builder> options) {
    NeuralCollapseListener.Builder builder =
        NeuralCollapseListener.builder().failFast(true).sink(observations::add);
    options.accept(builder);
    return builder.build();
  }

  private List<Measurements> of(String split) {
    return observations.stream()
        .filter(observation -> observation.split().equals(split))
        .map(Observation::measurements)
        .toList();
  }

  private List<Double> examples(String split) {
    return of(split).stream().map(values -> values.value(Metric.EXAMPLES)).toList();
  }

  @Test
  void isAsGoodAsAWholeProbeAtEveryEpoch() {
    DataSet data = clusters(20_000, 10, 1, 1);
    MultiLayerNetwork network = network(10, new Sgd(0.1));
    network.setListeners(
        listener(builder -> {}), listener(builder -> builder.probe("all", batches(data, 500))));
    network.fit(batches(data, 100), 4);
    List<Measurements> sampled = of("train");
    List<Measurements> whole = of("all");
    // The second listener takes a sample too, of the same examples.
    assertEquals(8, sampled.size());
    for (int epoch = 0; epoch < 4; epoch++) {
      Measurements sample = sampled.get(2 * epoch);
      Measurements all = whole.get(epoch);
      assertEquals(2048, sample.value(Metric.EXAMPLES));
      assertClose(all, sample, Metric.NC1_PINV, 0.15);
      for (Metric metric : COMPARED) {
        assertClose(all, sample, metric, 0.1);
      }
    }
  }

  private static void assertClose(Measurements all, Measurements sample, Metric metric, double by) {
    double whole = all.value(metric);
    assertEquals(whole, sample.value(metric), by * Math.abs(whole), metric.key());
  }

  @Test
  void hasEnoughOfEveryClass() {
    DataSet rare = clusters(20_000, 30, 0.85, 2);
    MultiLayerNetwork network = network(30, new Sgd(0.1));
    NeuralCollapseListener listener = listener(builder -> builder.heldOutProbe(batches(rare, 500)));
    network.setListeners(listener);
    network.fit(batches(rare, 100), 1);
    int[] counts = rare.getLabels().sum(0).toIntVector();
    double rarest = Arrays.stream(counts).min().orElseThrow();
    assertTrue(rarest < 200, "a class is rare: " + rarest);
    // Of 20,000 examples a tenth alone would have some twenty of it.
    assertEquals(30, of("train").get(0).value(Metric.CLASSES_PRESENT));
    assertTrue(examples("train").get(0) > 2048 + 100, "more than without: " + examples("train"));
  }

  @Test
  void isAllOfASmallDataSet() {
    DataSet data = clusters(500, 4, 1, 3);
    MultiLayerNetwork network = network(4, new Sgd(0.1));
    network.setListeners(listener(builder -> {}));
    network.fit(batches(data, 64), 3);
    assertEquals(List.of(500.0, 500.0, 500.0), examples("train"));
  }

  @Test
  void takesNoMoreMemoryThanAllowed() {
    DataSet data = clusters(20_000, 4, 1, 3);
    int bytesOfAnExample = 4 * (INPUTS + 4);
    MultiLayerNetwork network = network(4, new Sgd(0.1));
    network.setListeners(
        listener(builder -> builder.sample(1_000_000).sampleMegabytes(1)),
        listener(builder -> builder.sample(100)));
    network.fit(batches(data, 100), 1);
    double most = (double) (1 << 20) / bytesOfAnExample;
    assertTrue(examples("train").get(0) <= most, examples("train") + " of " + most);
    assertTrue(examples("train").get(0) > most / 2, examples("train") + " of " + most);
    // Fifty of each of the four classes.
    assertEquals(200, examples("train").get(1), 20);
  }

  @Test
  void isTheSameAtEveryEpochUnlessDrawnAnew() {
    DataSet data = clusters(6_000, 4, 1, 4);
    // A network that does not learn, so that values change with the examples only.
    MultiLayerNetwork network = network(4, new Sgd(0));
    network.setListeners(listener(builder -> {}));
    network.fit(batches(data, 100), 3);
    List<Measurements> same = List.copyOf(of("train"));
    assertEquals(same.get(0), same.get(1));
    assertEquals(same.get(0), same.get(2));
    observations.clear();
    network.setListeners(listener(builder -> builder.resample(true)));
    network.fit(batches(data, 100), 2);
    assertNotEquals(
        of("train").get(0).value(Metric.NC1_PINV), of("train").get(1).value(Metric.NC1_PINV));
  }

  @Test
  void isNotTakenBesideATrainingProbeOrIfNotWanted() {
    DataSet data = clusters(300, 3, 1, 5);
    MultiLayerNetwork network = network(3, new Sgd(0.1));
    network.setListeners(
        listener(builder -> builder.trainProbe(batches(data, 200))),
        listener(builder -> builder.sample(0).heldOutProbe(batches(data, 100))));
    network.fit(batches(data.sample(100), 50), 1);
    assertEquals(
        List.of("train", "heldout"), observations.stream().map(Observation::split).toList());
    assertEquals(List.of(300.0), examples("train"));
  }

  @Test
  void trainingWithoutEpochsIsObservedEveryHundredIterations() {
    DataSet data = clusters(150, 3, 1, 6);
    List<DataSet> batches = data.batchBy(50);
    MultiLayerNetwork network = network(3, new Sgd(0.1));
    network.setListeners(listener(builder -> {}));
    for (int i = 0; i < 100; i++) {
      batches.forEach(network::fit);
    }
    assertEquals(
        List.of(100L, 200L, 300L), observations.stream().map(Observation::iteration).toList());
    // Each example once, however often the data have come round.
    assertEquals(List.of(150.0, 150.0, 150.0), examples("train"));
  }

  @Test
  void growsUntilTheFirstEpochEndsWhereIterationsAreCounted() {
    DataSet data = clusters(500, 4, 1, 3);
    MultiLayerNetwork network = network(4, new Sgd(0.1));
    network.setListeners(listener(builder -> builder.everyIterations(4)));
    network.fit(batches(data, 50), 2);
    assertEquals(List.of(200.0, 400.0, 500.0, 500.0, 500.0), examples("train"));
  }

  @Test
  void isWhatTheListenersVerdictsAreAbout() {
    DataSet data = clusters(500, 4, 1, 3);
    MultiLayerNetwork network = network(4, new Sgd(0.1));
    NeuralCollapseListener listener = listener(builder -> {});
    network.setListeners(listener);
    assertEquals(List.of(), listener.verdicts());
    network.fit(batches(data, 64), 4);
    List<RunHistory> logged = RunHistory.of(observations);
    assertEquals(VerdictRules.ofRun(logged.get(0)), listener.verdicts());
    assertEquals(Verdict.Topic.COLLAPSE, listener.verdicts().get(0).topic());
  }

  @Test
  void tellsWhatShareOfTheLabelsLooksWrongWithNoOptionSet() {
    DataSet data = clusters(6_000, 4, 1, 9);
    MultiLayerNetwork network = network(4, new Sgd(0.1));
    NeuralCollapseListener listener = listener(builder -> {});
    network.setListeners(listener);
    LabelNoise noise = LabelNoise.symmetric(4, 0.3).withSeed(1);
    network.fit(batches(LabelledExamples.corrupt(data, noise), 100), 6);
    for (Measurements epoch : of("train")) {
      assertEquals(0.3, epoch.value(Metric.SUSPECTS_SHARE), 0.05);
      assertEquals(
          epoch.value(Metric.SUSPECTS_SHARE) * 2048, epoch.value(Metric.SUSPECTS_COUNT), 1e-9);
      assertEquals(0, epoch.value(Metric.MEMORIZATION_ESTIMATED), 0.1);
    }
    assertTrue(
        listener.verdicts().get(0).text().matches("About 6\\d\\d of 2,048 labels look wrong; .*"),
        listener.verdicts().toString());
    assertTrue(
        observations.get(5).examples().suspects().isEmpty(),
        "it is unknown which examples they are");
  }

  @Test
  void judgesNoLabelsOfExamplesThatAreNotTheSame() {
    DataSet data = clusters(500, 4, 1, 3);
    MultiLayerNetwork network = network(4, new Sgd(0.1));
    network.setListeners(listener(builder -> builder.resample(true)));
    network.fit(batches(data, 50), 2);
    network.setListeners(listener(builder -> builder.everyIterations(4)));
    network.fit(batches(data, 50), 2);
    List<Boolean> judged =
        of("train").stream().map(v -> v.metrics().contains(Metric.SUSPECTS_SHARE)).toList();
    // The last sample is complete when ten iterations have ended the first epoch.
    assertEquals(List.of(false, false, false, false, true, true, true), judged);
  }

  @Test
  void leavesTheParametersTheSameBits() {
    DataSet data = clusters(3_000, 4, 1, 7);
    MultiLayerNetwork without = network(4, new Sgd(0.1));
    without.fit(batches(data, 100), 2);
    MultiLayerNetwork with = network(4, new Sgd(0.1));
    with.setListeners(listener(builder -> builder.sample(500).resample(true)));
    with.fit(batches(data, 100), 2);
    assertArrayEquals(without.params().toFloatVector(), with.params().toFloatVector());
  }

  @Test
  void aBatchWithoutClassesIsPassedOver() {
    DataSet data = clusters(400, 4, 1, 8);
    List<DataSet> batches = new ArrayList<>(data.batchBy(100));
    INDArray twice = batches.get(2).getLabels().mul(2);
    batches.set(2, new DataSet(batches.get(2).getFeatures(), twice));
    MultiLayerNetwork network = network(4, new Sgd(0.01));
    NeuralCollapseListener listener = listener(builder -> builder.failFast(false));
    network.setListeners(listener);
    network.fit(new ExistingDataSetIterator(batches), 2);
    assertEquals(List.of(300.0, 300.0), examples("train"));
    assertEquals(1, listener.failureCount());
  }
}
