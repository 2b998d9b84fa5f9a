package org.collapse4j.evaluation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Memorization;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.MemorizationAccumulator;

/**
 * The memorization of rows whose clean classes are known, against the class means of held-out
 * examples. Of rows whose clean class is known of none it makes no metric.
 *
 * @param <P> what tells the points apart
 */
public final class MemorizationEvidence<P> implements Evidence<P> {
  private final String name;
  private final Map<P, ClassStatistics> heldOut;
  private final Map<P, MemorizationAccumulator> accumulators = new HashMap<>();
  private final Map<P, Measurements> measurements = new HashMap<>();

  /** Whether clean classes are known; null before the first row. */
  private Boolean cleanKnown;

  /**
   * The memorization of one data set.
   *
   * @param name of the data set, for messages
   * @param heldOut statistics of held-out features with clean labels; of a point that is missing
   *     the distances are undefined
   */
  public MemorizationEvidence(String name, Map<P, ClassStatistics> heldOut) {
    this.name = name;
    this.heldOut = Map.copyOf(heldOut);
  }

  @Override
  public String purpose() {
    return "measure the memorization of " + name;
  }

  @Override
  public void begin(Map<P, ClassStatistics> statistics, RowSource<P> source) {
    cleanKnown = null;
    accumulators.clear();
    measurements.clear();
    statistics.forEach(
        (point, features) ->
            accumulators.put(
                point,
                MemorizationAccumulator.of(
                    heldOut.getOrDefault(
                        point, ClassStatistics.empty(features.numClasses(), features.dimension())),
                    source.classifier(point))));
  }

  @Override
  public void observe(P point, LabelledRows rows) {
    Optional<int[]> clean = rows.origins().flatMap(RowOrigins::cleanClasses);
    boolean all = clean.stream().flatMapToInt(Arrays::stream).noneMatch(c -> c == ClassLabels.NONE);
    if (!all || (cleanKnown != null && cleanKnown != clean.isPresent())) {
      throw new IllegalArgumentException(
          "The clean labels must be known of all examples or of none, but of "
              + name
              + " they are known of some");
    }
    cleanKnown = clean.isPresent();
    clean.ifPresent(
        classes -> accumulators.get(point).observe(rows.features(), rows.classes(), classes));
  }

  @Override
  public void finish() {
    if (cleanKnown != null && cleanKnown) {
      accumulators.forEach(
          (point, accumulator) -> measurements.put(point, Memorization.of(accumulator.snapshot())));
    }
  }

  @Override
  public Measurements measurements(P point) {
    return measurements.getOrDefault(point, Measurements.empty());
  }

  /** Whether something was measured whose distances are undefined for want of held-out examples. */
  public boolean lacksReference() {
    return heldOut.isEmpty() && !measurements.isEmpty();
  }
}
