package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.log.Examples;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.measure.FeatureStream.Gathered;
import org.collapse4j.measure.MeasuringGuard;
import org.collapse4j.measure.ObservationOptions;
import org.collapse4j.metric.Measurements;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.stats.ClassStatistics;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
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
 *
 * <p>A listener measures one model. Another that it is given is refused and not measured. A copy
 * goes on as the model: one of the same configuration that comes at the same iteration, give or
 * take one, or with the same parameters. So a ParallelWrapper's replicas are measured together, as
 * are models of the same configuration and seed that several threads start to train at once.
 *
 * <p>What has a label is a row of features: an example, a time step, a pixel. Rows that are masked,
 * or whose label is all zeros, are left out. A model without classes, such as a regression, is
 * logged once, and so is an output without them beside others.
 */
public final class NeuralCollapseListener extends BaseTrainingListener {
  private static final String TRAIN = "train";
  private static final String HELD_OUT = "heldout";
  private static final String OUT_OF_DISTRIBUTION = "ood";

  /** Of how many suspects an observation tells, the most suspect first. */
  private static final int SUSPECTS_LOGGED = 100;

  private final Options options;
  private final ObservationOptions observing;
  private final MeasuringGuard guard;

  private final Replicas replicas = new Replicas(this::open);
  private final ReadWriteLock gathering = new ReentrantReadWriteLock();
  private final Map<FeaturePoint, ClassStatistics> centres = new ConcurrentHashMap<>();
  private final Set<FeaturePoint> refused = ConcurrentHashMap.newKeySet();

  private volatile boolean inEpoch;
  private long lastIteration = -1;
  private final SuspectEvidence suspects = new SuspectEvidence();
  private final Map<String, PlaneEvidence> planes = new HashMap<>();
  private List<Observation> last = List.of();

  /** A listener with no options: the training stream, each epoch, to SLF4J. */
  public NeuralCollapseListener() {
    this(builder().options());
  }

  private NeuralCollapseListener(Options options) {
    this.options = options;
    this.observing = options.observing;
    this.guard =
        new MeasuringGuard(
            LoggerFactory.getLogger(NeuralCollapseListener.class), observing.failFast());
  }

  /** Starts a listener with options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Checks that this listener can measure a model, which is otherwise found out, and logged, in the
   * first iteration. Nothing is measured or changed.
   *
   * @throws IllegalArgumentException if the model has no output layer with classes, a layer chosen
   *     does not exist (the message has the names that do), or this listener measures another model
   */
  public void requireMeasurable(Model model) {
    replicas.requireSame(model);
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
    return suspects.snapshot();
  }

  /** How often measuring or writing failed so far. */
  public long failureCount() {
    return guard.failures();
  }

  @Override
  public void onEpochStart(Model model) {
    inEpoch = true;
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    if (replicas.isRefused(model)) {
      return;
    }
    guard.run(
        "measure the model",
        () -> stage(model, new Activations(activations, Map.of(), activations.get(0).size(0))));
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    if (replicas.isRefused(model)) {
      return;
    }
    guard.run(
        "measure the model",
        () -> {
          long examples = ((ComputationGraph) model).getInput(0).size(0);
          stage(model, new Activations(List.of(), activations, examples));
        });
  }

  private void stage(Model model, Activations activations) {
    Replica replica = replicas.training(model);
    if (replica != null && gathers(model)) {
      gathering.readLock().lock();
      try {
        replica.stage(activations);
      } finally {
        gathering.readLock().unlock();
      }
    }
  }

  /** In an epoch that is reported, or whose class means are the centres of one that is. */
  private boolean gathers(Model model) {
    if (!observing.stream() || observing.countsIterations() || !inEpoch) {
      return observing.stream();
    }
    int epoch = Epochs.completed(model) + 1;
    return observing.isDueAfterEpochs(epoch) || observing.isDueAfterEpochs(epoch + 1);
  }

