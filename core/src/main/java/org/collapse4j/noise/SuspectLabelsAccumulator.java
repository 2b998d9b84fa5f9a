package org.collapse4j.noise;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.collapse4j.stats.ClassStatistics;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers the evidence of {@link SuspectLabels} over the epochs of a training: each epoch every
 * example is observed once, with the logits the network gives it then.
 *
 * <p>Memory grows with the number of examples, not with that of epochs or classes. Not for use by
 * several threads at once.
 */
public final class SuspectLabelsAccumulator {
  private final int numClasses;
  private final Map<Long, Evidence> evidence = new HashMap<>();

  private SuspectLabelsAccumulator(int numClasses) {
    this.numClasses = numClasses;
  }

  /**
   * An accumulator for a number of classes.
   *
   * @param numClasses K, at least 2
   * @throws IllegalArgumentException if {@code numClasses} is below 2
   */
  public static SuspectLabelsAccumulator forClasses(int numClasses) {
    if (numClasses < 2) {
      throw new IllegalArgumentException(
          "A label can be wrong if there are at least two classes, not " + numClasses);
    }
    return new SuspectLabelsAccumulator(numClasses);
  }

  /** The number of classes K. */
  public int numClasses() {
    return numClasses;
  }

  /** The number of examples observed at least once. */
  public int size() {
    return evidence.size();
  }

  /** How often the example has been observed that was most often; 0 without one. */
  public int mostObservations() {
    return evidence.values().stream().mapToInt(of -> of.epochs).max().orElse(0);
  }

  /**
   * Observes a batch of examples once more.
   *
   * @param indices of the examples, N of them
   * @param logits {@code [N, K]} in inference mode; an example with one that is NaN or infinite is
   *     left out; not modified
   * @param given the labels trained on: class indices {@code [N]}, from 0 to K-1
   * @throws IllegalArgumentException if the sizes differ, a class is out of range, or an example
   *     had another label before; nothing has been observed then
   */
  public void observe(long[] indices, INDArray logits, int[] given) {
    observe(indices, logits, given, null, null);
  }

  /**
   * Observes a batch of examples once more, with the place of their features among class centres.
   *
   * @param indices of the examples, N of them
   * @param logits {@code [N, K]} in inference mode; an example with one that is NaN or infinite is
   *     left out; not modified
   * @param given the labels trained on: class indices {@code [N]}, from 0 to K-1
   * @param features {@code [N, d]} of the same examples; not modified
   * @param centres whose class means are the centres, of K classes and d features
   * @throws IllegalArgumentException if the sizes differ, a class is out of range, or an example
   *     had another label before; nothing has been observed then
   */
  public void observe(
      long[] indices, INDArray logits, int[] given, INDArray features, ClassStatistics centres) {
    requireShapes(indices, logits, given, features, centres);
    for (int i = 0; i < indices.length; i++) {
      requireSameLabel(indices[i], given[i]);
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      double[][] scores = asDouble(logits).toDoubleMatrix();
      int[] rivals = rivals(scores, given);
      double[] ratios = features == null ? null : ratios(features, centres, given, rivals);
      for (int i = 0; i < indices.length; i++) {
        double margin = scores[i][given[i]] - scores[i][rivals[i]];
        if (Arrays.stream(scores[i]).allMatch(Double::isFinite)) {
          int label = given[i];
          evidence
              .computeIfAbsent(indices[i], index -> new Evidence(label))
              .add(margin, rivals[i], ratios == null ? Double.NaN : ratios[i]);
        }
      }
    }
  }

  private void requireShapes(
      long[] indices, INDArray logits, int[] given, INDArray features, ClassStatistics centres) {
    int n = indices.length;
    if (logits.rank() != 2 || logits.size(0) != n || logits.size(1) != numClasses) {
      throw shape("Logits", "[" + n + ", " + numClasses + "]", logits.shape());
    }
    if (given.length != n) {
      throw shape("Given labels", "[" + n + "]", new long[] {given.length});
    }
    if (features != null
        && (features.rank() != 2
            || features.size(0) != n
            || features.size(1) != centres.dimension())) {
      throw shape("Features", "[" + n + ", " + centres.dimension() + "]", features.shape());
    }
    if (features != null && centres.numClasses() != numClasses) {
      throw new IllegalArgumentException(
          "There must be a centre for each of "
              + numClasses
              + " classes, not "
              + centres.numClasses());
    }
  }

  private static IllegalArgumentException shape(String what, String expected, long[] actual) {
    return new IllegalArgumentException(
        what + " must have shape " + expected + ", not " + Arrays.toString(actual));
  }

