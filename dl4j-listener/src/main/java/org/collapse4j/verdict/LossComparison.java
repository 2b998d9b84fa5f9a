package org.collapse4j.verdict;

import static org.collapse4j.verdict.Wording.number;
import static org.collapse4j.verdict.Wording.percent;
import static org.collapse4j.verdict.Wording.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.MetricSeries.Point;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/** Under which loss held-out classes are less dilated, of runs that differ in nothing else. */
final class LossComparison {
  /** To how many other losses the least dilated one is compared, so that a page stays readable. */
  private static final int MOST_COMPARED = 4;

  private final List<RunHistory> runs;
  private final int epoch;

  private LossComparison(List<RunHistory> runs) {
    this.runs = runs;
    this.epoch =
        runs.stream()
            .mapToInt(run -> dilations(run).last(Metric.DILATION_RELATIVE).orElseThrow().epoch())
            .min()
            .orElseThrow();
  }

  private static MetricSeries dilations(RunHistory run) {
    return run.heldOut().orElseThrow();
  }

  /**
   * The comparison at the highest noise at which several losses were tried; none if there is none.
   */
  static List<Verdict> verdicts(List<RunHistory> runs) {
    Map<Map<String, String>, List<RunHistory>> comparable = new LinkedHashMap<>();
    for (RunHistory run : runs) {
      if (isComparable(run)) {
        comparable.computeIfAbsent(setting(run), s -> new ArrayList<>()).add(run);
      }
    }
    return comparable.values().stream()
        .filter(group -> group.stream().map(RunLabel::loss).distinct().count() > 1)
        .map(LossComparison::new)
        .max(Comparator.comparingDouble(LossComparison::noiseOrder))
        .map(LossComparison::compare)
        .orElse(List.of());
  }

  private static boolean isComparable(RunHistory run) {
    return RunLabel.loss(run).isPresent()
        && run.heldOut()
            .filter(series -> new Latest(series).isDefined(Metric.DILATION_RELATIVE))
            .isPresent();
  }

  /** What must be the same for a comparison: everything but the loss and the seed. */
  private static Map<String, String> setting(RunHistory run) {
    Map<String, String> others = RunLabel.withoutSeed(run);
    others.remove("loss");
    others.remove("alpha");
    return others;
  }

  private double noiseOrder() {
    return RunLabel.noiseRate(runs.get(0)).orElse(-1.0);
  }

  private List<Verdict> compare() {
    Map<String, List<Double>> byLoss = new TreeMap<>();
    byLoss(runs).forEach((loss, seeds) -> byLoss.put(loss, List.copyOf(seeds.values())));
    List<String> rising =
        byLoss.keySet().stream()
            .sorted(Comparator.comparingDouble(loss -> mean(byLoss.get(loss))))
            .toList();
    String least = rising.get(0);
    return rising.stream()
        .skip(1)
        .limit(MOST_COMPARED)
        .map(loss -> compare(least, byLoss.get(least), loss, byLoss.get(loss)))
        .toList();
  }

  /** One value a seed: a training that was repeated with the same seed tells nothing new. */
  private Map<String, Map<String, Double>> byLoss(List<RunHistory> compared) {
    Map<String, Map<String, Double>> byLoss = new TreeMap<>();
    for (RunHistory run : compared) {
      dilations(run)
          .upTo(epoch)
          .last(Metric.DILATION_RELATIVE)
          .map(Point::value)
          .ifPresent(
              dilation ->
                  byLoss
                      .computeIfAbsent(RunLabel.loss(run).orElseThrow(), l -> new TreeMap<>())
                      .put(run.parameters().getOrDefault("seed", run.run()), dilation));
    }
    return byLoss;
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  private Verdict compare(String less, List<Double> lesser, String more, List<Double> larger) {
    WelchInterval interval = new WelchInterval(larger, lesser);
    String values =
        String.format(
            "r/D %s against %s at epoch %d, %s and %s",
            number(mean(lesser)), number(mean(larger)), epoch, seeds(lesser), seeds(larger));
    return interval.excludesZero()
        ? verdict(
            Topic.DILATION,
            Tone.NEUTRAL,
            "%sheld-out classes are less dilated under %s than under %s: %s, a difference of %s ± %s"
                + " (95%% interval)",
            noise(),
            less,
            more,
            values,
            number(interval.difference()),
            number(interval.halfWidth()))
        : verdict(
            Topic.DILATION,
            Tone.NEUTRAL,
            "%sthe dilation under %s and under %s cannot be told apart: %s; %s",
            noise(),
            less,
            more,
            values,
            needed(interval));
  }

  private static String seeds(List<Double> values) {
    return values.size() == 1 ? "1 seed" : values.size() + " seeds";
  }

  private static String needed(WelchInterval interval) {
    if (!interval.isKnown()) {
      return "it takes at least two seeds a side";
    }
    OptionalInt size = interval.sizeNeeded();
    return size.isPresent()
        ? "it would take about " + size.getAsInt() + " seeds a side"
        : "more than a thousand seeds a side would not do, or their scatter is not known";
  }

  /** The share of wrong labels as it was measured, not the probability that was asked for. */
  private String noise() {
    OptionalDouble measured =
        runs.stream()
            .flatMap(run -> run.last(Metric.NOISE_RATE).stream())
            .mapToDouble(Point::value)
            .average();
    if (measured.isPresent()) {
      double share = measured.getAsDouble();
      return share == 0 ? "Without wrong labels " : "With " + percent(share) + " wrong labels ";
    }
    String asked = runs.get(0).parameters().get(Metric.NOISE_RATE.key());
    return asked == null ? "With equal settings " : "With noise.rate set to " + asked + " ";
  }
}
