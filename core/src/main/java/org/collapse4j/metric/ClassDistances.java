package org.collapse4j.metric;

import java.util.Arrays;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.collapse4j.stats.ClassStatistics;

/** What depends on the distances between the means of every two classes. */
final class ClassDistances {
  /** The values of so many pairs are kept: of ten classes those are all. */
  static final int PAIRS_KEPT = 45;

  private static final Comparator<ClassPair> BY_VALUE =
      Comparator.comparingDouble(ClassPair::value);

  private ClassDistances() {}

  /**
   * {@code nc1.cdnv}, also by class, the mean over a class's pairs, and by pair, for the {@value
   * #PAIRS_KEPT} with the highest; pairs whose means are the same, of which it is NaN, come first.
   */
  static Measurements normalisedVariance(ClassStatistics statistics, Frame means) {
    int[] present = statistics.presentClasses();
    Spread all = new Spread();
    double[] values = new double[present.length];
    double[] perClass = new double[statistics.numClasses()];
    PriorityQueue<ClassPair> highest = new PriorityQueue<>(BY_VALUE);
    Products.Scan scan =
        (a, products) -> {
          for (int b = a + 1; b < present.length; b++) {
            double variances =
                statistics.classVariance(present[a]) + statistics.classVariance(present[b]);
            double squaredDistance = means.squaredDistance(a, b, products[b]);
            double value = squaredDistance == 0 ? Double.NaN : variances / (2 * squaredDistance);
            values[b] = value;
            perClass[present[a]] += value / (present.length - 1);
            perClass[present[b]] += value / (present.length - 1);
            keep(highest, present[a], present[b], value);
          }
          all.addAll(values, a + 1, values.length);
        };
    if (present.length > 1) {
      means.gram().scan(scan);
    }
    return Measurements.builder()
        .put(Metric.NC1_CDNV, all.mean())
        .putClassValues(Metric.NC1_CDNV, absentAsNaN(statistics, perClass))
        .putPairs(Metric.NC1_CDNV, highest.stream().sorted(BY_VALUE.reversed()).toList())
        .build();
  }

  /** Keeps a pair if it is among the highest; where classes are many, most are not. */
  private static void keep(PriorityQueue<ClassPair> highest, int a, int b, double value) {
    boolean full = highest.size() == PAIRS_KEPT;
    // Compared like this NaN, the value of two classes in the same place, is above all others.
    if (full && Double.compare(value, highest.peek().value()) <= 0) {
      return;
    }
    if (full) {
      highest.remove();
    }
    highest.add(new ClassPair(a, b, value));
  }

  /** Mean over pairs of the distance between two class means; NaN for fewer than two classes. */
  static double separation(Frame means) {
    Spread distances = new Spread();
    Products.Scan scan =
        (a, products) -> {
          for (int b = a + 1; b < products.length; b++) {
            distances.add(Math.sqrt(means.squaredDistance(a, b, products[b])));
          }
        };
    if (means.size() > 1) {
      means.gram().scan(scan);
    }
    return distances.mean();
  }

  private static double[] absentAsNaN(ClassStatistics statistics, double[] perClass) {
    boolean alone = statistics.presentClasses().length < 2;
    if (alone) {
      Arrays.fill(perClass, Double.NaN);
    }
    for (int c = 0; c < perClass.length; c++) {
      if (statistics.count(c) == 0) {
        perClass[c] = Double.NaN;
      }
    }
    return perClass;
  }
}
