package org.collapse4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.Training;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.spark.impl.graph.SparkComputationGraph;
import org.deeplearning4j.spark.impl.multilayer.SparkDl4jMultiLayer;
import org.deeplearning4j.spark.impl.paramavg.ParameterAveragingTrainingMaster;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.nd4j.linalg.dataset.DataSet;

/** Measuring between the fits of dl4j-spark. */
@DisabledForJreRange(minVersion = 24, disabledReason = SparkData.NO_LOGIN)
class SparkTrainingTest {
  private static JavaSparkContext context;
  private static JavaRDD<DataSet> trainBatches;
  private static JavaRDD<DataSet> testBatches;

  private final int epochs = 2;

  private final List<Observation> observations = new ArrayList<>();

  @BeforeAll
  static void start() {
    context = new JavaSparkContext(SparkData.quiet("local[2]"));
    trainBatches = context.parallelize(Training.clusters(120, 1).batchBy(10), 2);
    testBatches = context.parallelize(Training.clusters(60, 2).batchBy(10), 2);
  }

  @AfterAll
  static void stop() {
    context.stop();
  }

  private static ParameterAveragingTrainingMaster master() {
    return new ParameterAveragingTrainingMaster.Builder(2, 10)
        .averagingFrequency(2)
        .batchSizePerWorker(10)
        .build();
  }

  @Test
  void betweenFits() throws IOException {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(context, network, master());
    try (SparkCollapse collapse =
        new SparkCollapse(
            new SparkOptions()
                .trainProbe(SparkExamples.of(trainBatches))
                .heldOutProbe(SparkExamples.of(testBatches))
                .sink(observations::add))) {
      for (int epoch = 0; epoch < epochs; epoch++) {
        collapse.observe(training.fit(trainBatches));
      }
      assertEquals(0, collapse.failureCount());
    }
    assertEquals(
        List.of("train 1 6", "heldout 1 6", "train 2 12", "heldout 2 12"),
        observations.stream().map(o -> o.split() + " " + o.epoch() + " " + o.iteration()).toList());
  }

  @Test
  void graphsBetweenFits() {
    SparkComputationGraph training = new SparkComputationGraph(context, Training.graph(), master());
    ComputationGraph network = training.fit(trainBatches);
    SparkOptions options = new SparkOptions().sink(observations::add).failFast(true);
    List<Observation> measured = SparkCollapse.measure(network, trainBatches, options);
    assertEquals(observations, measured);
    assertEquals(1, measured.get(0).epoch());
  }

  @Test
  void listenersStayBehindWhenTheNetworkGoesToWorkers() {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().sink(observations::add).build();
    network.addListeners(listener);
    new SparkDl4jMultiLayer(context, network, master()).fit(trainBatches);
    assertEquals(List.of(), observations);
    SparkDl4jMultiLayer training = new SparkDl4jMultiLayer(context, network, master());
    training.setListeners(listener);
    Exception thrown = assertThrows(Exception.class, () -> training.fit(trainBatches));
    assertTrue(thrown.getMessage().contains("not serializable"), thrown.getMessage());
  }
}
