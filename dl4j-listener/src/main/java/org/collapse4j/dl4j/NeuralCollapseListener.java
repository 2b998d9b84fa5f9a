package org.collapse4j.dl4j;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.log.Slf4jSink;
import org.collapse4j.metric.Measurements;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.noise.SuspectLabelsAccumulator;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.slf4j.LoggerFactory;

/**
 * Measures neural collapse, with a held-out probe dilation, and with clean labels memorization,
 * while a network trains.
 *
 * <p>With no options it gathers the features (the input of the output layer) from the forward
 * passes of training itself, and at the end of each epoch logs one line through SLF4J:
 *
 * <pre>{@code
 * network.addListeners(new NeuralCollapseListener());
 * }</pre>
 *
 * <p>With probes it runs the network in inference mode over data sets of their own, for exact
 * values as in the literature:
 *
 * <pre>{@code
 * NeuralCollapseListener listener =
 *     NeuralCollapseListener.builder()
 *         .trainProbe(trainBatches)
 *         .heldOutProbe(testBatches)
 *         .sink(new Slf4jSink())
 *         .sink(new JsonLinesSink(Path.of("runs/first.jsonl")))
 *         .build();
 * }</pre>
 *
 * <p>It changes nothing in training: with a fixed seed the parameters are the same to the bit with
 * and without it. Whatever fails in measuring or writing is logged once, counted and left out;
 * training goes on, unless {@link Builder#failFast} is set. Epoch events come from {@code
 * fit(iterator)}; where there are none, as in {@code fit(DataSet)}, use {@link
 * Builder#everyIterations}, or call {@link #observe}.
 */
public final class NeuralCollapseListener extends BaseTrainingListener {
  private static final String TRAIN = "train";

  private final Options options;
  private final MeasuringGuard guard;

  private MeasuredNetwork network;
  private List<FeaturePoint> points = List.of();
  private List<StreamMeasurement> streams = List.of();
  private SuspectEvidence suspects;
  private List<Observation> last = List.of();

  /** A listener with no options: the training stream, each epoch, to SLF4J. */
  public NeuralCollapseListener() {
    this(new Options(builder()));
  }

  private NeuralCollapseListener(Options options) {
    this.options = options;
    this.guard =
        new MeasuringGuard(LoggerFactory.getLogger(NeuralCollapseListener.class), options.failFast);
  }

  /** Starts a listener with options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Checks that this listener can measure a model, which is otherwise found out, and logged, in the
   * first iteration. Nothing is measured or changed.
   *
   * @throws IllegalArgumentException if the model has no output layer, or a layer chosen does not
   *     exist; the message has the names that do
   */
  public void requireMeasurable(Model model) {
    pointsOf(MeasuredNetwork.of(model));
  }

  /** The observations of the last time something was observed, one for each split and layer. */
  public synchronized List<Observation> lastObservations() {
    return last;
  }

  /** The last observation of a split (see {@link Observation#split}), at the first layer of it. */
  public synchronized Optional<Observation> lastObservation(String split) {
    return last.stream().filter(o -> o.split().equals(split)).findFirst();
  }

  /**
   * The examples of the training probe ranked by how probably their label is wrong, by what was
   * observed so far.
   *
   * @return without an example before the first observation
   * @throws IllegalStateException if the listener was not built with {@link Builder#suspectLabels}
   */
  public synchronized SuspectLabels suspectLabels() {
    if (!options.suspectLabels) {
      throw new IllegalStateException(
          "Suspect labels are found if the listener is built with suspectLabels(true)");
    }
    return suspects == null
        ? SuspectLabelsAccumulator.forClasses(2).snapshot()
        : suspects.snapshot();
  }

  /** How often measuring or writing failed so far. */
  public long failureCount() {
    return guard.failures();
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    if (gathers(model)) {
      guard.run(
          "gather features",
          () -> stage(model, new Activations(activations, Map.of(), activations.get(0).size(0))));
    }
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    if (gathers(model)) {
      guard.run(
          "gather features",
          () -> {
            long examples = activations.values().iterator().next().size(0);
            stage(model, new Activations(List.of(), activations, examples));
          });
    }
  }

  /** In an epoch that is reported, or whose class means are the centres of one that is. */
  private boolean gathers(Model model) {
    if (!options.stream) {
      return false;
    }
    if (options.everyIterations > 0) {
      return true;
    }
    int epoch = Epochs.completed(model) + 1;
    return epoch % options.everyEpochs == 0 || (epoch + 1) % options.everyEpochs == 0;
  }

  private synchronized void stage(Model model, Activations activations) {
    attach(model);
    for (StreamMeasurement stream : streams) {
      stream.stage(network, activations);
    }
  }

