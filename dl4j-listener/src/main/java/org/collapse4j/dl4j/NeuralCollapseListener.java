package org.collapse4j.dl4j;

import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.log.Observation;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.observe.ListenerOptions;
import org.collapse4j.observe.MeasuringGuard;
import org.collapse4j.observe.Moment;
import org.collapse4j.observe.Observer;
import org.collapse4j.verdict.Verdict;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.slf4j.LoggerFactory;

/**
 * Measures neural collapse, with a held-out probe dilation, and with clean labels memorization,
 * while a network trains.
 *
 * <p>With no options it keeps a random sample of the training examples, and at the end of each
 * epoch runs the network over it in inference mode and logs one line through SLF4J:
 *
 * <pre>{@code
 * network.addListeners(new NeuralCollapseListener());
 * }</pre>
 *
 * <p>With probes it runs the network over data sets of their own:
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
 * fit(iterator)}; where there are none, as in {@code fit(DataSet)}, it observes every 100
 * iterations, or as {@link Builder#everyIterations} says, or when {@link #observe} is called.
 *
 * <p>A listener measures one model. Another that it is given is refused and not measured. A copy
 * goes on as the model: one of the same configuration that comes at the same iteration, give or
 * take one, or with the same parameters. So a ParallelWrapper's replicas are measured together, as
 * are models of the same configuration and seed that several threads start to train at once.
 *
 * <p>What has a label is a row of features: an example, a time step, a pixel. Rows that are masked,
 * or whose label is all zeros, are left out. A model without classes, such as a regression, is
 * logged once, and so is an output without them beside others.
 *
 * <p>Sinks that the listener was handed are for others to close; {@link #close} closes those that
 * it has made itself. They hold nothing that is lost if it is never called.
 */
public final class NeuralCollapseListener extends BaseTrainingListener implements AutoCloseable {
  private final LayerSelection layers;
  private final Observer observer;
  private final MeasuringGuard guard;
  private final Replicas replicas = new Replicas(this::open);

  /** A listener with no options: a sample of the training data, each epoch, to SLF4J. */
  public NeuralCollapseListener() {
    this(builder());
  }

  private NeuralCollapseListener(Builder builder) {
    layers = builder.layers;
    observer = new Observer(builder, LoggerFactory.getLogger(NeuralCollapseListener.class));
    guard = observer.guard();
  }

  /** Starts a listener with options. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Checks that this listener can measure a model, which is otherwise found out, and logged, in the
   * first iteration. Nothing is measured or changed.
   *
   * @throws IllegalArgumentException if the model is not initialised or has no output layer with
   *     classes, a layer chosen does not exist (the message has the names that do), or this
   *     listener measures another model
   */
  public void requireMeasurable(Model model) {
    MeasuredNetwork.of(model, layers);
    replicas.requireSame(model);
  }

  /** The observations of the last time something was observed, one for each split and layer. */
  public List<Observation> lastObservations() {
    return observer.lastObservations();
  }

  /** The last observation of a split (see {@link Observation#split}), at the first layer of it. */
  public Optional<Observation> lastObservation(String split) {
    return observer.lastObservation(split);
  }

  /**
   * What the numbers observed so far mean, in sentences: the same that the page and the command
   * line say, by the rules that {@link org.collapse4j.verdict.VerdictRules} states.
   *
   * @return the most important first; empty before the first observation
   */
  public List<Verdict> verdicts() {
    return observer.verdicts();
  }

  /**
   * The examples of the training probe ranked by how probably their label is wrong, by what was
   * observed so far.
   *
   * @return without an example before the first observation
   * @throws IllegalStateException if the listener was not built with {@link Builder#suspectLabels}
   */
  public SuspectLabels suspectLabels() {
    return observer.suspectLabels();
  }

  /** How often measuring or writing failed so far. */
  public long failureCount() {
    return observer.failureCount();
  }

  @Override
  public void onEpochStart(Model model) {
    observer.epochStarted();
  }

  @Override
  public void onForwardPass(Model model, List<INDArray> activations) {
    forwardDone(model, () -> new Activations(activations, Map.of(), activations.get(0).size(0)));
  }

  @Override
  public void onForwardPass(Model model, Map<String, INDArray> activations) {
    forwardDone(
        model,
        () ->
            new Activations(
                List.of(), activations, ((ComputationGraph) model).getInput(0).size(0)));
  }

  private void forwardDone(Model model, java.util.function.Supplier<Activations> activations) {
    if (!replicas.isRefused(model)) {
      guard.run(
          "measure the model",
          () -> {
            Replica replica = replicas.training(model);
            boolean gathers = observer.wantsStream(Epochs.completed(model));
            replica.forwardDone(gathers ? activations.get() : null);
          });
    }
  }

