package org.collapse4j.samediff;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.dl4j.Thrown;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.Listener;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/** Faults and options of a SameDiff listener: what observes ends nothing and changes nothing. */
class SameDiffFaultsTest {
  private static final int IN = SmallData.INPUTS;
  private static final int D = 8;
  private static final int K = 3;
  private static final int EPOCHS = 4;

  private final List<DataSet> batches = SmallData.clusters(3, K, 16, 16, 5);
  private final List<DataSet> heldOut = SmallData.clusters(4, K, 11, 6);

  private enum Kind {
    PLAIN,
    /** The weights are the output of an operation on a variable. */
    COMPUTED_WEIGHTS,
    /** The features are the output of an identity, which SameDiff hands to listeners as null. */
    IDENTITY,
    /** Random numbers are added to the features, in inference too. */
    NOISY
  }

  private static SameDiff graph(Kind kind) {
    SameDiff graph = SameDiff.create();
    SDVariable in = graph.placeHolder("in", DataType.FLOAT, -1, IN);
    SDVariable labels = graph.placeHolder("labels", DataType.FLOAT, -1, K);
    SDVariable w0 = graph.var("w0", SmallData.initial(IN, D, 1));
    SDVariable hidden = in.mmul(w0);
    if (kind == Kind.NOISY) {
      hidden = hidden.add(graph.random.normal("noise", 0.0, 0.5, DataType.FLOAT, D));
    }
    SDVariable features =
        kind == Kind.IDENTITY
            ? graph.identity("features", graph.nn.tanh(hidden))
            : graph.nn.tanh("features", hidden);
    SDVariable weights =
        kind == Kind.COMPUTED_WEIGHTS
            ? graph.nn.tanh("weights", graph.var("raw", SmallData.initial(D, K, 3)))
            : graph.var("weights", SmallData.initial(D, K, 3));
    SDVariable bias = graph.var("bias", Nd4j.create(DataType.FLOAT, K));
    SDVariable logits = features.mmul(weights).add("logits", bias);
    graph.loss.softmaxCrossEntropy("loss", labels, logits, null).markAsLoss();
    SmallData.configure(graph);
    return graph;
  }

  private static SameDiffListener.Builder listener() {
    return SameDiffListener.builder("features", "labels").classifier("weights", "bias");
  }

  private DataSetIterator iterator() {
    return new ExistingDataSetIterator(batches);
  }

  private float[] train(SameDiff graph, Listener... listeners) {
    Nd4j.getRandom().setSeed(5);
    graph.setListeners(listeners);
    graph.fit(iterator(), EPOCHS);
    return graph.getVariable("w0").getArr().dup('c').reshape(IN * D).toFloatVector();
  }

  /** The stream has no second pass, in which probes find it in the span of the class means. */
  @Test
  void aboveTheCovarianceLimitTheStreamLacksNc1PinvAndProbesDoNot() {
    List<Observation> limited = observations(0);
    List<Observation> whole = observations(D);
    assertEquals(3 * EPOCHS, limited.size());
    for (int i = 0; i < limited.size(); i++) {
      Measurements measured = limited.get(i).measurements();
      String split = limited.get(i).split();
      boolean streamed = split.equals(Observation.STREAM);
      for (Metric metric : List.of(Metric.NC1_PINV, Metric.DILATION_NC1)) {
        double value = streamed ? Double.NaN : whole.get(i).measurements().value(metric);
        assertEquals(value, measured.value(metric), 1e-6, split);
      }
      assertTrue(measured.value(Metric.NC1_QUOTIENT) > 0, split);
    }
  }

  private List<Observation> observations(int covarianceLimit) {
    List<Observation> observations = new ArrayList<>();
    train(
        graph(Kind.PLAIN),
        listener().stream(true)
            .covarianceLimit(covarianceLimit)
            .trainProbe(iterator())
            .heldOutProbe(new ExistingDataSetIterator(heldOut))
            .failFast(true)
            .sink(observations::add)
            .build());
    return observations;
  }

