package org.collapse4j.verdict;

import static org.collapse4j.verdict.Wording.going;
import static org.collapse4j.verdict.Wording.number;
import static org.collapse4j.verdict.Wording.percent;
import static org.collapse4j.verdict.Wording.verdict;

import java.util.Optional;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Direction;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/** Whether held-out classes spread, and how right and how sure the network is of them. */
final class HeldOutRules {
  private static final double DILATED_BAD = 1.5;
  private static final double DILATED = 1.05;
  private static final double ACCURACY_LOST = 0.01;
  private static final double ACCURACY_LOST_BAD = 0.05;
  private static final double ECE_BAD = 0.1;
  private static final double ECE_WARNING = 0.05;

  /** How many standard errors of an accuracy a difference from it must be to have a sign. */
  private static final double CLEAR = 2;

  private final MetricSeries heldOut;
  private final Latest latest;

  HeldOutRules(MetricSeries heldOut) {
    this.heldOut = heldOut;
    this.latest = new Latest(heldOut);
  }

  /** Whether held-out classes are points as well, where those of the training data are. */
  Optional<Verdict> followed(Latest training) {
    double nc1 = latest.value(Metric.NC1_PINV);
    if (Double.isNaN(nc1)) {
      return Optional.empty();
    }
    boolean followed = Condition.NC1.holds(nc1);
    return Optional.of(
        verdict(
                Topic.DILATION,
                followed ? Tone.GOOD : Tone.NEUTRAL,
                "Held-out classes have %s: nc1.pinv %s, %s on training data",
                followed ? "followed" : "not followed",
                number(nc1),
                number(training.value(Metric.NC1_PINV)))
            .by(Metric.NC1_PINV, nc1, direction(Metric.NC1_PINV)));
  }

  private Direction direction(Metric metric) {
    return Trend.of(heldOut, metric).direction();
  }

  Optional<Verdict> dilation() {
    double now = latest.value(Metric.DILATION_RELATIVE);
    if (Double.isNaN(now)) {
      return Optional.empty();
    }
    Direction direction = direction(Metric.DILATION_RELATIVE);
    SmoothedCurve curve = SmoothedCurve.of(heldOut, Metric.DILATION_RELATIVE);
    double times = curve.last() / curve.lowest().value();
    Verdict verdict =
        curve.hasRisen() && times >= DILATED
            ? verdict(
                Topic.DILATION,
                times >= DILATED_BAD ? Tone.BAD : Tone.WARNING,
                "Held-out classes are %.1f times as spread as about epoch %d: r/D %s%s",
                times,
                curve.lowest().epoch(),
                number(now),
                going(direction))
            : verdict(
                Topic.DILATION,
                switch (direction) {
                  case FALLING -> Tone.GOOD;
                  case RISING -> Tone.WARNING;
                  default -> Tone.NEUTRAL;
                },
                "The radius of held-out classes is %s of the distance between their centres%s",
                number(now),
                going(direction));
    return Optional.of(verdict.by(Metric.DILATION_RELATIVE, now, direction));
  }

  Optional<Verdict> accuracy() {
    double now = latest.value(Metric.ACCURACY);
    if (Double.isNaN(now)) {
      return Optional.empty();
    }
    Direction direction = direction(Metric.ACCURACY);
    return Optional.of(accuracy(now).by(Metric.ACCURACY, now, direction));
  }

  private Verdict accuracy(double now) {
    String said = "Held-out accuracy is " + percent(now);
    if (latest.isGuessing()) {
      return verdict(Topic.ACCURACY, Tone.WARNING, "%s, no better than guessing", said);
    }
    SmoothedCurve curve = SmoothedCurve.of(heldOut, Metric.ACCURACY);
    double lost = curve.highest().value() - curve.last();
    if (curve.hasFallen() && lost >= ACCURACY_LOST) {
      return verdict(
          Topic.ACCURACY,
          lost >= ACCURACY_LOST_BAD ? Tone.BAD : Tone.WARNING,
          "%s, about %.1f points below its best about epoch %d",
          said,
          100 * lost,
          curve.highest().epoch());
    }
    return curve.isKnown()
        ? verdict(Topic.ACCURACY, Tone.GOOD, "%s, as high as it has been, scatter aside", said)
        : verdict(Topic.ACCURACY, Tone.NEUTRAL, "%s", said);
  }

  /** Of a network that guesses, confidence is no merit and no fault. */
  Optional<Verdict> calibration() {
    double error = latest.value(Metric.ECE);
    if (Double.isNaN(error) || latest.isGuessing()) {
      return Optional.empty();
    }
    Tone tone = error >= ECE_BAD ? Tone.BAD : error >= ECE_WARNING ? Tone.WARNING : Tone.GOOD;
    return Optional.of(
        verdict(
                Topic.CALIBRATION,
                tone,
                "Held-out confidence is off by %.1f points%s",
                100 * error,
                confidence(error))
            .by(Metric.ECE, error, direction(Metric.ECE)));
  }

  /** Whether confidence is too high or too low in the mean; nothing where the error is small. */
  private String confidence(double error) {
    double confidence = latest.value(Metric.CONFIDENCE);
    double accuracy = latest.value(Metric.ACCURACY);
    double gap = confidence - accuracy;
    double scatter = Math.sqrt(accuracy * (1 - accuracy) / latest.value(Metric.EXAMPLES));
    boolean clear = Math.abs(gap) >= error / 2 && Math.abs(gap) > CLEAR * scatter;
    if (Double.isNaN(gap) || error < ECE_WARNING) {
      return "";
    }
    return clear
        ? String.format(
            ", %s: it says %s, and %s is right",
            gap > 0 ? "over-confident" : "under-confident", percent(confidence), percent(accuracy))
        : ", too high in places and too low in others";
  }
}
