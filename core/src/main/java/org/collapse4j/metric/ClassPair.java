package org.collapse4j.metric;

/**
 * A value of two classes.
 *
 * @param first the index of a class
 * @param second the index of another, above {@code first}
 * @param value of the two
 */
public record ClassPair(int first, int second, double value) {
  /** Checks that the classes are two, in order. */
  public ClassPair {
    if (first < 0 || second <= first) {
      throw new IllegalArgumentException(
          "A pair of classes must be 0 <= first < second, not " + first + " and " + second);
    }
  }
}
