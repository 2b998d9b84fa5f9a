package org.collapse4j.noise;

import java.io.Serializable;

/**
 * Sees when the memorized share of the suspects begins to rise.
 *
 * <p>Above zero it is from the first observations on where some labels are right but hard: the
 * network has not learnt these yet, takes them for suspects, and learns them one by one. That share
 * falls while they are learnt, and leaves a level behind, over which it rises where wrong labels
 * are memorized. A single epoch at a high learning rate tells little, so that a rise must have
 * shown the epoch before, unless it is a large one.
 */
final class MemorizationOnset implements Serializable {
  private static final long serialVersionUID = 1;

  /** A share of the rise that the observation before must have shown. */
  private static final double BEFORE = 1.0 / 3;

  /** Before so many observations, hard examples are not yet told from wrong labels. */
  private static final int LEAST_OBSERVATIONS = 6;

  /** So large a share ends the evidence sooner, since it would spoil more than the rest brings. */
  private static final double LARGE = 0.25;

  private static final int LEAST_OF_LARGE = 3;

  /** Until then next to no suspect can be memorized: its margins are negative in the mean. */
  private static final int UNTOLD = 2;

  private double before = Double.NaN;

  /** The least that the share kept to for two observations, once it tells anything. */
  private double level = Double.POSITIVE_INFINITY;

  /**
   * Sees another observation.
   *
   * @param memorized the share of the suspects that is memorized; NaN if there is none
   * @param observations how many there were, this one among them
   * @return whether memorization has begun
   */
  boolean isReached(double memorized, int observations) {
    double kept = Math.max(before, memorized);
    level = observations > UNTOLD && kept < level ? kept : level;
    double rise = memorized - level;
    double riseBefore = before - level;
    before = memorized;
    boolean isSteady =
        rise > SuspectLabels.MEMORIZATION_BEGUN
            && riseBefore > BEFORE * SuspectLabels.MEMORIZATION_BEGUN;
    return (isSteady && observations >= LEAST_OBSERVATIONS)
        || (memorized > LARGE && observations >= LEAST_OF_LARGE);
  }
}
