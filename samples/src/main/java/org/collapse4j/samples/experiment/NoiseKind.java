package org.collapse4j.samples.experiment;

import java.util.Locale;
import org.collapse4j.noise.LabelNoise;

/** How labels are corrupted, under the names that logs and options have. */
public enum NoiseKind {
  /** A corrupted label is drawn anew over all classes, and may come out as it was. */
  UNIFORM {
    @Override
    public LabelNoise of(int numClasses, double rate) {
      return LabelNoise.uniform(numClasses, rate);
    }
  },
  /** A corrupted label becomes any other one. */
  SYMMETRIC {
    @Override
    public LabelNoise of(int numClasses, double rate) {
      return LabelNoise.symmetric(numClasses, rate);
    }
  },
  /** A corrupted label becomes the next one. */
  PAIR {
    @Override
    public LabelNoise of(int numClasses, double rate) {
      return LabelNoise.pairFlips(numClasses, rate);
    }
  };

  /**
   * The noise.
   *
   * @param numClasses at least two
   * @param rate the probability that a label is corrupted, from 0 to 1
   */
  public abstract LabelNoise of(int numClasses, double rate);

  /** The name in logs: {@code uniform}, {@code symmetric} or {@code pair}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
