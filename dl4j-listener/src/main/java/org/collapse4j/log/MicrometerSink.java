package org.collapse4j.log;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.search.Search;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.collapse4j.metric.Metric;

/**
 * Keeps the last values as gauges of Micrometer, from where they go to Prometheus or any other
 * monitoring system that Micrometer has a registry for.
 *
 * <p>A gauge is named {@code collapse4j.} and the metric's key, such as {@code collapse4j.nc1.pinv}
 * (in Prometheus {@code collapse4j_nc1_pinv}), is described by the metric's meaning and has the
 * tags {@code metric}, which is the key, {@code split}, {@code layer} and {@code run}. Beside the
 * metrics there are {@code collapse4j.epoch} and {@code collapse4j.iteration}. A value that is
 * undefined, or is no longer measured, is no number to show: its gauge is taken out of the registry
 * until it is defined again.
 *
 * <p>It needs {@code io.micrometer:micrometer-core} on the class path, which this library does not
 * bring along. Closing the sink takes its gauges out of the registry; the registry stays open, it
 * is the caller's.
 */
public final class MicrometerSink extends SerialSink {
  private static final String PREFIX = "collapse4j.";

  private final MeterRegistry registry;
  private final Map<Series, Map<String, Value>> gauges = new HashMap<>();

  /**
   * A sink to a registry.
   *
   * @param registry not closed here
   */
  public MicrometerSink(MeterRegistry registry) {
    this.registry = Objects.requireNonNull(registry, "registry");
  }

  @Override
  protected void put(Observation observation) {
    Series series = new Series(observation.run(), observation.split(), observation.layer());
    Map<String, Value> values = gauges.computeIfAbsent(series, this::takeOver);
    set(series, values, "epoch", "Number of epochs completed", observation.epoch());
    set(
        series,
        values,
        "iteration",
        "Number of parameter updates",
        (double) observation.iteration());
    List<Value> undefined = new ArrayList<>();
    for (Metric metric : Metric.values()) {
      double value = observation.measurements().value(metric);
      if (Double.isFinite(value)) {
        set(series, values, metric.key(), metric.meaning(), value);
      } else if (values.containsKey(metric.key())) {
        undefined.add(values.remove(metric.key()));
      }
    }
    remove(undefined);
  }

  /**
   * Removes the gauges of a former sink of the run: a registry would keep them and not add ours.
   */
  private Map<String, Value> takeOver(Series series) {
    Search.in(registry)
        .name(name -> name.startsWith(PREFIX))
        .tags(series.tags())
        .gauges()
        .forEach(registry::remove);
    return new HashMap<>();
  }

  private void set(
      Series series, Map<String, Value> values, String key, String meaning, double number) {
    Value value = values.get(key);
    if (value == null) {
      value = new Value(number);
      value.gauge =
          Gauge.builder(PREFIX + key, value, v -> v.number)
              .description(meaning)
              .tags(series.tags(key))
              .strongReference(true)
              .register(registry);
      values.put(key, value);
    }
    value.number = number;
  }

  /** Removes gauges, unless another sink of the same run has put its own in their place. */
  private void remove(Collection<Value> values) {
    if (!values.isEmpty()) {
      Set<Meter> current = Collections.newSetFromMap(new IdentityHashMap<>());
      current.addAll(registry.getMeters());
      values.stream().map(v -> v.gauge).filter(current::contains).forEach(registry::remove);
    }
  }

  @Override
  protected void release() {
    remove(gauges.values().stream().flatMap(v -> v.values().stream()).toList());
    gauges.clear();
  }

  /** What a gauge reads, from a thread of the registry. */
  private static final class Value {
    volatile double number;
    Gauge gauge;

    Value(double number) {
      this.number = number;
    }
  }

  private record Series(String run, String split, String layer) {
    Tags tags() {
      return Tags.of("split", split, "layer", layer, "run", run);
    }

    Tags tags(String key) {
      return tags().and("metric", key);
    }
  }
}
