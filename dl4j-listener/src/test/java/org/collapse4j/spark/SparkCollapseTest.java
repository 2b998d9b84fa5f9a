package org.collapse4j.spark;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.dl4j.Training;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** Spark with two threads in this process, which runs a task again twice. */
@DisabledForJreRange(minVersion = 24, disabledReason = SparkData.NO_LOGIN)
class SparkCollapseTest {
  private static JavaSparkContext context;

  @TempDir Path folder;

  @BeforeAll
  static void start() {
    context = new JavaSparkContext(SparkData.quiet("local[2,3]"));
  }

  @AfterAll
  static void stop() {
    context.stop();
  }

  private static SparkOptions quiet() {
    return new SparkOptions().sink(observation -> {}).failFast(true);
  }

  /** 22 batches: of 11 partitions the first has one class, of 30 eight are empty. */
  @ParameterizedTest
  @CsvSource({"DOUBLE, 1", "DOUBLE, 3", "DOUBLE, 11", "DOUBLE, 30", "FLOAT, 11"})
  void partitionsGiveWhatOneMachineGives(DataType type, int partitions) throws IOException {
    SparkData data = new SparkData(type);
    MultiLayerNetwork network = data.network();
    List<Observation> expected = data.onOneMachine(network, 3);
    assertTrue(expected.get(0).measurements().has(Metric.MEMORIZATION_FRACTION));
    assertTrue(expected.get(0).measurements().has(Metric.NC5_ORTHOGONALITY));
    assertFalse(expected.get(0).examples().suspects().isEmpty());
    try (SparkCollapse collapse = new SparkCollapse(data.options(context, partitions))) {
      List<Observation> observed = List.of();
      for (int i = 0; i < 3; i++) {
        observed = collapse.observe(network);
      }
      double tolerance = type == DataType.DOUBLE ? SparkData.DOUBLE : SparkData.SINGLE;
      SparkData.assertSame(expected, observed, tolerance);
      assertEquals(expected.get(0).examples().plane(), observed.get(0).examples().plane());
      assertEquals(440, collapse.suspectLabels().ranking().size());
      assertEquals(observed, collapse.lastObservations());
    }
  }

