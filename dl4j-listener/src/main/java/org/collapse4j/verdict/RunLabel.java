package org.collapse4j.verdict;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;

/** What the parameters of a run say about which runs it belongs with. */
public final class RunLabel {
  private RunLabel() {}

  /** The loss with its smoothing, as "label-smoothing (alpha 0.1)". */
  public static Optional<String> loss(RunHistory run) {
    String alpha = run.parameters().get("alpha");
    return Optional.ofNullable(run.parameters().get("loss"))
        .map(loss -> alpha == null || isZero(alpha) ? loss : loss + " (alpha " + alpha + ")");
  }

  private static boolean isZero(String number) {
    return number(number).filter(n -> n == 0).isPresent();
  }

  /** The share of wrong labels that was asked for, or else the one measured. */
  public static Optional<Double> noiseRate(RunHistory run) {
    return Optional.ofNullable(run.parameters().get(Metric.NOISE_RATE.key()))
        .flatMap(RunLabel::number)
        .or(() -> run.last(Metric.NOISE_RATE).map(MetricSeries.Point::value));
  }

  private static Optional<Double> number(String text) {
    try {
      return Optional.of(Double.valueOf(text)).filter(Double::isFinite);
    } catch (NumberFormatException none) {
      return Optional.empty();
    }
  }

  /** The parameters but for the seed: the same for runs that are repetitions of each other. */
  public static Map<String, String> withoutSeed(RunHistory run) {
    Map<String, String> others = new TreeMap<>(run.parameters());
    others.remove("seed");
    return others;
  }
}
