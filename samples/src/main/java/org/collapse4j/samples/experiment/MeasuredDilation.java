package org.collapse4j.samples.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;

/**
 * Where a training run ended: the relative dilation of its held-out classes at its noise rate.
 *
 * @param run the name of the run
 * @param noiseRate the share of wrong training labels, as measured, else as the run's parameters
 *     say
 * @param relativeDilation the last {@code dilation.relative}
 * @param loss the run's parameter {@code loss}, or "unknown loss"
 * @param alpha the run's parameter {@code alpha}; 0 without one where the loss is cross-entropy;
 *     else empty
 */
public record MeasuredDilation(
    String run, double noiseRate, double relativeDilation, String loss, OptionalDouble alpha) {

  /**
   * Reads the ends of the runs in a log.
   *
   * @param log as {@link MetricLog#read} takes it
   * @param split only observations of this split, or null for any
   * @param layer only observations of this layer, or null for any
   * @param warnings told, a sentence each, what was left out
   * @throws IllegalArgumentException if there is no log, or no run in it that has both numbers, or
   *     a run has dilations of several splits or layers
   * @throws IOException if it cannot be read
   */
  public static List<MeasuredDilation> read(
      Path log, String split, String layer, Consumer<String> warnings) throws IOException {
    MetricLog read = MetricLog.read(log);
    read.warnings().forEach(warnings);
    List<MeasuredDilation> ends = new ArrayList<>();
    runs(read).forEach((run, all) -> ends.addAll(endOf(run, all, split, layer, warnings)));
    if (ends.isEmpty()) {
      throw new IllegalArgumentException(
          log
              + " has no run with "
              + Metric.DILATION_RELATIVE.key()
              + " and "
              + Metric.NOISE_RATE.key()
              + (split == null && layer == null ? "" : " at the chosen split and layer"));
    }
    return ends;
  }

  private static Map<String, List<Observation>> runs(MetricLog log) {
    return log.observations().stream()
        .collect(Collectors.groupingBy(Observation::run, LinkedHashMap::new, Collectors.toList()));
  }

  /** The last observation of a run that has dilation, if there is one. */
  private static List<MeasuredDilation> endOf(
      String run,
      List<Observation> observations,
      String split,
      String layer,
      Consumer<String> warnings) {
    List<Observation> dilated =
        observations.stream()
            .filter(o -> split == null || o.split().equals(split))
            .filter(o -> layer == null || o.layer().equals(layer))
            .filter(o -> has(o, Metric.DILATION_RELATIVE))
            .toList();
    if (dilated.isEmpty()) {
      warnings.accept(withoutPoint(run, Metric.DILATION_RELATIVE));
      return List.of();
    }
    requireOnePlace(run, dilated);
    Observation last = dilated.get(dilated.size() - 1);
    OptionalDouble noiseRate = noiseRate(observations, last);
    if (noiseRate.isEmpty()) {
      warnings.accept(withoutPoint(run, Metric.NOISE_RATE));
      return List.of();
    }
    return List.of(
        new MeasuredDilation(
            run,
            noiseRate.getAsDouble(),
            last.measurements().value(Metric.DILATION_RELATIVE),
            last.parameters().getOrDefault("loss", "unknown loss"),
            alpha(last)));
  }

  private static String withoutPoint(String run, Metric missing) {
    return "left out the run " + run + ", which has no " + missing.key();
  }

  private static void requireOnePlace(String run, List<Observation> dilated) {
    List<String> places =
        dilated.stream().map(o -> o.split() + " at " + o.layer()).distinct().toList();
    if (places.size() > 1) {
      throw new IllegalArgumentException(
          "The run %s has dilations of several splits or layers, of which one must be chosen: %s"
              .formatted(run, String.join(", ", places)));
    }
  }

  private static OptionalDouble noiseRate(List<Observation> observations, Observation last) {
    OptionalDouble measured =
        observations.stream()
            .filter(o -> has(o, Metric.NOISE_RATE))
            .mapToDouble(o -> o.measurements().value(Metric.NOISE_RATE))
            .reduce((earlier, later) -> later);
    return measured.isPresent() ? measured : number(last, Metric.NOISE_RATE.key());
  }

  private static OptionalDouble alpha(Observation last) {
    OptionalDouble given = number(last, "alpha");
    boolean plain = last.parameters().getOrDefault("loss", "").startsWith("cross");
    return given.isEmpty() && plain ? OptionalDouble.of(0) : given;
  }

  private static OptionalDouble number(Observation observation, String parameter) {
    String text = observation.parameters().get(parameter);
    if (text == null) {
      return OptionalDouble.empty();
    }
    try {
      return OptionalDouble.of(Double.parseDouble(text));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "The parameter %s of the run %s must be a number, not %s"
              .formatted(parameter, observation.run(), text),
          e);
    }
  }

  private static boolean has(Observation observation, Metric metric) {
    return Double.isFinite(observation.measurements().value(metric));
  }
}
