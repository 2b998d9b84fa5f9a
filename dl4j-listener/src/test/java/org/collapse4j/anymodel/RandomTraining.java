package org.collapse4j.anymodel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.collapse4j.dl4j.BatchesIterator;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.log.Observation;
import org.collapse4j.observe.ListenerOptions;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.DynamicTest;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The promises of a listener, tried on a model that nobody chose: training gives the same bits
 * without it, with it as it is by default and with probes; and every value of every probe is that
 * of its definition.
 *
 * @param <M> what is trained
 * @param <B> the options of its listener
 */
abstract class RandomTraining<M, B extends ListenerOptions<B>> {
  static final int EPOCHS = 2;

  /** Where a model is measured, and what is to be found there. */
  interface Place<M> {
    /** The name it is reported under. */
    String name();

    Float64Reference reference(M model, List<MultiDataSet> batches);

    /** The mean of the features. */
    double[] mean(M model, List<MultiDataSet> batches);
  }

  /**
   * A test for each seed.
   *
   * @param firstProperty the system property that has the first seed; 1 without it
   * @param numberProperty the one that has how many there are
   * @param number how many without it
   */
  static Stream<DynamicTest> tests(
      String firstProperty,
      String numberProperty,
      int number,
      LongFunction<RandomTraining<?, ?>> drawn) {
    long first = Long.getLong(firstProperty, 1);
    return LongStream.range(first, first + Integer.getInteger(numberProperty, number))
        .mapToObj(
            seed -> {
              RandomTraining<?, ?> training = drawn.apply(seed);
              String again = "-D" + firstProperty + "=" + seed + " -D" + numberProperty + "=1";
              return DynamicTest.dynamicTest(
                  training.toString(), () -> training.checkOr(again + " fails again"));
            });
  }

  abstract long seed();

  abstract DataType type();

  abstract List<MultiDataSet> training();

  abstract List<MultiDataSet> heldOut();

  abstract List<MultiDataSet> other();

  /** The model as it is before training, the same each time. */
  abstract M build();

  /** Options as they are unless set. */
  abstract B options();

  /** Adds a listener to a model, whose failures are counted. */
  abstract LongSupplier listen(M model, B options);

  abstract void fit(M model);

  /** Copies of the parameters, by name. */
  abstract Map<String, INDArray> parameters(M model);

  /** A model of its own with the parameters of a moment of training. */
  abstract M with(Map<String, INDArray> parameters);

  /** Where the model is measured by default. */
  abstract List<Place<M>> places();

  /** Draws more options; where the model is measured with these. */
  abstract List<Place<M>> draw(Random random, B options);

  /** Whether the sample has other examples than the training data, windows of sequences. */
  boolean samplesWindows() {
    return false;
  }

  /** Whether the model draws random numbers in inference, so that no value comes again. */
  boolean draws() {
    return false;
  }

  private void checkOr(String failure) {
    try {
      check();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(failure + ": " + this + "\n" + e, e);
    }
  }

