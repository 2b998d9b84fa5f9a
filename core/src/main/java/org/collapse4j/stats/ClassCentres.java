package org.collapse4j.stats;

import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The means of the classes that have examples, where those that differ by no more than rounding are
 * one and the same: what is measured of their difference would be noise, and what is divided by it
 * as large as chance will have it.
 *
 * <p>An element of a mean is rounded to half a unit of its last place, and before that by what the
 * deviations of the class's examples were rounded to when they were added up: at most {@code 2^-52}
 * times the square root of the sum of their squares. Differences up to {@link #UNITS} units of the
 * last place and that bound count as zero, and so do those of a class mean and the global mean.
 */
final class ClassCentres {
  private static final double EPSILON = 0x1p-52;

  /** Rounding of two means and of features that are equal but for their own last place. */
  private static final double UNITS = 4;

  private final Moments moments;
  private final int dimension;
  private final int[] present;

  /** The class whose mean stands for that of each present class: itself, or one before it. */
  private final int[] standsFor;

  /** Below this the difference of two elements of a column is rounding. */
  private final double[] resolution;

  /** By the kind of global mean. Every measurement takes them several times. */
  private final Map<GlobalMean, double[]> meansFromFirst = new ConcurrentHashMap<>();

  ClassCentres(Moments moments, int[] present) {
    this.moments = moments;
    this.dimension = moments.dimension;
    this.present = present;
    this.resolution = resolution();
    this.standsFor = new int[present.length];
    for (int i = 0; i < present.length; i++) {
      standsFor[i] = firstEqualTo(i);
    }
  }

  private double[] resolution() {
    double squares = 0;
    double[] largest = new double[dimension];
    for (int c : present) {
      squares += moments.traces[c];
      for (int j = 0; j < dimension; j++) {
        largest[j] = Math.max(largest[j], Math.abs(moments.means[c * dimension + j]));
      }
    }
    for (int j = 0; j < dimension; j++) {
      largest[j] = EPSILON * (UNITS * largest[j] + Math.sqrt(squares));
    }
    return largest;
  }

  private int firstEqualTo(int i) {
    for (int earlier = 0; earlier < i; earlier++) {
      if (standsFor[earlier] == present[earlier] && areEqual(present[earlier], present[i])) {
        return present[earlier];
      }
    }
    return present[i];
  }

  private boolean areEqual(int a, int b) {
    for (int j = 0; j < dimension; j++) {
      if (!(Math.abs(difference(a, b, j)) <= resolution[j])) {
        return false;
      }
    }
    return true;
  }

  private double difference(int a, int b, int j) {
    int atA = a * dimension + j;
    int atB = b * dimension + j;
    return Moments.difference(
        moments.means[atA], moments.rests[atA], moments.means[atB], moments.rests[atB]);
  }

  /** The means of the present classes, row by row. */
  double[] means() {
    double[] rows = new double[present.length * dimension];
    for (int i = 0; i < present.length; i++) {
      System.arraycopy(moments.means, standsFor[i] * dimension, rows, i * dimension, dimension);
    }
    return rows;
  }

  /** The global mean; every element is NaN if no class is present. */
  double[] globalMean(GlobalMean kind) {
    double[] mean = new double[dimension];
    if (present.length == 0) {
      Arrays.fill(mean, Double.NaN);
      return mean;
    }
    double[] fromFirst = meanFromFirst(kind);
    for (int j = 0; j < dimension; j++) {
      mean[j] = moments.means[present[0] * dimension + j] + fromFirst[j];
    }
    return mean;
  }

  /**
   * The means of the present classes less the global mean, row by row. They are taken from the mean
   * of the first class beforehand, so that no digit is lost far from the origin.
   */
  double[] centred(GlobalMean kind) {
    double[] rows = new double[present.length * dimension];
    double[] mean = meanFromFirst(kind);
    for (int i = 0; i < present.length; i++) {
      boolean isZero = true;
      for (int j = 0; j < dimension; j++) {
        double element = fromFirst(i, j) - mean[j];
        rows[i * dimension + j] = element;
        isZero &= Math.abs(element) <= resolution[j];
      }
      if (isZero) {
        Arrays.fill(rows, i * dimension, (i + 1) * dimension, 0);
      }
    }
    return rows;
  }

  /** An element of the mean of a present class less that of the first. */
  private double fromFirst(int i, int j) {
    return difference(standsFor[i], present[0], j);
  }

  /** The global mean less the mean of the first class; not to be modified. */
  private double[] meanFromFirst(GlobalMean kind) {
    return meansFromFirst.computeIfAbsent(kind, this::calculatedMeanFromFirst);
  }

  private double[] calculatedMeanFromFirst(GlobalMean kind) {
    double total = 0;
    for (int c : present) {
      total += kind == GlobalMean.SAMPLE ? moments.counts[c] : 1;
    }
    double[] mean = new double[dimension];
    for (int i = 0; i < present.length; i++) {
      double weight = (kind == GlobalMean.SAMPLE ? moments.counts[present[i]] : 1) / total;
      for (int j = 0; j < dimension; j++) {
        mean[j] += weight * fromFirst(i, j);
      }
    }
    return mean;
  }
}
