package org.collapse4j.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.MetricSeries.Point;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/**
 * The rules by which numbers become sentences. {@code T} is the series of the training data ({@link
 * RunHistory#training}), {@code H} that of the held-out data; a value is the last defined one.
 *
 * <p>For one run, each left out where its metrics were not measured:
 *
 * <ol>
 *   <li>Collapse, {@code v = nc1.cdnv} of T, about the square of a class's radius over the distance
 *       to another: {@code v <= 0.01} and {@code nc4.mismatch <= 0.01}: "classes have collapsed"
 *       (good). Else v at least twice its lowest value so far: "classes are moving apart again"
 *       (warning). Else v at most half of its first value: "classes are collapsing" (good). Else
 *       "classes are not collapsing" (neutral).
 *   <li>Memorization, {@code m = memorization.fitted}: "m of wrong labels are memorized", bad from
 *       50%, warning from 10%, else good; without it the same of {@code memorization.fraction},
 *       "wrongly labelled examples have moved m of the way to their wrong class". If {@code
 *       noise.rate} is 0: "no label is known to be wrong" (neutral).
 *   <li>Dilation, {@code d = dilation.relative} of H over its lowest value so far: from 1.05 on
 *       "held-out classes are d times as spread as at epoch e", bad from 1.5, else warning; below
 *       it "held-out classes are as tight as they have been" (good).
 *   <li>Accuracy of H: more than one point below its best: "held-out accuracy is a, b points below
 *       its best at epoch e" (warning, bad from five points); else "a, at its best" (good).
 *   <li>Calibration, {@code ece} of H: from 0.1 bad, from 0.05 warning, else good: "held-out
 *       confidence is off by c points".
 *   <li>{@code examples.nonfinite} of T or H above 0: "n examples have a NaN or infinite feature"
 *       (bad).
 * </ol>
 *
 * <p>For several runs: how many have collapsed on training data, the range of memorized labels and
 * of dilation; and, where runs differ in their parameter {@code loss} (with {@code alpha}) at the
 * same noise rate, under which loss held-out classes are least dilated at the highest such rate:
 * means over runs of {@code dilation.relative} at the last epoch that all of them have reached,
 * told apart from 5% on.
 */
public final class VerdictRules {
  private static final double COLLAPSED_CDNV = 0.01;
  private static final double COLLAPSED_MISMATCH = 0.01;
  private static final double APART_AGAIN = 2;
  private static final double COLLAPSING = 0.5;
  private static final double MEMORIZED_BAD = 0.5;
  private static final double MEMORIZED_WARNING = 0.1;
  private static final double DILATED_BAD = 1.5;
  private static final double DILATED = 1.05;
  private static final double ACCURACY_LOST = 0.01;
  private static final double ACCURACY_LOST_BAD = 0.05;
  private static final double ECE_BAD = 0.1;
  private static final double ECE_WARNING = 0.05;
  private static final double LOSSES_DIFFER = 1.05;

  private VerdictRules() {}

  /** What one run's numbers mean, in the order of the rules; empty if nothing was measured. */
  public static List<Verdict> ofRun(RunHistory run) {
    List<Verdict> verdicts = new ArrayList<>();
    run.training().flatMap(VerdictRules::collapse).ifPresent(verdicts::add);
    memorization(run).ifPresent(verdicts::add);
    run.heldOut().flatMap(VerdictRules::dilation).ifPresent(verdicts::add);
    run.heldOut().flatMap(VerdictRules::accuracy).ifPresent(verdicts::add);
    run.heldOut().flatMap(VerdictRules::calibration).ifPresent(verdicts::add);
    nonFinite(run).ifPresent(verdicts::add);
    return verdicts;
  }

  private static Verdict verdict(Topic topic, Tone tone, String format, Object... values) {
    return new Verdict(topic, tone, String.format(Locale.ROOT, format, values));
  }

  private static boolean hasCollapsed(MetricSeries training) {
    double cdnv = last(training, Metric.NC1_CDNV);
    double mismatch = last(training, Metric.NC4_MISMATCH);
    return cdnv <= COLLAPSED_CDNV && mismatch <= COLLAPSED_MISMATCH;
  }

  private static double last(MetricSeries series, Metric metric) {
    return series.last(metric).map(Point::value).orElse(Double.NaN);
  }

