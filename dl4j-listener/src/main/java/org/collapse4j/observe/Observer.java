package org.collapse4j.observe;

import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.evaluation.FeatureStatistics;
import org.collapse4j.evaluation.MemorizationEvidence;
import org.collapse4j.evaluation.PlaneEvidence;
import org.collapse4j.evaluation.RowParts;
import org.collapse4j.evaluation.SuspectEvidence;
import org.collapse4j.log.Examples;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;

/**
 * Observes a model in training: says when, measures every split, hands the observations of a moment
 * to the sinks, and keeps what goes wrong away from training. It knows a model only as a {@link
 * MeasuredModel}; the listener of each library turns its events into calls.
 */
public final class Observer implements AutoCloseable {
  /** How many suspect labels an observation has at most, the most suspect ones. */
  private static final int SUSPECTS_LOGGED = 100;

  private final ObservationOptions<?> options;
  private final Schedule schedule;
  private final MeasuringGuard guard;
  private final TrainingStream stream;
  private final SuspectEvidence<MeasuredPoint> suspects = SuspectEvidence.ofExamples();

  /** The sample's examples stay the same, so that their labels can be judged with no option set. */
  private final SuspectEvidence<MeasuredPoint> suspectsOfSample = SuspectEvidence.ofSameRows();

  private final ObservedRun observed = new ObservedRun();
  private final Set<Probe> refused = new HashSet<>();
  private final List<SinkWriter> writers;

  /** Moments in the order in which they were measured; its monitor is held while one is written. */
  private final Queue<List<Observation>> unwritten = new ConcurrentLinkedQueue<>();

  private volatile TrainingSample sample;
  private long samplesTaken;
  private volatile List<Observation> last = List.of();
  private volatile SuspectLabels lastSuspects;
  private volatile boolean closed;
  private Moment lastMoment;

  /** When training began, as far as it was seen here; unknown before, and if the clock failed. */
  private volatile Optional<Instant> started = Optional.empty();

  private volatile boolean begun;

  private MeasuredModel lastModel;

  /**
   * Whether no more batches are offered to an empty sample before the next epoch or observation.
   */
  private volatile boolean passesOver;

  /**
   * An observer.
   *
   * @param options copied
   * @param logger where failures and notes are logged
   * @throws IllegalArgumentException if options contradict each other
   */
  public Observer(ObservationOptions<?> options, Logger logger) {
    this.options = options.copy();
    this.schedule = new Schedule(this.options.everyEpochs, this.options.everyIterations);
    this.guard = new MeasuringGuard(logger, this.options.failFast);
    this.stream = new TrainingStream(this.options.covarianceLimit, guard);
    this.sample = this.options.wantsSample() ? newSample() : null;
    this.lastSuspects = suspects.snapshot();
    this.writers = IntStream.range(0, this.options.sinks.size()).mapToObj(this::writer).toList();
  }

  private SinkWriter writer(int place) {
    return new SinkWriter(options.sinks.get(place), name(place), options.sinkTimeout, guard);
  }

  private TrainingSample newSample() {
    return new TrainingSample(options.sampleExamples, options.sampleBytes, samplesTaken++);
  }

  /** What keeps failures away from training. */
  public MeasuringGuard guard() {
    return guard;
  }

  /** The features of the training forward passes, which are gathered if {@link #wantsStream}. */
  public TrainingStream stream() {
    return stream;
  }

  /** Whether the features of a training forward pass are to be gathered now. */
  public boolean wantsStream(int epochsCompleted) {
    return options.stream && !closed && schedule.isWorthGathering(epochsCompleted);
  }

  /** Whether batches of training are to be offered for the sample now. */
  public boolean wantsSample() {
    TrainingSample current = sample;
    return current != null && !closed && !passesOver && !current.isComplete();
  }

  /**
   * Offers a batch of training for the sample. A batch that has no classes is passed over, and if
   * it is the first, all of the epoch: its training may be no classification.
   *
   * @param batch as it is in training; copied as far as it is kept
   */
  public void offer(MeasuredModel model, Supplier<MultiDataSet> batch) {
    TrainingSample current = sample;
    if (!wantsSample()) {
      return;
    }
    boolean isTaken =
        guard.succeeds(
            "take a sample of the training examples",
            () -> {
              MultiDataSet offered = batch.get();
              if (!schedule.isInEpoch() && current.hasComeRound(offered)) {
                current.complete();
              } else {
                current.offer(offered, model.classes(offered));
              }
            });
    passesOver = !isTaken && current.isEmpty();
  }

  /** An epoch begins. */
  public void epochStarted() {
    noteStart();
    schedule.epochStarted();
    passesOver = false;
    if (options.resample && sample != null && sample.isComplete()) {
      sample = newSample();
    }
  }

