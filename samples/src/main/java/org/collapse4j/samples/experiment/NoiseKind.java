package org.collapse4j.samples.experiment;

import java.util.Locale;
import org.collapse4j.noise.LabelNoise;

/** How labels are corrupted, under the names that logs and options have. */
public enum NoiseKind {
  /** A corrupted label is drawn anew over all classes, and may come out as it was. */
  UNIFORM,
  /** A corrupted label becomes any other one. */
  SYMMETRIC,
  /** A corrupted label becomes the next one. */
  PAIR;

  /**
   * The noise.
   *
   * @param numClasses at least two
   * @param rate the probability that a label is corrupted, from 0 to 1
   */
  public LabelNoise of(int numClasses, double rate) {
    return switch (this) {
      case UNIFORM -> LabelNoise.uniform(numClasses, rate);
      case SYMMETRIC -> LabelNoise.symmetric(numClasses, rate);
      case PAIR -> LabelNoise.pairFlips(numClasses, rate);
    };
  }

  /** The name in logs: {@code uniform}, {@code symmetric} or {@code pair}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
