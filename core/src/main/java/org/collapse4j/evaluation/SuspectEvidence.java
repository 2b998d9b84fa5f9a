package org.collapse4j.evaluation;

import java.util.Map;
import java.util.Optional;
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
public final class SuspectEvidence<P> implements Evidence<P, SuspectEvidence.Epoch<P>> {
  private final boolean counted;
  private SuspectLabelsAccumulator total;
  private SuspectLabels found = SuspectLabelsAccumulator.forClasses(2).snapshot();
  private P point;

  private SuspectEvidence(boolean counted) {
    this.counted = counted;
  }

  /**
   * Evidence by which examples are told apart and ranked. Where it cannot be had, as without a
   * classifier, that is a failure.
   *
   * @param <P> what tells the points apart
   */
  public static <P> SuspectEvidence<P> ofExamples() {
    return new SuspectEvidence<>(false);
  }

  /**
   * Evidence by which suspects are only counted, of rows that are the same in every epoch and come
   * in the same order: all that they cost are the logits. Without a classifier there is none.
   *
   * @param <P> what tells the points apart
   */
  public static <P> SuspectEvidence<P> ofSameRows() {
    return new SuspectEvidence<>(true);
  }

  @Override
  public String purpose() {
    return "gather evidence on suspect labels";
  }

  @Override
  public Epoch<P> learner() {
    return new Epoch<>(counted);
  }

  @Override
  public void finish(Epoch<P> epoch) {
    if (epoch.point == null) {
      return;
    }
    epoch.requireDistinct();
    point = epoch.point;
    if (total == null) {
      total = epoch.evidence;
    } else {
      total.merge(epoch.evidence);
    }
    found = total.endEpoch();
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

  /** Whether the evidence is gathered at a point. */
  public boolean isAt(P candidate) {
    return candidate.equals(point);
  }

  /** What was found so far; without an example before the first epoch. */
  public SuspectLabels snapshot() {
    return found;
  }

  /**
   * The evidence of one epoch.
   *
   * @param <P> what tells the points apart
   */
  public static final class Epoch<P> implements Learner<P, Epoch<P>> {
    private static final long serialVersionUID = 1;

    private final boolean counted;

    @SuppressWarnings("serial") // What tells points apart in other processes can be serialized.
    private P point;

    private SuspectLabelsAccumulator evidence;
    private long rowCount;
    private transient Classifier classifier;
    private transient ClassStatistics centres;

    private Epoch(boolean counted) {
      this.counted = counted;
    }

    @Override
    public void begin(Map<P, ClassStatistics> centresOfPoints, RowParts<P> rows) {
      Optional<P> found =
          centresOfPoints.keySet().stream()
              .filter(candidate -> rows.classifier(candidate) != null)
              .findFirst();
      if (found.isEmpty() && !counted) {
        throw new IllegalArgumentException(
            "Suspect labels are found by the logits, so an output layer with weights"
                + " must be among the layers measured");
      }
      found.ifPresent(candidate -> begin(candidate, centresOfPoints.get(candidate), rows));
    }

    private void begin(P candidate, ClassStatistics centresThere, RowParts<P> rows) {
      point = candidate;
      classifier = rows.classifier(candidate);
      centres = centresThere;
      evidence = SuspectLabelsAccumulator.forClasses(centres.numClasses());
    }

    @Override
    public void observe(P at, LabelledRows rows) {
      if (at.equals(point)) {
        INDArray features = rows.features();
        INDArray logits = classifier.logits(features);
        if (counted) {
          evidence.observe(positions(rows), logits, rows.classes());
        } else {
          evidence.observe(indices(rows), logits, rows.classes(), features, centres);
        }
        rowCount += rows.size();
      }
    }

    private long[] indices(LabelledRows rows) {
      return rows.origins().map(RowOrigins::indices).orElseGet(() -> positions(rows));
    }

    private long[] positions(LabelledRows rows) {
      return IntStream.range(0, rows.size()).mapToLong(i -> rowCount + i).toArray();
    }

    @Override
    public void end() {
      classifier = null;
      centres = null;
    }

    @Override
    public void merge(Epoch<P> other) {
      if (other.point == null) {
        return;
      }
      evidence.merge(other.evidence);
      rowCount += other.rowCount;
    }

    private void requireDistinct() {
      if (evidence.mostObservations() > 1) {
        throw new IllegalArgumentException(
            "Each example of the training probe must have an index of its own, but "
                + rowCount
                + " examples have "
                + evidence.size()
                + " indices");
      }
    }
  }
}