  /** An epoch has ended; what is to be observed after it is observed by the caller. */
  public void epochEnded() {
    schedule.epochEnded();
    if (sample != null) {
      sample.complete();
    }
  }

  /** Whether to observe after so many iterations. */
  public boolean isDueAfterIterations(long completed) {
    noteStart();
    return !closed && schedule.isDueAfterIterations(completed);
  }

  /** Whether to observe at the end of so many epochs. */
  public boolean isDueAfterEpochs(int completed) {
    return !closed && schedule.isDueAfterEpochs(completed);
  }

  private void noteStart() {
    if (!begun) {
      begun = true;
      started = now();
    }
  }

  private Optional<Instant> now() {
    return guard.call(
        "tell the time", Optional.empty(), () -> Optional.of(options.clock.instant()));
  }

  /** Whether observations come between iterations if at all, and not at the end of epochs. */
  public boolean countsIterations() {
    return schedule.countsIterations();
  }

  /** What was gathered since the last observation becomes no observation, only the next centres. */
  public void pass() {
    stream.drain();
  }

  /** The observations of the last time something was observed, one for each split and point. */
  public List<Observation> lastObservations() {
    return last;
  }

  /** The last observation of a split, at the first point of it. */
  public Optional<Observation> lastObservation(String split) {
    return last.stream().filter(observation -> observation.split().equals(split)).findFirst();
  }

  /** What the numbers observed so far mean, in sentences, by the rules of {@link VerdictRules}. */
  public List<Verdict> verdicts() {
    return observed.verdicts();
  }

  /**
   * The examples of the training probe ranked by how probably their label is wrong.
   *
   * @throws IllegalStateException if they are not looked for
   */
  public SuspectLabels suspectLabels() {
    if (!options.suspectLabels) {
      throw new IllegalStateException(
          "Suspect labels are found if the listener is built with suspectLabels(true)");
    }
    return lastSuspects;
  }

  /** Whether something of the training data is to be measured, but none has been seen yet. */
  public boolean awaitsTraining() {
    TrainingSample current = sample;
    return current != null && current.isEmpty();
  }

  /** How often measuring or writing failed so far. */
  public long failureCount() {
    return guard.failures();
  }

  /**
   * Observes a model now, if not at this moment already: every split, to every sink. Between
   * iterations the copies that are trained side by side count as one model.
   *
   * @return the observations, empty if there were any of this moment before
   */
  public List<Observation> observeOnce(MeasuredModel model, Moment moment) {
    return written(measuredOnce(model, moment));
  }

  /**
   * Observes a model now: every split, to every sink.
   *
   * @return the observations
   */
  public List<Observation> observe(MeasuredModel model, Moment moment) {
    return written(measured(model, moment));
  }

  private synchronized List<Observation> measuredOnce(MeasuredModel model, Moment moment) {
    boolean isSameModel = !moment.betweenEpochs() || model.equals(lastModel);
    return isSameModel && moment.equals(lastMoment) ? List.of() : measured(model, moment);
  }

  private synchronized List<Observation> measured(MeasuredModel model, Moment moment) {
    if (closed) {
      return List.of();
    }
    lastMoment = moment;
    lastModel = model;
    passesOver = false;
    // Training must draw the same random numbers afterwards, even if the data of a probe draw some.
    try (RandomState kept = RandomState.keep();
        MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      List<Observation> observations = new Round(model, moment).observations();
      last = List.copyOf(observations);
      guard.run("remember what was observed", () -> observed.add(last));
    }
    unwritten.add(last);
    return last;
  }

  /**
   * Hands what has been measured to the sinks, one after the other. Not under the monitor of this
   * observer, so that nobody who asks it anything waits for a sink.
   */
  private List<Observation> written(List<Observation> observations) {
    synchronized (unwritten) {
      for (List<Observation> moment = unwritten.poll(); moment != null; moment = unwritten.poll()) {
        for (int i = 0; i < writers.size() && !moment.isEmpty(); i++) {
          writers.get(i).write(moment);
        }
      }
    }
    return observations;
  }

  /** The class of a sink, and its place where there are several of that class. */
  private String name(int place) {
    String name = name(options.sinks.get(place));
    boolean alone = options.sinks.stream().filter(other -> name(other).equals(name)).count() == 1;
    return alone ? name : name + " (sink " + (place + 1) + ")";
  }

  /** A lambda has the name of the class it stands in, and a number that differs from run to run. */
  private static String name(MetricSink sink) {
    String name = sink.getClass().getSimpleName();
    int lambda = name.indexOf("$$Lambda");
    return lambda > 0 ? "a sink of " + name.substring(0, lambda) : name;
  }

