package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.collapse4j.dl4j.ClockOf;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.dl4j.Training;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.evaluation.ArrayRows;
import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

class ObserverTest {
  private static final Moment FIRST = new Moment(1, 10, true);
  private static final Moment SECOND = new Moment(2, 20, true);
  private static final Moment BETWEEN = new Moment(0, 5, false);

  private final RecordedWarnings log = new RecordedWarnings();
  private final FixedModel model = new FixedModel();
  private final DataSet data = Training.clusters(60, 1);
  private final List<Observation> written = new ArrayList<>();
  private final Options options = new Options().sink(written::add).run("run").parameter("k", "v");

  @AfterEach
  void close() {
    log.close();
  }

  private static Observer observer(Options options) {
    return new Observer(options, LoggerFactory.getLogger("org.collapse4j.observed"));
  }

  private DataSetIterator batches() {
    return Training.batches(data, 20);
  }

  private static List<String> splits(List<Observation> observations) {
    return observations.stream().map(Observation::split).toList();
  }

  private static MultiDataSet batch(DataSet data) {
    return new org.nd4j.linalg.dataset.MultiDataSet(data.getFeatures(), data.getLabels());
  }

  private static LabelledRows rows(DataSet data) {
    return LabelledRows.of(
        data.getFeatures(), data.getLabels().argMax(1).toIntVector(), null, FixedModel.CLASSES);
  }

  @Test
  void aMomentIsMeasuredInEverySplitAndWritten() {
    Observer observer =
        observer(
            options
                .clock(Clock.fixed(Instant.EPOCH, ZoneOffset.UTC))
                .trainProbe(batches())
                .heldOutProbe(batches())
                .outOfDistributionProbe(batches())
                .probe("mine", batches()));
    List<Observation> observed = observer.observe(model, FIRST);
    assertEquals(List.of("train", "heldout", "mine"), splits(observed));
    assertEquals(observed, written);
    assertEquals(observed, observer.lastObservations());
    assertEquals(observed.get(1), observer.lastObservation("heldout").orElseThrow());
    assertEquals(Optional.empty(), observer.lastObservation("other"));
    Observation train = observed.get(0);
    assertEquals("run", train.run());
    assertEquals(1, train.epoch());
    assertEquals(10, train.iteration());
    assertEquals("inputs", train.layer());
    assertEquals(Map.of("k", "v"), train.parameters());
    assertEquals(Optional.of(Instant.EPOCH), train.time());
    assertTrue(train.measurements().has(Metric.NC5_ORTHOGONALITY));
    assertFalse(train.measurements().has(Metric.DILATION_RELATIVE));
    assertTrue(observed.get(1).measurements().has(Metric.DILATION_RELATIVE));
    assertFalse(observer.verdicts().isEmpty());
    assertEquals(0, observer.failureCount());
    assertEquals(List.of(), log.warnings());
  }

  @Test
  void aMomentIsObservedOnce() {
    Observer observer = observer(options.trainProbe(batches()));
    assertEquals(1, observer.observeOnce(model, FIRST).size());
    assertEquals(List.of(), observer.observeOnce(model, FIRST));
    assertEquals(1, observer.observeOnce(new FixedModel(), FIRST).size(), "of another model");
    assertEquals(1, observer.observeOnce(model, BETWEEN).size());
    assertEquals(List.of(), observer.observeOnce(new FixedModel(), BETWEEN), "of a copy of it");
    assertEquals(1, observer.observeOnce(model, SECOND).size());
    assertEquals(1, observer.observe(model, SECOND).size(), "if it is asked for");
    assertEquals(5, written.size());
  }

  @Test
  void onceClosedItObservesNothing() throws IOException {
    Observer observer = observer(options.stream(true));
    assertTrue(observer.wantsStream(0) && observer.wantsSample());
    assertTrue(observer.isDueAfterEpochs(1) && observer.isDueAfterIterations(100));
    observer.close();
    assertFalse(observer.wantsStream(0) || observer.wantsSample());
    assertFalse(observer.isDueAfterEpochs(1) || observer.isDueAfterIterations(100));
    assertEquals(List.of(), observer.observe(model, FIRST));
    assertEquals(List.of(), written);
    assertFalse(observer(new Options().sink(written::add)).wantsStream(0));
  }