  private void check() {
    M alone = build();
    fit(alone);
    Map<String, INDArray> without = parameters(alone);
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertUnchanged(without, new ByDefault(), log);
      assertUnchanged(without, new Probed(), log);
      List<String> faults = log.lines().stream().filter(l -> l.contains("could not")).toList();
      assertEquals(List.of(), faults, "what was logged");
    }
  }

  private void assertUnchanged(
      Map<String, INDArray> without, Observed observed, RecordedWarnings log) {
    M model = build();
    LongSupplier failures = listen(model, observed.options(model));
    fit(model);
    Map<String, INDArray> with = parameters(model);
    assertEquals(without.keySet(), with.keySet());
    without.forEach(
        (name, values) ->
            assertArrayEquals(
                exact(values), exact(with.get(name)), () -> "bits of " + name + " " + observed));
    assertEquals(0, failures.getAsLong(), () -> "failures " + observed + ": " + log.lines());
    observed.check();
  }

  private static double[] exact(INDArray values) {
    return values.castTo(DataType.DOUBLE).data().asDouble();
  }

  /** One training, what was observed in it, and the parameters at each observation. */
  private abstract class Observed {
    final List<Observation> observations = new ArrayList<>();
    final Map<Long, Map<String, INDArray>> parameters = new LinkedHashMap<>();

    B options(M model) {
      return RandomTraining.this
          .options()
          .sink(
              observation -> {
                observations.add(observation);
                parameters.computeIfAbsent(observation.iteration(), i -> parameters(model));
              });
    }

    abstract void check();

    final Observation find(long iteration, String split, String layer) {
      List<Observation> found =
          observations.stream()
              .filter(o -> o.iteration() == iteration)
              .filter(o -> o.split().equals(split) && o.layer().equals(layer))
              .toList();
      assertEquals(
          1, found.size(), () -> "observations of " + split + " at " + layer + ": " + where());
      return found.get(0);
    }

    private List<String> where() {
      return observations.stream().map(o -> o.split() + " " + o.layer()).distinct().toList();
    }

    final void compare(Float64Reference reference, Observation observation) {
      new AgainstReference(reference, type() == DataType.FLOAT, seed())
          .check(
              observation.measurements(),
              observation.split()
                  + " at "
                  + observation.layer()
                  + " after iteration "
                  + observation.iteration());
    }
  }

  /** With no option set but where observations go. */
  private final class ByDefault extends Observed {
    /** The sample is all of so few examples, in batches of its own, which rounds otherwise. */
    @Override
    void check() {
      assertEquals(EPOCHS * places().size(), observations.size(), "observations by default");
      if (draws() || samplesWindows()) {
        return;
      }
      long last = observations.get(observations.size() - 1).iteration();
      M then = with(parameters.get(last));
      for (Place<M> place : places()) {
        compare(
            place.reference(then, training()).ofRoundedFeatures(),
            find(last, Observation.TRAIN, place.name()));
      }
    }

    @Override
    public String toString() {
      return "with the default listener";
    }
  }

  /** With probes, and options that are drawn too. */
  private final class Probed extends Observed {
    private final Random random = new Random(seed());
    private final boolean stream;
    private final boolean other;
    private final int everyIterations;
    private final GlobalMean globalMean;
    private final Integer covarianceLimit;
    private List<Place<M>> places;

    Probed() {
      random.nextInt(); // The first one is much the same for all small seeds.
      stream = random.nextBoolean();
      other = random.nextBoolean();
      everyIterations = random.nextInt(5) == 0 ? 1 + random.nextInt(3) : 0;
      globalMean = random.nextInt(3) == 0 ? GlobalMean.CLASS : GlobalMean.SAMPLE;
      covarianceLimit = random.nextInt(8) == 0 ? 4 * random.nextInt(2) : null;
    }

    @Override
    B options(M model) {
      B options =
          super.options(model).stream(stream)
              .globalMean(globalMean)
              .trainProbe(new BatchesIterator(training()))
              .heldOutProbe(new BatchesIterator(heldOut()));
      if (other) {
        options.outOfDistributionProbe(new BatchesIterator(other()));
      }
      if (everyIterations > 0) {
        options.everyIterations(everyIterations);
      }
      if (covarianceLimit != null) {
        options.covarianceLimit(covarianceLimit);
      }
      places = draw(random, options);
      return options;
    }

    @Override
    void check() {
      int batches = training().size();
      int expected = everyIterations > 0 ? EPOCHS * batches / everyIterations : EPOCHS;
      assertEquals(expected, parameters.size(), "times observed");
      if (!draws()) {
        parameters.forEach(this::check);
      }
    }

    private void check(long iteration, Map<String, INDArray> parametersThen) {
      M then = with(parametersThen);
      for (Place<M> place : places) {
        double[] mean = other ? place.mean(then, other()) : null;
        Float64Reference training = place.reference(then, training());
        compareProbe(training, mean, find(iteration, Observation.TRAIN, place.name()));
        Float64Reference heldOut = place.reference(then, heldOut());
        heldOut.heldOut();
        compareProbe(heldOut, mean, find(iteration, Observation.HELD_OUT, place.name()));
      }
    }

    private void compareProbe(Float64Reference reference, double[] mean, Observation observation) {
      reference.centredAt(globalMean);
      if (mean != null) {
        reference.outOfDistribution(mean);
      }
      compare(reference, observation);
    }

    @Override
    public String toString() {
      return "with probes";
    }
  }
}
