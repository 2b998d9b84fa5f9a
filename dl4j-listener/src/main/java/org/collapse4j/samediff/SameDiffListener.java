package org.collapse4j.samediff;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.measure.FeatureStream;
import org.collapse4j.measure.FeatureStream.Gathered;
import org.collapse4j.measure.MeasuringGuard;
import org.collapse4j.measure.ObservationOptions;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.Classifier;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.LoggerFactory;

/**
 * Measures neural collapse, and with a held-out probe dilation, while a SameDiff graph trains: the
 * same values in the same observations as {@link org.collapse4j.dl4j.NeuralCollapseListener}.
 *
 * <p>It is given the names of the variables: the features, the placeholder of the labels, and the
 * weights and bias of the classifier on top of the features. Labels are one-hot or soft, with the
 * classes in the last dimension, or class indices.
 *
 * <pre>{@code
 * graph.setListeners(
 *     SameDiffListener.builder("features", "labels").classifier("weights", "bias").build());
 * }</pre>
 *
 * <p>Training is the same to the bit with and without it, unless the graph draws random numbers in
 * inference too and a probe makes it do so. Failures are treated as there. Epoch events come from
 * {@code fit(iterator, epochs)}; after {@code fit(DataSet)} call {@link #observe}, or use {@link
 * Builder#everyIterations}. A listener measures one graph.
 */
public final class SameDiffListener extends BaseListener {
  private final Options options;
  private final ObservationOptions observing;
  private final MeasuringGuard guard;
  private final FeatureStream stream;

  private SameDiff measured;
  private boolean refused;
  private long iterations;
  private List<Observation> last = List.of();

  private SameDiffListener(Options options) {
    this.options = options;
    this.observing = options.observing;
    this.guard =
        new MeasuringGuard(LoggerFactory.getLogger(SameDiffListener.class), observing.failFast());
    this.stream = new FeatureStream(observing.covarianceLimit());
  }

  /**
   * Starts a listener.
   *
   * @param features the name of the variable of the features, {@code [N, d]} or {@code [.., d]}
   * @param labels the name of the placeholder of the labels
   */
  public static Builder builder(String features, String labels) {
    return new Builder(features, labels);
  }

  /** The observations of the last time something was observed, one for each split. */
  public synchronized List<Observation> lastObservations() {
    return last;
  }

  /** The last observation of a split (see {@link Observation#split}). */
  public synchronized Optional<Observation> lastObservation(String split) {
    return last.stream().filter(o -> o.split().equals(split)).findFirst();
  }

  /** How often measuring or writing failed so far. */
  public long failureCount() {
    return guard.failures();
  }

  /**
   * Checks that this listener can measure a graph, which is otherwise found out, and logged, in the
   * first iteration.
   *
   * @throws IllegalArgumentException if a variable does not exist (the message has the names that
   *     do), the labels are not in the training configuration's label mapping, or this listener
   *     measures another graph
   */
  public void requireMeasurable(SameDiff graph) {
    options.graph.requireIn(graph);
    if (isAnother(graph)) {
      throw new IllegalArgumentException(
          "A listener measures one graph, but this one was called by another than before; give each"
              + " graph a listener of its own");
    }
  }

  @SuppressWarnings("ReferenceEquality") // another graph of the same variables is another one
  private boolean isAnother(SameDiff graph) {
    return measured != null && measured != graph;
  }

  @Override
  public boolean isActive(Operation operation) {
    return operation == Operation.TRAINING;
  }

  @Override
  public ListenerVariables requiredVariables(SameDiff graph) {
    // What SameDiff does not know it refuses with an exception; that is said by this listener.
    return graph.hasVariable(options.graph.features())
        ? ListenerVariables.builder().trainingVariables(options.graph.features()).build()
        : ListenerVariables.empty();
  }

  @Override
  public synchronized void iterationStart(
      SameDiff graph, At at, MultiDataSet data, long etlTimeMs) {
    if (refused) {
      return;
    }
    try {
      requireMeasurable(graph);
      measured = graph;
      INDArray features = options.graph.placeholder(graph, data);
      if (features != null) {
        gather(graph, data, features);
      }
    } catch (IllegalArgumentException e) {
      refuse(e);
    }
  }