  /** A sink that cannot be closed. */
  private record Stuck(List<String> closed) implements MetricSink {
    @Override
    public void write(Observation observation) throws IOException {
      throw new IOException("disk full");
    }

    @Override
    public void close() throws IOException {
      closed.add("closed");
      throw new IOException("cannot be closed");
    }
  }

  @Test
  void onlyItsOwnSinksAreClosedAndAllOfThem() {
    List<String> closed = new ArrayList<>();
    Options set = options.sink(new Stuck(closed));
    set.ownSinks = List.of(new Stuck(closed), new Stuck(closed));
    set.sinks = List.of(set.ownSinks.get(0), set.sinks.get(1), set.ownSinks.get(1));
    set.ownSinks = List.of(set.ownSinks.get(0));
    IOException failure = assertThrows(IOException.class, () -> observer(set).close());
    assertEquals("cannot be closed", failure.getMessage());
    assertEquals(2, failure.getSuppressed().length, "sinks that are equal are its own");
    assertEquals(3, closed.size());
  }

  @Test
  void aSinkIsNamedByItsPlaceWhereThereAreSeveralOfItsClass() {
    Observer observer =
        observer(
            new Options()
                .trainProbe(batches())
                .sink(new Stuck(List.of()))
                .sink(
                    observation -> {
                      throw new IOException("gone");
                    })
                .sink(new Stuck(List.of())));
    observer.observe(model, FIRST);
    String end = ". Training goes on; this is logged once.";
    assertEquals(
        List.of(
            "collapse4j could not write to Stuck (sink 1): disk full" + end,
            "collapse4j could not write to a sink of ObserverTest: gone" + end,
            "collapse4j could not write to Stuck (sink 3): disk full" + end),
        log.warnings());
    assertEquals(3, observer.failureCount());
    assertEquals(3, observer.guard().failures());
  }

  @Test
  void theStreamIsGatheredAndItsCentresPassOn() {
    Observer observer = observer(options.stream(true).sample(0));
    TrainingStream.Part part = observer.stream().newPart();
    part.observe(FixedModel.POINT, () -> rows(data).withLogits(Nd4j.ones(60, 3)));
    observer.pass();
    assertEquals(List.of(), observer.observe(model, FIRST), "what was passed is not observed");
    part.observe(FixedModel.POINT, () -> rows(data).withLogits(Nd4j.ones(60, 3)));
    Observation streamed = observer.observe(model, SECOND).get(0);
    assertEquals("stream", streamed.split());
    assertTrue(streamed.measurements().has(Metric.NC4_MISMATCH), "by the centres passed on");
    assertFalse(observer.awaitsTraining());
  }

  @Test
  void aSampleOfTheFirstEpochIsMeasuredFromThenOn() {
    Observer observer = observer(options);
    assertTrue(observer.awaitsTraining());
    assertEquals(List.of(), observer.observe(model, BETWEEN));
    observer.epochStarted();
    observer.offer(model, () -> batch(data));
    assertFalse(observer.awaitsTraining());
    assertTrue(observer.wantsSample());
    assertFalse(observer.isDueAfterIterations(100));
    observer.epochEnded();
    assertTrue(observer.isDueAfterIterations(100));
    assertFalse(observer.wantsSample());
    observer.offer(
        model,
        () -> {
          throw new IllegalStateException("it is not asked for");
        });
    observer.epochStarted();
    Observation sampled = observer.observe(model, FIRST).get(0);
    assertEquals("train", sampled.split());
    assertEquals(60, sampled.measurements().value(Metric.EXAMPLES));
    assertTrue(sampled.measurements().has(Metric.SUSPECTS_COUNT));
    assertEquals(0, observer.failureCount());
    assertFalse(observer.wantsSample(), "it stays as it is");
  }

  @Test
  void aSampleIsDrawnAnewInEveryEpochIfSoChosen() {
    Observer observer = observer(options.resample(true));
    for (int epoch = 1; epoch <= 2; epoch++) {
      observer.epochStarted();
      assertTrue(observer.wantsSample() && observer.awaitsTraining());
      observer.offer(model, () -> batch(data));
      observer.epochStarted();
      assertFalse(observer.awaitsTraining(), "it is not complete yet");
      observer.epochEnded();
      Observation sampled = observer.observe(model, new Moment(epoch, epoch, true)).get(0);
      assertFalse(sampled.measurements().has(Metric.SUSPECTS_COUNT), "others come next");
    }
  }