  @Test
  void examplesWithoutAnIndexAreKnownByTheirPlace() throws IOException {
    SparkData data = new SparkData(DataType.DOUBLE);
    data.train.forEach(batch -> batch.setExampleMetaData(null));
    MultiLayerNetwork network = data.network();
    List<Observation> expected = data.onOneMachine(network, 1);
    try (SparkCollapse collapse = new SparkCollapse(data.options(context, 5))) {
      SparkData.assertSame(expected, collapse.observe(network), SparkData.DOUBLE);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void graphsAndInnerLayers(boolean allLayers) {
    ComputationGraph graph = Training.graph();
    List<DataSet> batches = Training.clusters(120, 5).batchBy(16);
    NeuralCollapseListener.Builder here =
        NeuralCollapseListener.builder()
            .trainProbe(SparkData.iterator(batches))
            .sink(observation -> {});
    SparkOptions there = quiet();
    if (allLayers) {
      here.allLayers();
      there.allLayers();
    }
    List<Observation> expected = here.build().observe(graph);
    assertEquals(allLayers ? 4 : 1, expected.size());
    JavaRDD<DataSet> rdd = context.parallelize(batches, 3);
    SparkData.assertSame(expected, SparkCollapse.measure(graph, rdd, there), SparkData.SINGLE);
    JavaRDD<org.nd4j.linalg.dataset.api.MultiDataSet> multi = rdd.map(DataSet::toMultiDataSet);
    SparkData.assertSame(
        expected,
        SparkCollapse.measure(graph, SparkExamples.ofMultiDataSets(multi), there),
        SparkData.SINGLE);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void exportedFiles(boolean multi) throws IOException {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    List<DataSet> batches = Training.clusters(120, 5).batchBy(16);
    List<String> paths = new ArrayList<>();
    Files.createDirectory(folder.resolve("passed-over"));
    for (int i = 0; i < batches.size(); i++) {
      Path file = folder.resolve("dataset_" + i + ".bin");
      if (multi) {
        ((MultiDataSet) batches.get(i).toMultiDataSet()).save(file.toFile());
      } else {
        batches.get(i).save(file.toFile());
      }
      paths.add(file.toString());
    }
    List<Observation> expected =
        NeuralCollapseListener.builder()
            .trainProbe(SparkData.iterator(batches))
            .sink(observation -> {})
            .build()
            .observe(network);
    SparkData.assertSame(
        expected,
        SparkCollapse.measure(network, SparkExamples.files(context.parallelize(paths, 3)), quiet()),
        SparkData.SINGLE);
    SparkData.assertSame(
        expected,
        SparkCollapse.measure(
            network, SparkExamples.directory(context, folder.toString()), quiet()),
        SparkData.SINGLE);
  }

  @Test
  void aFileOfSomethingElseIsNamed() throws IOException {
    Path file = Files.writeString(folder.resolve("notes.txt"), "no batches");
    IllegalArgumentException thrown =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                SparkCollapse.measure(
                    Training.multiLayerNetwork(),
                    SparkExamples.directory(context, folder.toString()),
                    quiet()));
    assertTrue(thrown.getMessage().contains(file.getFileName().toString()), thrown.getMessage());
    assertTrue(thrown.getMessage().startsWith("A file of exported batches must "));
  }

  /** Fails once in the first pass over 22 batches and once in the second. */
  private static final class FailsTwice {
    static final AtomicInteger BATCHES = new AtomicInteger();

    static DataSet check(DataSet batch) {
      int read = BATCHES.incrementAndGet();
      if (read == 10 || read == 40) {
        throw new IllegalStateException("a task that fails");
      }
      return batch;
    }
  }

  @Test
  void tasksThatFailAreRunAgain() throws IOException {
    SparkData data = new SparkData(DataType.DOUBLE);
    MultiLayerNetwork network = data.network();
    FailsTwice.BATCHES.set(0);
    SparkOptions options =
        data.options(context, context.parallelize(data.train, 7).map(FailsTwice::check));
    try (SparkCollapse collapse = new SparkCollapse(options)) {
      SparkData.assertSame(
          data.onOneMachine(network, 1), collapse.observe(network), SparkData.DOUBLE);
    }
    assertTrue(FailsTwice.BATCHES.get() > 44, "none was read again");
  }

  @Test
  void aProbeWhoseTasksKeepFailingCostsThatProbe() throws IOException {
    SparkData data = new SparkData(DataType.FLOAT);
    try (RecordedWarnings warnings = new RecordedWarnings();
        SparkCollapse collapse =
            new SparkCollapse(
                new SparkOptions()
                    .sink(observation -> {})
                    .trainProbe(
                        SparkExamples.of(
                            context
                                .parallelize(data.train, 2)
                                .map(
                                    batch -> {
                                      throw new IOException("the disk is gone");
                                    })))
                    .heldOutProbe(SparkExamples.of(context.parallelize(data.heldOut, 3))))) {
      List<Observation> observed = collapse.observe(data.network());
      assertEquals(List.of("heldout"), observed.stream().map(Observation::split).toList());
      assertEquals(1, collapse.failureCount());
      String line = warnings.lines().get(0);
      assertTrue(line.startsWith("collapse4j could not measure the probe \"train\": "), line);
      assertTrue(line.contains("the disk is gone"), line);
      assertEquals(1, line.lines().count(), line);
    }
  }

  @Test
  void labelsThatAreNoneCostThatProbeInTheWordsOfOneMachine() {
    List<DataSet> batches = new ArrayList<>(Training.clusters(60, 5).batchBy(20));
    batches.get(1).setLabels(batches.get(1).getLabels().mul(3));
    MultiLayerNetwork network = Training.multiLayerNetwork();
    IllegalArgumentException here =
        assertThrows(
            IllegalArgumentException.class,
            () ->
                NeuralCollapseListener.builder()
                    .trainProbe(SparkData.iterator(batches))
                    .sink(observation -> {})
                    .failFast(true)
                    .build()
                    .observe(network));
    IllegalArgumentException there =
        assertThrows(
            IllegalArgumentException.class,
            () -> SparkCollapse.measure(network, context.parallelize(batches, 3), quiet()));
    assertEquals(here.getMessage(), there.getMessage());
  }

  @Test
  void noPartitionAtAllIsToldAsNoExample() {
    try (RecordedWarnings warnings = new RecordedWarnings()) {
      assertEquals(
          List.of(),
          SparkCollapse.measure(Training.multiLayerNetwork(), context.emptyRDD(), quiet()));
      assertTrue(warnings.lines().get(0).contains("has no labelled example"));
    }
  }

  @Test
  void whatCannotBeMeasuredIsRefused() {
    JavaRDD<DataSet> data = context.parallelize(Training.clusters(60, 5).batchBy(20), 2);
    SparkOptions options = quiet();
    assertThrows(IllegalArgumentException.class, () -> SparkCollapse.measure(null, data, options));
    assertThrows(
        NullPointerException.class,
        () ->
            SparkCollapse.measure(Training.multiLayerNetwork(), (JavaRDD<DataSet>) null, options));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            SparkCollapse.measure(
                Training.multiLayerNetwork(), data, quiet().layers("no such layer")));
    SparkOptions withTrain = quiet().trainProbe(SparkExamples.of(data));
    assertThrows(
        IllegalArgumentException.class,
        () -> SparkCollapse.measure(Training.multiLayerNetwork(), data, withTrain));
    assertThrows(
        IllegalArgumentException.class, () -> new SparkCollapse(quiet().suspectLabels(true)));
  }

  @Test
  void measuringAgainWithTheSameOptionsGoesOnInTheSameLog() throws IOException {
    Path log = folder.resolve("log.jsonl");
    MultiLayerNetwork network = Training.multiLayerNetwork();
    JavaRDD<DataSet> data = context.parallelize(Training.clusters(60, 5).batchBy(20), 2);
    SparkOptions options = new SparkOptions().jsonLines(log).parameter("seed", "7");
    List<Observation> measured = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      measured.addAll(SparkCollapse.measure(network, data, options));
    }
    List<Observation> read = MetricLog.read(log).observations();
    assertEquals(2, read.size());
    assertEquals(measured.get(0).parameters(), read.get(0).parameters());
    assertEquals(
        measured.get(1).measurements().value(Metric.NC1_PINV),
        read.get(1).measurements().value(Metric.NC1_PINV));
  }

  @Test
  void neitherTheNetworkNorRandomNumbersChange() {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    JavaRDD<DataSet> data = context.parallelize(Training.clusters(60, 5).batchBy(20), 2);
    double[] before = network.params().toDoubleVector();
    Nd4j.getRandom().setSeed(3);
    double drawn = Nd4j.rand(1).getDouble(0);
    Nd4j.getRandom().setSeed(3);
    SparkCollapse.measure(network, data, quiet());
    assertEquals(drawn, Nd4j.rand(1).getDouble(0));
    assertEquals(
        0,
        IntStream.range(0, before.length)
            .filter(i -> before[i] != network.params().getDouble(i))
            .count());
  }
}