  private void requireSameLabel(long index, int given) {
    if (given < 0 || given >= numClasses) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "A label must be a class index from 0 to %d, but that of example %d is %d",
              numClasses - 1,
              index,
              given));
    }
    Evidence before = evidence.get(index);
    if (before != null && before.given != given) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "An example is the same with the same label every time, but that of example %d was %d"
                  + " and is %d now: let the examples carry their index if their order changes",
              index,
              before.given,
              given));
    }
  }

  private static INDArray asDouble(INDArray array) {
    INDArray copy = Nd4j.createUninitialized(DataType.DOUBLE, array.shape());
    return copy.assign(array);
  }

  /** The class of the largest logit but that of the given label. */
  private static int[] rivals(double[][] scores, int[] given) {
    int[] rivals = new int[given.length];
    for (int i = 0; i < rivals.length; i++) {
      int rival = given[i] == 0 ? 1 : 0;
      for (int c = rival + 1; c < scores[i].length; c++) {
        if (c != given[i] && scores[i][c] > scores[i][rival]) {
          rival = c;
        }
      }
      rivals[i] = rival;
    }
    return rivals;
  }

  private static double[] ratios(
      INDArray features, ClassStatistics centres, int[] given, int[] rivals) {
    INDArray means = centres.classMeans();
    INDArray h = asDouble(features);
    double[] own = h.sub(Nd4j.pullRows(means, 1, given)).norm2(1).toDoubleVector();
    double[] other = h.sub(Nd4j.pullRows(means, 1, rivals)).norm2(1).toDoubleVector();
    double[] ratios = new double[own.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = own[i] / other[i];
    }
    return ratios;
  }

  /**
   * Adds what another has gathered of other examples, or of the same ones in later epochs.
   *
   * @param other of as many classes; not modified
   * @throws IllegalArgumentException if the numbers of classes differ, or an example has another
   *     label there; nothing has been added then
   */
  public void merge(SuspectLabelsAccumulator other) {
    if (other.numClasses != numClasses) {
      throw new IllegalArgumentException(
          "Evidence can be merged if the classes are the same: "
              + numClasses
              + " here, "
              + other.numClasses
              + " there");
    }
    other.evidence.forEach((index, of) -> requireSameLabel(index, of.given));
    other.evidence.forEach(
        (index, of) -> evidence.computeIfAbsent(index, i -> new Evidence(of.given)).add(of));
  }

  /** What has been gathered so far. */
  public SuspectLabels snapshot() {
    return new SuspectLabels(
        evidence.entrySet().stream().map(e -> e.getValue().snapshot(e.getKey())).toList(),
        fluctuation());
  }

  /** Of a margin from one epoch to the next, over all examples; 0 before a second epoch. */
  private double fluctuation() {
    double squares = 0;
    long steps = 0;
    for (Evidence of : evidence.values()) {
      squares += of.squaredSteps;
      steps += of.epochs - 1;
    }
    return steps == 0 ? 0 : Math.sqrt(squares / (2 * steps));
  }

  /** The evidence on one example. The rival is found by majority vote (Boyer, Moore 1991). */
  private static final class Evidence {
    final int given;
    int epochs;
    double margins;
    double first;
    double last;
    double squaredSteps;
    int ratioCount;
    double logRatios;
    int rival;
    int votes;

    Evidence(int given) {
      this.given = given;
    }

    void add(double margin, int rivalNow, double ratio) {
      step(margin);
      epochs++;
      margins += margin;
      last = margin;
      if (!Double.isNaN(ratio)) {
        ratioCount++;
        logRatios += Math.log(ratio);
      }
      vote(rivalNow, 1);
    }

    /** Adds what was gathered after this. */
    void add(Evidence later) {
      step(later.first);
      epochs += later.epochs;
      margins += later.margins;
      last = later.last;
      squaredSteps += later.squaredSteps;
      ratioCount += later.ratioCount;
      logRatios += later.logRatios;
      vote(later.rival, later.votes);
    }

    private void step(double next) {
      if (epochs == 0) {
        first = next;
      } else {
        squaredSteps += (next - last) * (next - last);
      }
    }

    private void vote(int forRival, int number) {
      if (forRival == rival) {
        votes += number;
      } else if (number > votes) {
        rival = forRival;
        votes = number - votes;
      } else {
        votes -= number;
      }
    }

    SuspectLabel snapshot(long index) {
      return new SuspectLabel(
          index, given, rival, margins / epochs, Math.exp(logRatios / ratioCount), epochs);
    }
  }
}
