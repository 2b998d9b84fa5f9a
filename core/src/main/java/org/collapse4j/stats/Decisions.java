package org.collapse4j.stats;

import java.util.stream.IntStream;

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

  /** The same with the nearest centre of each example. */
  Decisions with(int[] nearestCentres) {
    return new Decisions(labels, predicted, confidence, nearestCentres);
  }

  /** The decisions on some of the examples. */
  Decisions only(boolean[] chosen) {
    int[] rows = IntStream.range(0, chosen.length).filter(i -> chosen[i]).toArray();
    if (rows.length == chosen.length) {
      return this;
    }
    return new Decisions(
        pick(labels, rows),
        pick(predicted, rows),
        confidence == null ? null : IntStream.of(rows).mapToDouble(i -> confidence[i]).toArray(),
        pick(nearest, rows));
  }

  private static int[] pick(int[] values, int[] rows) {
    return values == null ? null : IntStream.of(rows).map(i -> values[i]).toArray();
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
