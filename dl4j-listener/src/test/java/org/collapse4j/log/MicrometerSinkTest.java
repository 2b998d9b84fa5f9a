package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;

class MicrometerSinkTest extends MetricSinkContract {
  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

  @Override
  MetricSink open() {
    return new MicrometerSink(registry);
  }

  @Override
  List<Reading> read() {
    return read(registry);
  }

  static List<Reading> read(MeterRegistry registry) {
    record Series(String run, String split, String layer) {}
    Map<Series, Map<String, Double>> all = new LinkedHashMap<>();
    for (Meter meter : registry.getMeters()) {
      Meter.Id id = meter.getId();
      Series series = new Series(id.getTag("run"), id.getTag("split"), id.getTag("layer"));
      assertEquals("collapse4j." + id.getTag("metric"), id.getName());
      all.computeIfAbsent(series, s -> new TreeMap<>())
          .put(id.getTag("metric"), ((Gauge) meter).value());
    }
    return all.entrySet().stream()
        .map(
            e ->
                new Reading(
                    e.getKey().run(),
                    e.getValue().remove("epoch").intValue(),
                    e.getValue().remove("iteration").longValue(),
                    e.getKey().split(),
                    e.getKey().layer(),
                    e.getValue(),
                    Map.of(),
                    Map.of()))
        .toList();
  }

  @Override
  Reading expected(Observation observation) {
    return Reading.of(observation).placeAndValues();
  }

  @Override
  Optional<MetricSink> unwritable() {
    return Optional.empty();
  }

  @Override
  boolean keepsHistory() {
    return false;
  }

  @Test
  void aGaugeHasItsMeaningAndTags() {
    open0().put(Observations.of("mnist", 1, "heldout", "output"));
    Gauge gauge = registry.get("collapse4j.nc1.pinv").gauge();
    assertEquals(Metric.NC1_PINV.meaning(), gauge.getId().getDescription());
    assertEquals("heldout", gauge.getId().getTag("split"));
    assertEquals("nc1.pinv", gauge.getId().getTag("metric"));
  }

  private MicrometerSink open0() {
    return new MicrometerSink(registry);
  }

  @Test
  void everyMetricIsInPrometheusWithItsLastValue() {
    Measurements.Builder values = Measurements.builder();
    for (Metric metric : Metric.values()) {
      values.put(metric, numberOf(metric));
    }
    open0().put(Observations.of("mnist", 1, "heldout", "output"));
    open0(); // Another sink to the registry changes nothing.
    MicrometerSink sink = open0();
    sink.put(new Observation("other", 2, 9, "heldout", "output", values.build()));
    String scraped = registry.scrape();
    for (Metric metric : Metric.values()) {
      String name = "collapse4j_" + metric.key().replace('.', '_');
      String line =
          "\n"
              + name
              + "{layer=\"output\",metric=\""
              + metric.key()
              + "\",run=\"other\",split=\"heldout\"} "
              + numberOf(metric)
              + "\n";
      assertTrue(scraped.contains(line), name);
      assertTrue(scraped.contains("# HELP " + name + " "), name);
      assertTrue(scraped.contains("# TYPE " + name + " gauge"), name);
    }
  }

  /** Another number for every metric. */
  private static double numberOf(Metric metric) {
    return metric.key().hashCode() / 1024.0;
  }

  @Test
  void aValueThatIsNoLongerDefinedIsTakenOutUntilItIs() {
    MicrometerSink sink = open0();
    for (double value : new double[] {0.25, Double.NaN, 0.75}) {
      Measurements values = Measurements.builder().put(Metric.NC1_PINV, value).build();
      sink.put(new Observation("run", 1, 1, "train", "output", values));
      Gauge gauge = registry.find("collapse4j.nc1.pinv").gauge();
      if (Double.isNaN(value)) {
        assertNull(gauge);
        assertFalse(registry.scrape().contains("nc1_pinv"));
      } else {
        assertEquals(value, gauge.value());
      }
    }
  }

  @Test
  void aSinkOfTheSameRunStartedLaterTakesOver() {
    MicrometerSink first = open0();
    first.put(Observations.of(1));
    open0().put(Observations.of(2));
    first.release();
    assertEquals(List.of(expected(Observations.of(2))), read());
  }

  @Test
  void closingTakesTheGaugesOut() throws Exception {
    MicrometerSink sink = open0();
    sink.write(Observations.of(1));
    sink.close();
    assertEquals(List.of(), registry.getMeters());
    assertFalse(registry.isClosed());
  }
}
