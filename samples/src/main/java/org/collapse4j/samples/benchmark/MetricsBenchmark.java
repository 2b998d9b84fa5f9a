package org.collapse4j.samples.benchmark;

import java.util.concurrent.TimeUnit;
import org.collapse4j.metric.Calibration;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.samples.model.OpenMpThreads;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.openjdk.jmh.annotations.AuxCounters;
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
import org.openjdk.jmh.infra.BenchmarkParams;

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
  private static final int BATCH = 128;
  private static final int DIMENSION = 512;

  /** Classes and examples. */
  @Param({"10x60000", "1000x20000"})
  public String size;

  private int numClasses;
  private INDArray features;
  private INDArray labels;
  private Classifier classifier;
  private INDArray product;

  /** Features around class centres. */
  @Setup(Level.Trial)
  public void prepare() {
    OpenMpThreads.oneUnlessChosen();
    String[] parts = size.split("x", -1);
    numClasses = Integer.parseInt(parts[0]);
    int examples = Integer.parseInt(parts[1]);
    Nd4j.getRandom().setSeed(1);
    int[] classes = new int[examples];
    for (int i = 0; i < examples; i++) {
      classes[i] = i % numClasses;
    }
    labels = Nd4j.createFromArray(classes);
    INDArray centres = Nd4j.randn(DataType.FLOAT, numClasses, DIMENSION);
    features =
        Nd4j.randn(DataType.FLOAT, examples, DIMENSION).addi(Nd4j.pullRows(centres, 1, classes));
    classifier = Classifier.of(centres.mul(0.1), Nd4j.randn(DataType.FLOAT, numClasses));
    product = Nd4j.create(DataType.FLOAT, new long[] {DIMENSION, DIMENSION}, 'f');
  }

  /** The yardstick. */
  @Benchmark
  public INDArray product() {
    return Nd4j.gemm(features, features, product, true, false, 1, 0);
  }

  /** nc1 to nc4, accuracy and ece: two passes over the array, which is in memory. */
  @Benchmark
  public Measurements metrics() {
    ClassStatistics statistics;
    try (ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(numClasses)) {
      inBatches(accumulator::observe);
      statistics = accumulator.snapshot();
    }
    DecisionStatistics decisions;
    try (DecisionAccumulator accumulator = DecisionAccumulator.of(statistics, classifier)) {
      inBatches(accumulator::observe);
      decisions = accumulator.snapshot();
    }
    return NeuralCollapse.ofFeatures(statistics, GlobalMean.SAMPLE)
        .and(NeuralCollapse.ofClassifier(statistics, classifier, GlobalMean.SAMPLE))
        .and(NeuralCollapse.ofDecisions(decisions))
        .and(Calibration.of(decisions));
  }

  /**
   * The product and then the metrics, for the ratio of their times: at one time, so that it does
   * not depend on what else the machine has to do in the meantime.
   */
  @Benchmark
  public Measurements both(Ratio times, BenchmarkParams run) {
    long start = System.nanoTime();
    product();
    long between = System.nanoTime();
    Measurements measurements = metrics();
    double ratio = (double) (System.nanoTime() - between) / (between - start);
    // JMH adds up what all iterations of all processes report.
    times.ratio = ratio / (run.getMeasurement().getCount() * Math.max(1, run.getForks()));
    return measurements;
  }

  /** What JMH reports beside the time. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.EVENTS)
  public static class Ratio {
    /** Of the metrics' time to the product's, a part of the mean. */
    public double ratio;
  }

  /** What is done with a batch. */
  @FunctionalInterface
  private interface BatchConsumer {
    void accept(INDArray batch, INDArray classes);
  }

  private void inBatches(BatchConsumer consumer) {
    long n = features.rows();
    for (long from = 0; from < n; from += BATCH) {
      long to = Math.min(n, from + BATCH);
      consumer.accept(
          features.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()),
          labels.get(NDArrayIndex.interval(from, to)));
    }
  }
}