  @Test
  void withoutEpochsTheSampleIsCompleteWhenTheDataComeRound() {
    Observer observer = observer(options);
    MultiDataSet first = batch(data);
    observer.offer(model, () -> first);
    observer.offer(model, () -> batch(Training.clusters(60, 2)));
    assertTrue(observer.wantsSample());
    observer.offer(model, () -> first);
    assertFalse(observer.wantsSample());
    assertEquals(120, observer.observe(model, FIRST).get(0).measurements().value(Metric.EXAMPLES));
  }

  @Test
  void withoutEpochsTheSampleIsCompleteAfterAHundredIterations() {
    Observer observer = observer(options);
    for (int i = 1; i <= Schedule.ITERATIONS_WITHOUT_EPOCHS; i++) {
      int seed = i;
      observer.offer(model, () -> batch(Training.clusters(3, seed)));
      if (i == Schedule.ITERATIONS_WITHOUT_EPOCHS - 1) {
        observer.observe(model, BETWEEN);
        assertTrue(observer.wantsSample());
      }
    }
    observer.observe(model, FIRST);
    assertFalse(observer.wantsSample());
  }

  @Test
  void trainingWithoutClassesIsPassedOverForAnEpoch() {
    Observer observer = observer(options);
    observer.epochStarted();
    INDArray regression = Nd4j.ones(4, 2);
    MultiDataSet unlabelled = new org.nd4j.linalg.dataset.MultiDataSet(regression, regression);
    observer.offer(model, () -> unlabelled);
    assertFalse(observer.wantsSample());
    assertEquals(1, observer.failureCount());
    observer.epochStarted();
    assertTrue(observer.wantsSample());
    observer.offer(model, () -> unlabelled);
    observer.observe(model, FIRST);
    assertTrue(observer.wantsSample(), "it is tried again");
    observer.offer(model, () -> batch(data));
    observer.offer(model, () -> unlabelled);
    assertTrue(observer.wantsSample(), "one bad batch among others");
    assertEquals(3, observer.failureCount());
  }

  @Test
  void timeBeginsWithTheFirstEventOfTraining() {
    Instant[] now = {Instant.EPOCH};
    Clock clock = new ClockOf(() -> now[0]);
    for (boolean byEpoch : new boolean[] {true, false}) {
      now[0] = Instant.EPOCH;
      Observer observer =
          observer(new Options().sink(written::add).clock(clock).trainProbe(batches()));
      assertEquals(Optional.empty(), observer.observe(model, BETWEEN).get(0).started());
      if (byEpoch) {
        observer.epochStarted();
      } else {
        observer.isDueAfterIterations(1);
      }
      now[0] = Instant.EPOCH.plusSeconds(7);
      observer.epochStarted();
      Observation observed = observer.observe(model, FIRST).get(0);
      assertEquals(Optional.of(Instant.EPOCH), observed.started());
      assertEquals(Optional.of(now[0]), observed.time());
    }
  }

  @Test
  void anIteratorThatSomebodyElseResetsIsNoProbeBetweenIterations() {
    DataSetIterator shared = batches();
    Observer observer = observer(options.trainProbe(shared).heldOutProbe(batches()));
    assertEquals(2, observer.observe(model, BETWEEN).size());
    shared.reset();
    assertEquals(2, observer.observe(model, FIRST).size(), "between epochs nobody reads it");
    shared.reset();
    assertEquals(List.of("heldout"), splits(observer.observe(model, BETWEEN)));
    assertEquals(List.of("heldout"), splits(observer.observe(model, FIRST)));
    assertEquals(1, observer.failureCount());
    assertTrue(
        log.warnings().get(0).startsWith("collapse4j could not measure the probe \"train\""));
  }

  /** Of 300 examples, a fifth of whose labels are wrong. */
  private static DataSetIterator noisyBatches() {
    DataSet noisy =
        LabelledExamples.corrupt(
            Training.clusters(300, 3), LabelNoise.symmetric(Training.CLASSES, 0.2).withSeed(2));
    return Training.batches(noisy, 100);
  }

