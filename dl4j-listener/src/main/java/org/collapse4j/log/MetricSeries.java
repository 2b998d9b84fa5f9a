package org.collapse4j.log;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.collapse4j.metric.Metric;

/**
 * The observations of one split at one layer of a run, in the order of its training. Immutable.
 *
 * @param split as {@link Observation#split}
 * @param layer as {@link Observation#layer}
 * @param observations by iteration, rising; of two at the same moment the one written later
 */
public record MetricSeries(String split, String layer, List<Observation> observations) {
  private static final Comparator<Observation> MOMENTS =
      Comparator.comparingLong(Observation::iteration).thenComparingInt(Observation::epoch);

  /** Copies the list. */
  public MetricSeries {
    observations = List.copyOf(observations);
  }

  /** A value and when it was observed. */
  public record Point(double value, int epoch, long iteration) {
    private static Point of(Observation observation, Metric metric) {
      return new Point(
          observation.measurements().value(metric), observation.epoch(), observation.iteration());
    }
  }

  static MetricSeries of(String split, String layer, List<Observation> written) {
    Map<Observation, Observation> byMoment = new TreeMap<>(MOMENTS);
    written.forEach(o -> byMoment.put(o, o));
    return new MetricSeries(split, layer, List.copyOf(byMoment.values()));
  }

  /** The defined values of a metric. */
  public List<Point> points(Metric metric) {
    return defined(metric).toList();
  }

  /** The first defined value of a metric. */
  public Optional<Point> first(Metric metric) {
    return defined(metric).findFirst();
  }

  private Stream<Point> defined(Metric metric) {
    return observations.stream().filter(o -> isDefined(o, metric)).map(o -> Point.of(o, metric));
  }

  /** The last defined value of a metric. */
  public Optional<Point> last(Metric metric) {
    for (int i = observations.size() - 1; i >= 0; i--) {
      if (isDefined(observations.get(i), metric)) {
        return Optional.of(Point.of(observations.get(i), metric));
      }
    }
    return Optional.empty();
  }

  private static boolean isDefined(Observation observation, Metric metric) {
    return !Double.isNaN(observation.measurements().value(metric));
  }

  /**
   * The value of a metric that is nearest to its ideal, the earliest of several.
   *
   * @return empty if the metric has no ideal or no defined value
   */
  public Optional<Point> best(Metric metric) {
    Point best = null;
    for (Point point : points(metric)) {
      if (best == null || gap(point, metric) < gap(best, metric)) {
        best = point;
      }
    }
    return Double.isNaN(metric.ideal()) ? Optional.empty() : Optional.ofNullable(best);
  }

  private static double gap(Point point, Metric metric) {
    return Math.abs(point.value() - metric.ideal());
  }

  /** The series until an epoch has ended. */
  public MetricSeries upTo(int epoch) {
    return new MetricSeries(
        split, layer, observations.stream().filter(o -> o.epoch() <= epoch).toList());
  }

  /** Whether each observation is of another epoch, so that epochs can be its axis. */
  public boolean isByEpoch() {
    return observations.stream().mapToInt(Observation::epoch).distinct().count()
        == observations.size();
  }
}