  private void refuse(IllegalArgumentException reason) {
    refused = measured == null;
    guard.run(
        "measure the graph",
        () -> {
          throw reason;
        });
  }

  @Override
  public synchronized void activationAvailable(
      SameDiff graph,
      At at,
      MultiDataSet batch,
      SameDiffOp op,
      String variable,
      INDArray activation) {
    if (variable.equals(options.graph.features()) && measured != null) {
      gather(measured, batch, activation);
    }
  }

  /** Consumes the array at once: SameDiff overwrites it later. The weights are not updated yet. */
  private void gather(SameDiff graph, MultiDataSet batch, INDArray activation) {
    if (!observing.stream() || refused) {
      return;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      Rows rows = options.graph.rows(graph, activation, batch);
      if (!rows.isEmpty()) {
        Classifier classifier = options.graph.classifier(graph, rows.features().columns());
        INDArray logits =
            classifier == null ? null : MeasuredGraph.logits(classifier, rows.features());
        stream.observe(rows.features(), logits, rows.classes(), rows.numClasses());
      }
    } catch (IllegalArgumentException e) {
      measured = null;
      stream.discard();
      refuse(e);
    }
  }

  @Override
  public synchronized void iterationDone(SameDiff graph, At at, MultiDataSet data, Loss loss) {
    iterations = at.iteration() + 1L;
    if (observing.isDueAfterIterations(iterations)) {
      observeIfMeasured(at.epoch());
    }
  }

  @Override
  public synchronized ListenerResponse epochEnd(
      SameDiff graph, At at, LossCurve lossCurve, long epochTimeMillis) {
    int epoch = at.epoch() + 1;
    if (observing.isDueAfterEpochs(epoch)) {
      observeIfMeasured(epoch);
    } else if (!observing.countsIterations()) {
      guard.run("observe", this::drain);
    }
    return ListenerResponse.CONTINUE;
  }

  private void observeIfMeasured(int epoch) {
    if (measured != null) {
      guard.run("observe", () -> observeNow(measured, epoch));
    }
  }

  /**
   * Observes a graph now, as at the end of an epoch: all probes, and the training stream since the
   * last time. For training that fires no epoch events, as {@code fit(DataSet)}.
   *
   * @return the observations, which also go to the sinks
   */
  public synchronized List<Observation> observe(SameDiff graph) {
    return guard.call(
        "observe",
        List.of(),
        () -> {
          requireMeasurable(graph);
          return observeNow(graph, graph.getTrainingConfig().getEpochCount());
        });
  }