  private static Optional<Verdict> collapse(MetricSeries training) {
    Optional<Point> last = training.last(Metric.NC1_CDNV);
    if (last.isEmpty()) {
      return Optional.empty();
    }
    double now = last.get().value();
    Point first = training.first(Metric.NC1_CDNV).orElseThrow();
    Point lowest = training.best(Metric.NC1_CDNV).orElseThrow();
    if (hasCollapsed(training)) {
      return Optional.of(
          verdict(
              Topic.COLLAPSE,
              Tone.GOOD,
              "Classes have collapsed on training data (cdnv %.2g)",
              now));
    }
    if (now >= APART_AGAIN * lowest.value() && lowest.value() > 0) {
      return Optional.of(
          verdict(
              Topic.COLLAPSE,
              Tone.WARNING,
              "Classes are moving apart again on training data: cdnv %.2g, %.2g at epoch %d",
              now,
              lowest.value(),
              lowest.epoch()));
    }
    boolean collapsing = now <= COLLAPSING * first.value();
    return Optional.of(
        verdict(
            Topic.COLLAPSE,
            collapsing ? Tone.GOOD : Tone.NEUTRAL,
            "Classes are %scollapsing on training data: cdnv %.2g, %.2g at epoch %d",
            collapsing ? "" : "not ",
            now,
            first.value(),
            first.epoch()));
  }

  private static Optional<Verdict> memorization(RunHistory run) {
    double noise = run.last(Metric.NOISE_RATE).map(Point::value).orElse(Double.NaN);
    if (noise == 0) {
      return Optional.of(
          verdict(Topic.MEMORIZATION, Tone.NEUTRAL, "No training label is known to be wrong"));
    }
    Optional<Point> fitted = run.last(Metric.MEMORIZATION_FITTED);
    if (fitted.isPresent()) {
      double share = fitted.get().value();
      return Optional.of(
          verdict(
              Topic.MEMORIZATION,
              memorized(share),
              "%s of wrong labels are memorized",
              percent(share)));
    }
    return run.last(Metric.MEMORIZATION_FRACTION)
        .map(
            p ->
                verdict(
                    Topic.MEMORIZATION,
                    memorized(p.value()),
                    "Wrongly labelled examples have moved %s of the way to their wrong class",
                    percent(p.value())));
  }

  private static Tone memorized(double share) {
    return share >= MEMORIZED_BAD
        ? Tone.BAD
        : share >= MEMORIZED_WARNING ? Tone.WARNING : Tone.GOOD;
  }

  private static Optional<Verdict> dilation(MetricSeries heldOut) {
    Optional<Point> last = heldOut.last(Metric.DILATION_RELATIVE);
    Optional<Point> lowest = heldOut.best(Metric.DILATION_RELATIVE);
    if (last.isEmpty() || lowest.isEmpty() || lowest.get().value() <= 0) {
      return Optional.empty();
    }
    double times = last.get().value() / lowest.get().value();
    if (times < DILATED) {
      return Optional.of(
          verdict(
              Topic.DILATION,
              Tone.GOOD,
              "Held-out classes are as tight as they have been (r/D %.2g)",
              last.get().value()));
    }
    return Optional.of(
        verdict(
            Topic.DILATION,
            times >= DILATED_BAD ? Tone.BAD : Tone.WARNING,
            "Held-out classes are %.1f times as spread as at epoch %d (r/D %.2g, %.2g then)",
            times,
            lowest.get().epoch(),
            last.get().value(),
            lowest.get().value()));
  }

  private static Optional<Verdict> accuracy(MetricSeries heldOut) {
    Optional<Point> last = heldOut.last(Metric.ACCURACY);
    Optional<Point> best = heldOut.best(Metric.ACCURACY);
    if (last.isEmpty() || best.isEmpty()) {
      return Optional.empty();
    }
    double lost = best.get().value() - last.get().value();
    if (lost <= ACCURACY_LOST) {
      return Optional.of(
          verdict(
              Topic.ACCURACY,
              Tone.GOOD,
              "Held-out accuracy is %.1f%%, at its best",
              100 * last.get().value()));
    }
    return Optional.of(
        verdict(
            Topic.ACCURACY,
            lost >= ACCURACY_LOST_BAD ? Tone.BAD : Tone.WARNING,
            "Held-out accuracy is %.1f%%, %.1f points below its best at epoch %d",
            100 * last.get().value(),
            100 * lost,
            best.get().epoch()));
  }

  private static Optional<Verdict> calibration(MetricSeries heldOut) {
    return heldOut
        .last(Metric.ECE)
        .map(
            p ->
                verdict(
                    Topic.CALIBRATION,
                    p.value() >= ECE_BAD
                        ? Tone.BAD
                        : p.value() >= ECE_WARNING ? Tone.WARNING : Tone.GOOD,
                    "Held-out confidence is off by %.1f points",
                    100 * p.value()));
  }

  private static Optional<Verdict> nonFinite(RunHistory run) {
    double examples =
        Stream.of(run.training(), run.heldOut())
            .flatMap(Optional::stream)
            .flatMap(s -> s.last(Metric.EXAMPLES_NONFINITE).stream())
            .mapToDouble(Point::value)
            .max()
            .orElse(0);
    return examples > 0
        ? Optional.of(
            verdict(
                Topic.TROUBLE, Tone.BAD, "%.0f examples have a NaN or infinite feature", examples))
        : Optional.empty();
  }

