package org.collapse4j.anymodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.collapse4j.anymodel.RandomModel.Head;
import org.collapse4j.dl4j.BatchesIterator;
import org.collapse4j.dl4j.FeatureMaps;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.log.Observation;
import org.collapse4j.stats.GlobalMean;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The promises of the listener on models that nobody chose: training gives the same bits without
 * it, with it as it is by default and with probes; and every value of every probe is that of its
 * definition.
 *
 * <p>{@code -Dcollapse4j.models=500} draws more of them, {@code -Dcollapse4j.firstModel=17
 * -Dcollapse4j.models=1} the one of a seed.
 */
class RandomModelsTest {
  private static final int EPOCHS = 2;
  private static final int MODELS = Integer.getInteger("collapse4j.models", 60);
  private static final long FIRST = Long.getLong("collapse4j.firstModel", 1);

  @TestFactory
  Stream<DynamicTest> trainToTheSameBitsAndMeasureWhatIsDefined() {
    return LongStream.range(FIRST, FIRST + MODELS)
        .mapToObj(
            seed -> {
              RandomModel model = RandomModels.draw(seed);
              return DynamicTest.dynamicTest(model.toString(), () -> reported(model));
            });
  }

  private static void reported(RandomModel model) {
    try {
      check(model);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "-Dcollapse4j.firstModel="
              + model.seed()
              + " -Dcollapse4j.models=1 fails again: "
              + model
              + "\n"
              + e,
          e);
    }
  }

  private static void check(RandomModel model) {
    double[] without = train(model, built -> null);
    try (RecordedWarnings log = new RecordedWarnings()) {
      ByDefault plain = new ByDefault(model);
      assertArrayEquals(without, train(model, plain::listener), "bits with the default listener");
      assertEquals(0, plain.listener.failureCount(), () -> "failures by default: " + log.lines());
      plain.check();

      Probed probed = new Probed(model);
      assertArrayEquals(without, train(model, probed::listener), "bits with probes");
      assertEquals(0, probed.listener.failureCount(), () -> "failures: " + log.lines());
      probed.check();
      List<String> faults = log.lines().stream().filter(l -> l.contains("could not")).toList();
      assertEquals(List.of(), faults, "what was logged");
    }
  }

  /** The parameters after training, each of them exactly. */
  private static double[] train(
      RandomModel model, Function<Model, NeuralCollapseListener> listener) {
    Model built = model.build();
    NeuralCollapseListener observing = listener.apply(built);
    if (observing != null) {
      built.setListeners(observing);
    }
    Nd4j.getRandom().setSeed(model.seed());
    if (built instanceof MultiLayerNetwork network) {
      network.fit(new BatchesIterator(model.training()), EPOCHS);
    } else {
      ((ComputationGraph) built).fit(new BatchesIterator(model.training()), EPOCHS);
    }
    return built.params().castTo(DataType.DOUBLE).toDoubleVector();
  }

  /** One training with no option set but where observations go. */
  private static final class ByDefault {
    private final RandomModel model;
    private final List<Observation> observations = new ArrayList<>();
    private INDArray parameters;
    private NeuralCollapseListener listener;

    ByDefault(RandomModel model) {
      this.model = model;
    }

    NeuralCollapseListener listener(Model built) {
      listener =
          NeuralCollapseListener.builder()
              .sink(
                  observation -> {
                    observations.add(observation);
                    parameters = built.params().dup().detach();
                  })
              .build();
      return listener;
    }

    /** The sample is all of so few examples, in batches of its own, which rounds otherwise. */
    void check() {
      assertEquals(EPOCHS * model.heads().size(), observations.size(), "observations by default");
      if (model.isTruncated()) {
        return; // The sample is of windows, which begin without the state of those before.
      }
      Model built = model.build();
      built.setParams(parameters);
      for (Head head : model.heads()) {
        Observation last =
            observations.stream()
                .filter(o -> o.epoch() == EPOCHS && o.layer().equals(head.layer()))
                .findFirst()
                .orElseThrow();
        assertEquals("train", last.split());
        Float64Reference reference =
            GatheredRows.ofHead(built, head, model.training()).reference(true);
        boolean narrow = model.type() == DataType.FLOAT;
        new AgainstReference(reference.ofRoundedFeatures(), narrow, model.seed())
            .check(last.measurements(), "sample at " + head.layer());
      }
    }
  }

  /** One training with probes, whose options are drawn too. */
  private static final class Probed {
    private final RandomModel model;
    private final Random random;
    private final boolean stream;
    private final boolean other;
    private final int everyIterations;
    private final GlobalMean globalMean;
    private final FeatureMaps maps;
    private final Integer covarianceLimit;
    private final List<String> layers = new ArrayList<>();
    private final List<Observation> observations = new ArrayList<>();

    /** The parameters at each observation, by iteration. */
    private final Map<Long, INDArray> parameters = new LinkedHashMap<>();

    private NeuralCollapseListener listener;

    Probed(RandomModel model) {
      this.model = model;
      this.random = new Random(model.seed());
      random.nextInt();
      stream = random.nextBoolean();
      other = random.nextBoolean();
      everyIterations = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 0;
      globalMean = random.nextInt(3) == 0 ? GlobalMean.CLASS : GlobalMean.SAMPLE;
      maps = random.nextBoolean() ? FeatureMaps.FLATTENED : FeatureMaps.CHANNEL_MEANS;
      covarianceLimit = random.nextInt(8) == 0 ? 4 * random.nextInt(2) : null;
      boolean measuresLayers = random.nextInt(3) == 0;
      for (String layer : model.hidden()) {
        if (measuresLayers && random.nextBoolean() && !needsOtherRows(layer)) {
          layers.add(layer);
        }
      }
    }

    /** A layer of single vectors does not go with labels of each step. */
    private boolean needsOtherRows(String layer) {
      boolean anyPerStep = model.heads().stream().anyMatch(Head::perStep);
      boolean allPerStep = model.heads().stream().allMatch(Head::perStep);
      boolean sequence = layer.startsWith("lstm") || layer.startsWith("recurrent");
      return anyPerStep && !(allPerStep && sequence);
    }

    NeuralCollapseListener listener(Model built) {
      NeuralCollapseListener.Builder builder =
          NeuralCollapseListener.builder().stream(stream)
              .globalMean(globalMean)
              .featureMaps(maps)
              .trainProbe(new BatchesIterator(model.training()))
              .heldOutProbe(new BatchesIterator(model.heldOut()))
              .sink(
                  observation -> {
                    observations.add(observation);
                    parameters.computeIfAbsent(
                        observation.iteration(), i -> built.params().dup().detach());
                  });
      if (other) {
        builder.outOfDistributionProbe(new BatchesIterator(model.other()));
      }
      if (everyIterations > 0) {
        builder.everyIterations(everyIterations);
      }
      if (covarianceLimit != null) {
        builder.covarianceLimit(covarianceLimit);
      }
      if (!layers.isEmpty()) {
        List<String> names = new ArrayList<>(layers);
        model.heads().forEach(head -> names.add(head.layer()));
        builder.layers(names.toArray(String[]::new));
      }
      listener = builder.build();
      return listener;
    }

    void check() {
      int batches = model.training().size();
      int expected = everyIterations > 0 ? EPOCHS * batches / everyIterations : EPOCHS;
      assertEquals(expected, parameters.size(), "times observed");
      parameters.forEach(this::check);
    }

    private void check(long iteration, INDArray then) {
      Model built = model.build();
      built.setParams(then);
      for (Head head : model.heads()) {
        check(iteration, built, head, "train", model.training());
        check(iteration, built, head, "heldout", model.heldOut());
      }
    }

    private void check(
        long iteration, Model built, Head head, String split, List<MultiDataSet> data) {
      GatheredRows rows = GatheredRows.ofHead(built, head, data);
      Float64Reference reference = rows.reference(true);
      double[] mean = other ? GatheredRows.mean(built, head, model.other()) : null;
      compare(reference, mean, find(iteration, split, head.layer()));
      for (String layer : layers) {
        String name = nameOf(built, layer, head);
        if (name != null) {
          double[] g = other ? GatheredRows.mean(built, head, layer, maps, model.other()) : null;
          compare(
              GatheredRows.ofLayer(built, head, layer, maps, data).reference(false),
              g,
              find(iteration, split, name));
        }
      }
    }

    private void compare(Float64Reference reference, double[] mean, Observation observation) {
      reference.centredAt(globalMean);
      if (mean != null) {
        reference.outOfDistribution(mean);
      }
      if (observation.split().equals("heldout")) {
        reference.heldOut();
      }
      if (covarianceLimit != null && reference.dimension() > covarianceLimit) {
        reference.withoutCovariance();
      }
      boolean narrow = model.type() == DataType.FLOAT;
      new AgainstReference(reference, narrow, model.seed())
          .check(
              observation.measurements(),
              observation.split()
                  + " at "
                  + observation.layer()
                  + " after iteration "
                  + observation.iteration());
    }

    private Observation find(long iteration, String split, String layer) {
      List<Observation> found =
          observations.stream()
              .filter(
                  o ->
                      o.iteration() == iteration
                          && o.split().equals(split)
                          && o.layer().equals(layer))
              .toList();
      assertEquals(
          1, found.size(), () -> "observations of " + split + " at " + layer + ": " + layers());
      return found.get(0);
    }

    private List<String> layers() {
      return observations.stream().map(o -> o.split() + " " + o.layer()).distinct().toList();
    }

    /** The name that a layer is measured under for an output, or null if it does not lead there. */
    private String nameOf(Model built, String layer, Head head) {
      if (!(built instanceof ComputationGraph graph)) {
        return layer;
      }
      List<Head> reached =
          model.heads().stream().filter(h -> leadsTo(graph, layer, h.layer())).toList();
      if (!reached.contains(head)) {
        return null;
      }
      return reached.size() == 1 ? layer : layer + ":" + head.layer();
    }

    private static boolean leadsTo(ComputationGraph graph, String from, String to) {
      List<String> inputs = graph.getConfiguration().getVertexInputs().get(to);
      return inputs != null
          && inputs.stream().anyMatch(input -> input.equals(from) || leadsTo(graph, from, input));
    }
  }
}
