package org.collapse4j.noise;

import java.util.Arrays;
import java.util.function.IntToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A way to corrupt labels: for each clean class the probabilities of the labels that are given
 * instead. Immutable.
 *
 * <p>What becomes of an example's label depends on the seed, the example's index and its clean
 * class, and on nothing else: neither on the machine nor on the order or the batches in which
 * examples come. One number drawn for the index decides whether the label is replaced, and a second
 * by which, so that with the same seed the examples corrupted at a low rate are corrupted in the
 * same way at a higher one.
 *
 * <pre>{@code
 * LabelNoise noise = LabelNoise.uniform(10, 0.2).withSeed(7);
 * NoisyLabels labels = noise.corrupt(new int[] {3, 1, 4, 1, 5, 9});
 * }</pre>
 */
public final class LabelNoise {
  /** How far the sum of a row of a transition matrix may be from one. */
  private static final double ROW_SUM_TOLERANCE = 1e-6;

  private static final long GOLDEN_GAMMA = 0x9E3779B97F4A7C15L;

  private final String kind;
  private final double[][] transition;
  private final long seed;

  private LabelNoise(String kind, double[][] transition, long seed) {
    this.kind = kind;
    this.transition = transition;
    this.seed = seed;
  }

  /**
   * With probability {@code rate} a label is replaced by one drawn uniformly over all classes, the
   * clean one among them, as the memorization-dilation authors draw it (Nguyen, Levie, Lienen,
   * Kutyniok, Hüllermeier 2023). So a share {@code rate (K-1)/K} of the labels changes.
   *
   * @param numClasses K, at least 2
   * @param rate eta, from 0 to 1
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static LabelNoise uniform(int numClasses, double rate) {
    requireRate("The noise rate", rate);
    double other = rate / requireClasses(numClasses);
    return square("uniform(rate=" + rate, numClasses, c -> 1 - rate + other, (c, to) -> other);
  }

  /**
   * A share {@code rate} of the labels is replaced by another class, each other class being equally
   * likely.
   *
   * @param numClasses K, at least 2
   * @param rate the share of the labels that changes, from 0 to 1
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static LabelNoise symmetric(int numClasses, double rate) {
    requireRate("The noise rate", rate);
    double other = rate / (requireClasses(numClasses) - 1);
    return square("symmetric(rate=" + rate, numClasses, c -> 1 - rate, (c, to) -> other);
  }

  /**
   * A share {@code rate} of the labels is replaced by the next class: c by c + 1, the last one by 0
   * (Han et al. 2018).
   *
   * @param numClasses K, at least 2
   * @param rate the share of the labels that changes, from 0 to 1
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static LabelNoise pairFlips(int numClasses, double rate) {
    requireRate("The noise rate", rate);
    requireClasses(numClasses);
    return square(
        "pairFlips(rate=" + rate,
        numClasses,
        c -> 1 - rate,
        (c, to) -> to == (c + 1) % numClasses ? rate : 0);
  }

  /**
   * A share of the labels of each class, {@code rates[c]} of those of class c, is replaced by
   * another class, each other class being equally likely.
   *
   * @param rates one for each class, at least two, each from 0 to 1; copied
   * @throws IllegalArgumentException if there are fewer than two, or one is out of range
   */
  public static LabelNoise perClass(double... rates) {
    double[] copy = rates.clone();
    requireClasses(copy.length);
    for (int c = 0; c < copy.length; c++) {
      requireRate("The noise rate of class " + c, copy[c]);
    }
    return square(
        "perClass(rates=" + Arrays.toString(copy),
        copy.length,
        c -> 1 - copy[c],
        (c, to) -> copy[c] / (copy.length - 1));
  }

  /**
   * Any noise that depends on the class only.
   *
   * @param matrix K x K, K at least 2: row c has the probabilities of the labels given to an
   *     example of class c; copied
   * @throws IllegalArgumentException if the matrix is not square, an element is not from 0 to 1, or
   *     a row does not sum to one (within 1e-6)
   */
  public static LabelNoise transition(double[][] matrix) {
    requireClasses(matrix.length);
    double[][] rows = new double[matrix.length][];
    for (int c = 0; c < rows.length; c++) {
      rows[c] = checkedRow(matrix[c], c, matrix.length);
    }
    return new LabelNoise("transition(matrix=" + Arrays.deepToString(rows), rows, 0);
  }

  private static double[] checkedRow(double[] row, int c, int numClasses) {
    if (row.length != numClasses) {
      throw new IllegalArgumentException(
          "A transition matrix must be square: it has %s rows, but row %s has %s elements"
              .formatted(numClasses, c, row.length));
    }
    for (double probability : row) {
      requireRate("A probability in row " + c + " of a transition matrix", probability);
    }
    double sum = Arrays.stream(row).sum();
    if (Math.abs(sum - 1) > ROW_SUM_TOLERANCE) {
      throw new IllegalArgumentException(
          "Each row of a transition matrix must sum to one, but row " + c + " sums to " + sum);
    }
    return Arrays.stream(row).map(probability -> probability / sum).toArray();
  }

