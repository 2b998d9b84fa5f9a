package org.collapse4j.dl4j;

import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.measure.FeatureStream;
import org.collapse4j.measure.FeatureStream.Gathered;
import org.collapse4j.stats.ClassStatistics;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers the features of one point from the forward passes of training itself, so that an epoch
 * costs no further pass. They are training-mode features of a network that moves meanwhile.
 */
final class StreamMeasurement {
  private final FeaturePoint point;
  private final FeatureMaps maps;
  private final FeatureStream stream;

  private INDArray staged;
  private boolean refused;

  StreamMeasurement(FeaturePoint point, FeatureMaps maps, int covarianceLimit) {
    this.point = point;
    this.maps = maps;
    this.stream = new FeatureStream(covarianceLimit);
  }

  FeaturePoint point() {
    return point;
  }

  /** Keeps a copy of the batch's features; their labels are known in the backward pass only. */
  void stage(MeasuredNetwork network, Activations activations) {
    if (refused) {
      return;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      staged = network.features(point, activations, maps);
    }
  }

  /** Whether the features of a batch wait for their labels. */
  boolean isStaged() {
    return staged != null;
  }

  /**
   * Adds the batch whose features were staged.
   *
   * @throws IllegalArgumentException if the labels are no classes; nothing is gathered any more
   */
  void gather(MeasuredNetwork network) {
    INDArray batch = staged;
    staged = null;
    if (batch == null) {
      return;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      ClassifierHead head = network.head(point);
      FeatureRows rows = FeatureRows.of(batch, head.labels(), head.labelMask(), head);
      if (!rows.isEmpty()) {
        add(rows, head);
      }
    } catch (IllegalArgumentException e) {
      refused = true;
      stream.discard();
      throw e;
    }
  }

  private void add(FeatureRows rows, ClassifierHead head) {
    INDArray logits = point.classified() ? head.logits(rows.features()) : null;
    stream.observe(rows.features(), logits, rows.labels(), rows.numClasses());
  }

  /**
   * What was gathered since the last call; null if nothing. A batch whose features are staged
   * stays: its backward pass is still to come, on another thread than this perhaps.
   */
  Gathered drain() {
    return stream.drain();
  }

  /** Sets the class means that the next examples are compared with. */
  void centres(ClassStatistics next) {
    stream.centres(next);
  }
}
