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
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.log.Observation;
import org.collapse4j.samediff.SameDiffListener;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * As {@link RandomModelsTest}, of SameDiff graphs: {@code -Dcollapse4j.graphs=200} draws more, and
 * {@code -Dcollapse4j.firstGraph=17 -Dcollapse4j.graphs=1} the one of a seed.
 */
class RandomGraphsTest {
  private static final int EPOCHS = 2;
  private static final int GRAPHS = Integer.getInteger("collapse4j.graphs", 20);
  private static final long FIRST = Long.getLong("collapse4j.firstGraph", 1);

  @TestFactory
  Stream<DynamicTest> trainToTheSameBitsAndMeasureWhatIsDefined() {
    return LongStream.range(FIRST, FIRST + GRAPHS)
        .mapToObj(
            seed -> {
              RandomGraph graph = new RandomGraph(seed);
              return DynamicTest.dynamicTest(graph.toString(), () -> reported(graph));
            });
  }

  private static void reported(RandomGraph graph) {
    try {
      check(graph);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "-Dcollapse4j.firstGraph="
              + graph.seed()
              + " -Dcollapse4j.graphs=1 fails again: "
              + graph
              + "\n"
              + e,
          e);
    }
  }

  private static void check(RandomGraph graph) {
    Map<String, INDArray> without = train(graph, built -> null);
    try (RecordedWarnings log = new RecordedWarnings()) {
      ByDefault plain = new ByDefault(graph);
      assertSameBits(without, train(graph, plain::listener), "with the default listener");
      assertEquals(0, plain.listener.failureCount(), () -> "failures by default: " + log.lines());
      plain.check();

      Probed probed = new Probed(graph);
      assertSameBits(without, train(graph, probed::listener), "with probes");
      assertEquals(0, probed.listener.failureCount(), () -> "failures: " + log.lines());
      probed.check();
      List<String> faults = log.lines().stream().filter(l -> l.contains("could not")).toList();
      assertEquals(List.of(), faults, "what was logged");
    }
  }

  /** The variables after training. */
  private static Map<String, INDArray> train(
      RandomGraph graph, Function<SameDiff, SameDiffListener> listener) {
    SameDiff built = graph.build();
    SameDiffListener observing = listener.apply(built);
    if (observing != null) {
      built.setListeners(observing);
    }
    Nd4j.getRandom().setSeed(graph.seed());
    built.fit(RandomGraph.iterator(graph.training()), EPOCHS);
    return RandomGraph.variables(built);
  }

  private static void assertSameBits(
      Map<String, INDArray> expected, Map<String, INDArray> actual, String what) {
    assertEquals(expected.keySet(), actual.keySet());
    expected.forEach(
        (name, values) ->
            assertArrayEquals(
                values.castTo(DataType.DOUBLE).data().asDouble(),
                actual.get(name).castTo(DataType.DOUBLE).data().asDouble(),
                () -> "bits of " + name + " " + what));
  }

  /** One training with no option set but where observations go. */
  private static final class ByDefault {
    private final RandomGraph graph;
    private final List<Observation> observations = new ArrayList<>();
    private Map<String, INDArray> variables;
    private SameDiffListener listener;

    ByDefault(RandomGraph graph) {
      this.graph = graph;
    }

    SameDiffListener listener(SameDiff built) {
      listener =
          graph
              .listener()
              .sink(
                  observation -> {
                    observations.add(observation);
                    variables = RandomGraph.variables(built);
                  })
              .build();
      return listener;
    }

    /** The sample is all of so few examples, in batches of its own, which rounds otherwise. */
    void check() {
      assertEquals(EPOCHS, observations.size(), "observations by default");
      Observation last = observations.get(EPOCHS - 1);
      assertEquals("train", last.split());
      if (!graph.draws()) {
        Float64Reference reference = graph.reference(graph.with(variables), graph.training());
        boolean narrow = graph.type() == DataType.FLOAT;
        new AgainstReference(reference.ofRoundedFeatures(), narrow, graph.seed())
            .check(last.measurements(), "sample");
      }
    }
  }

  /** One training with probes, whose options are drawn too. */
  private static final class Probed {
    private final RandomGraph graph;
    private final boolean stream;
    private final boolean other;
    private final int everyIterations;
    private final GlobalMean globalMean;
    private final Integer covarianceLimit;
    private final List<Observation> observations = new ArrayList<>();

    /** The variables at each observation, by iteration. */
    private final Map<Long, Map<String, INDArray>> variables = new LinkedHashMap<>();

    private SameDiffListener listener;

    Probed(RandomGraph graph) {
      this.graph = graph;
      Random random = new Random(graph.seed() + 3);
      stream = random.nextBoolean();
      other = random.nextBoolean();
      everyIterations = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 0;
      globalMean = random.nextInt(3) == 0 ? GlobalMean.CLASS : GlobalMean.SAMPLE;
      covarianceLimit = random.nextInt(6) == 0 ? 4 * random.nextInt(2) : null;
    }

    SameDiffListener listener(SameDiff built) {
      SameDiffListener.Builder builder =
          graph.listener().stream(stream)
              .globalMean(globalMean)
              .trainProbe(RandomGraph.iterator(graph.training()))
              .heldOutProbe(RandomGraph.iterator(graph.heldOut()))
              .sink(
                  observation -> {
                    observations.add(observation);
                    variables.computeIfAbsent(
                        observation.iteration(), i -> RandomGraph.variables(built));
                  });
      if (other) {
        builder.outOfDistributionProbe(RandomGraph.iterator(graph.other()));
      }
      if (everyIterations > 0) {
        builder.everyIterations(everyIterations);
      }
      if (covarianceLimit != null) {
        builder.covarianceLimit(covarianceLimit);
      }
      listener = builder.build();
      return listener;
    }

    void check() {
      int batches = graph.training().size();
      int expected = everyIterations > 0 ? EPOCHS * batches / everyIterations : EPOCHS;
      assertEquals(expected, variables.size(), "times observed");
      if (!graph.draws()) {
        variables.forEach(this::check);
      }
    }

    private void check(long iteration, Map<String, INDArray> then) {
      SameDiff built = graph.with(then);
      double[] mean = other ? graph.mean(built, graph.other()) : null;
      compare(graph.reference(built, graph.training()), mean, find(iteration, "train"));
      compare(graph.reference(built, graph.heldOut()), mean, find(iteration, "heldout"));
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
      new AgainstReference(reference, graph.type() == DataType.FLOAT, graph.seed())
          .check(
              observation.measurements(),
              observation.split() + " after iteration " + observation.iteration());
    }

    private Observation find(long iteration, String split) {
      List<Observation> found =
          observations.stream()
              .filter(o -> o.iteration() == iteration && o.split().equals(split))
              .toList();
      assertEquals(1, found.size(), () -> "observations of " + split);
      return found.get(0);
    }
  }
}
