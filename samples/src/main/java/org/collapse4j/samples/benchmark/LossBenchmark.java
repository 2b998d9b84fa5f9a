package org.collapse4j.samples.benchmark;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.collapse4j.dl4j.loss.LossLabelRelaxation;
import org.collapse4j.dl4j.loss.LossLabelSmoothing;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The losses beside DL4J's cross-entropy, in float32: the call for both score and gradient, and the
 * two calls DL4J makes in an iteration of training. The ratios to cross-entropy are printed at the
 * end of each process. {@code -prof gc} adds the bytes allocated.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class LossBenchmark {
  /**
   * Examples x classes; or examples x classes x time steps, as an RnnOutputLayer hands them over.
   */
  @Param({"128x10", "1024x1000", "32x50x200"})
  public String shape;

  private final IActivation softmax = new ActivationSoftmax();
  private final List<ILossFunction> losses =
      List.of(new LossMCXENT(), new LossLabelSmoothing(0.1), new LossLabelRelaxation(0.1));
  private INDArray labels;
  private INDArray logits;

  /** Random logits and one-hot labels. */
  @Setup
  public void arrays() {
    String[] sizes = shape.split("x", -1);
    int classes = Integer.parseInt(sizes[1]);
    int steps = sizes.length > 2 ? Integer.parseInt(sizes[2]) : 1;
    int rows = Integer.parseInt(sizes[0]) * steps;
    Nd4j.getRandom().setSeed(1);
    logits = Nd4j.randn(rows, classes).muli(3);
    // The labels of a recurrent output layer arrive in F order.
    labels = Nd4j.zeros(new int[] {rows, classes}, steps > 1 ? 'f' : 'c');
    for (int i = 0; i < rows; i++) {
      labels.putScalar(i, i % classes, 1);
    }
  }

  /** Both in one call. */
  @Benchmark
  public INDArray gradientAndScore(Ratios ratios) {
    for (ILossFunction loss : losses) {
      ratios.time(
          loss.name(), () -> loss.computeGradientAndScore(labels, logits, softmax, null, true));
    }
    return logits;
  }

  /** What an output layer calls in an iteration: first the gradient, then the score. */
  @Benchmark
  public INDArray gradientThenScore(Ratios ratios) {
    for (ILossFunction loss : losses) {
      ratios.time(
          loss.name(),
          () -> {
            loss.computeGradient(labels, logits, softmax, null);
            loss.computeScore(labels, logits, softmax, null, false);
          });
    }
    return logits;
  }
}