  @Override
  public void onBackwardPass(Model model) {
    guard.run("gather features", this::gather);
  }

  private synchronized void gather() {
    for (StreamMeasurement stream : streams) {
      stream.gather(network);
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    if (options.everyIterations > 0 && (iteration + 1) % options.everyIterations == 0) {
      guard.run("observe", () -> observe(model, epoch, iteration + 1L));
    }
  }

  @Override
  public void onEpochEnd(Model model) {
    int epoch = Epochs.completed(model) + 1;
    if (options.everyIterations > 0) {
      return;
    }
    if (epoch % options.everyEpochs == 0) {
      guard.run("observe", () -> observe(model, epoch, Epochs.iterations(model)));
    } else {
      guard.run("observe", () -> finishStreams(Map.of()));
    }
  }

  /**
   * Observes a model now, as at the end of an epoch: all probes, and the training stream since the
   * last time. For training that fires no epoch events.
   *
   * @return the observations, which also go to the sinks
   */
  public List<Observation> observe(Model model) {
    return guard.call(
        "observe",
        List.of(),
        () -> observe(model, Epochs.completed(model), Epochs.iterations(model)));
  }

  private synchronized List<Observation> observe(Model model, int epoch, long iteration) {
    attach(model);
    Map<FeaturePoint, INDArray> outOfDistribution = outOfDistributionMeans();
    List<Observation> observations = new ArrayList<>();
    finishStreams(outOfDistribution)
        .forEach(
            (point, values) ->
                observations.add(observation(epoch, iteration, Observation.STREAM, point, values)));
    Map<String, Map<FeaturePoint, Measurements>> ofProbes = measureProbes(outOfDistribution);
    for (Probe probe : options.probes) {
      ofProbes
          .getOrDefault(probe.split(), Map.of())
          .forEach(
              (point, values) ->
                  observations.add(observation(epoch, iteration, probe.split(), point, values)));
    }
    last = List.copyOf(observations);
    last.forEach(this::publish);
    return last;
  }

  private Map<FeaturePoint, INDArray> outOfDistributionMeans() {
    Map<FeaturePoint, INDArray> means = new HashMap<>();
    for (Probe probe : withRole(Probe.Role.OUT_OF_DISTRIBUTION)) {
      means.putAll(
          guard.call(
              "measure the probe \"" + probe.split() + "\"",
              Map.of(),
              () -> measurement(probe).means()));
    }
    return means;
  }

  /** The measurements of every labelled probe, by split; the held-out one first. */
  private Map<String, Map<FeaturePoint, Measurements>> measureProbes(
      Map<FeaturePoint, INDArray> outOfDistribution) {
    Map<String, Map<FeaturePoint, Measurements>> measured = new HashMap<>();
    Map<FeaturePoint, ClassStatistics> heldOut = Map.of();
    for (Probe probe : withRole(Probe.Role.HELD_OUT)) {
      ProbeMeasurement.Result result = measure(probe, outOfDistribution, List.of());
      measured.put(probe.split(), result.measurements());
      heldOut = result.statistics();
    }
    for (Probe probe : withRole(Probe.Role.LABELLED)) {
      measured.put(probe.split(), measureLabelled(probe, outOfDistribution, heldOut));
    }
    return measured;
  }

  private Map<FeaturePoint, Measurements> measureLabelled(
      Probe probe,
      Map<FeaturePoint, INDArray> outOfDistribution,
      Map<FeaturePoint, ClassStatistics> heldOut) {
    MemorizationMeasurement memorization = new MemorizationMeasurement(network, probe, heldOut);
    List<RowEvidence> evidence =
        options.suspectLabels && probe.split().equals(TRAIN)
            ? List.of(memorization, suspects)
            : List.of(memorization);
    Map<FeaturePoint, Measurements> values = new LinkedHashMap<>();
    measure(probe, outOfDistribution, evidence)
        .measurements()
        .forEach((point, of) -> values.put(point, of.and(memorization.of(point))));
    if (memorization.lacksReference() && withRole(Probe.Role.HELD_OUT).isEmpty()) {
      guard.noteOnce(
          "the probe \""
              + probe.split()
              + "\" has clean labels, but there is no held-out probe to measure memorization"
              + " against; its distances are undefined");
    }
    return values;
  }

  private ProbeMeasurement.Result measure(
      Probe probe, Map<FeaturePoint, INDArray> outOfDistribution, List<RowEvidence> evidence) {
    return guard.call(
        "measure the probe \"" + probe.split() + "\"",
        ProbeMeasurement.Result.EMPTY,
        () -> measurement(probe).measure(outOfDistribution, options.globalMean, evidence));
  }

  private List<Probe> withRole(Probe.Role role) {
    return options.probes.stream().filter(probe -> probe.role() == role).toList();
  }

  private ProbeMeasurement measurement(Probe probe) {
    return new ProbeMeasurement(network, points, probe, options.covarianceLimit, guard);
  }

  private Map<FeaturePoint, Measurements> finishStreams(
      Map<FeaturePoint, INDArray> outOfDistribution) {
    Map<FeaturePoint, Measurements> finished = new LinkedHashMap<>();
    for (StreamMeasurement stream : streams) {
      if (!stream.isEmpty()) {
        FeaturePoint point = stream.point();
        finished.put(
            point, stream.finish(network, outOfDistribution.get(point), options.globalMean));
      }
    }
    return finished;
  }

  private Observation observation(
      int epoch, long iteration, String split, FeaturePoint point, Measurements values) {
    return new Observation(
        options.run, epoch, iteration, split, point.layer(), values, options.parameters);
  }

  private void publish(Observation observation) {
    for (MetricSink sink : options.sinks) {
      guard.run("write to " + sink.getClass().getSimpleName(), () -> sink.write(observation));
    }
  }

  private void attach(Model model) {
    if (network == null || network.model() != model) {
      MeasuredNetwork found = MeasuredNetwork.of(model);
      points = pointsOf(found);
      streams =
          points.stream().map(p -> new StreamMeasurement(p, options.covarianceLimit)).toList();
      network = found;
      suspects = new SuspectEvidence(network);
    }
  }

  private List<FeaturePoint> pointsOf(MeasuredNetwork found) {
    return options.layers.isEmpty()
        ? found.outputs()
        : options.layers.stream().map(found::layer).distinct().toList();
  }

  /** The options of a listener, fixed. */
  private static final class Options {
    final List<String> layers;
    final List<Probe> probes;
    final List<MetricSink> sinks;
    final boolean stream;
    final boolean suspectLabels;
    final int everyEpochs;
    final int everyIterations;
    final int covarianceLimit;
    final GlobalMean globalMean;
    final boolean failFast;
    final String run;
    final Map<String, String> parameters;

    Options(Builder builder) {
      layers = List.copyOf(builder.layers);
      probes = List.copyOf(builder.probes);
      sinks = builder.sinks.isEmpty() ? List.of(new Slf4jSink()) : List.copyOf(builder.sinks);
      stream = builder.stream;
      suspectLabels = builder.suspectLabels;
      everyEpochs = builder.everyEpochs;
      everyIterations = builder.everyIterations;
      covarianceLimit = builder.covarianceLimit;
      globalMean = builder.globalMean;
      failFast = builder.failFast;
      run = builder.run;
      parameters = Collections.unmodifiableMap(new LinkedHashMap<>(builder.parameters));
    }
  }

  /** The options of a {@link NeuralCollapseListener}. Each is checked when it is set. */
  public static final class Builder {
    private final List<String> layers = new ArrayList<>();
    private final List<Probe> probes = new ArrayList<>();
    private final List<MetricSink> sinks = new ArrayList<>();
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private boolean stream = true;
    private boolean suspectLabels;
    private int everyEpochs = 1;
    private int everyIterations;
    private int covarianceLimit = ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT;
    private GlobalMean globalMean = GlobalMean.SAMPLE;
    private boolean failFast;
    private String run =
        LocalDateTime.now(ZoneId.systemDefault())
            .truncatedTo(ChronoUnit.SECONDS)
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss"));

    private Builder() {}

    /**
     * Measures these layers instead of the input of the output layer. Of an output layer the input
     * is measured, together with its weights; of any other layer its activations, flattened.
     *
     * @param names names, or indices as text
     */
    public Builder layers(String... names) {
      layers.addAll(Arrays.asList(names));
      return this;
    }

    /** Measures the layers with these indices, as {@link #layers(String...)}. */
    public Builder layers(int... indices) {
      Arrays.stream(indices).mapToObj(String::valueOf).forEach(layers::add);
      return this;
    }

    /**
     * Measures training examples in inference mode, under the split {@code train}. If each carries
     * its clean label (see {@link org.collapse4j.dl4j.noise.LabelledExamples}), {@code noise.rate}
     * and memorization.* come with them, measured against the held-out probe; without one the
     * distances among them are NaN.
     *
     * @param data an iterator of its own: not the one that trains
     * @throws IllegalArgumentException if the iterator cannot be reset
     */
    public Builder trainProbe(DataSetIterator data) {
      return probe(TRAIN, data);
    }

    /**
     * Measures examples that take no part in training, under the split {@code heldout}; dilation.*
     * comes with them.
     *
     * @param data an iterator of its own
     * @throws IllegalArgumentException if the iterator cannot be reset
     */
    public Builder heldOutProbe(DataSetIterator data) {
      return add(new Probe("heldout", Probe.Role.HELD_OUT, data));
    }

    /**
     * Runs over examples of no class, for {@code nc5.orthogonality} of every split; their labels
     * are not looked at.
     *
     * @param data an iterator of its own
     * @throws IllegalArgumentException if the iterator cannot be reset
     */
    public Builder outOfDistributionProbe(DataSetIterator data) {
      return add(new Probe("ood", Probe.Role.OUT_OF_DISTRIBUTION, data));
    }

    /**
     * Measures labelled examples in inference mode under a name of your own.
     *
     * @param split the name; each can be used once
     * @param data an iterator of its own
     * @throws IllegalArgumentException if the name is taken or the iterator cannot be reset
     */
    public Builder probe(String split, DataSetIterator data) {
      return add(new Probe(split, Probe.Role.LABELLED, data));
    }

    private Builder add(Probe probe) {
      boolean taken =
          probe.split().equals(Observation.STREAM)
              || probes.stream().anyMatch(p -> p.split().equals(probe.split()));
      if (taken) {
        throw new IllegalArgumentException(
            "Each split has a name of its own, but \"" + probe.split() + "\" is taken");
      }
      probes.add(probe);
      return this;
    }

    /** Whether to gather features from the training forward passes; true unless set. */
    public Builder stream(boolean enabled) {
      stream = enabled;
      return this;
    }

    /**
     * Whether to gather, at every observation of the training probe, the evidence of {@link
     * NeuralCollapseListener#suspectLabels()}; false unless set. An example is known by the index
     * it carries (see {@link org.collapse4j.dl4j.noise.LabelledExamples}), or else by its position
     * in the probe, which must not shuffle then.
     */
    public Builder suspectLabels(boolean enabled) {
      suspectLabels = enabled;
      return this;
    }

    /**
     * Observes at the end of every n-th epoch; every epoch unless set.
     *
     * @throws IllegalArgumentException if n is below 1
     */
    public Builder everyEpochs(int n) {
      everyEpochs = requirePositive("everyEpochs", n);
      everyIterations = 0;
      return this;
    }

    /**
     * Observes after every n-th iteration instead of at the end of epochs.
     *
     * @throws IllegalArgumentException if n is below 1
     */
    public Builder everyIterations(int n) {
      everyIterations = requirePositive("everyIterations", n);
      return this;
    }

    private static int requirePositive(String option, int n) {
      if (n < 1) {
        throw new IllegalArgumentException(option + " must be at least 1, not " + n);
      }
      return n;
    }

    /** The centre that class means are taken from; the mean over examples unless set. */
    public Builder globalMean(GlobalMean kind) {
      globalMean = Objects.requireNonNull(kind, "globalMean");
      return this;
    }

    /**
     * Up to which number of features the within-class covariance is gathered, as {@link
     * ClassStatisticsAccumulator.Builder#covarianceLimit}.
     */
    public Builder covarianceLimit(int dimension) {
      ClassStatisticsAccumulator.builder(1).covarianceLimit(dimension);
      covarianceLimit = dimension;
      return this;
    }

    /** Adds a destination. If none is added, there is {@link Slf4jSink}. */
    public Builder sink(MetricSink sink) {
      sinks.add(Objects.requireNonNull(sink, "sink"));
      return this;
    }

    /** Adds a file of JSON lines, as {@link JsonLinesSink}. */
    public Builder jsonLines(Path file) {
      return sink(new JsonLinesSink(file));
    }

    /** Whether a failure in measuring or writing ends training; false unless set. */
    public Builder failFast(boolean enabled) {
      failFast = enabled;
      return this;
    }

    /** The name of the run in every observation; the time of the builder unless set. */
    public Builder run(String name) {
      run = Objects.requireNonNull(name, "run");
      return this;
    }

    /**
     * Says a hyperparameter of the run, such as {@code loss}, {@code alpha}, {@code noise.rate} or
     * {@code seed}: it goes into every observation, and runs are told apart and compared by it. One
     * said again replaces the former.
     *
     * @throws IllegalArgumentException if the key is blank
     */
    public Builder parameter(String key, String value) {
      if (key.isBlank()) {
        throw new IllegalArgumentException("A parameter's key must not be blank: \"" + key + "\"");
      }
      parameters.put(key, Objects.requireNonNull(value, "value"));
      return this;
    }

    /**
     * Builds the listener.
     *
     * @throws IllegalArgumentException if suspect labels are to be found without a training probe
     */
    public NeuralCollapseListener build() {
      if (suspectLabels && probes.stream().noneMatch(probe -> probe.split().equals(TRAIN))) {
        throw new IllegalArgumentException(
            "Suspect labels are found among the examples of a trainProbe, but there is none");
      }
      return new NeuralCollapseListener(new Options(this));
    }
  }
}
