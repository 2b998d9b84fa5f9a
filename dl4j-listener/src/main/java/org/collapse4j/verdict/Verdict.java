package org.collapse4j.verdict;

import java.util.Objects;
import java.util.Optional;
import org.collapse4j.metric.Metric;

/**
 * A sentence that says what the numbers of a run mean.
 *
 * @param topic what it is about
 * @param tone whether that is good
 * @param text one sentence, without its full stop
 * @param evidence the one number that stands most for it, if there is one
 */
public record Verdict(Topic topic, Tone tone, String text, Optional<Evidence> evidence) {
  /** Checks that nothing is null. */
  public Verdict {
    Objects.requireNonNull(topic, "topic");
    Objects.requireNonNull(tone, "tone");
    Objects.requireNonNull(text, "text");
    Objects.requireNonNull(evidence, "evidence");
  }

  /** A sentence for which no single number stands. */
  public Verdict(Topic topic, Tone tone, String text) {
    this(topic, tone, text, Optional.empty());
  }

  /** The same sentence with the number that stands for it. */
  Verdict by(Metric metric, double value, Direction direction) {
    return new Verdict(topic, tone, text, Optional.of(new Evidence(metric, value, direction)));
  }

  /**
   * The number that stands for a sentence.
   *
   * @param metric what it measures
   * @param value its last value, never NaN
   * @param direction which way it goes
   */
  public record Evidence(Metric metric, double value, Direction direction) {}

  /** Which way a metric goes over the last third of its observations. */
  public enum Direction {
    /** Up, by more than its scatter explains. */
    RISING,
    /** Down, by more than its scatter explains. */
    FALLING,
    /** Neither. */
    STEADY,
    /** There are fewer than three observations. */
    UNKNOWN
  }

  /** What a sentence is about. */
  public enum Topic {
    /** Which labels look wrong. */
    LABELS,
    /** Whether the classes collapse on training data. */
    COLLAPSE,
    /** Whether wrong labels are memorized. */
    MEMORIZATION,
    /** Whether held-out classes spread. */
    DILATION,
    /** Whether predictions are right. */
    ACCURACY,
    /** Whether confidence is justified. */
    CALIBRATION,
    /** What goes wrong in training or in measuring. */
    TROUBLE
  }

  /** Whether what is said is good. */
  public enum Tone {
    /** What a user would wish for. */
    GOOD,
    /** Neither good nor bad, or not yet known. */
    NEUTRAL,
    /** To be watched. */
    WARNING,
    /** Something to act on. */
    BAD
  }
}
