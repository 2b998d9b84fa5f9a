package org.collapse4j.verdict;

/**
 * A sentence that says what the numbers of a run mean.
 *
 * @param topic what it is about
 * @param tone whether that is good
 * @param text one sentence, without its full stop
 */
public record Verdict(Topic topic, Tone tone, String text) {
  /** What a sentence is about. */
  public enum Topic {
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
    /** What goes wrong in measuring. */
    TROUBLE
  }

  /** Whether what is said is good. */
  public enum Tone {
    /** As one would wish. */
    GOOD,
    /** Neither good nor bad, or not yet known. */
    NEUTRAL,
    /** To be watched. */
    WARNING,
    /** Something to act on. */
    BAD
  }
}
