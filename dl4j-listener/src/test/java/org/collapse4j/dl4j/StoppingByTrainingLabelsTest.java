package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.EarlyStoppingResult.TerminationReason;
import org.deeplearning4j.earlystopping.scorecalc.ScoreCalculator;
import org.deeplearning4j.earlystopping.termination.EpochTerminationCondition;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** Early stopping that goes by training labels, with both of DL4J's trainers. */
class StoppingByTrainingLabelsTest {
  private static final int EPOCHS = 40;
  private static final long SEED = 3;

  private final List<Double> estimates = new ArrayList<>();
  private final List<Double> scores = new ArrayList<>();
  private final List<float[]> parameters = new ArrayList<>();

  /** Wide enough to memorize, as a network of layers and as a graph. */
  static Stream<Named<Supplier<Model>>> networks() {
    return Stream.of(
        Named.of("EarlyStoppingTrainer", () -> Training.wide(SEED)),
        Named.of("EarlyStoppingGraphTrainer", () -> Training.wide(SEED).toComputationGraph()));
  }

  /** A listener with no option set, but that what it observes is kept here. */
  private NeuralCollapseListener.Builder listener() {
    return NeuralCollapseListener.builder().sink(this::keep);
  }

  private void keep(Observation observation) {
    if (!observation.split().equals(Observation.TRAIN)) {
      return;
    }
    Measurements values = observation.measurements();
    estimates.add(values.value(Metric.MEMORIZATION_ESTIMATED));
    scores.add(TrainingScoreCalculator.score(values));
  }

