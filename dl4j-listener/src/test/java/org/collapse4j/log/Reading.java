package org.collapse4j.log;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.collapse4j.metric.Metric;

/**
 * What a reader finds of an observation in a destination: its place and its defined values.
 *
 * @param times when it was made and when its training began, each empty where that is not told
 */
record Reading(
    String run,
    int epoch,
    long iteration,
    String split,
    String layer,
    Map<String, Double> values,
    Map<String, String> classes,
    Map<String, String> parameters,
    List<String> times) {

  /** In a destination that tells no times. */
  Reading(
      String run,
      int epoch,
      long iteration,
      String split,
      String layer,
      Map<String, Double> values,
      Map<String, String> classes,
      Map<String, String> parameters) {
    this(run, epoch, iteration, split, layer, values, classes, parameters, List.of("", ""));
  }

  /** All of an observation but undefined values. */
  static Reading of(Observation o) {
    Map<String, String> classes = new TreeMap<>();
    for (Metric metric : o.measurements().classMetrics()) {
      classes.put(metric.key(), java.util.Arrays.toString(o.measurements().classValues(metric)));
    }
    return new Reading(
        o.run(),
        o.epoch(),
        o.iteration(),
        o.split(),
        o.layer(),
        definedValues(o),
        classes,
        o.parameters(),
        List.of(text(o.time()), text(o.started())));
  }

  private static String text(Optional<Instant> time) {
    return time.map(Instant::toString).orElse("");
  }

  static Map<String, Double> definedValues(Observation observation) {
    Map<String, Double> values = new TreeMap<>();
    for (Metric metric : observation.measurements().metrics()) {
      double value = observation.measurements().value(metric);
      if (!Double.isNaN(value)) {
        values.put(metric.key(), value);
      }
    }
    return values;
  }

  /** The same of a destination that takes neither values by class nor parameters nor times. */
  Reading placeAndValues() {
    return new Reading(run, epoch, iteration, split, layer, values, Map.of(), Map.of());
  }

  /** The same of a destination that takes neither values by class nor parameters. */
  Reading placeTimesAndValues() {
    return new Reading(run, epoch, iteration, split, layer, values, Map.of(), Map.of(), times);
  }
}