  /** What the numbers of several runs mean together; empty for a single run. */
  public static List<Verdict> ofRuns(List<RunHistory> runs) {
    if (runs.size() < 2) {
      return List.of();
    }
    List<Verdict> verdicts = new ArrayList<>();
    losses(runs).ifPresent(verdicts::add);
    List<MetricSeries> trainings =
        runs.stream()
            .flatMap(r -> r.training().stream())
            .filter(series -> series.last(Metric.NC1_CDNV).isPresent())
            .toList();
    if (!trainings.isEmpty()) {
      long collapsed = trainings.stream().filter(VerdictRules::hasCollapsed).count();
      verdicts.add(
          verdict(
              Topic.COLLAPSE,
              collapsed == trainings.size() ? Tone.GOOD : Tone.NEUTRAL,
              "Classes have collapsed on training data in %d of %d runs",
              collapsed,
              trainings.size()));
    }
    List<Double> memorized = lasts(runs, Metric.MEMORIZATION_FITTED);
    if (!memorized.isEmpty()) {
      verdicts.add(
          verdict(
              Topic.MEMORIZATION,
              memorized(memorized.get(memorized.size() - 1)),
              "%s of wrong labels are memorized",
              range(percent(memorized.get(0)), percent(memorized.get(memorized.size() - 1)))));
    }
    List<Double> dilated = lasts(runs, Metric.DILATION_RELATIVE);
    if (!dilated.isEmpty()) {
      verdicts.add(
          verdict(
              Topic.DILATION,
              Tone.NEUTRAL,
              "The radius of held-out classes is %s of the distance between them",
              range(percent(dilated.get(0)), percent(dilated.get(dilated.size() - 1)))));
    }
    return verdicts;
  }

  private static List<Double> lasts(List<RunHistory> runs, Metric metric) {
    return runs.stream().flatMap(r -> r.last(metric).stream()).map(Point::value).sorted().toList();
  }

  private static String range(String lowest, String highest) {
    return lowest.equals(highest) ? lowest : lowest + " to " + highest;
  }

  private static Optional<Verdict> losses(List<RunHistory> runs) {
    TreeMap<Double, TreeMap<String, List<MetricSeries>>> byNoise = new TreeMap<>();
    for (RunHistory run : runs) {
      Optional<Double> noise = RunLabel.noiseRate(run);
      Optional<String> loss = RunLabel.loss(run);
      Optional<MetricSeries> heldOut =
          run.heldOut().filter(s -> s.last(Metric.DILATION_RELATIVE).isPresent());
      if (noise.isPresent() && loss.isPresent() && heldOut.isPresent()) {
        byNoise
            .computeIfAbsent(noise.get(), n -> new TreeMap<>())
            .computeIfAbsent(loss.get(), l -> new ArrayList<>())
            .add(heldOut.get());
      }
    }
    return byNoise.descendingMap().entrySet().stream()
        .filter(e -> e.getValue().size() > 1)
        .findFirst()
        .map(e -> compare(e.getKey(), e.getValue()));
  }

  private static Verdict compare(double noise, Map<String, List<MetricSeries>> byLoss) {
    int epoch =
        byLoss.values().stream()
            .flatMap(List::stream)
            .mapToInt(s -> s.last(Metric.DILATION_RELATIVE).orElseThrow().epoch())
            .min()
            .orElseThrow();
    Map<String, Double> dilation = new TreeMap<>();
    byLoss.forEach((loss, of) -> dilation.put(loss, meanDilation(of, epoch)));
    Map.Entry<String, Double> least =
        dilation.entrySet().stream().min(Map.Entry.comparingByValue()).orElseThrow();
    Map.Entry<String, Double> most =
        dilation.entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    if (!(most.getValue() >= LOSSES_DIFFER * least.getValue())) {
      return verdict(
          Topic.DILATION,
          Tone.NEUTRAL,
          "With %s wrong labels no loss dilates held-out classes less than another: r/D %.2g to"
              + " %.2g at epoch %d",
          percent(noise),
          least.getValue(),
          most.getValue(),
          epoch);
    }
    return verdict(
        Topic.DILATION,
        Tone.GOOD,
        "With %s wrong labels held-out classes are least dilated under %s, most under %s: r/D %.2g"
            + " against %.2g at epoch %d",
        percent(noise),
        least.getKey(),
        most.getKey(),
        least.getValue(),
        most.getValue(),
        epoch);
  }

  private static double meanDilation(List<MetricSeries> series, int epoch) {
    return series.stream()
        .flatMap(s -> s.upTo(epoch).last(Metric.DILATION_RELATIVE).stream())
        .mapToDouble(Point::value)
        .average()
        .orElse(Double.NaN);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.0f%%", 100 * share);
  }
}