  @Override
  public void onBackwardPass(Model model) {
    Replica replica = replicas.known(model);
    if (replica == null) {
      return;
    }
    gathering.readLock().lock();
    try {
      for (StreamMeasurement stream : replica.streams()) {
        if (stream.isStaged()) {
          guard.run(
              "measure \"" + stream.point().name() + "\"", () -> stream.gather(replica.network()));
        }
      }
    } finally {
      gathering.readLock().unlock();
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    Replica replica = replicas.known(model);
    if (replica == null || !observing.countsIterations()) {
      return;
    }
    long done = iteration + 1L;
    replica.iterations(done);
    if (observing.isDueAfterIterations(done) && replicas.haveDone(done)) {
      guard.run("observe", () -> observeOnce(model, epoch, done));
    }
  }

  /** The replica that comes last observes for all; one that comes later still is too late. */
  private synchronized void observeOnce(Model model, int epoch, long iteration) {
    if (iteration != lastIteration) {
      lastIteration = iteration;
      observe(model, epoch, iteration);
    }
  }

  @Override
  public void onEpochEnd(Model model) {
    inEpoch = false;
    int epoch = Epochs.completed(model) + 1;
    if (observing.countsIterations() || replicas.isRefused(model)) {
      return;
    }
    if (observing.isDueAfterEpochs(epoch)) {
      guard.run("observe", () -> observe(model, epoch, Epochs.iterations(model)));
    } else {
      guard.run("observe", () -> drain(model));
    }
  }

  /**
   * Observes a model now, as at the end of an epoch: all probes, and the training stream since the
   * last time. For training that fires no epoch events, such as {@code fit(DataSet)} and that of a
   * ParallelWrapper, whose replicas are measured together.
   *
   * @return the observations, which also go to the sinks
   */
  public List<Observation> observe(Model model) {
    return observe(model, Epochs.completed(model));
  }

  /**
   * Observes a model now, as {@link #observe(Model)}, under an epoch that the model does not count.
   *
   * @param epoch the number of epochs completed
   * @return the observations, which also go to the sinks
   */
  public List<Observation> observe(Model model, int epoch) {
    return guard.call("observe", List.of(), () -> observe(model, epoch, Epochs.iterations(model)));
  }

  private synchronized List<Observation> observe(Model model, int epoch, long iteration) {
    Replica replica = replicas.find(model);
    Map<FeaturePoint, INDArray> outOfDistribution = outOfDistributionMeans(replica);
    List<Observation> observations = new ArrayList<>();
    streamMeasurements(replica, outOfDistribution)
        .forEach(
            (point, values) ->
                observations.add(observation(epoch, iteration, Observation.STREAM, point, values)));
    planes.clear();
    Map<String, Map<FeaturePoint, Measurements>> ofProbes =
        measureProbes(replica, outOfDistribution);
    for (Probe probe : options.probes) {
      ofProbes
          .getOrDefault(probe.split(), Map.of())
          .forEach(
              (point, values) ->
                  observations.add(
                      observation(epoch, iteration, probe.split(), point, values)
                          .withExamples(examples(probe, point))));
    }
    last = List.copyOf(observations);
    last.forEach(this::publish);
    return last;
  }

  private Examples examples(Probe probe, FeaturePoint point) {
    List<SuspectLabel> told = List.of();
    if (options.suspectLabels && probe.split().equals(TRAIN) && suspects.isAt(point)) {
      List<SuspectLabel> all = suspects.snapshot().suspects();
      told = all.subList(0, Math.min(SUSPECTS_LOGGED, all.size()));
    }
    PlaneEvidence plane = planes.get(probe.split());
    return new Examples(plane == null ? Optional.empty() : plane.of(point), told);
  }

  private PlaneEvidence plane(Replica replica, Probe probe) {
    PlaneEvidence plane = new PlaneEvidence(replica.network(), probe);
    planes.put(probe.split(), plane);
    return plane;
  }

  private Map<FeaturePoint, INDArray> outOfDistributionMeans(Replica replica) {
    Map<FeaturePoint, INDArray> means = new HashMap<>();
    for (Probe probe : withRole(Probe.Role.OUT_OF_DISTRIBUTION)) {
      means.putAll(
          guard.call(
              "measure the probe \"" + probe.split() + "\"",
              Map.of(),
              () -> measurement(replica, probe).means()));
    }
    return means;
  }

  /** The measurements of every labelled probe, by split; the held-out one first. */
  private Map<String, Map<FeaturePoint, Measurements>> measureProbes(
      Replica replica, Map<FeaturePoint, INDArray> outOfDistribution) {
    Map<String, Map<FeaturePoint, Measurements>> measured = new HashMap<>();
    Map<FeaturePoint, ClassStatistics> heldOut = Map.of();
    for (Probe probe : withRole(Probe.Role.HELD_OUT)) {
      ProbeMeasurement.Result result =
          measure(replica, probe, outOfDistribution, List.of(plane(replica, probe)));
      measured.put(probe.split(), result.measurements());
      heldOut = result.statistics();
    }
    for (Probe probe : withRole(Probe.Role.LABELLED)) {
      measured.put(probe.split(), measureLabelled(replica, probe, outOfDistribution, heldOut));
    }
    return measured;
  }

  private Map<FeaturePoint, Measurements> measureLabelled(
      Replica replica,
      Probe probe,
      Map<FeaturePoint, INDArray> outOfDistribution,
      Map<FeaturePoint, ClassStatistics> heldOut) {
    MemorizationMeasurement memorization =
        new MemorizationMeasurement(replica.network(), probe, heldOut);
    List<RowEvidence> evidence =
        options.suspectLabels && probe.split().equals(TRAIN)
            ? List.of(memorization, plane(replica, probe), suspects.of(replica.network()))
            : List.of(memorization, plane(replica, probe));
    Map<FeaturePoint, Measurements> values = new LinkedHashMap<>();
    measure(replica, probe, outOfDistribution, evidence)
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
      Replica replica,
      Probe probe,
      Map<FeaturePoint, INDArray> outOfDistribution,
      List<RowEvidence> evidence) {
    return guard.call(
        "measure the probe \"" + probe.split() + "\"",
        ProbeMeasurement.Result.EMPTY,
        () ->
            measurement(replica, probe)
                .measure(outOfDistribution, observing.globalMean(), evidence));
  }

  private List<Probe> withRole(Probe.Role role) {
    return options.probes.stream().filter(probe -> probe.role() == role).toList();
  }

  private ProbeMeasurement measurement(Replica replica, Probe probe) {
    List<FeaturePoint> points =
        replica.points().stream().filter(point -> !refused.contains(point)).toList();
    return new ProbeMeasurement(
        replica.network(),
        points,
        probe,
        options.featureMaps,
        observing.covarianceLimit(),
        this::refuse,
        guard);
  }

  private void refuse(FeaturePoint point, IllegalArgumentException reason) {
    refused.add(point);
    guard.run(
        "measure \"" + point.name() + "\"",
        () -> {
          throw reason;
        });
  }

  private Map<FeaturePoint, Measurements> streamMeasurements(
      Replica replica, Map<FeaturePoint, INDArray> outOfDistribution) {
    Map<FeaturePoint, Gathered> gathered = drain(replica.network().model());
    Map<FeaturePoint, Measurements> measurements = new LinkedHashMap<>();
    for (FeaturePoint point : replica.points()) {
      Gathered of = gathered.get(point);
      if (of != null) {
        measurements.put(
            point,
            of.measure(
                point.classified() ? replica.network().head(point).classifier() : null,
                outOfDistribution.get(point),
                observing.globalMean()));
      }
    }
    return measurements;
  }

  /** What all replicas gathered; their class means become the centres of what comes next. */
  private Map<FeaturePoint, Gathered> drain(Model model) {
    Map<FeaturePoint, Gathered> merged = new HashMap<>();
    gathering.writeLock().lock();
    try {
      for (Replica replica : replicas.all()) {
        for (StreamMeasurement stream : replica.streams()) {
          Gathered part = stream.drain();
          if (part != null) {
            merged.merge(stream.point(), part, Gathered::merge);
          }
        }
      }
      merged.forEach((point, of) -> centres.put(point, of.statistics()));
      for (Replica replica : replicas.all()) {
        replica.streams().forEach(stream -> stream.centres(centres.get(stream.point())));
      }
      replicas.forgetEnded(model);
    } finally {
      gathering.writeLock().unlock();
    }
    return merged;
  }

  private Observation observation(
      int epoch, long iteration, String split, FeaturePoint point, Measurements values) {
    return new Observation(
        observing.run(), epoch, iteration, split, point.name(), values, observing.parameters());
  }

  private void publish(Observation observation) {
    for (MetricSink sink : observing.sinks()) {
      guard.run("write to " + sink.getClass().getSimpleName(), () -> sink.write(observation));
    }
  }

  private Replica open(Model model) {
    MeasuredNetwork network = MeasuredNetwork.of(model);
    List<FeaturePoint> points = pointsOf(network);
    network.refusedOutputs().forEach(guard::noteOnce);
    return new Replica(network, points, observing.stream() ? streams(points) : List.of());
  }

  private List<StreamMeasurement> streams(List<FeaturePoint> points) {
    List<StreamMeasurement> streams = new ArrayList<>();
    for (FeaturePoint point : points) {
      StreamMeasurement stream =
          new StreamMeasurement(point, options.featureMaps, observing.covarianceLimit());
      stream.centres(centres.get(point));
      streams.add(stream);
    }
    return streams;
  }

  private List<FeaturePoint> pointsOf(MeasuredNetwork network) {
    return options.layers.isOutputs() ? network.outputs() : network.layers(options.layers);
  }

  /** The options of a listener, fixed. */
  private static final class Options {
    final ObservationOptions observing;
    final LayerSelection layers;
    final FeatureMaps featureMaps;
    final List<Probe> probes;
    final boolean suspectLabels;

    Options(Builder builder, ObservationOptions observing) {
      this.observing = observing;
      layers = new LayerSelection(builder.layers, builder.allLayers);
      featureMaps = builder.featureMaps;
      probes = List.copyOf(builder.probes);
      suspectLabels = builder.suspectLabels;
    }
  }

  /** The options of a {@link NeuralCollapseListener}. Each is checked when it is set. */
  public static final class Builder extends ObservationOptions.Builder<Builder> {
    private final List<String> layers = new ArrayList<>();
    private final List<Probe> probes = new ArrayList<>();
    private boolean allLayers;
    private FeatureMaps featureMaps = FeatureMaps.FLATTENED;
    private boolean suspectLabels;

    private Builder() {}

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * Measures these layers instead of the input of the output layer. Of an output layer the input
     * is measured, together with its weights; of any other layer its activations (see {@link
     * #featureMaps}). A layer that leads to several outputs is measured once for the labels of
     * each, as {@code layer:output}. In the stream, a layer of a graph is seen after the dropout of
     * the layer behind it, since DL4J drops in place there.
     *
     * @param names names, indices as text, or patterns in which {@code *} stands for any characters
     *     and {@code ?} for one
     */
    public Builder layers(String... names) {
      layers.addAll(Arrays.asList(names));
      return this;
    }

    /**
     * Measures the layers with these indices, as {@link #layers(String...)}.
     *
     * @throws IllegalArgumentException if an index is negative
     */
    public Builder layers(int... indices) {
      for (int index : indices) {
        if (index < 0) {
          throw new IllegalArgumentException("A layer index must be at least 0, not " + index);
        }
        layers.add(String.valueOf(index));
      }
      return this;
    }

    /** Measures every layer, as {@link #layers(String...)}. */
    public Builder allLayers() {
      allLayers = true;
      return this;
    }

    /** How maps and sequences become features; {@link FeatureMaps#FLATTENED} unless set. */
    public Builder featureMaps(FeatureMaps kind) {
      featureMaps = Objects.requireNonNull(kind, "featureMaps");
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
      return add(Probe.of(HELD_OUT, Probe.Role.HELD_OUT, data));
    }

    /**
     * Runs over examples of no class, for {@code nc5.orthogonality} of every split; their labels
     * are not looked at.
     *
     * @param data an iterator of its own
     * @throws IllegalArgumentException if the iterator cannot be reset
     */
    public Builder outOfDistributionProbe(DataSetIterator data) {
      return add(Probe.of(OUT_OF_DISTRIBUTION, Probe.Role.OUT_OF_DISTRIBUTION, data));
    }

    /**
     * Measures labelled examples in inference mode under a name of your own.
     *
     * @param split the name; each can be used once
     * @param data an iterator of its own
     * @throws IllegalArgumentException if the name is taken or the iterator cannot be reset
     */
    public Builder probe(String split, DataSetIterator data) {
      return add(Probe.of(split, Probe.Role.LABELLED, data));
    }

    /** As {@link #trainProbe(DataSetIterator)}, for a graph of several inputs or outputs. */
    public Builder trainProbe(MultiDataSetIterator data) {
      return probe(TRAIN, data);
    }

    /** As {@link #heldOutProbe(DataSetIterator)}, for a graph of several inputs or outputs. */
    public Builder heldOutProbe(MultiDataSetIterator data) {
      return add(new Probe(HELD_OUT, Probe.Role.HELD_OUT, data));
    }

    /** As {@link #outOfDistributionProbe(DataSetIterator)}, for a graph of several inputs. */
    public Builder outOfDistributionProbe(MultiDataSetIterator data) {
      return add(new Probe(OUT_OF_DISTRIBUTION, Probe.Role.OUT_OF_DISTRIBUTION, data));
    }

    /** As {@link #probe(String, DataSetIterator)}, for a graph of several inputs or outputs. */
    public Builder probe(String split, MultiDataSetIterator data) {
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
     * Builds the listener.
     *
     * @throws IllegalArgumentException if suspect labels are to be found without a training probe
     */
    public NeuralCollapseListener build() {
      if (suspectLabels && probes.stream().noneMatch(probe -> probe.split().equals(TRAIN))) {
        throw new IllegalArgumentException(
            "Suspect labels are found among the examples of a trainProbe, but there is none");
      }
      return new NeuralCollapseListener(options());
    }

    private Options options() {
      return new Options(this, observation());
    }
  }
}
