package org.collapse4j.verdict;

import static org.collapse4j.verdict.Wording.count;
import static org.collapse4j.verdict.Wording.number;
import static org.collapse4j.verdict.Wording.percent;
import static org.collapse4j.verdict.Wording.verdict;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/**
 * The rules by which numbers become sentences. {@code T} is the series of the training data ({@link
 * RunHistory#training}), {@code H} that of the held-out data. A value is that of the last
 * observation; where it is undefined there, nothing is said of it, whatever it was before.
 *
 * <p>Which way a metric goes is told by a straight line, fitted by least squares to the last third
 * of its observations, at least three: rising or falling if the 95% interval of its slope excludes
 * zero and the line changes by at least 5%, else steady; of one or two observations nothing is
 * said. What a metric is compared with, its lowest or highest, is a mean of three observations in a
 * row, and so is where it is now; they differ if they are further apart than three standard errors
 * of such a mean, by the scatter of the last third about its line.
 *
 * <p>For one run, each left out where its metrics were not measured:
 *
 * <ol>
 *   <li>Divergence: if at the last observation of T (of H without T) no example has finite
 *       features: "training has diverged" (bad), and nothing else.
 *   <li>Labels: "about n of N labels look wrong", from {@code suspects.count} and {@code
 *       suspects.share}; warning from 5% and ten labels on, else neutral. Unless it is known which
 *       labels are wrong it says what share "of them are memorized", {@code
 *       memorization.estimated}, bad from 50%, and since when it has been above a tenth; and a
 *       warning comes first. From a log that only lists suspects: "at least n".
 *   <li>Collapse, of T unless it is the stream, which is not judged:
 *       <ol>
 *         <li>{@code accuracy} no more than three standard errors above 1 / {@code
 *             classes.present}: "no better than guessing" (warning), and nothing of collapse or
 *             memorization.
 *         <li>{@code accuracy < 0.995}: the terminal phase has not begun, "too early to call"
 *             (neutral).
 *         <li>Else which conditions hold: NC1 if {@code nc1.pinv <= 0.05}, NC2 if {@code
 *             nc2.etf.means <= 0.2}, NC3 if {@code nc3.duality <= 0.2}, NC4 if {@code nc4.mismatch
 *             <= 0.01}. With two classes NC2 is zero by definition, and is not counted. All of
 *             them: "have collapsed" (good, but neutral where {@code noise.rate > 0} or {@code
 *             suspects.share >= 0.05}), some: "in part", none: "have not collapsed" (neutral).
 *         <li>Then which way each of them goes; warning if one is rising, else neutral.
 *       </ol>
 *   <li>Memorization, {@code m = memorization.fitted}: "m of the wrong labels are memorized", bad
 *       from 50%, warning from 10%, below it neutral, or good if {@code memorization.recovered} is
 *       at least 90%; without it the same of {@code memorization.fraction}, and without that and
 *       {@code suspects.count} of {@code memorization.estimated}. If {@code noise.rate} is 0: "no
 *       training label is known to be wrong" (neutral).
 *   <li>If NC1 holds in the terminal phase of T: whether it does of H by the same threshold (good,
 *       else neutral).
 *   <li>Dilation, {@code dilation.relative} of H: at least 1.05 times its lowest and different from
 *       it, "d times as spread as about epoch e", bad from 1.5, else warning. Otherwise the value
 *       and which way it goes: falling is good, rising a warning, else neutral.
 *   <li>Accuracy of H: "no better than guessing" (warning); at least one point below its best and
 *       different from it, warning, bad from five points; else good. Of one or two observations it
 *       is neutral.
 *   <li>Calibration, {@code ece} of H unless H is guessed: bad from 0.1, warning from 0.05, else
 *       good; from 0.05 on "over-confident" or "under-confident" by the sign of {@code confidence -
 *       accuracy}, if that is at least half of ece and more than two standard errors.
 *   <li>{@code examples.nonfinite} of T or H above 0: "n examples have a NaN or infinite feature"
 *       (bad).
 * </ol>
 *
 * <p>For several runs: how many have diverged; how many have collapsed of those of which that can
 * be told; the range of memorized labels and of dilation. Where runs differ in their parameters
 * {@code loss}, {@code alpha} and {@code seed} only, those with the highest noise are compared:
 * {@code dilation.relative} of H at the last epoch that all of them have reached, under the loss
 * with the lowest mean against each other one (at most four). A difference is told if there are at
 * least two seeds a side and the 95% interval of Welch excludes zero; else that they cannot be told
 * apart, and how many seeds a side would tell the same difference with the same scatter. The noise
 * said is the measured {@code noise.rate}.
 */
public final class VerdictRules {
  private VerdictRules() {}

  /** What one run's numbers mean, in the order of the rules; empty if nothing was measured. */
  public static List<Verdict> ofRun(RunHistory run) {
    if (hasDiverged(run)) {
      return List.of(
          verdict(
              Topic.TROUBLE,
              Tone.BAD,
              "Training has diverged: no example has finite features any more"));
    }
    List<Verdict> verdicts = new ArrayList<>();
    Optional<CollapseRules> collapse = run.training().map(CollapseRules::new);
    boolean guessing = run.training().filter(t -> new Latest(t).isGuessing()).isPresent();
    List<Verdict> labels = guessing ? List.of() : suspects(run);
    boolean leads =
        run.training().filter(VerdictRules::isNoiseKnown).isEmpty()
            && labels.stream().noneMatch(VerdictRules::isOfFew);
    if (leads) {
      verdicts.addAll(labels);
    }
    collapse.ifPresent(rules -> verdicts.addAll(rules.verdicts()));
    if (!leads) {
      verdicts.addAll(labels);
    }
    if (!guessing) {
      memorization(run).ifPresent(verdicts::add);
    }
    run.heldOut().ifPresent(heldOut -> verdicts.addAll(ofHeldOut(heldOut, run, collapse)));
    nonFinite(run).ifPresent(verdicts::add);
    return List.copyOf(verdicts);
  }

