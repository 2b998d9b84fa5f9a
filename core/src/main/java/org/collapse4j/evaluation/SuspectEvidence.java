package org.collapse4j.evaluation;

import java.util.Map;
import java.util.stream.IntStream;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.noise.SuspectLabelsAccumulator;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Evidence on the labels of a data set over the epochs of a training, at the first point that has a
 * classifier. Each evaluation is an epoch, which counts whole or not at all.
 *
 * <p>An example is known by the index it carries, or else by its position, which must be the same
 * in every epoch then.
 *
 * @param <P> what tells the points apart
 */
public final class SuspectEvidence<P> implements Evidence<P> {
  private SuspectLabelsAccumulator total;
  private SuspectLabels found = SuspectLabelsAccumulator.forClasses(2).snapshot();
  private P point;
  private Classifier classifier;
  private ClassStatistics centres;
  private SuspectLabelsAccumulator epoch;
  private long rowCount;

  @Override
  public String purpose() {
    return "gather evidence on suspect labels";
  }

  @Override
  public void begin(Map<P, ClassStatistics> statistics, RowSource<P> source) {
    point =
        statistics.keySet().stream()
            .filter(candidate -> source.classifier(candidate) != null)
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "Suspect labels are found by the logits, so an output layer with weights"
                            + " must be among the layers measured"));
    classifier = source.classifier(point);
    centres = statistics.get(point);
    epoch = SuspectLabelsAccumulator.forClasses(centres.numClasses());
    rowCount = 0;
  }

  @Override
  public void observe(P at, LabelledRows rows) {
    if (at.equals(point)) {
      INDArray features = rows.features();
      epoch.observe(indices(rows), classifier.logits(features), rows.classes(), features, centres);
      rowCount += rows.size();
    }
  }

  private long[] indices(LabelledRows rows) {
    return rows.origins()
        .map(RowOrigins::indices)
        .orElseGet(() -> IntStream.range(0, rows.size()).mapToLong(i -> rowCount + i).toArray());
  }

  @Override
  public void finish() {
    requireDistinct();
    if (total == null) {
      total = epoch;
    } else {
      total.merge(epoch);
    }
    total.endEpoch();
    found = total.snapshot();
  }

  @Override
  public Measurements measurements(P candidate) {
    if (total == null || !isAt(candidate)) {
      return Measurements.empty();
    }
    int count = found.estimatedCount();
    return Measurements.builder()
        .put(Metric.SUSPECTS_COUNT, count)
        .put(Metric.SUSPECTS_SHARE, (double) count / found.ranking().size())
        .put(Metric.MEMORIZATION_ESTIMATED, found.memorizationEstimated())
        .build();
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
  public boolean isAt(P candidate) {
    return candidate.equals(point);
  }

  /** What was found so far; without an example before the first epoch. */
  public SuspectLabels snapshot() {
    return found;
  }
}
