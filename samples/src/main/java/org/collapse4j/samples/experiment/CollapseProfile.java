package org.collapse4j.samples.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/** Measurements by depth and epoch: how collapse moves through the layers. Immutable. */
public final class CollapseProfile {
  private final Map<String, Map<Integer, Measurements>> layers;

  private CollapseProfile(Map<String, Map<Integer, Measurements>> layers) {
    this.layers = layers;
  }

  /**
   * The profile of one split of a run.
   *
   * @param observations in the order they were made, so that the layers of an epoch are in the
   *     order of the network
   * @param split such as {@code train}
   * @throws IllegalArgumentException if there is no observation of the split; the message has those
   *     that are there
   */
  public static CollapseProfile of(List<Observation> observations, String split) {
    Map<String, Map<Integer, Measurements>> layers = new LinkedHashMap<>();
    Set<String> splits = new TreeSet<>();
    for (Observation observation : observations) {
      splits.add(observation.split());
      if (observation.split().equals(split)) {
        layers
            .computeIfAbsent(observation.layer(), layer -> new LinkedHashMap<>())
            .put(observation.epoch(), observation.measurements());
      }
    }
    if (layers.isEmpty()) {
      throw new IllegalArgumentException(
          "There is no observation of the split \"" + split + "\"; there are: " + splits);
    }
    return new CollapseProfile(layers);
  }

  /** The names of the layers, from the input on. */
  public List<String> layers() {
    return List.copyOf(layers.keySet());
  }

  /** The epochs observed, ascending. */
  public SortedSet<Integer> epochs() {
    SortedSet<Integer> epochs = new TreeSet<>();
    layers.values().forEach(byEpoch -> epochs.addAll(byEpoch.keySet()));
    return epochs;
  }

  /** The value of a metric; NaN if it is undefined or was not measured there. */
  public double value(String layer, int epoch, Metric metric) {
    return layers
        .getOrDefault(layer, Map.of())
        .getOrDefault(epoch, Measurements.empty())
        .value(metric);
  }
}
