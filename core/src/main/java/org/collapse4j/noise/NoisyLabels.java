package org.collapse4j.noise;

import java.util.stream.IntStream;

/**
 * The labels of a data set as a network is trained on them, and the true ones beside them. An
 * example is corrupted when the two differ. Immutable.
 */
public final class NoisyLabels {
  private final int[] given;
  private final int[] clean;

  private NoisyLabels(int[] given, int[] clean) {
    this.given = given;
    this.clean = clean;
  }

  /**
   * Labels whose true values are known.
   *
   * @param given the class of each example that training sees; copied
   * @param clean the true class of each example, in the same order; copied
   * @throws IllegalArgumentException if there are not as many of the one as of the other, or a
   *     class is negative
   */
  public static NoisyLabels of(int[] given, int[] clean) {
    if (given.length != clean.length) {
      throw new IllegalArgumentException(
          "Given and clean labels must be of the same examples, not %s and %s of them"
              .formatted(given.length, clean.length));
    }
    requireClasses("given", given);
    requireClasses("clean", clean);
    return new NoisyLabels(given.clone(), clean.clone());
  }

  private static void requireClasses(String what, int[] labels) {
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0) {
        throw new IllegalArgumentException(
            "A label must be a class index, at least 0, but the %s label of example %s is %s"
                .formatted(what, i, labels[i]));
      }
    }
  }

  /** The number of examples. */
  public int size() {
    return given.length;
  }

  /** The label that training sees of an example. */
  public int given(int index) {
    return given[index];
  }

  /** The true label of an example. */
  public int clean(int index) {
    return clean[index];
  }

  /** Whether the label of an example is wrong. */
  public boolean isCorrupted(int index) {
    return given[index] != clean[index];
  }

  /** The number of wrong labels. */
  public int corruptedCount() {
    return (int) IntStream.range(0, given.length).filter(this::isCorrupted).count();
  }

  /** The share of wrong labels, {@code noise.rate}; NaN without an example. */
  public double rate() {
    return (double) corruptedCount() / given.length;
  }

  /** A copy of the labels that training sees. */
  public int[] given() {
    return given.clone();
  }

  /** A copy of the true labels. */
  public int[] clean() {
    return clean.clone();
  }
}
