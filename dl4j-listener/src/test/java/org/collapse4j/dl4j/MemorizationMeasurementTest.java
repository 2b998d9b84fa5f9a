package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.dl4j.noise.NoisyDataSetIterator;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.NoisyLabels;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

class MemorizationMeasurementTest {
  /** Relative, of values of the fixtures' float64 computation. */
  private static final double RELATIVE = 1e-6;

  /** The fixtures of the core, which are arrays and their values. */
  private static final Path FIXTURES = Path.of("../core/src/test/resources/fixtures");

  private static final MetricSink NOWHERE = observation -> {};
  private static final LabelNoise NOISE = LabelNoise.symmetric(Training.CLASSES, 0.3).withSeed(4);

  private static INDArray array(String fixture, String name) {
    INDArray array =
        Nd4j.createFromNpyFile(FIXTURES.resolve(fixture).resolve(name + ".npy").toFile());
    return array.castTo(array.rank() == 2 ? DataType.DOUBLE : DataType.INT32);
  }

  private static Map<String, Double> expected(String fixture) {
    try {
      JsonNode values =
          new ObjectMapper()
              .readTree(FIXTURES.resolve(fixture).resolve("expected.json").toFile())
              .get("global_mean")
              .get("sample");
      return new ObjectMapper().convertValue(values, MAP_OF_NUMBERS);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final TypeReference<Map<String, Double>> MAP_OF_NUMBERS = new TypeReference<>() {};

  /** A network whose features are its inputs and whose classifier is that of the fixture. */
  private static MultiLayerNetwork identity(String fixture) {
    INDArray weights = array(fixture, "weights");
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .dataType(DataType.DOUBLE)
                .list()
                .layer(new ActivationLayer(Activation.IDENTITY))
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(weights.columns())
                        .nOut(weights.rows())
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    network.setParam("1_W", weights.transpose());
    network.setParam("1_b", bias(fixture).reshape(1, weights.rows()));
    return network;
  }

  private static INDArray bias(String fixture) {
    return Nd4j.createFromNpyFile(FIXTURES.resolve(fixture).resolve("bias.npy").toFile())
        .castTo(DataType.DOUBLE);
  }

  private static DataSet data(INDArray features, INDArray labels, int classes) {
    INDArray oneHot = Nd4j.create(features.dataType(), features.rows(), classes);
    int[] y = labels.toIntVector();
    for (int i = 0; i < y.length; i++) {
      oneHot.putScalar(i, y[i], 1);
    }
    return new DataSet(features, oneHot);
  }

  private static DataSetIterator batches(DataSet data) {
    return new ExistingDataSetIterator(data.batchBy(64));
  }

  @ParameterizedTest
  @CsvSource({"noisy_labels, 4", "fashion_mnist, 10"})
  void fixturesWithCleanLabels(String fixture, int classes) {
    NoisyLabels labels =
        NoisyLabels.of(
            array(fixture, "labels").toIntVector(), array(fixture, "clean").toIntVector());
    DataSet train =
        LabelledExamples.annotate(
            data(array(fixture, "features"), array(fixture, "labels"), classes), labels);
    DataSet heldOut =
        data(array(fixture, "heldout_features"), array(fixture, "heldout_labels"), classes);
    train.shuffle(3);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(batches(train))
            .heldOutProbe(batches(heldOut))
            .sink(NOWHERE)
            .failFast(true)
            .build();
    listener.observe(identity(fixture));
    Measurements ofTrain = listener.lastObservation("train").orElseThrow().measurements();
    Measurements ofHeldOut = listener.lastObservation("heldout").orElseThrow().measurements();
    int compared = 0;
    for (Map.Entry<String, Double> entry : expected(fixture).entrySet()) {
      Metric metric = Metric.withKey(entry.getKey()).orElseThrow();
      Measurements values = entry.getKey().startsWith("dilation") ? ofHeldOut : ofTrain;
      if (!entry.getKey().startsWith("nc5")) {
        double tolerance = Math.max(1e-12, RELATIVE * Math.abs(entry.getValue()));
        assertEquals(entry.getValue(), values.value(metric), tolerance, entry.getKey());
        compared++;
      }
    }
    assertTrue(compared >= 37, "only " + compared + " were compared");
    for (Metric metric :
        List.of(
            Metric.MEMORIZATION_MEAN,
            Metric.MEMORIZATION_FRACTION,
            Metric.MEMORIZATION_FITTED,
            Metric.MEMORIZATION_RECOVERED)) {
      assertEquals(classes, ofTrain.classValues(metric).length);
    }
    assertEquals(classes, ofHeldOut.classValues(Metric.DILATION_RADIUS).length);
  }

  @Test
  void theFixtureOfTwoClassesAsHeldOut() {
    String fixture = "two_class_positive";
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .heldOutProbe(batches(data(array(fixture, "features"), array(fixture, "labels"), 2)))
            .sink(NOWHERE)
            .failFast(true)
            .build();
    Measurements values = listener.observe(identity(fixture)).get(0).measurements();
    Map<String, Double> expected = expected(fixture);
    assertEquals(expected.get("nc1.pinv"), values.value(Metric.DILATION_NC1), RELATIVE);
    assertEquals(expected.get("nc1.quotient"), values.value(Metric.DILATION_QUOTIENT), RELATIVE);
    assertEquals(expected.get("nc1.cdnv"), values.value(Metric.DILATION_CDNV), RELATIVE);
  }

  private static NeuralCollapseListener listener(DataSetIterator train, DataSetIterator heldOut) {
    NeuralCollapseListener.Builder builder =
        NeuralCollapseListener.builder().trainProbe(train).sink(NOWHERE);
    return (heldOut == null ? builder : builder.heldOutProbe(heldOut)).build();
  }

  private static DataSetIterator clusters(int examples, long seed) {
    return new ExistingDataSetIterator(Training.clusters(examples, seed).batchBy(16));
  }

  private static Measurements observe(NeuralCollapseListener listener) {
    listener.observe(Training.multiLayerNetwork());
    return listener.lastObservation("train").orElseThrow().measurements();
  }

  @Test
  void memorizationComesWithLabelsCorruptedOnTheFly() {
    DataSetIterator noisy = NoisyDataSetIterator.corrupting(clusters(90, 1), NOISE);
    Measurements values = observe(listener(noisy, clusters(60, 2)));
    double corrupted = 0;
    for (noisy.reset(); noisy.hasNext(); ) {
      corrupted +=
          LabelledExamples.of(noisy.next()).orElseThrow().stream()
              .filter(LabelledExample::isCorrupted)
              .count();
    }
    assertEquals(corrupted / 90, values.value(Metric.NOISE_RATE));
    assertTrue(values.value(Metric.MEMORIZATION_MEAN) > 0);
    assertTrue(values.value(Metric.MEMORIZATION_RELATIVE) > 0);
  }

  @Test
  void withoutCleanLabelsThereIsNoMemorization() {
    Measurements plain = observe(listener(clusters(90, 1), clusters(60, 2)));
    assertFalse(plain.has(Metric.NOISE_RATE));
    DataSetIterator indexed = NoisyDataSetIterator.indexing(clusters(90, 1));
    assertFalse(observe(listener(indexed, clusters(60, 2))).has(Metric.NOISE_RATE));
  }

  @Test
  void withoutAHeldOutProbeOnlyTheDistancesAreUndefined() {
    NeuralCollapseListener listener =
        listener(NoisyDataSetIterator.corrupting(clusters(90, 1), NOISE), null);
    Measurements values = observe(listener);
    assertTrue(values.value(Metric.NOISE_RATE) > 0.2);
    double predicted =
        values.value(Metric.MEMORIZATION_FITTED) + values.value(Metric.MEMORIZATION_RECOVERED);
    assertTrue(predicted > 0 && predicted <= 1);
    for (Metric metric :
        List.of(
            Metric.MEMORIZATION_SUM,
            Metric.MEMORIZATION_MEAN,
            Metric.MEMORIZATION_RELATIVE,
            Metric.MEMORIZATION_FRACTION)) {
      assertTrue(values.has(metric) && Double.isNaN(values.value(metric)), metric.key());
    }
    assertEquals(0, listener.failureCount());
  }

  @Test
  void aHeldOutSetWithoutAClassLeavesUndefinedWhatNeedsIt() {
    DataSetIterator heldOut =
        new ExistingDataSetIterator(List.of(Training.clusters(60, 2).filterBy(new int[] {0, 1})));
    NeuralCollapseListener listener =
        listener(NoisyDataSetIterator.corrupting(clusters(90, 1), NOISE), heldOut);
    Measurements values = observe(listener);
    assertTrue(Double.isNaN(values.value(Metric.MEMORIZATION_MEAN)));
    assertTrue(Double.isNaN(values.classValues(Metric.MEMORIZATION_MEAN)[2]));
    assertTrue(values.classValues(Metric.MEMORIZATION_MEAN)[0] > 0);
    Measurements unseen = listener.lastObservation("heldout").orElseThrow().measurements();
    assertTrue(unseen.value(Metric.DILATION_RELATIVE) > 0);
    assertTrue(Double.isNaN(unseen.classValues(Metric.DILATION_RADIUS)[2]));
    assertEquals(0, listener.failureCount());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void maskedExamplesAreLeftOut(boolean corruptedOnes) {
    DataSet noisy = LabelledExamples.corrupt(Training.clusters(90, 1), NOISE);
    List<LabelledExample> examples = LabelledExamples.of(noisy).orElseThrow();
    INDArray mask = Nd4j.create(90, 1);
    for (int i = 0; i < 90; i++) {
      mask.putScalar(i, 0, examples.get(i).isCorrupted() == corruptedOnes ? 1 : 0);
    }
    noisy.setLabelsMaskArray(mask);
    DataSetIterator probe = new ExistingDataSetIterator(List.of(noisy));
    Measurements values = observe(listener(probe, clusters(60, 2)));
    assertEquals(corruptedOnes ? 1 : 0, values.value(Metric.NOISE_RATE));
  }

  @Test
  void latentClassesAreMeasuredAgainstTheHeldOutMeansOfTheirTrueClass() {
    LabelNoise latent = LabelNoise.latentClasses(2, 0.4);
    DataSet two = Training.clusters(90, 1).filterBy(new int[] {0, 1});
    two.setLabels(two.getLabels().getColumns(0, 1));
    DataSet unseen = Training.clusters(60, 2).filterBy(new int[] {0, 1});
    unseen.setLabels(unseen.getLabels().getColumns(0, 1));
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(Training.INPUTS)
                        .nOut(latent.numLabels())
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(new ExistingDataSetIterator(List.of(LabelledExamples.corrupt(two, latent))))
            .heldOutProbe(
                new ExistingDataSetIterator(
                    List.of(LabelledExamples.corrupt(unseen, LabelNoise.latentClasses(2, 0)))))
            .sink(NOWHERE)
            .failFast(true)
            .build();
    listener.observe(network);
    Measurements values = listener.lastObservation("train").orElseThrow().measurements();
    assertTrue(values.value(Metric.MEMORIZATION_MEAN) > 0);
    assertTrue(Double.isNaN(values.value(Metric.MEMORIZATION_FRACTION)));
  }

  @Test
  void labelsOfOtherExamplesAreAFailureOfMemorizationAlone() {
    DataSet noisy = LabelledExamples.corrupt(Training.clusters(90, 1), NOISE);
    Collections.rotate(noisy.getExampleMetaData(), 1);
    NeuralCollapseListener listener =
        listener(new ExistingDataSetIterator(List.of(noisy)), clusters(60, 2));
    Measurements values = observe(listener);
    assertFalse(values.has(Metric.MEMORIZATION_MEAN));
    assertTrue(values.has(Metric.NC1_PINV));
    assertEquals(1, listener.failureCount());

    NeuralCollapseListener strict =
        NeuralCollapseListener.builder()
            .trainProbe(new ExistingDataSetIterator(List.of(noisy)))
            .failFast(true)
            .sink(NOWHERE)
            .build();
    String message =
        assertThrows(
                IllegalArgumentException.class, () -> strict.observe(Training.multiLayerNetwork()))
            .getMessage();
    assertTrue(message.startsWith("The labels carried along are those of other examples"), message);
  }

  @Test
  void cleanLabelsOfSomeExamplesOnlyAreRefused() {
    DataSet noisy = LabelledExamples.corrupt(Training.clusters(48, 1), NOISE);
    List<DataSet> batches = new ArrayList<>(noisy.batchBy(16));
    batches.set(1, batches.get(1).copy());
    NeuralCollapseListener listener =
        listener(new ExistingDataSetIterator(batches), clusters(60, 2));
    assertFalse(observe(listener).has(Metric.NOISE_RATE));
    assertEquals(1, listener.failureCount());

    List<Serializable> mixed = new ArrayList<>(LabelledExamples.of(noisy).orElseThrow());
    LabelledExample third = (LabelledExample) mixed.get(3);
    mixed.set(3, new LabelledExample(3, third.given(), LabelledExample.UNKNOWN, null));
    noisy.setExampleMetaData(mixed);
    listener = listener(new ExistingDataSetIterator(List.of(noisy)), clusters(60, 2));
    assertFalse(observe(listener).has(Metric.NOISE_RATE));
    assertEquals(1, listener.failureCount());
  }

  @Test
  void theOrderOfProbesDoesNotMatter() {
    DataSetIterator noisy = NoisyDataSetIterator.corrupting(clusters(90, 1), NOISE);
    NeuralCollapseListener after = listener(noisy, clusters(60, 2));
    NeuralCollapseListener before =
        NeuralCollapseListener.builder()
            .heldOutProbe(clusters(60, 2))
            .trainProbe(noisy)
            .sink(NOWHERE)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    List<Observation> trainFirst = after.observe(network);
    List<Observation> heldOutFirst = before.observe(network);
    assertEquals("train", trainFirst.get(0).split());
    assertEquals("heldout", heldOutFirst.get(0).split());
    assertEquals(trainFirst.get(0).measurements(), heldOutFirst.get(1).measurements());
    assertArrayEquals(
        trainFirst.get(0).measurements().classValues(Metric.MEMORIZATION_FITTED),
        heldOutFirst.get(1).measurements().classValues(Metric.MEMORIZATION_FITTED));
  }
}
