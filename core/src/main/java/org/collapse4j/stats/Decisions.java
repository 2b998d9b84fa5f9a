package org.collapse4j.stats;

/**
 * What a classifier and the nearest class centre say of some examples, in parallel arrays; an array
 * is null where there was no classifier, or there were no centres.
 */
final class Decisions {
  final int[] labels;
  final int[] predicted;
  final double[] confidence;
  final int[] nearest;

  Decisions(int[] labels, int[] predicted, double[] confidence, int[] nearest) {
    this.labels = labels;
    this.predicted = predicted;
    this.confidence = confidence;
    this.nearest = nearest;
  }

  /** Whether every example has scores to decide by, which one that is not finite has not. */
  boolean areFinite() {
    int[] decided = nearest == null ? predicted : nearest;
    for (int best : decided) {
      if (best == ClassScores.NONE) {
        return false;
      }
    }
    return true;
  }
}
