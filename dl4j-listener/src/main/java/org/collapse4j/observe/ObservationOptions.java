package org.collapse4j.observe;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.collapse4j.dashboard.DashboardSink;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.log.Slf4jSink;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * The options of whatever observes a model: what is measured, and where observations go. Each is
 * checked when it is set.
 *
 * @param <B> the builder that these are options of
 */
public abstract class ObservationOptions<B extends ObservationOptions<B>> implements Cloneable {
  /** How long training waits for a sink at most by default. */
  public static final Duration SINK_TIMEOUT = Duration.ofSeconds(10);

  List<MetricSink> sinks = List.of();
  List<MetricSink> ownSinks = List.of();
  List<Probe> probes = List.of();
  Map<String, String> parameters = Map.of();
  boolean suspectLabels;
  int covarianceLimit = ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT;
  GlobalMean globalMean = GlobalMean.SAMPLE;
  boolean failFast;
  Clock clock = Clock.tickMillis(ZoneOffset.UTC);
  Duration sinkTimeout = SINK_TIMEOUT;

  // Options of listeners, which ListenerOptions sets.
  boolean stream;
  int sampleExamples;
  long sampleBytes;
  boolean resample;
  int everyEpochs = 1;
  int everyIterations;

  String run =
      LocalDateTime.now(ZoneId.systemDefault())
          .truncatedTo(ChronoUnit.SECONDS)
          .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss"));

  /** Options as they are unless set. */
  protected ObservationOptions() {}

  /** This builder. */
  protected abstract B self();

