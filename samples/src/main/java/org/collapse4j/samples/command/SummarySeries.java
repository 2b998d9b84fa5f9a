package org.collapse4j.samples.command;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;

/** The series of runs by where they were measured. */
final class SummarySeries {
  private SummarySeries() {}

  /** Where a series was measured: on which examples, at which layer. */
  record Place(String split, String layer) {}

  /**
   * For each place the series there by the name of their run.
   *
   * @param sort by whose last value runs are sorted, the nearest to its ideal first; null to leave
   *     them in the order of the log
   */
  static Map<Place, Map<String, MetricSeries>> byPlace(List<RunHistory> histories, Metric sort) {
    Map<Place, Map<String, MetricSeries>> byPlace = new LinkedHashMap<>();
    for (Place place : places(histories)) {
      byPlace.put(place, sorted(at(histories, place), sort));
    }
    return byPlace;
  }

  private static Set<Place> places(List<RunHistory> histories) {
    Set<Place> places = new LinkedHashSet<>();
    histories.forEach(h -> h.series().forEach(s -> places.add(new Place(s.split(), s.layer()))));
    return places;
  }

  private static Map<String, MetricSeries> at(List<RunHistory> histories, Place place) {
    Map<String, MetricSeries> byRun = new LinkedHashMap<>();
    for (RunHistory history : histories) {
      history.series().stream()
          .filter(s -> s.split().equals(place.split()) && s.layer().equals(place.layer()))
          .forEach(s -> byRun.put(history.run(), s));
    }
    return byRun;
  }

  private static Map<String, MetricSeries> sorted(Map<String, MetricSeries> byRun, Metric sort) {
    if (sort == null) {
      return byRun;
    }
    Map<String, MetricSeries> sorted = new LinkedHashMap<>();
    byRun.entrySet().stream()
        .sorted(Comparator.comparingDouble(run -> distance(run.getValue(), sort)))
        .forEach(run -> sorted.put(run.getKey(), run.getValue()));
    return sorted;
  }

  /**
   * The distance of the last value from the ideal, or from 0 without one; infinite if undefined.
   */
  private static double distance(MetricSeries series, Metric metric) {
    double ideal = Double.isNaN(metric.ideal()) ? 0 : metric.ideal();
    return series
        .last(metric)
        .map(point -> Math.abs(point.value() - ideal))
        .orElse(Double.POSITIVE_INFINITY);
  }

  static int lastEpoch(MetricSeries series) {
    return series.observations().get(series.observations().size() - 1).epoch();
  }
}