  private List<Observation> observeNow(SameDiff graph, int epoch) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray outOfDistribution = outOfDistributionMean(graph);
      Map<String, Measurements> splits = new LinkedHashMap<>();
      Gathered gathered = drain();
      if (gathered != null) {
        Classifier classifier = options.graph.classifier(graph, gathered.statistics().dimension());
        splits.put(
            Observation.STREAM,
            gathered.measure(classifier, outOfDistribution, observing.globalMean()));
      }
      for (GraphProbe probe : options.probes) {
        guard.run(
            "measure the probe \"" + probe.split() + "\"",
            () ->
                probe
                    .measure(graph, options.graph, outOfDistribution, observing.globalMean())
                    .ifPresent(values -> splits.put(probe.split(), values)));
      }
      last = splits.entrySet().stream().map(e -> observation(epoch, e)).toList();
      last.forEach(this::publish);
      return last;
    }
  }

  private Gathered drain() {
    Gathered gathered = stream.drain();
    if (gathered != null) {
      stream.centres(gathered.statistics());
    }
    return gathered;
  }

  private INDArray outOfDistributionMean(SameDiff graph) {
    return options.outOfDistribution == null
        ? null
        : guard.call(
            "measure the probe \"" + options.outOfDistribution.split() + "\"",
            null,
            () -> options.outOfDistribution.mean(graph, options.graph));
  }

  private Observation observation(int epoch, Map.Entry<String, Measurements> split) {
    return new Observation(
        observing.run(),
        epoch,
        iterations,
        split.getKey(),
        options.graph.features(),
        split.getValue(),
        observing.parameters());
  }

  private void publish(Observation observation) {
    for (MetricSink sink : observing.sinks()) {
      guard.run("write to " + sink.getClass().getSimpleName(), () -> sink.write(observation));
    }
  }

  /** The options of a listener, fixed. */
  private static final class Options {
    final ObservationOptions observing;
    final MeasuredGraph graph;
    final List<GraphProbe> probes;
    final GraphProbe outOfDistribution;

    Options(Builder builder, ObservationOptions observing) {
      this.observing = observing;
      graph = new MeasuredGraph(builder.features, builder.labels, builder.weights, builder.bias);
      probes = List.copyOf(builder.probes);
      outOfDistribution = builder.outOfDistribution;
    }
  }

  /** The options of a {@link SameDiffListener}. Each is checked when it is set. */
  public static final class Builder extends ObservationOptions.Builder<Builder> {
    private final String features;
    private final String labels;
    private final List<GraphProbe> probes = new ArrayList<>();
    private String weights;
    private String bias;
    private GraphProbe outOfDistribution;

    private Builder(String features, String labels) {
      this.features = Objects.requireNonNull(features, "features");
      this.labels = Objects.requireNonNull(labels, "labels");
    }

    @Override
    protected Builder self() {
      return this;
    }

    /**
     * The classifier on top of the features, for nc2.*.classifier, nc3, nc4.mismatch, accuracy and
     * ece. A single column of weights is measured as two classes (see {@link Classifier#ofUnit}).
     *
     * @param weightName the variable of the weights, {@code [d, K]} as in a product {@code features
     *     weights}, or {@code [K, d]}; where d is K, the former
     * @param biasName the variable of the bias, {@code [K]}, or null for none
     */
    public Builder classifier(String weightName, String biasName) {
      weights = Objects.requireNonNull(weightName, "weights");
      bias = biasName;
      return this;
    }

    /** Measures training examples in inference mode, under the split {@code train}. */
    public Builder trainProbe(MultiDataSetIterator data) {
      return probe("train", data);
    }

    /** Measures training examples in inference mode, under the split {@code train}. */
    public Builder trainProbe(DataSetIterator data) {
      return trainProbe(new MultiDataSetIteratorAdapter(data));
    }

    /**
     * Measures examples that take no part in training, under the split {@code heldout}; dilation.*
     * comes with them.
     */
    public Builder heldOutProbe(MultiDataSetIterator data) {
      return add(new GraphProbe("heldout", true, data));
    }

    /** As {@link #heldOutProbe(MultiDataSetIterator)}. */
    public Builder heldOutProbe(DataSetIterator data) {
      return heldOutProbe(new MultiDataSetIteratorAdapter(data));
    }

    /** Runs over examples of no class, for {@code nc5.orthogonality} of every split. */
    public Builder outOfDistributionProbe(MultiDataSetIterator data) {
      outOfDistribution = new GraphProbe("ood", false, data);
      return this;
    }

    /** As {@link #outOfDistributionProbe(MultiDataSetIterator)}. */
    public Builder outOfDistributionProbe(DataSetIterator data) {
      return outOfDistributionProbe(new MultiDataSetIteratorAdapter(data));
    }

    /**
     * Measures labelled examples in inference mode under a name of your own.
     *
     * @throws IllegalArgumentException if the name is taken or the iterator cannot be reset
     */
    public Builder probe(String split, MultiDataSetIterator data) {
      return add(new GraphProbe(split, false, data));
    }

    /** As {@link #probe(String, MultiDataSetIterator)}. */
    public Builder probe(String split, DataSetIterator data) {
      return probe(split, new MultiDataSetIteratorAdapter(data));
    }

    private Builder add(GraphProbe probe) {
      boolean taken =
          probe.split().equals(Observation.STREAM)
              || probe.split().equals("ood")
              || probes.stream().anyMatch(p -> p.split().equals(probe.split()));
      if (taken) {
        throw new IllegalArgumentException(
            "Each split has a name of its own, but \"" + probe.split() + "\" is taken");
      }
      probes.add(probe);
      return this;
    }

    /** Builds the listener. */
    public SameDiffListener build() {
      return new SameDiffListener(options());
    }

    private Options options() {
      return new Options(this, observation());
    }
  }
}
