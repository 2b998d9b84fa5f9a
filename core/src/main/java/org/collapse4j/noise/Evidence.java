package org.collapse4j.noise;

import java.io.Serializable;
import java.lang.reflect.Array;
import java.util.Arrays;

/**
 * What has been observed of each example, one array a quantity: 31 bytes an example, and up to 16
 * more while examples are not in the order of their indices.
 */
final class Evidence implements Serializable {
  private static final long serialVersionUID = 1;

  /** Classes, and observations of one example, are kept as 16-bit numbers. */
  static final int MOST = Character.MAX_VALUE;

  private final ExampleNumbers numbers = new ExampleNumbers();

  private double[] margins = {};
  private float[] first = {};
  private float[] last = {};
  private float[] logRatios = {};
  private char[] given = {};
  private char[] rival = {};
  private char[] votes = {};
  private char[] epochs = {};
  private char[] ratioCounts = {};

  /** Over all examples, from each observation of one to its next. */
  private double squaredSteps;

  private long steps;

  int size() {
    return numbers.size();
  }

  /** The number of an example, which is a new one if it has not been observed before. */
  int numberOf(long index, int label) {
    int number = numbers.find(index);
    if (number == ExampleNumbers.NONE) {
      number = numbers.add(index);
      if (number == margins.length) {
        lengthen(ExampleNumbers.grown(number + 1));
      }
      given[number] = (char) label;
    }
    return number;
  }

  private void lengthen(int length) {
    margins = Arrays.copyOf(margins, length);
    first = Arrays.copyOf(first, length);
    last = Arrays.copyOf(last, length);
    logRatios = Arrays.copyOf(logRatios, length);
    given = Arrays.copyOf(given, length);
    rival = Arrays.copyOf(rival, length);
    votes = Arrays.copyOf(votes, length);
    epochs = Arrays.copyOf(epochs, length);
    ratioCounts = Arrays.copyOf(ratioCounts, length);
  }

  /** Puts the examples in the order of their indices, where these are all those from 0 on. */
  void putInOrder() {
    int[] before = numbers.putInOrder();
    if (before == null) {
      return;
    }
    margins = inOrder(margins, before);
    first = inOrder(first, before);
    last = inOrder(last, before);
    logRatios = inOrder(logRatios, before);
    given = inOrder(given, before);
    rival = inOrder(rival, before);
    votes = inOrder(votes, before);
    epochs = inOrder(epochs, before);
    ratioCounts = inOrder(ratioCounts, before);
  }

  /** An array as long, whose element i is the one that was at a place before. */
  @SuppressWarnings({"unchecked", "SuspiciousSystemArraycopy"}) // Both are arrays of one type.
  private static <A> A inOrder(A values, int[] before) {
    Object ordered =
        Array.newInstance(values.getClass().getComponentType(), Array.getLength(values));
    for (int i = 0; i < before.length; i++) {
      System.arraycopy(values, before[i], ordered, i, 1);
    }
    return (A) ordered;
  }

  /** The number of an example, or {@link ExampleNumbers#NONE}. */
  int find(long index) {
    return numbers.find(index);
  }

  long index(int number) {
    return numbers.index(number);
  }

  int given(int number) {
    return given[number];
  }

  int epochs(int number) {
    return epochs[number];
  }

  double lastMargin(int number) {
    return last[number];
  }

  /** Whether the example was predicted as its given label when it was observed last. */
  boolean isFitted(int number) {
    return last[number] > 0;
  }

  /** Sees an example whose margin counts for nothing any more but whether it is fitted now. */
  void see(int number, double margin) {
    last[number] = (float) margin;
  }

  /**
   * Adds an observation of an example.
   *
   * @param ratio of the distances to two centres, or NaN
   */
  void add(int number, double margin, int rivalNow, double ratio) {
    if (epochs[number] == MOST) {
      return;
    }
    step(number, margin);
    epochs[number]++;
    margins[number] += margin;
    last[number] = (float) margin;
    if (!Double.isNaN(ratio)) {
      ratioCounts[number]++;
      logRatios[number] += (float) Math.log(ratio);
    }
    vote(number, rivalNow, 1);
  }

  /** Adds what was gathered after this, of an example that has a number here and one there. */
  void add(int number, Evidence later, int there) {
    if (epochs[number] + later.epochs[there] > MOST) {
      return;
    }
    step(number, later.first[there]);
    epochs[number] += later.epochs[there];
    margins[number] += later.margins[there];
    last[number] = later.last[there];
    ratioCounts[number] += later.ratioCounts[there];
    logRatios[number] += later.logRatios[there];
    vote(number, later.rival[there], later.votes[there]);
  }

  /** Adds the steps within later evidence, whose examples have been added one by one. */
  void addSteps(Evidence later) {
    squaredSteps += later.squaredSteps;
    steps += later.steps;
  }

  private void step(int number, double next) {
    if (epochs[number] == 0) {
      first[number] = (float) next;
    } else {
      squaredSteps += (next - last[number]) * (next - last[number]);
      steps++;
    }
  }

  /** Finds the rival of most observations, if there is one (Boyer, Moore 1991). */
  private void vote(int number, int forRival, int count) {
    if (forRival == rival[number]) {
      votes[number] += (char) count;
    } else if (count > votes[number]) {
      rival[number] = (char) forRival;
      votes[number] = (char) (count - votes[number]);
    } else {
      votes[number] -= (char) count;
    }
  }

  /** How much a margin changes from one observation to the next; 0 before a second one. */
  double fluctuation() {
    return steps == 0 ? 0 : Math.sqrt(squaredSteps / (2 * steps));
  }

  SuspectLabel snapshot(int number) {
    return new SuspectLabel(
        index(number),
        given[number],
        rival[number],
        margins[number] / epochs[number],
        Math.exp((double) logRatios[number] / ratioCounts[number]),
        epochs[number]);
  }
}
