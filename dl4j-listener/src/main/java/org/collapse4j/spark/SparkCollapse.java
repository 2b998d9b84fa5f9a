package org.collapse4j.spark;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.api.java.JavaRDD;
import org.collapse4j.dl4j.LayerSelection;
import org.collapse4j.dl4j.MeasuredNetwork;
import org.collapse4j.log.Observation;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.observe.MeasuringGuard;
import org.collapse4j.observe.Moment;
import org.collapse4j.observe.Observer;
import org.collapse4j.verdict.Verdict;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.LoggerFactory;

/**
 * Measures a network over data that Apache Spark has: the network goes to the executors, each
 * partition is evaluated where it is, and only statistics come back. The numbers are those that one
 * machine with all the data has, up to rounding.
 *
 * <p>One data set, once:
 *
 * <pre>{@code
 * List<Observation> observations =
 *     SparkCollapse.measure(network, trainBatches, new SparkOptions().run("first"));
 * }</pre>
 *
 * <p>Between the fits of dl4j-spark, as a listener does between epochs:
 *
 * <pre>{@code
 * try (SparkCollapse collapse =
 *     new SparkCollapse(
 *         new SparkOptions()
 *             .trainProbe(SparkExamples.of(trainBatches))
 *             .heldOutProbe(SparkExamples.of(testBatches))
 *             .jsonLines(Path.of("runs/spark.jsonl")))) {
 *   for (int epoch = 0; epoch < epochs; epoch++) {
 *     collapse.observe(training.fit(trainBatches));
 *   }
 * }
 * }</pre>
 *
 * <p>What fails is logged once, counted and left out, unless {@code failFast} is set: a probe whose
 * job Spark gives up, for one. Tasks that fail and executors that are lost Spark runs again.
 *
 * <p>A listener stays behind when dl4j-spark sends the network to its workers; this is in its
 * place.
 *
 * <p>A driver that {@code spark-submit} did not start needs {@code
 * --add-opens=java.base/sun.nio.ch=ALL-UNNAMED}.
 */
public final class SparkCollapse implements AutoCloseable {
  private final LayerSelection layers;
  private final Observer observer;
  private final MeasuringGuard guard;

  /**
   * Measures with options; see {@link #observe(Model)}.
   *
   * @param options copied
   * @throws IllegalArgumentException if suspect labels are to be found without a training probe
   */
  public SparkCollapse(SparkOptions options) {
    layers = options.layers();
    observer = new Observer(options, LoggerFactory.getLogger(SparkCollapse.class));
    guard = observer.guard();
  }

  /**
   * Measures a network over one data set, under the split {@code train}, and over the probes of the
   * options.
   *
   * @param network a MultiLayerNetwork or a ComputationGraph, not changed
   * @param batches each data set one batch
   * @param options stay as they are, and must have no training probe
   * @return the observations, one for each split and layer, which also go to the sinks
   * @throws IllegalArgumentException if the network cannot be measured, or there is a training
   *     probe
   */
  public static List<Observation> measure(
      Model network, JavaRDD<DataSet> batches, SparkOptions options) {
    return measure(network, SparkExamples.of(batches), options);
  }

  /** As {@link #measure(Model, JavaRDD, SparkOptions)}, of any examples that Spark has. */
  @SuppressWarnings("resource") // Its sinks are the options', which may measure again.
  public static List<Observation> measure(
      Model network, SparkExamples examples, SparkOptions options) {
    MeasuredNetwork.of(network, options.layers());
    return new SparkCollapse(options.and(examples)).observe(network);
  }

  /**
   * Observes a network now, as it is: every probe, to every sink.
   *
   * @param network of the driver, such as that of a SparkDl4jMultiLayer; not changed
   * @return the observations, one for each split and layer
   */
  public List<Observation> observe(Model network) {
    return observe(network, MeasuredNetwork::moment);
  }

  /**
   * Observes a network now, as {@link #observe(Model)}, under an epoch that the network does not
   * count.
   *
   * @param epoch the number of epochs completed
   * @return the observations, one for each split and layer
   */
  public List<Observation> observe(Model network, int epoch) {
    return observe(network, measured -> new Moment(epoch, measured.moment().iteration(), true));
  }

  private List<Observation> observe(Model network, Function<MeasuredNetwork, Moment> moment) {
    return guard.call(
        "observe",
        List.of(),
        () -> {
          MeasuredNetwork measured = MeasuredNetwork.of(network, layers);
          measured.refusedOutputs().forEach(guard::noteOnce);
          try (SparkNetwork spark = new SparkNetwork(measured, layers)) {
            return observer.observe(spark, moment.apply(measured));
          }
        });
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
   * What the numbers observed so far mean, in sentences, by the rules that {@link
   * org.collapse4j.verdict.VerdictRules} states.
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
   * @throws IllegalStateException if {@link SparkOptions#suspectLabels} was not set
   */
  public SuspectLabels suspectLabels() {
    return observer.suspectLabels();
  }

  /** How often measuring or writing failed so far. */
  public long failureCount() {
    return observer.failureCount();
  }

  /**
   * Closes the sinks that were made by {@link SparkOptions#jsonLines} and {@link
   * SparkOptions#dashboard}. Nothing is observed from then on.
   *
   * @throws IOException if one cannot be closed
   */
  @Override
  public void close() throws IOException {
    observer.close();
  }
}