  /**
   * A share of each class gets a new label of its own: of class c the label {@code K + c}, so that
   * there are 2K labels (the latent classes of Nguyen, Levie, Lienen, Kutyniok, Hüllermeier 2023).
   * With a share of 0 labels stay what they are among 2K: for a held-out set.
   *
   * @param numClasses K, at least 2
   * @param share of each class, from 0 to 1
   * @throws IllegalArgumentException if an argument is out of range
   */
  public static LabelNoise latentClasses(int numClasses, double share) {
    requireRate("The share of a latent class", share);
    double[][] rows = new double[requireClasses(numClasses)][2 * numClasses];
    for (int c = 0; c < numClasses; c++) {
      rows[c][c] = 1 - share;
      rows[c][numClasses + c] = share;
    }
    return new LabelNoise("latentClasses(share=" + share + ", classes=" + numClasses, rows, 0);
  }

  private static LabelNoise square(
      String kind, int numClasses, IntToDoubleFunction kept, OffDiagonal replaced) {
    double[][] rows = new double[numClasses][numClasses];
    for (int c = 0; c < numClasses; c++) {
      for (int to = 0; to < numClasses; to++) {
        rows[c][to] = c == to ? kept.applyAsDouble(c) : replaced.probability(c, to);
      }
    }
    return new LabelNoise(kind + ", classes=" + numClasses, rows, 0);
  }

  /** The probability of a label other than the clean one. */
  @FunctionalInterface
  private interface OffDiagonal {
    double probability(int clean, int given);
  }

  private static int requireClasses(int numClasses) {
    if (numClasses < 2) {
      throw new IllegalArgumentException(
          "Labels can be corrupted if there are at least two classes, not " + numClasses);
    }
    return numClasses;
  }

  private static void requireRate(String what, double rate) {
    if (!(rate >= 0 && rate <= 1)) {
      throw new IllegalArgumentException(what + " must be from 0 to 1, not " + rate);
    }
  }

  /** The same noise, drawn with another seed; it is 0 unless set. */
  public LabelNoise withSeed(long newSeed) {
    return new LabelNoise(kind, transition, newSeed);
  }

  /** The seed of the draws. */
  public long seed() {
    return seed;
  }

  /** The number of clean classes K. */
  public int numClasses() {
    return transition.length;
  }

  /** The number of labels that can be given: K, or 2K with latent classes. */
  public int numLabels() {
    return transition[0].length;
  }

  /**
   * The probabilities of the given labels, {@code [numClasses][numLabels]}, one row a clean class.
   *
   * @return a copy
   */
  public double[][] transition() {
    return Arrays.stream(transition).map(double[]::clone).toArray(double[][]::new);
  }

  /**
   * The label given to an example.
   *
   * @param index of the example in its data set
   * @param cleanClass from 0 to K-1
   * @return from 0 to {@link #numLabels} - 1
   * @throws IllegalArgumentException if the class is out of range
   */
  public int corrupt(long index, int cleanClass) {
    if (cleanClass < 0 || cleanClass >= transition.length) {
      throw new IllegalArgumentException(
          "A clean class must be from 0 to %s, but that of example %s is %s"
              .formatted(transition.length - 1, index, cleanClass));
    }
    double[] row = transition[cleanClass];
    double replaced = draw(2 * index);
    return replaced < row[cleanClass] ? cleanClass : another(row, cleanClass, draw(2 * index + 1));
  }

  /** The other label whose share of what the clean one leaves contains the number drawn. */
  private static int another(double[] row, int cleanClass, double drawn) {
    double left = 0;
    for (int to = 0; to < row.length; to++) {
      left += to == cleanClass ? 0 : row[to];
    }
    double remaining = drawn * left;
    int last = cleanClass;
    for (int to = 0; to < row.length; to++) {
      if (to != cleanClass && row[to] > 0) {
        last = to;
        remaining -= row[to];
        if (remaining < 0) {
          break;
        }
      }
    }
    return last;
  }

  /** A number from 0 (included) to 1 (excluded): the upper 53 bits of a mixed counter. */
  private double draw(long counter) {
    return (mix(mix(seed) + (counter + 1) * GOLDEN_GAMMA) >>> 11) * 0x1p-53;
  }

  /** The finaliser of SplitMix64 (Steele, Lea, Flood 2014): equal on every machine. */
  private static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * The labels given to the examples of a data set, whose indices are their positions.
   *
   * @param clean classes from 0 to K-1; not modified
   * @throws IllegalArgumentException if a class is out of range
   */
  public NoisyLabels corrupt(int[] clean) {
    int[] given = IntStream.range(0, clean.length).map(i -> corrupt(i, clean[i])).toArray();
    return NoisyLabels.of(given, clean);
  }

  /** The kind, its numbers and the seed, such as {@code uniform(rate=0.2, classes=10, seed=7)}. */
  @Override
  public String toString() {
    return kind + ", seed=" + seed + ")";
  }
}
