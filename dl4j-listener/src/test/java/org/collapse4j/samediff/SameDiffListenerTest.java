package org.collapse4j.samediff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Calibration;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.ops.transforms.Transforms;

class SameDiffListenerTest {
  private static final int IN = SmallData.INPUTS;
  private static final int D = 8;
  private static final int EPOCHS = 2;
  private static final double FLOAT = 1e-4;

  private final List<DataSet> batches = SmallData.clusters(3, 3, 16, 16, 5);

  private DataSetIterator iterator() {
    return new ExistingDataSetIterator(batches);
  }

  private static SameDiff graph() {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.FLOAT, -1, IN);
    SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, 3);
    SDVariable w0 = graph.var("w0", SmallData.initial(IN, D, 1));
    SDVariable b0 = graph.var("b0", SmallData.initial(1, D, 2));
    SDVariable features = graph.nn.tanh("features", in.mmul(w0).add(b0));
    SDVariable weights = graph.var("weights", SmallData.initial(D, 3, 3));
    SDVariable bias = graph.var("bias", Nd4j.create(DataType.FLOAT, 3));
    SDVariable logits = features.mmul(weights).add("logits", bias);
    SDVariable loss = graph.loss.softmaxCrossEntropy("loss", labels, logits, null);
    loss.markAsLoss();
    SmallData.configure(graph);
    return graph;
  }

  private static SameDiffListener.Builder listener() {
    return SameDiffListener.builder("features", "labels")
        .classifier("weights", "bias")
        .failFast(true);
  }

  private float[] train(SameDiff graph, Listener... listeners) {
    graph.setListeners(listeners);
    graph.fit(iterator(), EPOCHS);
    return graph.getVariable("w0").getArr().dup('c').reshape(IN * D).toFloatVector();
  }

  /** Copies the features of each pass, with the labels of its batch and the classifier then. */
  private static final class ByHand extends BaseListener {
    final List<INDArray> features = new ArrayList<>();
    final List<INDArray> labels = new ArrayList<>();
    final List<Classifier> classifiers = new ArrayList<>();

    @Override
    public boolean isActive(Operation operation) {
      return operation == Operation.TRAINING;
    }

    @Override
    public void activationAvailable(
        SameDiff graph,
        At at,
        MultiDataSet batch,
        SameDiffOp op,
        String variable,
        INDArray activation) {
      if (variable.equals("features")) {
        features.add(activation.castTo(DataType.DOUBLE).dup());
        labels.add(batch.getLabels(0).dup());
        classifiers.add(classifier(graph));
      }
    }

    static Classifier classifier(SameDiff graph) {
      return Classifier.of(
          graph.getArrForVarName("weights").transpose(), graph.getArrForVarName("bias"));
    }

    ClassStatistics statistics(int from, int to) {
      ClassStatisticsAccumulator all = ClassStatisticsAccumulator.forClasses(3);
      for (int i = from; i < to; i++) {
        all.observe(features.get(i), labels.get(i));
      }
      return all.snapshot();
    }

    Measurements lastEpoch(SameDiff graph) {
      ClassStatistics statistics = statistics(3, 6);
      DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, statistics(0, 3));
      for (int i = 3; i < 6; i++) {
        Classifier classifier = classifiers.get(i);
        INDArray logits =
            features.get(i).mmul(classifier.weights().transpose()).addRowVector(classifier.bias());
        decisions.observe(features.get(i), logits, labels.get(i));
      }
      return NeuralCollapse.ofFeatures(statistics, GlobalMean.SAMPLE)
          .and(NeuralCollapse.ofClassifier(statistics, classifier(graph), GlobalMean.SAMPLE))
          .and(NeuralCollapse.ofDecisions(decisions.snapshot()))
          .and(Calibration.of(decisions.snapshot()));
    }
  }

  private static void assertValues(Measurements expected, Measurements actual) {
    assertEquals(expected.metrics(), actual.metrics());
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      assertEquals(value, actual.value(metric), FLOAT * Math.max(1, Math.abs(value)), metric.key());
    }
  }

  @Test
  void streamAndProbeMeasureWhatIsGatheredByHand() {
    List<Observation> observations = new ArrayList<>();
    ByHand byHand = new ByHand();
    SameDiff graph = graph();
    train(
        graph,
        byHand,
        listener().stream(true).trainProbe(iterator()).sink(observations::add).build());
    assertEquals(
        List.of("1 3 stream", "1 3 train", "2 6 stream", "2 6 train"),
        observations.stream().map(o -> o.epoch() + " " + o.iteration() + " " + o.split()).toList());
    assertEquals("features", observations.get(0).layer());
    assertValues(byHand.lastEpoch(graph), observations.get(2).measurements());

    ClassStatisticsAccumulator probe = ClassStatisticsAccumulator.forClasses(3);
    int correct = 0;
    for (DataSet batch : batches) {
      Map<String, INDArray> in = new HashMap<>(Map.of("in", batch.getFeatures()));
      probe.observe(graph.output(in, "features").get("features"), batch.getLabels());
      INDArray predicted = graph.output(in, "logits").get("logits").argMax(1);
      for (int i = 0; i < predicted.length(); i++) {
        correct += predicted.getInt(i) == batch.getLabels().argMax(1).getInt(i) ? 1 : 0;
      }
    }
    Measurements measured = observations.get(3).measurements();
    Measurements expected = NeuralCollapse.ofFeatures(probe.snapshot(), GlobalMean.SAMPLE);
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      assertEquals(
          value, measured.value(metric), FLOAT * Math.max(1, Math.abs(value)), metric.key());
    }
    assertEquals(correct / 37.0, measured.value(Metric.ACCURACY), 1e-12);
  }

  @Test
  void parametersAreTheSameBits() {
    float[] without = train(graph());
    float[] with =
        train(
            graph(),
            listener()
                .trainProbe(iterator())
                .heldOutProbe(iterator())
                .outOfDistributionProbe(iterator())
                .sink(o -> {})
                .build());
    assertArrayEquals(without, with);
  }

  @Test
  void heldOutAndOutOfDistributionProbes() {
    SameDiffListener listener =
        listener().stream(true).heldOutProbe(iterator()).outOfDistributionProbe(iterator()).build();
    train(graph(), listener);
    Measurements heldOut = listener.lastObservation("heldout").orElseThrow().measurements();
    assertTrue(heldOut.has(Metric.DILATION_NC1) && heldOut.has(Metric.NC5_ORTHOGONALITY));
    assertFalse(
        listener.lastObservation("stream").orElseThrow().measurements().has(Metric.DILATION_NC1));
  }

  @Test
  void withoutEpochEventsByCallOrByIterations() {
    SameDiff graph = graph();
    List<Observation> observations = new ArrayList<>();
    SameDiffListener called = listener().sink(observations::add).build();
    SameDiffListener counted = listener().everyIterations(2).sink(observations::add).build();
    graph.setListeners(called, counted);
    batches.forEach(graph::fit);
    assertEquals(List.of(2L), observations.stream().map(Observation::iteration).toList());
    assertEquals(32, observations.get(0).measurements().value(Metric.EXAMPLES));
    assertEquals(37, called.observe(graph).get(0).measurements().value(Metric.EXAMPLES));
  }

  @Test
  void sparseLabelsAndFeaturesThatAreTheInput() {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.FLOAT, -1, IN);
    SDVariable labels = graph.placeHolder("labels", DataType.INT32, -1);
    SDVariable weights = graph.var("weights", SmallData.initial(IN, 3, 3));
    SDVariable logits = in.mmul("logits", weights);
    graph.loss.sparseSoftmaxCrossEntropy("loss", logits, labels).markAsLoss();
    SmallData.configure(graph);
    SameDiffListener listener =
        SameDiffListener.builder("in", "labels")
            .classifier("weights", null)
            .failFast(true)
            .sink(o -> {})
            .build();
    graph.setListeners(listener);
    ClassStatisticsAccumulator byHand = ClassStatisticsAccumulator.forClasses(3);
    for (DataSet batch : batches) {
      byHand.observe(batch.getFeatures(), batch.getLabels());
      graph.fit(
          new DataSet(batch.getFeatures(), batch.getLabels().argMax(1).castTo(DataType.INT32)));
    }
    Measurements measured = listener.observe(graph).get(0).measurements();
    Measurements expected = NeuralCollapse.ofFeatures(byHand.snapshot(), GlobalMean.SAMPLE);
    assertEquals(expected.value(Metric.NC1_PINV), measured.value(Metric.NC1_PINV), FLOAT);
    assertTrue(measured.has(Metric.ACCURACY) && measured.has(Metric.NC3_DUALITY));
  }

  @Test
  void maskedLabelsAreLeftOut() {
    SameDiff graph = graph();
    graph.placeHolder("mask", DataType.FLOAT, -1, 1);
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Adam(0.05))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("labels")
            .dataSetLabelMaskMapping("mask")
            .build());
    SameDiffListener listener = listener().sink(o -> {}).build();
    graph.setListeners(listener);
    DataSet batch = batches.get(0);
    INDArray mask = Nd4j.ones(16, 1);
    mask.putScalar(3, 0, 0).putScalar(7, 0, 0);
    graph.fit(new DataSet(batch.getFeatures(), batch.getLabels(), null, mask));
    Measurements measured = listener.observe(graph).get(0).measurements();
    assertEquals(14, measured.value(Metric.EXAMPLES));
  }

  @Test
  void aSingleSigmoidUnitIsTwoClasses() {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.FLOAT, -1, IN);
    SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, 1);
    SDVariable weights = graph.var("weights", SmallData.initial(IN, 1, 3));
    SDVariable features = graph.nn.tanh("features", in);
    graph.loss.sigmoidCrossEntropy("loss", labels, features.mmul(weights), null).markAsLoss();
    SmallData.configure(graph);
    SameDiffListener listener =
        SameDiffListener.builder("features", "labels").classifier("weights", null).stream(true)
            .failFast(true)
            .sink(o -> {})
            .build();
    graph.setListeners(listener);
    int correct = 0;
    for (DataSet batch : SmallData.clusters(3, 2, 16, 16, 5)) {
      INDArray z =
          Transforms.tanh(batch.getFeatures(), true).mmul(graph.getArrForVarName("weights"));
      INDArray ones = batch.getLabels().getColumn(1).dup();
      for (int i = 0; i < ones.length(); i++) {
        correct += (z.getDouble(i) > 0) == (ones.getDouble(i) == 1) ? 1 : 0;
      }
      graph.fit(new DataSet(batch.getFeatures(), ones.reshape(ones.length(), 1)));
    }
    Measurements measured = listener.observe(graph).get(0).measurements();
    assertEquals(2, measured.value(Metric.CLASSES_PRESENT));
    assertEquals(correct / 37.0, measured.value(Metric.ACCURACY), 1e-12);
  }

  @Test
  void whatCannotBeMeasuredIsSaidWithItsNames() {
    SameDiff graph = graph();
    SameDiffListener nowhere = SameDiffListener.builder("nowhere", "labels").build();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> nowhere.requireMeasurable(graph));
    assertTrue(
        refused.getMessage().startsWith("There is no variable \"nowhere\" for the features"),
        refused.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> SameDiffListener.builder("features", "in").build().requireMeasurable(graph));
    float[] without = train(graph());
    assertArrayEquals(without, train(graph(), nowhere));
    assertEquals(1, nowhere.failureCount());
  }

  @Test
  void regressionIsSaidOnceAndTrainingGoesOn() {
    List<DataSet> real = new ArrayList<>();
    for (DataSet batch : batches) {
      real.add(new DataSet(batch.getFeatures(), batch.getFeatures().getColumns(0, 1, 2)));
    }
    SameDiff graph = graph();
    List<Observation> observations = new ArrayList<>();
    SameDiffListener listener = listener().failFast(false).sink(observations::add).build();
    graph.setListeners(listener);
    graph.fit(new ExistingDataSetIterator(real), 3);
    assertEquals(List.of(), observations);
    assertEquals(3, listener.failureCount(), "one an epoch");
  }

  @Test
  void twoGraphsWithOneListenerAreRefused() {
    SameDiffListener listener = listener().sink(o -> {}).build();
    train(graph(), listener);
    assertThrows(IllegalArgumentException.class, () -> train(graph(), listener));
  }

  @Test
  void parametersGoIntoEveryObservation() {
    SameDiffListener listener =
        listener().parameter("seed", "1").run("first").sink(o -> {}).build();
    train(graph(), listener);
    Observation observation = listener.lastObservation("train").orElseThrow();
    assertEquals(Map.of("seed", "1"), observation.parameters());
    assertEquals("first", observation.run());
  }

  @Test
  void withNoOptionsItLogsALine() {
    SameDiff graph = graph();
    graph.setListeners(
        SameDiffListener.builder("features", "labels").classifier("weights", "bias").build());
    graph.fit(iterator(), 1);
    assertEquals(3, graph.getTrainingConfig().getIterationCount());
  }

  @Test
  void optionsAreCheckedWhenTheyAreSet() {
    SameDiffListener.Builder builder = listener().trainProbe(iterator());
    assertThrows(IllegalArgumentException.class, () -> builder.everyEpochs(0));
    assertThrows(IllegalArgumentException.class, () -> builder.everyIterations(0));
    assertThrows(IllegalArgumentException.class, () -> builder.trainProbe(iterator()));
    assertThrows(IllegalArgumentException.class, () -> builder.probe("stream", iterator()));
  }
}
