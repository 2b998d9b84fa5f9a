package org.collapse4j.samples.benchmark;

import java.util.concurrent.TimeUnit;
import org.collapse4j.theory.LayerPeeledModel;
import org.collapse4j.theory.LayerPeeledSolution;
import org.collapse4j.theory.MemorizationDilationModel;
import org.collapse4j.theory.MemorizationDilationSolution;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** The time to solve one point of each model of the paper. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Fork(value = 1)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 2)
public class TheoryBenchmark {
  /** The smoothing of the loss. */
  @Param({"0", "0.1"})
  public double alpha;

  /** The memorization-dilation model at eta 0.1, C 1, lambda 1e-3. */
  @Benchmark
  public MemorizationDilationSolution memorizationDilation() {
    return MemorizationDilationModel.builder(0.1).alpha(alpha).build().solve();
  }

  /** The layer-peeled model of 10 classes, 10 features, non-negative, lambdas 5e-4, 5 starts. */
  @Benchmark
  public LayerPeeledSolution layerPeeled() {
    return LayerPeeledModel.builder(10, 10).alpha(alpha).build().solve();
  }
}