  @Test
  void suspectsOfTheProbeAreFoundIfSoChosen() {
    Observer observer =
        observer(options.trainProbe(noisyBatches()).heldOutProbe(batches()).suspectLabels(true));
    assertTrue(observer.suspectLabels().ranking().isEmpty());
    List<Observation> observed = observer.observe(model, FIRST);
    assertEquals(300, observer.suspectLabels().ranking().size());
    int count = observer.suspectLabels().estimatedCount();
    assertTrue(count > 0);
    assertEquals(
        observer.suspectLabels().suspects().subList(0, Math.min(count, 100)),
        observed.get(0).examples().suspects());
    assertTrue(observed.get(1).examples().suspects().isEmpty());
    assertEquals(0.2, observed.get(0).measurements().value(Metric.NOISE_RATE), 0.05);
    assertTrue(observed.get(0).measurements().value(Metric.MEMORIZATION_RELATIVE) > 0);
    Observer without = observer(new Options().sink(written::add));
    assertEquals(
        "Suspect labels are found if the listener is built with suspectLabels(true)",
        assertThrows(IllegalStateException.class, without::suspectLabels).getMessage());
  }

  @Test
  void whatIsMissingIsTold() {
    Observer observer =
        observer(
            options
                .trainProbe(noisyBatches())
                .probe("one", Training.batches(Training.clusters(1, 1), 1)));
    observer.observe(model, FIRST);
    assertEquals(
        Set.of(
            "collapse4j: the probe \"train\" has clean labels, but there is no held-out probe to"
                + " measure memorization against; its distances are undefined. This is logged"
                + " once.",
            "collapse4j: the probe \"one\" has examples of 1 of the 3 classes of \"inputs\" (none"
                + " of 1, 2); its metrics are those of the classes that are there, and fewer"
                + " classes look more collapsed. This is logged once."),
        Set.copyOf(log.warnings()));
    assertEquals(0, observer.failureCount());
  }

  @Test
  void whereIterationsAreCountedEpochsAreNot() {
    assertFalse(observer(options).countsIterations());
    Observer observer = observer(options.everyIterations(3));
    assertTrue(observer.countsIterations());
    assertTrue(observer.isDueAfterIterations(3));
    assertFalse(observer.isDueAfterIterations(4) || observer.isDueAfterEpochs(3));
    assertSame(observer.stream(), observer.stream());
  }

  @Test
  void theMeanOutsideIsThatOfTheProbeOutside() {
    DataSet outside = Training.clusters(60, 5);
    outside.getFeatures().addi(3);
    Observer observer =
        observer(
            options
                .outOfDistributionProbe(Training.batches(outside, 20))
                .heldOutProbe(batches())
                .probe("mine", batches()));
    Evaluation.Result expected =
        Evaluation.builder(
                ArrayRows.of(
                    "rows",
                    data.getFeatures(),
                    data.getLabels().argMax(1).toIntVector(),
                    FixedModel.CLASSES))
            .outOfDistributionMeans(Map.of("rows", outside.getFeatures().mean(0)))
            .build()
            .measure()
            .get("rows");
    for (Observation observed : observer.observe(model, FIRST)) {
      assertEquals(
          expected.measurements().value(Metric.NC5_ORTHOGONALITY),
          observed.measurements().value(Metric.NC5_ORTHOGONALITY),
          1e-6);
    }
  }

  @Test
  void aProbeThatFailsIsNotSaidToBeMissingAndOneWithoutExamplesIsTold() {
    DataSet unlabelled = new DataSet(Nd4j.ones(4, 6), Nd4j.ones(4, 2));
    Observer observer =
        observer(
            options
                .trainProbe(noisyBatches())
                .heldOutProbe(new ExistingDataSetIterator(List.of(unlabelled)))
                .probe("empty", new ExistingDataSetIterator(List.of())));
    assertEquals(List.of("train"), splits(observer.observe(model, FIRST)));
    assertEquals(
        List.of(
            "collapse4j could not measure the probe \"heldout\" at \"inputs\": There must be 3"
                + " classes. Training goes on; this is logged once.",
            "collapse4j: the probe \"empty\" has no labelled example for \"inputs\", so that"
                + " nothing is measured there. This is logged once."),
        log.warnings());
  }
}