  private <T extends Model> EarlyStoppingResult<T> train(
      Model network,
      ScoreCalculator<T> calculator,
      List<EpochTerminationCondition> conditions,
      TrainingListener... listeners) {
    @SuppressWarnings("unchecked")
    T model = (T) network;
    List<TrainingListener> all = new ArrayList<>(List.of(listeners));
    all.add(keepingParameters());
    EarlyStoppingConfiguration.Builder<T> configuration =
        new EarlyStoppingConfiguration.Builder<T>()
            .scoreCalculator(calculator)
            .epochTerminationConditions(
                Stream.concat(
                        conditions.stream(), Stream.of(new MaxEpochsTerminationCondition(EPOCHS)))
                    .toArray(EpochTerminationCondition[]::new));
    return fit(configuration.build(), model, all);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Model> EarlyStoppingResult<T> fit(
      EarlyStoppingConfiguration<T> configuration, T model, List<TrainingListener> listeners) {
    if (model instanceof MultiLayerNetwork network) {
      network.addListeners(listeners.toArray(TrainingListener[]::new));
      return (EarlyStoppingResult<T>)
          new EarlyStoppingTrainer(
                  (EarlyStoppingConfiguration<MultiLayerNetwork>) configuration,
                  network,
                  Training.noisy(SEED))
              .fit();
    }
    ComputationGraph graph = (ComputationGraph) model;
    graph.addListeners(listeners.toArray(TrainingListener[]::new));
    return (EarlyStoppingResult<T>)
        new EarlyStoppingGraphTrainer(
                (EarlyStoppingConfiguration<ComputationGraph>) configuration,
                graph,
                Training.noisy(SEED))
            .fit();
  }

  private TrainingListener keepingParameters() {
    return new BaseTrainingListener() {
      @Override
      public void onEpochEnd(Model model) {
        parameters.add(model.params().dup().data().asFloat());
      }
    };
  }

  /** The number of the first epoch beyond a limit, from 1. */
  private int firstBeyond(double limit) {
    return 1
        + IntStream.range(0, estimates.size())
            .filter(epoch -> estimates.get(epoch) > limit)
            .findFirst()
            .orElseThrow();
  }

  /** The number of the observation of the highest score, from 1. */
  private int best() {
    return 1 + scores.indexOf(Collections.max(scores));
  }

  private void assertKept(int epoch, EarlyStoppingResult<Model> result) {
    assertEquals(epoch, result.getBestModelEpoch() + 1);
    assertArrayEquals(
        parameters.get(epoch - 1), result.getBestModel().params().data().asFloat(), 0);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void trainingEndsWhereMemorizationBeginsAndTheBestEpochIsKept(Supplier<Model> network) {
    NeuralCollapseListener listener = listener().build();
    EarlyStoppingResult<Model> result =
        train(
            network.get(),
            TrainingScoreCalculator.of(listener),
            List.of(new MemorizationTerminationCondition(listener)),
            listener);
    assertEquals(TerminationReason.EpochTerminationCondition, result.getTerminationReason());
    assertEquals(
        "MemorizationTerminationCondition(memorization.estimated > 0.25)",
        result.getTerminationDetails());
    int end = result.getTotalEpochs();
    assertTrue(end > 2 && end < EPOCHS, "after " + end + " epochs");
    assertEquals(end, estimates.size(), "one observation an epoch");
    assertEquals(end, firstBeyond(0.25), estimates.toString());
    assertEquals(scores, List.copyOf(result.getScoreVsEpoch().values()));
    assertKept(best(), result);
    assertEquals(0, listener.failureCount());
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aHigherLimitLetsTrainingGoOn(Supplier<Model> network) {
    NeuralCollapseListener listener = listener().build();
    EarlyStoppingResult<Model> result =
        train(
            network.get(),
            TrainingScoreCalculator.of(listener),
            List.of(new MemorizationTerminationCondition(listener, 0.6)),
            listener);
    assertEquals(result.getTotalEpochs(), firstBeyond(0.6), estimates.toString());
    assertTrue(result.getTotalEpochs() > firstBeyond(0.25), estimates.toString());
    assertTrue(best() < result.getTotalEpochs(), scores.toString());
    assertKept(best(), result);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void theConditionLeavesTheChoiceToAnyScore(Supplier<Model> network) {
    NeuralCollapseListener listener = listener().build();
    EarlyStoppingResult<Model> result =
        train(
            network.get(),
            new Rising(),
            List.of(new MemorizationTerminationCondition(listener)),
            listener);
    assertEquals(firstBeyond(0.25), result.getTotalEpochs());
    assertKept(result.getTotalEpochs(), result);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void ofEpochsThatAreNotObservedTheObservationBeforeCounts(Supplier<Model> network) {
    NeuralCollapseListener listener = listener().everyEpochs(3).build();
    EarlyStoppingResult<Model> result =
        train(
            network.get(),
            TrainingScoreCalculator.of(listener),
            List.of(new MemorizationTerminationCondition(listener)),
            listener);
    assertEquals(result.getTotalEpochs(), 3 * firstBeyond(0.25), estimates.toString());
    assertEquals(Double.NEGATIVE_INFINITY, result.getScoreVsEpoch().get(0));
    assertKept(3 * best(), result);
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aListenerOfAnotherModelEndsNothingWhichIsSaidOnce(Supplier<Model> network) {
    try (RecordedWarnings recorded = new RecordedWarnings()) {
      NeuralCollapseListener elsewhere = listener().build();
      EarlyStoppingResult<Model> result =
          train(
              network.get(),
              TrainingScoreCalculator.of(elsewhere),
              List.of(new MemorizationTerminationCondition(elsewhere)));
      assertEquals(EPOCHS, result.getTotalEpochs());
      assertEquals(
          List.of(
              "collapse4j: the listener that epochs are scored by has not been added to the model,"
                  + " so that it observes none of them. This is logged once."),
          recorded.warnings());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aProbeThatCannotBeReadEndsNothing(Supplier<Model> network) {
    try (RecordedWarnings ignored = new RecordedWarnings()) {
      NeuralCollapseListener listener =
          listener().trainProbe(new Unreadable()).suspectLabels(true).build();
      EarlyStoppingResult<Model> result =
          train(
              network.get(),
              TrainingScoreCalculator.of(listener),
              List.of(new MemorizationTerminationCondition(listener)),
              listener);
      assertEquals(EPOCHS, result.getTotalEpochs());
      assertEquals(EPOCHS, listener.failureCount());
    }
  }

  @ParameterizedTest
  @MethodSource("networks")
  void aProbeWhoseLabelsAreNotJudgedEndsNothingAndScoresByAccuracy(Supplier<Model> network) {
    NeuralCollapseListener listener =
        listener().trainProbe(Training.noisy(SEED)).heldOutProbe(Training.noisy(SEED)).build();
    EarlyStoppingResult<Model> result =
        train(
            network.get(),
            TrainingScoreCalculator.of(listener),
            List.of(new MemorizationTerminationCondition(listener, 0)),
            listener);
    assertTrue(estimates.stream().allMatch(estimate -> Double.isNaN(estimate)));
    assertEquals(EPOCHS, result.getTotalEpochs());
    double last =
        listener
            .lastObservation(Observation.TRAIN)
            .orElseThrow()
            .measurements()
            .value(Metric.ACCURACY);
    assertEquals(last, result.getScoreVsEpoch().get(EPOCHS - 1));
  }

  @Test
  void fitsOfLabelsThatLookWrongCountAgainstTheScore() {
    Measurements.Builder train = Measurements.builder().put(Metric.ACCURACY, 0.75);
    assertEquals(0.75, TrainingScoreCalculator.score(train.build()));
    train.put(Metric.SUSPECTS_SHARE, 0.2).put(Metric.MEMORIZATION_ESTIMATED, 0.25);
    // Of 100 examples 75 are fitted: 5 of the 20 suspects, and 70 of the others.
    assertEquals(0.65, TrainingScoreCalculator.score(train.build()), 1e-12);
    train.put(Metric.SUSPECTS_SHARE, 0).put(Metric.MEMORIZATION_ESTIMATED, Double.NaN);
    assertEquals(0.75, TrainingScoreCalculator.score(train.build()));
    assertTrue(Double.isNaN(TrainingScoreCalculator.score(Measurements.empty())));
  }

  @Test
  void badArgumentsAreRefused() {
    NeuralCollapseListener listener = listener().build();
    for (double limit : new double[] {-0.1, 1, Double.NaN}) {
      assertEquals(
          "mostMemorized must be from 0 to below 1, not " + limit,
          assertThrows(
                  IllegalArgumentException.class,
                  () -> new MemorizationTerminationCondition(listener, limit))
              .getMessage());
    }
    assertThrows(NullPointerException.class, () -> new MemorizationTerminationCondition(null));
    assertThrows(NullPointerException.class, () -> TrainingScoreCalculator.of(null));
    assertFalse(TrainingScoreCalculator.of(listener).minimizeScore());
  }

  private static final class Unreadable extends BatchesIterator {
    private static final long serialVersionUID = 1;

    Unreadable() {
      super(List.of(Training.clusters(240, SEED).toMultiDataSet()));
    }

    @Override
    public MultiDataSet next() {
      throw new IllegalStateException("the disk is gone");
    }
  }

  /** Keeps every epoch. */
  private static final class Rising implements ScoreCalculator<Model> {
    private static final long serialVersionUID = 1;
    private int scored;

    @Override
    public double calculateScore(Model model) {
      return ++scored;
    }

    @Override
    public boolean minimizeScore() {
      return false;
    }
  }
}
