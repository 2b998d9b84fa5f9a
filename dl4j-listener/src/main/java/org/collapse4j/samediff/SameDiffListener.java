package org.collapse4j.samediff;

import java.io.IOException;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.collapse4j.log.Observation;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.observe.ListenerOptions;
import org.collapse4j.observe.Moment;
import org.collapse4j.observe.Observer;
import org.collapse4j.observe.TrainingStream;
import org.collapse4j.stats.Classifier;
import org.collapse4j.verdict.Verdict;
import org.nd4j.autodiff.listeners.At;
import org.nd4j.autodiff.listeners.BaseListener;
import org.nd4j.autodiff.listeners.ListenerResponse;
import org.nd4j.autodiff.listeners.ListenerVariables;
import org.nd4j.autodiff.listeners.Loss;
import org.nd4j.autodiff.listeners.Operation;
import org.nd4j.autodiff.listeners.records.LossCurve;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.slf4j.LoggerFactory;

/**
 * Measures neural collapse, with a held-out probe dilation, and with clean labels memorization,
 * while a SameDiff graph trains: the same values in the same observations as {@link
 * org.collapse4j.dl4j.NeuralCollapseListener}, and the same options.
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
 * <p>Training is the same to the bit with and without it. Failures are treated as there. Epoch
 * events come from {@code fit(iterator, epochs)}; after {@code fit(DataSet)} call {@link #observe},
 * or use {@link Builder#everyIterations}. A listener measures one graph.
 */
public final class SameDiffListener extends BaseListener implements AutoCloseable {
  private final GraphVariables names;
  private final Observer observer;
  private final TrainingStream.Part stream;

  private MeasuredGraph measured;
  private boolean refused;
  private long iterations;

  private SameDiffListener(Builder builder) {
    names = new GraphVariables(builder.features, builder.labels, builder.weights, builder.bias);
    observer = new Observer(builder, LoggerFactory.getLogger(SameDiffListener.class));
    stream = observer.stream().newPart();
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
  public List<Observation> lastObservations() {
    return observer.lastObservations();
  }

  /** The last observation of a split (see {@link Observation#split}). */
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

  /**
   * Checks that this listener can measure a graph, which is otherwise found out, and logged, in the
   * first iteration.
   *
   * @throws IllegalArgumentException if a variable does not exist (the message has the names that
   *     do), the labels are not in the training configuration's label mapping, or this listener
   *     measures another graph
   */
  public void requireMeasurable(SameDiff graph) {
    names.requireIn(graph);
    requireSame(graph);
  }

  @SuppressWarnings("ReferenceEquality") // another graph of the same variables is another one
  private void requireSame(SameDiff graph) {
    if (measured != null && measured.graph() != graph) {
      throw new IllegalArgumentException(
          "A listener measures one graph, but this one was called by another than before; give each"
              + " graph a listener of its own");
    }
  }

  private MeasuredGraph measured(SameDiff graph) {
    requireSame(graph);
    return measured == null ? new MeasuredGraph(graph, names) : measured;
  }

  @Override
  public boolean isActive(Operation operation) {
    return operation == Operation.TRAINING;
  }

  @Override
  public ListenerVariables requiredVariables(SameDiff graph) {
    // What SameDiff does not know it refuses with an exception; that is said by this listener.
    return graph.hasVariable(names.features())
        ? ListenerVariables.builder().trainingVariables(names.features()).build()
        : ListenerVariables.empty();
  }

  @Override
  public void epochStart(SameDiff graph, At at) {
    observer.epochStarted();
  }

  @Override
  public synchronized void iterationStart(
      SameDiff graph, At at, MultiDataSet data, long etlTimeMs) {
    if (refused) {
      return;
    }
    boolean isMeasured =
        observer
            .guard()
            .call(
                "measure the graph",
                false,
                () -> {
                  measured = measured(graph);
                  INDArray features = measured.placeholder(data);
                  if (features != null) {
                    gather(data, features, at);
                  }
                  return true;
                });
    refused = !isMeasured && measured == null;
  }

  @Override
  public synchronized void activationAvailable(
      SameDiff graph,
      At at,
      MultiDataSet batch,
      SameDiffOp op,
      String variable,
      INDArray activation) {
    if (variable.equals(names.features()) && measured != null) {
      gather(batch, activation, at);
    }
  }

  /** Consumes the array at once: SameDiff overwrites it later. The weights are not updated yet. */
  private void gather(MultiDataSet batch, INDArray activation, At at) {
    if (observer.wantsStream(at.epoch())) {
      stream.observe(measured.point(), () -> measured.trainingRows(activation, batch));
    }
  }

  @Override
  public synchronized void iterationDone(SameDiff graph, At at, MultiDataSet data, Loss loss) {
    iterations = at.iteration() + 1L;
    if (measured == null) {
      return;
    }
    observer.offer(measured, () -> data);
    if (observer.isDueAfterIterations(iterations)) {
      Moment moment = new Moment(at.epoch(), iterations, false);
      observer.guard().run("observe", () -> observer.observeOnce(measured, moment));
    }
  }

  @Override
  public synchronized ListenerResponse epochEnd(
      SameDiff graph, At at, LossCurve lossCurve, long epochTimeMillis) {
    observer.epochEnded();
    int epoch = at.epoch() + 1;
    if (measured != null && observer.isDueAfterEpochs(epoch)) {
      Moment moment = new Moment(epoch, iterations, true);
      observer.guard().run("observe", () -> observer.observeOnce(measured, moment));
    } else if (!observer.countsIterations()) {
      observer.guard().run("observe", observer::pass);
    }
    return ListenerResponse.CONTINUE;
  }

  /**
   * Observes a graph now, as at the end of an epoch: all probes, and the sample of the training
   * data. For training that fires no epoch events, as {@code fit(DataSet)}.
   *
   * @return the observations, which also go to the sinks
   */
  public synchronized List<Observation> observe(SameDiff graph) {
    return observer
        .guard()
        .call(
            "observe",
            List.of(),
            () -> {
              MeasuredGraph model = measured(graph);
              int epoch = graph.getTrainingConfig().getEpochCount();
              return observer.observe(model, new Moment(epoch, iterations, true));
            });
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

  /** The options of a {@link SameDiffListener}. Each is checked when it is set. */
  public static final class Builder extends ListenerOptions<Builder> {
    private final String features;
    private final String labels;
    private String weights;
    private String bias;

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

    /**
     * Builds the listener.
     *
     * @throws IllegalArgumentException if suspect labels are to be found without a training probe
     */
    public SameDiffListener build() {
      return new SameDiffListener(this);
    }
  }
}
