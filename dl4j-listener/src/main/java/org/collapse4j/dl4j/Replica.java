package org.collapse4j.dl4j;

import java.util.List;
import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;

/**
 * A model in training, or one of the copies that are trained side by side in its stead, with what
 * its training stream has brought. Used by the thread that trains it, and drained by any.
 */
final class Replica {
  private final MeasuredNetwork network;
  private final List<FeaturePoint> points;
  private final List<StreamMeasurement> streams;

  private Thread trainer;
  private volatile long iterations;
  private volatile boolean replaced;
  private long stagedAt = -1;

  Replica(MeasuredNetwork network, List<FeaturePoint> points, List<StreamMeasurement> streams) {
    this.network = network;
    this.points = points;
    this.streams = streams;
  }

  MeasuredNetwork network() {
    return network;
  }

  List<FeaturePoint> points() {
    return points;
  }

  List<StreamMeasurement> streams() {
    return streams;
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
   * Keeps the features of a forward pass. Optimizers that search along a line pass the same batch
   * several times before they count an iteration; its first pass is the one that is measured.
   */
  void stage(Activations activations) {
    boolean searches =
        network.model().conf().getOptimizationAlgo()
            != OptimizationAlgorithm.STOCHASTIC_GRADIENT_DESCENT;
    if (searches && stagedAt == iterations) {
      return;
    }
    stagedAt = iterations;
    for (StreamMeasurement stream : streams) {
      stream.stage(network, activations);
    }
  }
}