  @Test
  void weightsThatAnOperationComputesEndNoTraining() {
    List<Observation> observations = new ArrayList<>();
    SameDiffListener listener =
        listener().stream(true)
            .trainProbe(iterator())
            .heldOutProbe(new ExistingDataSetIterator(heldOut))
            .sink(observations::add)
            .build();
    float[] without = train(graph(Kind.COMPUTED_WEIGHTS));
    SameDiff graph = graph(Kind.COMPUTED_WEIGHTS);
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(graph, listener));
      assertTrue(
          listener.failureCount() == 0 ? log.lines().isEmpty() : !log.lines().isEmpty(),
          log.lines().toString());
    }
    assertFalseAccuracyIsNeverReported(observations, graph);
  }

  @Test
  void featuresOfAnIdentityEndNoTraining() {
    List<Observation> observations = new ArrayList<>();
    SameDiffListener listener =
        listener().stream(true).trainProbe(iterator()).sink(observations::add).build();
    float[] without = train(graph(Kind.IDENTITY));
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(graph(Kind.IDENTITY), listener));
      assertTrue(
          listener.failureCount() == 0 ? log.lines().isEmpty() : log.lines().size() == 1,
          log.lines().toString());
    }
    assertEquals(List.of(1, 2, 3, 4), epochs(observations, "train"));
  }

  /** Either the weights are found, and the accuracy is that of the graph, or it is left out. */
  private void assertFalseAccuracyIsNeverReported(List<Observation> observations, SameDiff graph) {
    for (Observation observation : observations) {
      if (observation.split().equals("heldout")
          && observation.epoch() == EPOCHS
          && observation.measurements().has(Metric.ACCURACY)) {
        assertEquals(
            accuracy(graph, heldOut), observation.measurements().value(Metric.ACCURACY), 1e-12);
      }
    }
  }

  private static double accuracy(SameDiff graph, List<DataSet> data) {
    double correct = 0;
    double all = 0;
    for (DataSet batch : data) {
      Map<String, INDArray> in = new HashMap<>(Map.of("in", batch.getFeatures()));
      INDArray predicted = graph.output(in, "logits").get("logits").argMax(1);
      INDArray labels = batch.getLabels().argMax(1);
      for (int i = 0; i < predicted.length(); i++) {
        correct += predicted.getInt(i) == labels.getInt(i) ? 1 : 0;
        all++;
      }
    }
    return correct / all;
  }

  @Test
  void aGraphThatDrawsInInferenceTrainsToTheSameBits() {
    float[] without = train(graph(Kind.NOISY));
    SameDiffListener listener =
        listener()
            .trainProbe(iterator())
            .heldOutProbe(iterator())
            .outOfDistributionProbe(iterator())
            .failFast(true)
            .sink(o -> {})
            .build();
    assertArrayEquals(without, train(graph(Kind.NOISY), listener));
  }

  @ParameterizedTest
  @MethodSource("org.collapse4j.dl4j.Thrown#kinds")
  void aSinkThatThrowsIsCountedAndTrainingGoesOn(Thrown failure) {
    SameDiffListener listener =
        listener().stream(false)
            .trainProbe(iterator())
            .sink(observation -> failure.raise())
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, listener.failureCount());
  }

  @ParameterizedTest
  @MethodSource("org.collapse4j.dl4j.Thrown#kinds")
  void aProbeThatThrowsIsCountedAndTrainingGoesOn(Thrown failure) {
    List<Observation> written = new ArrayList<>();
    DataSetIterator failing =
        new ExistingDataSetIterator(batches) {
          @Override
          public DataSet next() {
            failure.raise();
            return null;
          }
        };
    SameDiffListener listener =
        listener().stream(false)
            .trainProbe(iterator())
            .heldOutProbe(failing)
            .sink(written::add)
            .build();
    assertTrainsAsWithout(listener);
    assertEquals(EPOCHS, written.stream().filter(o -> o.split().equals("train")).count());
    assertEquals(EPOCHS, listener.failureCount());
  }

  private void assertTrainsAsWithout(SameDiffListener listener) {
    float[] without = train(graph(Kind.PLAIN));
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(graph(Kind.PLAIN), listener));
      assertEquals(1, log.lines().size(), log.lines().toString());
    }
  }

  @Test
  @SuppressWarnings("removal") // What stops a thread is what is tested.
  void whatAsksTheThreadToStopPasses() {
    SameDiffListener listener =
        listener().stream(false)
            .trainProbe(iterator())
            .sink(observation -> Thrown.raise(new ThreadDeath()))
            .build();
    SameDiff graph = graph(Kind.PLAIN);
    assertThrows(ThreadDeath.class, () -> listener.observe(graph));
  }

  private static final class CountsEpochs extends BaseListener {
    private int completed;

    @Override
    public boolean isActive(Operation operation) {
      return operation == Operation.TRAINING;
    }

    @Override
    public void epochStart(SameDiff graph, At at) {
      completed = at.epoch();
    }
  }

  static Stream<String> badLabels() {
    return Stream.of("another number of classes", "a row that adds up to a half", "too few");
  }

  private static INDArray labels(String fault) {
    INDArray good = SmallData.clusters(9, K, 11).get(0).getLabels();
    return switch (fault) {
      case "another number of classes" ->
          Nd4j.eye(11).getColumns(0, 1, 2, 3).castTo(DataType.FLOAT);
      case "too few" -> SmallData.clusters(9, K, 5).get(0).getLabels();
      default -> {
        good.getRow(4).muli(0.5);
        yield good;
      }
    };
  }

  @ParameterizedTest
  @MethodSource("badLabels")
  void aBadHeldOutBatchCostsOneObservationOfThatSplit(String fault) {
    CountsEpochs epochs = new CountsEpochs();
    DataSet bad = new DataSet(SmallData.clusters(9, K, 11).get(0).getFeatures(), labels(fault));
    DataSetIterator sometimesBad =
        new ExistingDataSetIterator(heldOut) {
          private int position;

          @Override
          public boolean hasNext() {
            return position < heldOut.size() + (epochs.completed == 1 ? 1 : 0);
          }

          @Override
          public DataSet next() {
            position++;
            return position > heldOut.size() ? bad : heldOut.get(position - 1);
          }

          @Override
          public void reset() {
            position = 0;
          }
        };
    List<Observation> observations = new ArrayList<>();
    SameDiffListener listener =
        listener().stream(false)
            .trainProbe(iterator())
            .heldOutProbe(sometimesBad)
            .sink(observations::add)
            .build();
    float[] without = train(graph(Kind.PLAIN));
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(graph(Kind.PLAIN), epochs, listener));
      List<String> told = log.lines().stream().filter(l -> l.contains("could not")).toList();
      assertEquals(1, told.size(), log.lines().toString());
      assertTrue(told.get(0).contains("\"heldout\""), told.get(0));
    }
    assertEquals(1, listener.failureCount());
    assertEquals(List.of(1, 2, 3, 4), epochs(observations, "train"));
    assertEquals(List.of(1, 3, 4), epochs(observations, "heldout"));
  }

  private static List<Integer> epochs(List<Observation> observations, String split) {
    return observations.stream()
        .filter(o -> o.split().equals(split))
        .map(Observation::epoch)
        .toList();
  }

  /** A batch in training whose labels are bad is not in the stream; the next ones are. */
  @Test
  void oneBadBatchInTrainingDoesNotSilenceTheProbes() {
    List<Observation> observations = new ArrayList<>();
    SameDiffListener listener =
        listener().stream(true).trainProbe(iterator()).sink(observations::add).build();
    SameDiff graph = graph(Kind.PLAIN);
    graph.setListeners(listener);
    INDArray half = batches.get(0).getLabels().dup();
    half.getRow(4).muli(0.5);
    List<DataSet> first = new ArrayList<>(batches);
    first.set(1, new DataSet(batches.get(0).getFeatures(), half));
    try (RecordedWarnings log = new RecordedWarnings()) {
      graph.fit(new ExistingDataSetIterator(first), 1);
      graph.fit(iterator(), 1);
      assertEquals(1, log.lines().stream().filter(l -> l.contains("could not")).count());
    }
    assertEquals(2, observations.stream().filter(o -> o.split().equals("train")).count());
    assertEquals(
        1, observations.stream().filter(o -> o.split().equals("stream") && o.epoch() == 2).count());
  }
}
