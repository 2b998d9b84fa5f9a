package org.collapse4j.log;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.metric.Metric;

/**
 * All that was observed of one training run. Immutable.
 *
 * @param run its name
 * @param parameters its hyperparameters, as last said
 * @param series one for each split and layer, in the order of their first observation
 */
public record RunHistory(String run, Map<String, String> parameters, List<MetricSeries> series) {
  /** Copies the list. */
  public RunHistory {
    series = List.copyOf(series);
  }

  /** The histories of the runs that observations are of, in the order of their first. */
  public static List<RunHistory> of(List<Observation> observations) {
    Map<String, List<Observation>> byRun = new LinkedHashMap<>();
    for (Observation observation : observations) {
      byRun.computeIfAbsent(observation.run(), run -> new ArrayList<>()).add(observation);
    }
    List<RunHistory> histories = new ArrayList<>();
    byRun.forEach((run, itsObservations) -> histories.add(of(run, itsObservations)));
    return List.copyOf(histories);
  }

  private static RunHistory of(String run, List<Observation> observations) {
    record Place(String split, String layer) {}
    Map<Place, List<Observation>> byPlace = new LinkedHashMap<>();
    Map<String, String> parameters = Map.of();
    for (Observation observation : observations) {
      Place place = new Place(observation.split(), observation.layer());
      byPlace.computeIfAbsent(place, first -> new ArrayList<>()).add(observation);
      parameters = observation.parameters().isEmpty() ? parameters : observation.parameters();
    }
    List<MetricSeries> series = new ArrayList<>();
    byPlace.forEach(
        (place, there) -> series.add(MetricSeries.of(place.split(), place.layer(), there)));
    return new RunHistory(run, parameters, series);
  }

  /**
   * The series of the training data at the network's last layer: of the split {@link
   * Observation#TRAIN}, or where that was not probed of {@link Observation#STREAM}.
   */
  public Optional<MetricSeries> training() {
    return atLastLayer(Observation.TRAIN).or(() -> atLastLayer(Observation.STREAM));
  }

  /** The series of the split {@link Observation#HELD_OUT} at the network's last layer. */
  public Optional<MetricSeries> heldOut() {
    return atLastLayer(Observation.HELD_OUT);
  }

  /** The last layer is the one with a classifier on top of it; else the first that was measured. */
  private Optional<MetricSeries> atLastLayer(String split) {
    List<MetricSeries> layers = series.stream().filter(s -> s.split().equals(split)).toList();
    return layers.stream()
        .filter(s -> s.last(Metric.NC3_DUALITY).isPresent())
        .findFirst()
        .or(() -> layers.stream().findFirst());
  }

  /**
   * A metric of any series, the training data's first: memorization is measured where it can be.
   */
  public Optional<MetricSeries.Point> last(Metric metric) {
    Optional<MetricSeries.Point> onTraining = training().flatMap(s -> s.last(metric));
    return onTraining.or(() -> series.stream().flatMap(s -> s.last(metric).stream()).findFirst());
  }
}
