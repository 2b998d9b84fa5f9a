package org.collapse4j.samples.experiment;

import java.util.Locale;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/** What happened in a training, in words. */
public final class CollapseVerdict {
  /** NC1 below this share of its first value is called collapse. */
  private static final double COLLAPSED = 0.1;

  /** NC1 above this share of its first value is called no collapse. */
  private static final double UNCHANGED = 0.8;

  private CollapseVerdict() {}

  /** One or two sentences about the way from the first epoch to the last. */
  public static String of(EpochReport first, EpochReport last) {
    double before = first.train().value(Metric.NC1_PINV);
    double after = last.train().value(Metric.NC1_PINV);
    return collapse(before, after, first.epoch(), last.epoch()) + " " + generalisation(last);
  }

  private static String collapse(double before, double after, int firstEpoch, int lastEpoch) {
    if (!(before > 0) || Double.isNaN(after)) {
      return "Whether the classes collapsed cannot be told: NC1 is undefined.";
    }
    if (firstEpoch == lastEpoch) {
      return String.format(
          Locale.ROOT,
          "One epoch does not tell whether the classes collapse: NC1 of the training images is %.3g.",
          after);
    }
    String change =
        String.format(
            Locale.ROOT,
            "NC1 of the training images went from %.3g after epoch %d to %.3g after epoch %d",
            before,
            firstEpoch,
            after,
            lastEpoch);
    if (after <= COLLAPSED * before) {
      return String.format(
          Locale.ROOT, "The classes are collapsing: %s, %.0f times less.", change, before / after);
    }
    return after < UNCHANGED * before
        ? "The classes have begun to collapse: " + change + "."
        : "The classes have not collapsed: " + change + ".";
  }

  private static String generalisation(EpochReport last) {
    Measurements heldOut = last.heldOut();
    return String.format(
        Locale.ROOT,
        "It is right about %.1f%% of the training images and %.1f%% of the held-out ones, whose"
            + " classes have a radius of %.2f times the distance between their centres.",
        100 * last.train().value(Metric.ACCURACY),
        100 * heldOut.value(Metric.ACCURACY),
        heldOut.value(Metric.DILATION_RELATIVE));
  }
}