  /**
   * Closes the sinks that were made by {@link ObservationOptions#jsonLines} and {@link
   * ObservationOptions#dashboard}; those that were handed over are for others to close. Nothing is
   * observed from then on.
   *
   * @throws IOException if one cannot be closed, or has not written what it has to within {@link
   *     ObservationOptions#sinkTimeout}; the others are closed all the same
   */
  @Override
  public void close() throws IOException {
    synchronized (this) {
      closed = true;
    }
    IOException failure = null;
    for (SinkWriter writer : writers) {
      try {
        if (options.ownSinks.contains(writer.sink())) {
          writer.close();
        } else {
          writer.drain();
        }
      } catch (IOException e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  /** One observation of every split of a model. */
  private final class Round {
    private final MeasuredModel model;
    private final Moment moment;
    private final Optional<Instant> time = now();
    private final List<Observation> observations = new ArrayList<>();
    private final Map<MeasuredPoint, INDArray> outOfDistributionMeans = new HashMap<>();
    private Map<MeasuredPoint, ClassStatistics> heldOut = Map.of();
    private final Map<String, List<Observation>> byProbe = new HashMap<>();

    Round(MeasuredModel model, Moment moment) {
      this.model = model;
      this.moment = moment;
    }

    List<Observation> observations() {
      List<Probe> probes = options.probes.stream().filter(this::isUsable).toList();
      probes.stream()
          .filter(probe -> is(probe, Probe.Role.OUT_OF_DISTRIBUTION))
          .forEach(this::mean);
      observeStream();
      probes.stream().filter(probe -> is(probe, Probe.Role.HELD_OUT)).forEach(this::observe);
      observeSample();
      probes.stream().filter(probe -> is(probe, Probe.Role.LABELLED)).forEach(this::observe);
      probes.forEach(probe -> observations.addAll(byProbe.getOrDefault(probe.split(), List.of())));
      return observations;
    }

    private static boolean is(Probe probe, Probe.Role role) {
      return probe.role() == role;
    }

    /**
     * An iterator that trains at the same time is found out when it has been reset since the pass
     * before; each pass of ours would end an epoch of the training.
     */
    private boolean isUsable(Probe probe) {
      if (!moment.betweenEpochs() && !refused.contains(probe) && probe.isUsedByAnother()) {
        refused.add(probe);
        guard.run(
            "measure the probe \"" + probe.split() + "\"",
            () -> {
              throw new IllegalArgumentException(
                  "A probe that is measured between iterations must have an iterator of its own,"
                      + " but this one has been reset by somebody else since, as the iterator that"
                      + " trains is; the probe is not measured any more");
            });
      }
      return !refused.contains(probe);
    }

    private void mean(Probe probe) {
      guard.run(
          "measure " + probe.describe(),
          () ->
              evaluation(probe.rows(model))
                  .covarianceLimit(0)
                  .build()
                  .statistics()
                  .forEach(
                      (point, statistics) ->
                          outOfDistributionMeans.put(
                              point, statistics.globalMean(GlobalMean.SAMPLE))));
    }

    private void observeStream() {
      Map<MeasuredPoint, FeatureStatistics> gathered = stream.drain();
      for (MeasuredPoint point : model.points()) {
        FeatureStatistics statistics = gathered.get(point);
        if (statistics != null) {
          guard.run(
              "measure the stream at \"" + point.name() + "\"",
              () -> {
                Measurements values =
                    statistics.measure(
                        model.classifier(point),
                        outOfDistributionMeans.get(point),
                        options.globalMean);
                observations.add(observation(Observation.STREAM, point, values));
              });
        }
      }
    }

    private void observeSample() {
      TrainingSample current = sample;
      if (current == null || current.isEmpty()) {
        return;
      }
      if (!schedule.hasEpochs() && current.iterations() >= Schedule.ITERATIONS_WITHOUT_EPOCHS) {
        current.complete();
      }
      SplitRows rows =
          new SplitRows(model, "the sample of the training data", true, 0, current::forEach);
      boolean isJudged = current.isComplete() && current.hasOneLabelEach() && !options.resample;
      observations.addAll(
          measure(
              Observation.TRAIN,
              rows.name(),
              () -> rows,
              false,
              isJudged ? Optional.of(suspectsOfSample) : Optional.empty()));
    }

    private void observe(Probe probe) {
      boolean isHeldOut = probe.role() == Probe.Role.HELD_OUT;
      byProbe.put(
          probe.split(),
          measure(
              probe.split(),
              probe.describe(),
              () -> probe.rows(model),
              isHeldOut,
              findsSuspectsIn(probe.split()) ? Optional.of(suspects) : Optional.empty()));
    }

    private List<Observation> measure(
        String split,
        String name,
        Supplier<RowParts<MeasuredPoint>> rows,
        boolean isHeldOut,
        Optional<SuspectEvidence<MeasuredPoint>> judges) {
      List<Observation> measured = new ArrayList<>();
      guard.run(
          "measure " + name,
          () -> {
            PlaneEvidence<MeasuredPoint> planes = new PlaneEvidence<>(name);
            MemorizationEvidence<MeasuredPoint> memorization =
                new MemorizationEvidence<>(name, heldOut);
            Evaluation.Builder<MeasuredPoint> wanted =
                evaluation(rows.get()).heldOut(isHeldOut).evidence(planes);
            if (!isHeldOut) {
              wanted.evidence(memorization);
            }
            judges.ifPresent(wanted::evidence);
            Evaluation<MeasuredPoint> evaluation = wanted.build();
            Map<MeasuredPoint, Evaluation.Result> results = evaluation.measure();
            if (findsSuspectsIn(split)) {
              lastSuspects = suspects.snapshot();
            }
            if (isHeldOut) {
              heldOut = statistics(results);
            }
            results.forEach(
                (point, result) ->
                    measured.add(
                        observation(split, point, result.measurements())
                            .withExamples(examples(split, point, planes))));
            tellWhatIsMissing(name, evaluation, results, memorization);
          });
      return measured;
    }

    private Evaluation.Builder<MeasuredPoint> evaluation(RowParts<MeasuredPoint> rows) {
      return Evaluation.builder(rows)
          .globalMean(options.globalMean)
          .covarianceLimit(options.covarianceLimit)
          .outOfDistributionMeans(outOfDistributionMeans)
          .attempt((purpose, step) -> guard.succeeds(purpose, step::run));
    }

    private boolean findsSuspectsIn(String split) {
      return options.suspectLabels && split.equals(Observation.TRAIN);
    }

    private Examples examples(
        String split, MeasuredPoint point, PlaneEvidence<MeasuredPoint> planes) {
      List<SuspectLabel> logged = List.of();
      if (findsSuspectsIn(split) && suspects.isAt(point)) {
        List<SuspectLabel> all = lastSuspects.suspects();
        logged = all.subList(0, Math.min(SUSPECTS_LOGGED, all.size()));
      }
      return new Examples(planes.plane(point), logged);
    }

    private void tellWhatIsMissing(
        String name,
        Evaluation<MeasuredPoint> evaluation,
        Map<MeasuredPoint, Evaluation.Result> results,
        MemorizationEvidence<MeasuredPoint> memorization) {
      for (MeasuredPoint point : model.points()) {
        if (results.containsKey(point)) {
          tellOfAbsentClasses(name, point, results.get(point).statistics());
        } else if (!evaluation.failedPoints().contains(point)) {
          guard.noteOnce(
              "%s has no labelled example for \"%s\", so that nothing is measured there"
                  .formatted(name, point.name()));
        }
      }
      if (memorization.lacksReference()
          && options.probes.stream().noneMatch(probe -> is(probe, Probe.Role.HELD_OUT))) {
        guard.noteOnce(
            name
                + " has clean labels, but there is no held-out probe to measure memorization"
                + " against; its distances are undefined");
      }
    }

    private void tellOfAbsentClasses(String name, MeasuredPoint point, ClassStatistics statistics) {
      int all = statistics.numClasses();
      Set<Integer> present =
          Arrays.stream(statistics.presentClasses()).boxed().collect(Collectors.toSet());
      if (present.size() < all) {
        String absent =
            IntStream.range(0, all)
                .filter(c -> !present.contains(c))
                .limit(10)
                .mapToObj(String::valueOf)
                .collect(Collectors.joining(", "));
        guard.noteOnce(
            String.format(
                "%s has examples of %s of the %s classes of \"%s\" (none of %s%s); its metrics are"
                    + " those of the classes that are there, and fewer classes look more collapsed",
                name,
                present.size(),
                all,
                point.name(),
                absent,
                all - present.size() > 10 ? ", ..." : ""));
      }
    }

    private Observation observation(String split, MeasuredPoint point, Measurements values) {
      return new Observation(
              options.run,
              moment.epoch(),
              moment.iteration(),
              split,
              point.name(),
              values,
              options.parameters)
          .withTimes(time, started);
    }

    private static Map<MeasuredPoint, ClassStatistics> statistics(
        Map<MeasuredPoint, Evaluation.Result> results) {
      return results.entrySet().stream()
          .collect(
              Collectors.toMap(Map.Entry::getKey, measured -> measured.getValue().statistics()));
    }
  }
}
