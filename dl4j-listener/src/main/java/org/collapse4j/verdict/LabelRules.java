package org.collapse4j.verdict;

import static org.collapse4j.verdict.Wording.count;
import static org.collapse4j.verdict.Wording.percent;
import static org.collapse4j.verdict.Wording.verdict;

import java.util.Locale;
import java.util.Optional;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Direction;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/** Which labels look wrong, and whether the wrong ones are memorized. */
final class LabelRules {
  /** From this share on wrong labels are worth looking for. */
  static final double MANY = 0.05;

  /** Fewer of them are chance. */
  private static final int SOME = 10;

  private static final double MEMORIZED_BAD = 0.5;
  private static final double MEMORIZED_WARNING = 0.1;

  /** Share of wrongly labelled examples recognised as what they are that a user would want. */
  private static final double RECOVERED_GOOD = 0.9;

  private final MetricSeries series;
  private final Latest latest;

  LabelRules(MetricSeries series) {
    this.series = series;
    this.latest = new Latest(series);
  }

  /**
   * How many labels look wrong, and how many of these are memorized or, if that is known, how many
   * are wrong.
   */
  Optional<Verdict> suspects() {
    double number = latest.value(Metric.SUSPECTS_COUNT);
    double share = latest.value(Metric.SUSPECTS_SHARE);
    if (Double.isNaN(number) || Double.isNaN(share)) {
      return listed();
    }
    String text =
        number == 0
            ? "No label looks wrong"
            : String.format(
                "About %s of %s labels look wrong", count(number), count(number / share));
    boolean isKnown = latest.isDefined(Metric.NOISE_RATE);
    return Optional.of(
        verdict(
                Topic.LABELS,
                number < SOME ? Tone.NEUTRAL : tone(share, isKnown),
                "%s%s",
                text,
                isKnown ? truth() : memorizedOfThem())
            .by(Metric.SUSPECTS_COUNT, number, Direction.UNKNOWN));
  }

  /** Where hardly any label is wrong those that look so are hard, and fitting them is no fault. */
  private Tone tone(double share, boolean isKnown) {
    if (share < MANY) {
      return Tone.NEUTRAL;
    }
    boolean isBad = latest.value(Metric.MEMORIZATION_ESTIMATED) >= MEMORIZED_BAD;
    return isBad && !isKnown ? Tone.BAD : Tone.WARNING;
  }

  /** To whole percents: it is an estimate. */
  private String memorizedOfThem() {
    double share = latest.value(Metric.MEMORIZATION_ESTIMATED);
    return Double.isNaN(share)
        ? ""
        : String.format(
            Locale.ROOT, "; %.0f%% of them are memorized%s", 100 * share, sinceWhen(share));
  }

  /** Since when so many have been memorized without a break that it is worth a warning. */
  private String sinceWhen(double share) {
    if (share <= MEMORIZED_WARNING) {
      return "";
    }
    MetricSeries.Point since = null;
    for (MetricSeries.Point point : series.points(Metric.MEMORIZATION_ESTIMATED)) {
      if (point.value() <= MEMORIZED_WARNING) {
        since = null;
      } else if (since == null) {
        since = point;
      }
    }
    return since.epoch() > 0
        ? ", since epoch " + since.epoch()
        : ", since iteration " + since.iteration();
  }

  /** Older logs have the most suspect labels only, of which there is a limit. */
  private Optional<Verdict> listed() {
    int number = latest.observation().examples().suspects().size();
    return number == 0
        ? Optional.empty()
        : Optional.of(
            verdict(
                Topic.LABELS, Tone.NEUTRAL, "At least %s labels look wrong%s", number, truth()));
  }

  private String truth() {
    double wrong = latest.value(Metric.NOISE_RATE) * latest.value(Metric.EXAMPLES);
    return Double.isNaN(wrong) ? "" : String.format("; %s are known to be", count(wrong));
  }

  /** How far wrong labels are memorized, from what is known most surely. */
  Optional<Verdict> memorization() {
    if (latest.value(Metric.NOISE_RATE) == 0) {
      return Optional.of(
          verdict(Topic.MEMORIZATION, Tone.NEUTRAL, "No training label is known to be wrong"));
    }
    if (latest.isDefined(Metric.MEMORIZATION_FITTED)) {
      return Optional.of(fitted());
    }
    if (latest.isDefined(Metric.MEMORIZATION_FRACTION)) {
      double moved = latest.value(Metric.MEMORIZATION_FRACTION);
      return Optional.of(
          memorized(
              Metric.MEMORIZATION_FRACTION,
              String.format(
                  "Wrongly labelled examples have moved %s of the way to their wrong class",
                  percent(moved))));
    }
    return estimated();
  }

  private Verdict fitted() {
    double rate = latest.value(Metric.NOISE_RATE);
    double recovered = latest.value(Metric.MEMORIZATION_RECOVERED);
    double wrong = rate * latest.value(Metric.EXAMPLES);
    String labels =
        Double.isNaN(wrong) ? "the wrong labels" : "the " + count(wrong) + " wrong labels";
    String instead =
        Double.isNaN(recovered)
            ? ""
            : String.format("; %s of these examples are seen as what they are", percent(recovered));
    double share = latest.value(Metric.MEMORIZATION_FITTED);
    Verdict verdict =
        memorized(
            Metric.MEMORIZATION_FITTED,
            String.format("%s of %s are memorized%s", percent(share), labels, instead));
    boolean merit = share < MEMORIZED_WARNING && recovered >= RECOVERED_GOOD;
    return merit
        ? new Verdict(verdict.topic(), Tone.GOOD, verdict.text(), verdict.evidence())
        : verdict;
  }

  /** It stands behind the number of labels that look wrong, if that is there. */
  private Optional<Verdict> estimated() {
    double share = latest.value(Metric.MEMORIZATION_ESTIMATED);
    return Double.isNaN(share) || latest.isDefined(Metric.SUSPECTS_COUNT)
        ? Optional.empty()
        : Optional.of(
            memorized(
                Metric.MEMORIZATION_ESTIMATED,
                String.format(
                    "About %s of the labels that look wrong are memorized", percent(share))));
  }

  /** A small share is no merit by itself: early in training nothing is memorized. */
  static Tone tone(double share) {
    return share >= MEMORIZED_BAD
        ? Tone.BAD
        : share >= MEMORIZED_WARNING ? Tone.WARNING : Tone.NEUTRAL;
  }

  private Verdict memorized(Metric metric, String text) {
    double share = latest.value(metric);
    return verdict(Topic.MEMORIZATION, tone(share), "%s", text)
        .by(metric, share, Trend.of(series, metric).direction());
  }
}
