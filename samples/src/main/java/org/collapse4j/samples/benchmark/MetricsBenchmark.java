package org.collapse4j.samples.benchmark;

import java.util.concurrent.TimeUnit;
import org.collapse4j.evaluation.ArrayRows;
import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.samples.model.OpenMpThreads;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
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
  private static final String NAME = "features";
  private static final int DIMENSION = 512;

  /** Classes and examples. */
  @Param({"10x60000", "1000x20000"})
  public String size;

  private INDArray features;
  private ArrayRows rows;
  private INDArray product;

  /** Features around class centres. */
  @Setup(Level.Trial)
  public void prepare() {
    OpenMpThreads.oneUnlessChosen();
    String[] parts = size.split("x", -1);
    int numClasses = Integer.parseInt(parts[0]);
    int examples = Integer.parseInt(parts[1]);
    Nd4j.getRandom().setSeed(1);
    int[] classes = new int[examples];
    for (int i = 0; i < examples; i++) {
      classes[i] = i % numClasses;
    }
    INDArray centres = Nd4j.randn(DataType.FLOAT, numClasses, DIMENSION);
    features =
        Nd4j.randn(DataType.FLOAT, examples, DIMENSION).addi(Nd4j.pullRows(centres, 1, classes));
    Classifier classifier = Classifier.of(centres.mul(0.1), Nd4j.randn(DataType.FLOAT, numClasses));
    rows = ArrayRows.of(NAME, features, classes, numClasses).withClassifier(classifier);
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
    return Evaluation.builder(rows).build().measure().get(NAME).measurements();
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
    /** The metrics' time over the product's, divided by the number of measurements. */
    public double ratio;
  }
}
