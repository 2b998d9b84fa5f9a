package org.collapse4j.samples.benchmark;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.collapse4j.evaluation.ArrayRows;
import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.metric.Measurements;
import org.collapse4j.samples.model.OpenMpThreads;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * All metrics of features observed in batches of 128, against one single-precision product X^T X of
 * the same array, which a within-class covariance takes at the least. Both run in one thread unless
 * {@code OMP_NUM_THREADS} says otherwise.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xms1g", "-XX:+AlwaysPreTouch"}) // First touches of memory are no part of it.
@Warmup(iterations = 12) // Until the compiler, which takes the second core, has nothing to do.
@Measurement(iterations = 10)
public class MetricsBenchmark {
  private static final String NAME = "features";
  private static final int BATCH = 128;

  /** Of more features the product itself would take gigabytes; there is no yardstick then. */
  private static final int MOST_MULTIPLIED = 8192;

  /** Classes, examples and features. */
  @Param({"10x60000x512", "1000x20000x512", "100x20000x2048"})
  public String size;

  /** Standard deviation of an example within its class, beside 1 for that of the class means. */
  @Param("1")
  public double spread = 1;

  /**
   * Whether the classifier has a tenth of the class means as its weights, as one of collapsed
   * classes goes along with them, or random ones, which tell less and are less sure of it.
   */
  @Param("means")
  public String weights = "means";

  private INDArray features;
  private ArrayRows rows;
  private RowSource<String> rowsWithLogits;
  private INDArray product;

  /** Features around class centres. */
  @Setup(Level.Trial)
  public void prepare() {
    OpenMpThreads.oneUnlessChosen();
    String[] parts = size.split("x", -1);
    int numClasses = Integer.parseInt(parts[0]);
    int examples = Integer.parseInt(parts[1]);
    int dimension = Integer.parseInt(parts[2]);
    Nd4j.getRandom().setSeed(1);
    int[] classes = new int[examples];
    for (int i = 0; i < examples; i++) {
      classes[i] = i % numClasses;
    }
    INDArray centres = Nd4j.randn(DataType.FLOAT, numClasses, dimension);
    features =
        Nd4j.randn(DataType.FLOAT, examples, dimension)
            .muli(spread)
            .addi(Nd4j.pullRows(centres, 1, classes));
    INDArray ofClassifier = weightsOf(centres).mul(0.1);
    Classifier classifier = Classifier.of(ofClassifier, Nd4j.randn(DataType.FLOAT, numClasses));
    rows =
        ArrayRows.of(NAME, features, classes, numClasses)
            .inBatchesOf(BATCH)
            .withClassifier(classifier);
    INDArray logits = features.mmul(ofClassifier.transpose());
    rowsWithLogits = receiver -> handOver(logits, classes, receiver);
    if (dimension <= MOST_MULTIPLIED) {
      product = Nd4j.create(DataType.FLOAT, new long[] {dimension, dimension}, 'f');
    }
  }

  private INDArray weightsOf(INDArray centres) {
    return switch (weights) {
      case "means" -> centres;
      case "random" -> Nd4j.randn(DataType.FLOAT, centres.shape());
      default -> throw new IllegalArgumentException("There are no weights \"" + weights + "\"");
    };
  }

  private void handOver(
      INDArray logits, int[] classes, RowSource.Receiver<? super String> receiver) {
    for (int from = 0; from < classes.length; from += BATCH) {
      int first = from;
      int last = Math.min(classes.length, from + BATCH);
      receiver.accept(
          NAME,
          () ->
              LabelledRows.of(
                      part(features, first, last),
                      Arrays.copyOfRange(classes, first, last),
                      null,
                      logits.columns())
                  .withLogits(part(logits, first, last)));
    }
  }

  private static INDArray part(INDArray array, int from, int to) {
    return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }

  /**
   * The product; then nc1 to nc4, accuracy and ece in two passes over the array, which is in
   * memory; then the same with logits that are at hand.
   */
  @Benchmark
  public INDArray metrics(Ratios ratios) {
    if (product != null) {
      ratios.time("product X^T X", () -> Nd4j.gemm(features, features, product, true, false, 1, 0));
    }
    ratios.time("all metrics", () -> measured(rows));
    ratios.time("all metrics, given logits", () -> measured(rowsWithLogits));
    return product;
  }

  /** The processor time that all metrics take in the calling thread. */
  double processorMillis() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long start = threads.getCurrentThreadCpuTime();
    measured(rows);
    return (threads.getCurrentThreadCpuTime() - start) / 1e6;
  }

  private static Measurements measured(RowSource<String> source) {
    return Evaluation.builder(source).build().measure().get(NAME).measurements();
  }
}
