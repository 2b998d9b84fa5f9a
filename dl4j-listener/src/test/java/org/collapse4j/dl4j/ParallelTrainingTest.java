package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.LongStream;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Replicas trained side by side by ParallelWrapper: no epoch events, several threads, one model.
 */
class ParallelTrainingTest {
  private static final int EXAMPLES = 96;
  private static final int BATCH = 12;
  private static final double FLOAT = 1e-4;

  private final DataSet data = Training.clusters(EXAMPLES, 1);

  private ParallelWrapper wrapper(Model model, ParallelWrapper.TrainingMode mode) {
    return new ParallelWrapper.Builder<>(model)
        .workers(2)
        .prefetchBuffer(0)
        .averagingFrequency(1)
        .trainingMode(mode)
        .build();
  }

  private Model train(Model model, ParallelWrapper.TrainingMode mode, TrainingListener... listeners)
      throws Exception {
    model.setListeners(listeners);
    try (ParallelWrapper wrapper = wrapper(model, mode)) {
      wrapper.fit(Training.batches(data, BATCH));
    }
    return model;
  }

  /** Copies what every replica sees; its labels are found by its input. */
  private final class ByHand extends BaseTrainingListener {
    final List<INDArray> inputs = Collections.synchronizedList(new ArrayList<>());
    final List<INDArray> features = Collections.synchronizedList(new ArrayList<>());
    final Set<Model> models = Collections.synchronizedSet(new HashSet<>());
    final Set<Thread> threads = Collections.synchronizedSet(new HashSet<>());

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
      copy(model, activations.get(0), activations.get(activations.size() - 1));
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
      copy(model, activations.get("in"), activations.get("features"));
    }

    private synchronized void copy(Model model, INDArray input, INDArray output) {
      inputs.add(input.dup().detach());
      features.add(output.dup().detach());
      models.add(model);
      threads.add(Thread.currentThread());
    }

    ClassStatistics statistics() {
      ClassStatisticsAccumulator all = ClassStatisticsAccumulator.forClasses(Training.CLASSES);
      for (int i = 0; i < inputs.size(); i++) {
        INDArray labels = Nd4j.create(inputs.get(i).rows(), Training.CLASSES);
        for (int row = 0; row < labels.rows(); row++) {
          labels.putRow(row, labelOf(inputs.get(i).getRow(row)));
        }
        all.observe(features.get(i).castTo(DataType.DOUBLE), labels);
      }
      return all.snapshot();
    }

    private INDArray labelOf(INDArray input) {
      for (int i = 0; i < EXAMPLES; i++) {
        if (data.getFeatures().getRow(i).equals(input)) {
          return data.getLabels().getRow(i);
        }
      }
      throw new AssertionError("no such example");
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = ParallelWrapper.TrainingMode.class,
      names = {"AVERAGING", "SHARED_GRADIENTS"})
  void mergesWhatTheReplicasSaw(ParallelWrapper.TrainingMode mode) throws Exception {
    ByHand byHand = new ByHand();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).failFast(true).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    train(network, mode, byHand, listener);
    Observation observation = listener.observe(network, 1).get(0);

    assertEquals(2, byHand.threads.size());
    assertEquals(EXAMPLES, observation.measurements().value(Metric.EXAMPLES));
    assertEquals(1, observation.epoch());
    assertMeasured(byHand.statistics(), observation.measurements());
  }

  @ParameterizedTest
  @EnumSource(
      value = ParallelWrapper.TrainingMode.class,
      names = {"AVERAGING", "SHARED_GRADIENTS"})
  void mergesWhatTheReplicasOfAGraphSaw(ParallelWrapper.TrainingMode mode) throws Exception {
    ByHand byHand = new ByHand();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).failFast(true).build();
    ComputationGraph graph = Training.graph();
    train(graph, mode, byHand, listener);
    Measurements measured = listener.observe(graph).get(0).measurements();
    assertMeasured(byHand.statistics(), measured);
  }

  private static void assertMeasured(ClassStatistics statistics, Measurements measured) {
    Measurements expected = NeuralCollapse.ofFeatures(statistics, GlobalMean.SAMPLE);
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      assertEquals(
          value, measured.value(metric), FLOAT * Math.max(1, Math.abs(value)), metric.key());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void epochAfterEpochWithProbesAndCentres(int epochs) throws Exception {
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true)
            .sample(0)
            .heldOutProbe(Training.batches(Training.clusters(30, 2), 30))
            .failFast(true)
            .sink(observations::add)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener);
    try (ParallelWrapper wrapper = wrapper(network, ParallelWrapper.TrainingMode.AVERAGING)) {
      for (int epoch = 1; epoch <= epochs; epoch++) {
        DataSetIterator trainBatches = Training.batches(data, BATCH);
        wrapper.fit(trainBatches);
        listener.observe(network, epoch);
      }
    }
    assertEquals(2 * epochs, observations.size());
    Measurements last = observations.get(2 * epochs - 2).measurements();
    assertEquals(EXAMPLES, last.value(Metric.EXAMPLES));
    assertEquals(epochs > 1, last.has(Metric.NC4_NCC_ACCURACY));
  }

  @ParameterizedTest
  @ValueSource(ints = {2})
  void byIterationsOnceForAllReplicas(int every) throws Exception {
    List<Observation> observations = Collections.synchronizedList(new ArrayList<>());
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true)
            .sample(0)
            .everyIterations(every)
            .failFast(true)
            .sink(observations::add)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    train(network, ParallelWrapper.TrainingMode.AVERAGING, listener);
    List<Long> iterations = observations.stream().map(Observation::iteration).toList();
    assertEquals(
        LongStream.rangeClosed(1, 4 / every).map(i -> i * every).boxed().toList(), iterations);
    // A replica may be made before or after the first iteration of the model, and counts from
    // there.
    listener.observe(network);
    assertEquals(
        EXAMPLES,
        observations.stream().mapToDouble(o -> o.measurements().value(Metric.EXAMPLES)).sum());
  }

  /**
   * One batch at a time, which the model itself trains on: ParallelWrapper makes replicas while the
   * model is trained already, so that with two at work no two trainings are the same, with or
   * without a listener.
   */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void parametersAreTheSameBits(boolean graph) throws Exception {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).failFast(true).build();
    assertArrayEquals(parameters(graph), parameters(graph, listener));
  }

  private float[] parameters(boolean graph, TrainingListener... listeners) throws Exception {
    ModelCase plain =
        ModelCases.all()
            .filter(c -> c.name().startsWith(graph ? "graph, `fit(DataSet)`" : "`fit(DataSetIter"))
            .findFirst()
            .orElseThrow();
    Model model = plain.build().get();
    model.setListeners(listeners);
    try (ParallelWrapper wrapper = wrapper(model, ParallelWrapper.TrainingMode.AVERAGING)) {
      for (int epoch = 0; epoch < 3; epoch++) {
        wrapper.fit(Training.batches(data, EXAMPLES));
      }
    }
    return model.params().toFloatVector();
  }
}
