package org.collapse4j.dl4j;

import java.util.Map;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.noise.SuspectLabelsAccumulator;
import org.collapse4j.stats.ClassStatistics;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Gathers evidence on the labels of the training probe over the epochs, at the first point that has
 * a classifier. An epoch counts whole or not at all.
 */
final class SuspectEvidence implements RowEvidence {
  private MeasuredNetwork network;

  private SuspectLabelsAccumulator total;
  private FeaturePoint point;
  private ClassStatistics centres;
  private SuspectLabelsAccumulator epoch;
  private long rowCount;

  /** Goes on with the probe of this network: the model, or a copy that has taken its place. */
  SuspectEvidence of(MeasuredNetwork current) {
    network = current;
    return this;
  }

  @Override
  public String purpose() {
    return "gather evidence on suspect labels";
  }

  @Override
  public void begin(Map<FeaturePoint, ClassStatistics> statistics) {
    point =
        statistics.keySet().stream()
            .filter(at -> at.classified() && network.head(at).classifier() != null)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Suspect labels are found by the logits, so an output layer with weights"
                            + " must be among the layers measured"));
    centres = statistics.get(point);
    epoch = SuspectLabelsAccumulator.forClasses(centres.numClasses());
    rowCount = 0;
  }

  @Override
  public void observe(FeaturePoint at, ProbeRows rows) {
    if (at.equals(point)) {
      INDArray features = rows.rows().features();
      int[] given = rows.rows().labels().toIntVector();
      epoch.observe(rows.indices(), network.head(at).logits(features), given, features, centres);
      rowCount += given.length;
    }
  }

  @Override
  public void finish() {
    requireDistinct();
    if (total == null) {
      total = epoch;
    } else {
      total.merge(epoch);
    }
  }

  private void requireDistinct() {
    if (epoch.mostObservations() > 1) {
      throw new IllegalArgumentException(
          "Each example of the training probe must have an index of its own, but "
              + rowCount
              + " examples have "
              + epoch.size()
              + " indices");
    }
  }

  /** Whether the evidence is gathered at a point. */
  boolean isAt(FeaturePoint at) {
    return at.equals(point);
  }

  /** What was found so far; without an example before the first epoch. */
  SuspectLabels snapshot() {
    return total == null ? SuspectLabelsAccumulator.forClasses(2).snapshot() : total.snapshot();
  }
}