  /**
   * Whether training has come to nothing: at the last observation of its examples, or where they
   * were not measured of held-out ones, none has finite features.
   */
  public static boolean hasDiverged(RunHistory run) {
    return run.training().or(run::heldOut).filter(s -> new Latest(s).hasDiverged()).isPresent();
  }

  private static boolean isNoiseKnown(MetricSeries series) {
    return new Latest(series).isDefined(Metric.NOISE_RATE);
  }

  /** Whether few labels look wrong, which a log that only lists suspects does not tell. */
  private static boolean isOfFew(Verdict labels) {
    return labels.tone() == Tone.NEUTRAL && labels.evidence().isPresent();
  }

  private static List<Verdict> suspects(RunHistory run) {
    return first(run, LabelRules::suspects).stream().toList();
  }

  private static Optional<Verdict> memorization(RunHistory run) {
    return first(run, LabelRules::memorization);
  }

  /** What is said of the training data, or else of the first series of which it can be said. */
  private static Optional<Verdict> first(
      RunHistory run, Function<LabelRules, Optional<Verdict>> rule) {
    return Stream.concat(run.training().stream(), run.series().stream())
        .map(LabelRules::new)
        .flatMap(rules -> rule.apply(rules).stream())
        .findFirst();
  }

  private static List<Verdict> ofHeldOut(
      MetricSeries heldOut, RunHistory run, Optional<CollapseRules> collapse) {
    HeldOutRules rules = new HeldOutRules(heldOut);
    Optional<Verdict> followed =
        collapse
            .filter(CollapseRules::hasFirstCondition)
            .flatMap(c -> rules.followed(new Latest(run.training().orElseThrow())));
    return Stream.of(followed, rules.dilation(), rules.accuracy(), rules.calibration())
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Verdict> nonFinite(RunHistory run) {
    double examples =
        Stream.of(run.training(), run.heldOut())
            .flatMap(Optional::stream)
            .mapToDouble(series -> new Latest(series).value(Metric.EXAMPLES_NONFINITE))
            .filter(number -> number > 0)
            .max()
            .orElse(0);
    return examples > 0
        ? Optional.of(
            verdict(
                Topic.TROUBLE,
                Tone.BAD,
                "%s examples have a NaN or infinite feature",
                count(examples)))
        : Optional.empty();
  }

  /** What the numbers of several runs mean together; empty for a single run. */
  public static List<Verdict> ofRuns(List<RunHistory> runs) {
    if (runs.size() < 2) {
      return List.of();
    }
    List<RunHistory> whole = runs.stream().filter(run -> !hasDiverged(run)).toList();
    List<Verdict> verdicts = new ArrayList<>();
    if (whole.size() < runs.size()) {
      verdicts.add(
          verdict(
              Topic.TROUBLE,
              Tone.BAD,
              "Training has diverged in %d of %d runs",
              runs.size() - whole.size(),
              runs.size()));
    }
    verdicts.addAll(LossComparison.verdicts(whole));
    collapsed(whole).ifPresent(verdicts::add);
    memorized(whole).ifPresent(verdicts::add);
    dilated(whole).ifPresent(verdicts::add);
    return List.copyOf(verdicts);
  }

  private static Optional<Verdict> collapsed(List<RunHistory> runs) {
    List<CollapseRules> judged =
        runs.stream()
            .flatMap(run -> run.training().stream())
            .map(CollapseRules::new)
            .filter(CollapseRules::isJudged)
            .toList();
    long collapsed = judged.stream().filter(CollapseRules::hasCollapsed).count();
    return judged.isEmpty()
        ? Optional.empty()
        : Optional.of(
            verdict(
                Topic.COLLAPSE,
                Tone.NEUTRAL,
                "Training classes have collapsed in %d of %d runs",
                collapsed,
                judged.size()));
  }

  private static Optional<Verdict> memorized(List<RunHistory> runs) {
    List<Double> shares =
        lasts(runs.stream().flatMap(run -> run.training().stream()), Metric.MEMORIZATION_FITTED);
    if (shares.isEmpty()) {
      return Optional.empty();
    }
    double most = shares.get(shares.size() - 1);
    return Optional.of(
        verdict(
            Topic.MEMORIZATION,
            LabelRules.tone(most),
            "%s of wrong labels are memorized",
            range(percent(shares.get(0)), percent(most))));
  }

  private static Optional<Verdict> dilated(List<RunHistory> runs) {
    List<Double> dilations =
        lasts(runs.stream().flatMap(run -> run.heldOut().stream()), Metric.DILATION_RELATIVE);
    return dilations.isEmpty()
        ? Optional.empty()
        : Optional.of(
            verdict(
                Topic.DILATION,
                Tone.NEUTRAL,
                "The radius of held-out classes is %s of the distance between their centres",
                range(number(dilations.get(0)), number(dilations.get(dilations.size() - 1)))));
  }

  /** The values at the end of series, rising. */
  private static List<Double> lasts(Stream<MetricSeries> series, Metric metric) {
    return series
        .map(Latest::new)
        .filter(latest -> latest.isDefined(metric))
        .map(latest -> latest.value(metric))
        .sorted()
        .toList();
  }

  private static String range(String lowest, String highest) {
    return lowest.equals(highest) ? lowest : lowest + " to " + highest;
  }
}
