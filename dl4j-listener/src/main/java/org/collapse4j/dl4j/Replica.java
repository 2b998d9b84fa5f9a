package org.collapse4j.dl4j;

import java.util.Map;
import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.observe.TrainingStream;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A model in training, or one of the copies that are trained side by side in its stead, with what
 * its training stream has brought. Used by the thread that trains it, and drained by any.
 */
final class Replica {
  private final MeasuredNetwork network;
  private final TrainingStream.Part stream;

  private Thread trainer;
  private volatile long iterations;
  private volatile boolean replaced;
  private long passedAt = -1;

  private Map<FeaturePoint, INDArray> features = Map.of();
  private boolean isForwardDone;

  Replica(MeasuredNetwork network, TrainingStream.Part stream) {
    this.network = network;
    this.stream = stream;
  }

  MeasuredNetwork network() {
    return network;
  }

  /** What it gathers into. */
  TrainingStream.Part stream() {
    return stream;
  }

  /** The number of parameter updates it was last seen to have had. */
  long iterations() {
    return iterations;
  }

  void iterations(long done) {
    iterations = done;
  }

  /** Whether another model has taken its place on the thread that trains it. */
  boolean isReplaced() {
    return replaced;
  }

  void replaced(boolean now) {
    replaced = now;
  }

  Thread trainer() {
    return trainer;
  }

  void trainedBy(Thread thread) {
    trainer = thread;
  }

  /** Whether it can still be expected to go on. */
  boolean isLive() {
    return !replaced && trainer != null && trainer.isAlive();
  }

  /**
   * Takes note of a forward pass. Optimizers that search along a line pass the same batch several
   * times before they count an iteration; its first pass is the one that is measured.
   *
   * @param activations whose features are kept until the labels are known; null to keep none
   */
  void forwardDone(Activations activations) {
    boolean searches =
        network.model().conf().getOptimizationAlgo()
            != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT;
    if (searches && passedAt == iterations) {
      return;
    }
    passedAt = iterations;
    isForwardDone = true;
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      features = activations == null ? Map.of() : network.allFeatures(activations);
    }
  }

  /** Their memory is free for the next batch at once, before the garbage collector runs. */
  private void forgetFeatures() {
    features.values().stream().filter(INDArray::closeable).forEach(INDArray::close);
    features = Map.of();
  }

  /**
   * Gathers what a forward pass has left, when the labels are known.
   *
   * @return whether this is the backward pass of a forward pass that was taken note of
   */
  boolean backwardDone() {
    boolean isFirst = isForwardDone;
    isForwardDone = false;
    features.forEach(
        (point, rows) -> stream.observe(point, () -> network.trainingRows(point, rows)));
    forgetFeatures();
    return isFirst;
  }
}
