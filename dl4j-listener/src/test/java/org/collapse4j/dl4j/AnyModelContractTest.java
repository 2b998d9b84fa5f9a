package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.collapse4j.dl4j.ModelCase.Output;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.stats.ClassStatistics;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the listener promises of any model: training is bit for bit what it is without, and every
 * value is what features and labels gathered by hand, in float64, give.
 */
class AnyModelContractTest {
  static Stream<ModelCase> cases() {
    return ModelCases.all();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void measuresWhatIsGatheredByHandAndChangesNothing(ModelCase model) throws Exception {
    double[] without = train(model);
    List<Observation> observations = new ArrayList<>();
    ByHand byHand = new ByHand(model);
    NeuralCollapseListener listener = listener(model, observations::add);
    double[] with = train(model, byHand, listener);

    assertArrayEquals(without, with, "parameters");
    assertEquals(0, listener.failureCount());
    for (Output output : model.outputs()) {
      assertValues(byHand.stream(output), last(observations, "stream", output), model.tolerance());
      assertValues(byHand.probe(output), last(observations, "train", output), model.tolerance());
    }
  }

  /**
   * The data sets of the cases are smaller than a sample, so that it is all of the training
   * examples, and what is measured of it what a probe would measure. Only where a sequence is
   * trained on in segments are these its examples.
   */
  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void theDefaultMeasuresWhatAProbeOfTheTrainingDataDoes(ModelCase model) throws Exception {
    List<Observation> observations = new ArrayList<>();
    ByHand byHand = new ByHand(model);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .layers(model.outputs().stream().map(Output::layer).toArray(String[]::new))
            .failFast(true)
            .sink(observations::add)
            .build();
    assertArrayEquals(train(model), train(model, byHand, listener), "parameters");
    for (Output output : model.outputs()) {
      Measurements sampled = withoutSuspects(last(observations, "train", output));
      if (!model.name().contains("truncated")) {
        assertValues(byHand.probe(output), sampled, model.tolerance());
      } else {
        assertEquals(byHand.probe(output).metrics(), sampled.metrics());
      }
    }
  }

  /** Without what is learnt of labels over the epochs, which a probe is not asked for. */
  private static Measurements withoutSuspects(Measurements all) {
    Measurements.Builder others = Measurements.builder();
    all.metrics().stream()
        .filter(
            metric ->
                !metric.key().startsWith("suspects.") && metric != Metric.MEMORIZATION_ESTIMATED)
        .forEach(metric -> others.put(metric, all.value(metric)));
    return others.build();
  }

  static Stream<ModelCase> withState() {
    return ModelCases.all()
        .filter(c -> c.kind().equals("Recurrent") || c.name().startsWith("recurrent"));
  }

  /** A probe in the middle of a sequence does not disturb what the layers remember of it. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("withState")
  void probesAfterEveryIterationChangeNothing(ModelCase model) throws Exception {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .heldOutProbe(model.multiIterator())
            .everyIterations(1)
            .failFast(true)
            .sink(o -> {})
            .build();
    assertArrayEquals(train(model), train(model, listener), "parameters");
    assertEquals(
        (long) ModelCase.EPOCHS * model.passes().size(),
        listener.lastObservation("heldout").orElseThrow().iteration());
  }

  private static NeuralCollapseListener listener(ModelCase model, MetricSink sink) {
    return NeuralCollapseListener.builder().stream(true)
        .layers(model.outputs().stream().map(Output::layer).toArray(String[]::new))
        .trainProbe(model.multiIterator())
        .failFast(true)
        .sink(sink)
        .build();
  }

  private static double[] train(ModelCase data, TrainingListener... listeners) throws Exception {
    Nd4j.getRandom().setSeed(5);
    Model model = data.build().get();
    model.setListeners(listeners);
    data.fit().fit(model, data, () -> observe(model, listeners));
    for (TrainingListener listener : listeners) {
      if (listener instanceof ByHand byHand) {
        byHand.finish(model);
      }
    }
    return model.params().castTo(DataType.DOUBLE).toDoubleVector();
  }

  private static void observe(Model model, TrainingListener... listeners) {
    for (TrainingListener listener : listeners) {
      if (listener instanceof NeuralCollapseListener ours) {
        ours.observe(model);
      }
    }
  }

  private static Measurements last(List<Observation> observations, String split, Output output) {
    List<Measurements> found =
        observations.stream()
            .filter(o -> o.split().equals(split) && o.layer().equals(output.layer()))
            .map(Observation::measurements)
            .toList();
    assertEquals(ModelCase.EPOCHS, found.size(), "observations of " + split);
    return found.get(found.size() - 1);
  }

  private static void assertValues(Measurements expected, Measurements actual, double tolerance) {
    assertEquals(expected.metrics(), actual.metrics());
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      double scale = Math.max(1, Math.abs(value));
      assertEquals(value, actual.value(metric), tolerance * scale, metric.key());
    }
  }

  /** Copies every activation that passes, and the classifier at that moment. */
  private static final class ByHand extends BaseTrainingListener {
    private final ModelCase data;
    private final List<Map<String, INDArray>> passed = new ArrayList<>();
    private final List<Map<String, double[][]>> weights = new ArrayList<>();
    private Map<String, INDArray> inferred = new HashMap<>();
    private final List<Map<String, INDArray>> inferredBatches = new ArrayList<>();
    private Map<String, double[][]> lastWeights;

    ByHand(ModelCase data) {
      this.data = data;
    }

    @Override
    public void onForwardPass(Model model, List<INDArray> activations) {
      passed.add(copied(activations));
      weights.add(weightsOf(model));
    }

    @Override
    public void onForwardPass(Model model, Map<String, INDArray> activations) {
      passed.add(copied(activations));
      weights.add(weightsOf(model));
    }

    private static Map<String, INDArray> copied(List<INDArray> activations) {
      Map<String, INDArray> copies = new HashMap<>();
      for (int i = 0; i < activations.size(); i++) {
        copies.put(String.valueOf(i), activations.get(i).dup().detach());
      }
      return copies;
    }

    private static Map<String, INDArray> copied(Map<String, INDArray> activations) {
      Map<String, INDArray> copies = new HashMap<>();
      activations.forEach((name, values) -> copies.put(name, values.dup().detach()));
      return copies;
    }

    private Map<String, double[][]> weightsOf(Model model) {
      Map<String, double[][]> copies = new HashMap<>();
      for (Output output : data.outputs()) {
        Layer layer =
            model instanceof ComputationGraph graph
                ? graph.getLayer(output.layer())
                : ((MultiLayerNetwork) model).getOutputLayer();
        while (layer instanceof BaseWrapperLayer wrapper) {
          layer = wrapper.getUnderlying();
        }
        copies.put(output.layer() + " W", HandGathered.matrix(layer.paramTable(), "W"));
        copies.put(output.layer() + " b", HandGathered.matrix(layer.paramTable(), "b"));
      }
      return copies;
    }

    /** After training: the classifier as it is then, and the activations in inference mode. */
    void finish(Model model) {
      lastWeights = weightsOf(model);
      for (MultiDataSet batch : data.batches()) {
        if (model instanceof ComputationGraph graph) {
          graph.setLayerMaskArrays(batch.getFeaturesMaskArrays(), null);
          inferred = copied(graph.feedForward(batch.getFeatures(), false));
          graph.clearLayerMaskArrays();
        } else {
          MultiLayerNetwork network = (MultiLayerNetwork) model;
          network.setLayerMaskArrays(batch.getFeaturesMaskArray(0), null);
          inferred = copied(network.feedForward(batch.getFeatures(0), false));
          network.clearLayerMaskArrays();
        }
        inferredBatches.add(inferred);
      }
    }

    private double[][] weights(Output output) {
      return lastWeights.get(output.layer() + " W");
    }

    private double[] bias(Output output, Map<String, double[][]> of) {
      double[][] w = of.get(output.layer() + " W");
      double[][] b = of.get(output.layer() + " b");
      return b != null ? b[0] : w == null ? null : new double[w[0].length];
    }

    Measurements stream(Output output) {
      int perEpoch = data.passes().size();
      assertEquals(ModelCase.EPOCHS * perEpoch, distinctPasses().size(), "forward passes");
      ClassStatistics before = gathered(output, 0).statistics();
      return gathered(output, perEpoch).measure(weights(output), bias(output, lastWeights), before);
    }

    /** A line search passes a batch several times; the first is the one that counts. */
    private List<Integer> distinctPasses() {
      boolean searches = data.name().contains("line search");
      List<Integer> distinct = new ArrayList<>();
      for (int i = 0; i < passed.size(); i++) {
        if (!searches || i == 0 || !passed.get(i).get("0").equals(passed.get(i - 1).get("0"))) {
          distinct.add(i);
        }
      }
      return distinct;
    }

    private HandGathered gathered(Output output, int from) {
      HandGathered gathered = new HandGathered(output);
      List<Integer> distinct = distinctPasses();
      for (int i = 0; i < data.passes().size(); i++) {
        int pass = distinct.get(from + i);
        gathered.add(
            passed.get(pass).get(output.source()),
            data.passes().get(i),
            weights.get(pass).get(output.layer() + " W"),
            bias(output, weights.get(pass)));
      }
      return gathered;
    }

    Measurements probe(Output output) {
      HandGathered gathered = new HandGathered(output);
      for (int i = 0; i < data.batches().size(); i++) {
        gathered.add(
            inferredBatches.get(i).get(output.source()),
            data.batches().get(i),
            weights(output),
            bias(output, lastWeights));
      }
      return gathered.measure(weights(output), bias(output, lastWeights), gathered.statistics());
    }
  }
}