  @Override
  public void onBackwardPass(Model model) {
    Replica replica = replicas.known(model);
    if (replica != null && replica.backwardDone() && observer.wantsSample()) {
      observer.offer(replica.network(), replica.network()::trainingBatch);
    }
  }

  @Override
  public void iterationDone(Model model, int iteration, int epoch) {
    Replica replica = replicas.known(model);
    if (replica == null) {
      tellOfPretraining(model);
      return;
    }
    long done = iteration + 1L;
    replica.iterations(done);
    if (observer.isDueAfterIterations(done) && replicas.haveDone(done)) {
      // The replica that comes last observes for all.
      Moment moment = new Moment(epoch, done, false);
      guard.run("observe", () -> observer.observeOnce(replica.network(), moment));
      forgetEnded(model);
    }
  }

  private void tellOfPretraining(Model model) {
    if (!(model instanceof MultiLayerNetwork || model instanceof ComputationGraph)) {
      guard.noteOnce(
          "layers are pretrained one by one, without labels, so that nothing is measured"
              + " meanwhile; it begins with fit(), and observe(model) measures probes at any time,"
              + " as everyIterations(n) does between iterations of fit()");
    }
  }

  @Override
  public void onEpochEnd(Model model) {
    observer.epochEnded();
    int epoch = Epochs.completed(model) + 1;
    if (observer.countsIterations() || replicas.isRefused(model)) {
      return;
    }
    if (observer.isDueAfterEpochs(epoch)) {
      Moment moment = new Moment(epoch, Epochs.iterations(model), true);
      guard.run("observe", () -> observer.observeOnce(replicas.find(model).network(), moment));
    } else {
      guard.run("observe", observer::pass);
    }
    forgetEnded(model);
  }

  private void forgetEnded(Model kept) {
    replicas.forgetEnded(kept).forEach(replica -> observer.stream().remove(replica.stream()));
  }

  /**
   * Observes a model now, as at the end of an epoch: all probes, and the sample of the training
   * data. For training that fires no epoch events, such as {@code fit(DataSet)} and that of a
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
    List<Observation> observations =
        guard.call(
            "observe",
            List.of(),
            () -> {
              Moment moment = new Moment(epoch, Epochs.iterations(model), true);
              return observer.observe(replicas.find(model).network(), moment);
            });
    if (observer.awaitsTraining()) {
      guard.noteOnce(
          "no batch of training has passed this listener yet, so that there is nothing of the"
              + " training data to measure: add it to the model before training begins. A"
              + " ParallelWrapper takes the listeners that the model has when its builder's build()"
              + " is called; no replica of one has reported");
    }
    forgetEnded(model);
    return observations;
  }

  /**
   * Closes the sinks that this listener has made: those of {@link Builder#jsonLines} and {@link
   * Builder#dashboard}. It observes nothing from then on.
   *
   * @throws IOException if one cannot be closed
   */
  @Override
  public void close() throws IOException {
    observer.close();
  }

  private Replica open(Model model) {
    MeasuredNetwork network = MeasuredNetwork.of(model, layers);
    network.refusedOutputs().forEach(guard::noteOnce);
    if (listeners(model).stream().filter(this::equals).count() > 1) {
      guard.noteOnce("this listener has been added to the model twice; it measures once");
    }
    return new Replica(network, observer.stream().newPart());
  }

  /** Whether this is among the listeners of a model. */
  boolean listensTo(Model model) {
    return listeners(model).contains(this);
  }

  private static Collection<TrainingListener> listeners(Model model) {
    Collection<TrainingListener> listeners =
        model instanceof MultiLayerNetwork network
            ? network.getListeners()
            : ((ComputationGraph) model).getListeners();
    return listeners == null ? List.of() : listeners;
  }

  /** The options of a {@link NeuralCollapseListener}. Each is checked when it is set. */
  public static final class Builder extends ListenerOptions<Builder>
      implements LayerOptions<Builder> {
    private LayerSelection layers = LayerSelection.OUTPUTS;

    private Builder() {}

    @Override
    protected Builder self() {
      return this;
    }

    @Override
    public Builder layers(String... names) {
      layers = layers.and(names);
      return this;
    }

    @Override
    public Builder layers(int... indices) {
      layers = layers.and(indices);
      return this;
    }

    @Override
    public Builder allLayers() {
      layers = layers.andAll();
      return this;
    }

    @Override
    public Builder featureMaps(FeatureMaps kind) {
      layers = layers.with(kind);
      return this;
    }

    /**
     * Builds the listener.
     *
     * @throws IllegalArgumentException if suspect labels are to be found without a training probe
     */
    public NeuralCollapseListener build() {
      return new NeuralCollapseListener(this);
    }
  }
}