  /**
   * What has been set so far, unaffected by what is set later.
   *
   * @throws IllegalArgumentException if options contradict each other
   */
  final ObservationOptions<?> copy() {
    if (suspectLabels && probes.stream().noneMatch(ObservationOptions::isOfTraining)) {
      throw new IllegalArgumentException(
          "Suspect labels are found among the examples of a trainProbe, but there is none");
    }
    try {
      ObservationOptions<?> copy = (ObservationOptions<?>) clone();
      copy.sinks = sinks.isEmpty() ? List.of(new Slf4jSink()) : sinks;
      return copy;
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  private static boolean isOfTraining(Probe probe) {
    return probe.split().equals(Observation.TRAIN);
  }

  /** Whether nothing is known of the training examples but what passes by. */
  final boolean wantsSample() {
    return sampleExamples > 0 && probes.stream().noneMatch(ObservationOptions::isOfTraining);
  }

  /** The centre that class means are taken from; the mean over examples unless set. */
  public final B globalMean(GlobalMean kind) {
    globalMean = Objects.requireNonNull(kind, "globalMean");
    return self();
  }

  /**
   * Up to which number of features the within-class covariance is gathered, as {@link
   * ClassStatisticsAccumulator.Builder#covarianceLimit}. Above it the stream lacks {@code nc1.pinv}
   * and {@code dilation.nc1}. The second pass over a sample or a probe finds them in the span of
   * the class means then, as it does with eight features for each class or more.
   */
  public final B covarianceLimit(int dimension) {
    ClassStatisticsAccumulator.builder(1).covarianceLimit(dimension);
    covarianceLimit = dimension;
    return self();
  }

  /**
   * Measures training examples in inference mode, under the split {@code train}. If each carries
   * its clean label (see {@link org.collapse4j.dl4j.noise.LabelledExamples}), {@code noise.rate}
   * and memorization.* come with them, measured against the held-out probe; without one the
   * distances among them are NaN.
   *
   * @param data an iterator of its own: not the one that trains
   * @throws IllegalArgumentException if the iterator cannot be reset, or there is a training probe
   */
  public final B trainProbe(DataSetIterator data) {
    return probe(Observation.TRAIN, data);
  }

  /**
   * Measures examples that take no part in training, under the split {@code heldout}; dilation.*
   * comes with them.
   *
   * @param data an iterator of its own
   * @throws IllegalArgumentException if the iterator cannot be reset, or there is a held-out probe
   */
  public final B heldOutProbe(DataSetIterator data) {
    return add(Probe.of(Observation.HELD_OUT, Probe.Role.HELD_OUT, data));
  }

  /**
   * Runs over examples of no class, for {@code nc5.orthogonality} of every split; their labels are
   * not looked at.
   *
   * @param data an iterator of its own
   * @throws IllegalArgumentException if the iterator cannot be reset, or there is such a probe
   */
  public final B outOfDistributionProbe(DataSetIterator data) {
    return add(Probe.of(Observation.OUT_OF_DISTRIBUTION, Probe.Role.OUT_OF_DISTRIBUTION, data));
  }

  /**
   * Measures labelled examples in inference mode under a name of your own.
   *
   * @param split the name; each can be used once
   * @param data an iterator of its own
   * @throws IllegalArgumentException if the name is taken or the iterator cannot be reset
   */
  public final B probe(String split, DataSetIterator data) {
    return add(Probe.of(split, Probe.Role.LABELLED, data));
  }

  /** As {@link #trainProbe(DataSetIterator)}, for a model of several inputs or outputs. */
  public final B trainProbe(MultiDataSetIterator data) {
    return probe(Observation.TRAIN, data);
  }

  /** As {@link #heldOutProbe(DataSetIterator)}, for a model of several inputs or outputs. */
  public final B heldOutProbe(MultiDataSetIterator data) {
    return add(Probe.of(Observation.HELD_OUT, Probe.Role.HELD_OUT, data));
  }

  /** As {@link #outOfDistributionProbe(DataSetIterator)}, for a model of several inputs. */
  public final B outOfDistributionProbe(MultiDataSetIterator data) {
    return add(Probe.of(Observation.OUT_OF_DISTRIBUTION, Probe.Role.OUT_OF_DISTRIBUTION, data));
  }

  /** As {@link #probe(String, DataSetIterator)}, for a model of several inputs or outputs. */
  public final B probe(String split, MultiDataSetIterator data) {
    return add(Probe.of(split, Probe.Role.LABELLED, data));
  }

  /**
   * Adds a probe.
   *
   * @throws IllegalArgumentException if its name is taken
   */
  protected final B add(Probe probe) {
    boolean taken =
        probe.split().equals(Observation.STREAM)
            || probes.stream().anyMatch(other -> other.split().equals(probe.split()));
    if (taken) {
      throw new IllegalArgumentException(
          "Each split has a name of its own, but \"" + probe.split() + "\" is taken");
    }
    probes = and(probes, probe);
    return self();
  }

  /**
   * Whether to gather, at every observation of the training probe, the evidence of suspect labels;
   * false unless set. An example is known by the index it carries (see {@link
   * org.collapse4j.dl4j.noise.LabelledExamples}), or else by its position in the probe, which must
   * not shuffle then.
   */
  public final B suspectLabels(boolean enabled) {
    suspectLabels = enabled;
    return self();
  }

  /**
   * Adds a destination, which stays yours to close: several listeners may share it. If none is
   * added, there is {@link Slf4jSink}.
   */
  public final B sink(MetricSink sink) {
    sinks = and(sinks, Objects.requireNonNull(sink, "sink"));
    return self();
  }

  /** Adds a file of JSON lines, as {@link JsonLinesSink}; the listener closes it. */
  public final B jsonLines(Path file) {
    return own(new JsonLinesSink(file));
  }

  /**
   * Adds a page that shows the run and is rewritten as it goes on, as {@link DashboardSink} says;
   * the listener closes it.
   */
  public final B dashboard(Path page) {
    return own(new DashboardSink(page));
  }

  private B own(MetricSink sink) {
    ownSinks = and(ownSinks, sink);
    return sink(sink);
  }

  private static <T> List<T> and(List<T> list, T element) {
    return Stream.concat(list.stream(), Stream.of(element)).toList();
  }

  /**
   * How long training waits for a sink to write at most; 10 seconds unless set. Each sink is called
   * in a thread of its own. One that takes longer is left behind, which is logged and counted as a
   * failure: up to 100 moments queue for it, and training waits for it again once it has caught up.
   * What still queues when the process ends is lost; closing the listener waits for it as long as
   * for a write.
   *
   * @throws IllegalArgumentException if it is not positive
   */
  public final B sinkTimeout(Duration longest) {
    if (longest.isNegative() || longest.isZero()) {
      throw new IllegalArgumentException("sinkTimeout must be positive, not " + longest);
    }
    sinkTimeout = longest;
    return self();
  }

  /** Whether a failure in measuring or writing ends training; false unless set. */
  public final B failFast(boolean enabled) {
    failFast = enabled;
    return self();
  }

  /**
   * The clock that tells when observations are made; the system's, to the millisecond, unless set.
   */
  public final B clock(Clock source) {
    clock = Objects.requireNonNull(source, "clock");
    return self();
  }

  /** The name of the run in every observation; the time of the builder unless set. */
  public final B run(String name) {
    run = Objects.requireNonNull(name, "run");
    return self();
  }

  /**
   * Says a hyperparameter of the run, such as {@code loss}, {@code alpha}, {@code noise.rate} or
   * {@code seed}: it goes into every observation, and runs are told apart and compared by it. One
   * said again replaces the former. The dashboard takes the names of the classes from {@code
   * class.names}, separated by commas.
   *
   * @throws IllegalArgumentException if the key is blank
   */
  public final B parameter(String key, String value) {
    if (key.isBlank()) {
      throw new IllegalArgumentException("A parameter's key must not be blank: \"" + key + "\"");
    }
    Map<String, String> more = new LinkedHashMap<>(parameters);
    more.put(key, Objects.requireNonNull(value, "value"));
    parameters = Collections.unmodifiableMap(more);
    return self();
  }
}
