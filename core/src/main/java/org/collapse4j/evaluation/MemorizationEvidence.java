package org.collapse4j.evaluation;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Memorization;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.MemorizationAccumulator;
import org.collapse4j.stats.MemorizationStatistics;

/**
 * The memorization of rows whose clean classes are known, against the class means of held-out
 * examples. Of rows whose clean class is known of none it makes no metric.
 *
 * @param <P> what tells the points apart
 */
public final class MemorizationEvidence<P> implements Evidence<P, MemorizationEvidence.Reader<P>> {
  private final String name;
  private final Map<P, ClassStatistics> heldOut;
  private final Map<P, Measurements> measurements = new HashMap<>();

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
  public Reader<P> learner() {
    measurements.clear();
    return new Reader<>(name, heldOut);
  }

  @Override
  public void finish(Reader<P> learnt) {
    if (learnt.cleanKnown != null && learnt.cleanKnown) {
      learnt.statistics.forEach(
          (point, statistics) ->
              measurements.put(
                  point,
                  Memorization.of(
                      statistics.against(heldOut.getOrDefault(point, statistics.heldOut())))));
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

  /**
   * Reads the clean classes of rows.
   *
   * @param <P> what tells the points apart
   */
  public static final class Reader<P> implements Learner<P, Reader<P>> {
    private static final long serialVersionUID = 1;

    private final String name;
    private HashMap<P, ClassStatistics> heldOut = new HashMap<>();
    private final HashMap<P, MemorizationStatistics> statistics = new HashMap<>();
    private transient Function<P, MemorizationAccumulator> starting;

    /** Of points with rows whose clean classes are known: each has a table of all class means. */
    private transient Map<P, MemorizationAccumulator> accumulators;

    /** Whether clean classes are known; null before the first row. */
    private Boolean cleanKnown;

    private Reader(String name, Map<P, ClassStatistics> heldOut) {
      this.name = name;
      heldOut.forEach((point, ofPoint) -> this.heldOut.put(point, ofPoint.withoutCovariance()));
    }

    @Override
    public void begin(Map<P, ClassStatistics> centres, RowParts<P> rows) {
      accumulators = new HashMap<>();
      starting =
          point -> MemorizationAccumulator.of(reference(point, centres), rows.classifier(point));
    }

    private ClassStatistics reference(P point, Map<P, ClassStatistics> centres) {
      ClassStatistics known = heldOut.get(point);
      ClassStatistics features = centres.get(point);
      return known == null
          ? ClassStatistics.empty(features.numClasses(), features.dimension())
          : known;
    }

    @Override
    public void observe(P point, LabelledRows rows) {
      Optional<int[]> clean = rows.origins().flatMap(RowOrigins::cleanClasses);
      requireAllOrNone(
          clean.stream().flatMapToInt(Arrays::stream).noneMatch(c -> c == ClassLabels.NONE));
      requireAllOrNone(cleanKnown == null || cleanKnown == clean.isPresent());
      cleanKnown = clean.isPresent();
      clean.ifPresent(
          classes ->
              accumulators
                  .computeIfAbsent(point, starting)
                  .observe(rows.features(), rows.classes(), classes));
    }

    private void requireAllOrNone(boolean fulfilled) {
      if (!fulfilled) {
        throw new IllegalArgumentException(
            "The clean labels must be known of all examples or of none, but of "
                + name
                + " they are known of some");
      }
    }

    @Override
    public void end() {
      accumulators.forEach((point, accumulator) -> statistics.put(point, accumulator.snapshot()));
      accumulators.values().forEach(MemorizationAccumulator::close);
      accumulators = null;
      starting = null;
      heldOut = null;
    }

    @Override
    public void merge(Reader<P> other) {
      boolean oneIsEmpty = cleanKnown == null || other.cleanKnown == null;
      requireAllOrNone(oneIsEmpty || cleanKnown.equals(other.cleanKnown));
      cleanKnown = cleanKnown == null ? other.cleanKnown : cleanKnown;
      other.statistics.forEach(
          (point, theirs) -> statistics.merge(point, theirs, MemorizationStatistics::merge));
    }
  }
}
