package org.collapse4j.noise;

import java.io.Serializable;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers the evidence of {@link SuspectLabels} over the epochs of a training: each epoch every
 * example is observed once, with the logits the network gives it then.
 *
 * <p>Once wrong labels are being memorized their margins turn positive, and the mean over the
 * epochs forgets what it knew. So {@link #endEpoch} looks whether memorization has begun, and what
 * is observed after that epoch counts as evidence no more, but tells how many suspects are
 * memorized.
 *
 * <p>An example takes 31 bytes of memory, however many the epochs and classes; up to 16 more in the
 * first epoch of examples that do not come in the order of their indices, and always where their
 * indices are not all those from 0 on. Not for use by several threads at once.
 */
public final class SuspectLabelsAccumulator implements Serializable {
  private static final long serialVersionUID = 1;

  private final int numClasses;
  private final Evidence evidence = new Evidence();
  private final MemorizationOnset onset = new MemorizationOnset();
  private int frozenAt;

  private SuspectLabelsAccumulator(int numClasses) {
    this.numClasses = numClasses;
  }

  /**
   * An accumulator for a number of classes.
   *
   * @param numClasses K, from 2 to 65,535
   * @throws IllegalArgumentException if {@code numClasses} is none of these
   */
  public static SuspectLabelsAccumulator forClasses(int numClasses) {
    if (numClasses < 2) {
      throw new IllegalArgumentException(
          "A label can be wrong if there are at least two classes, not " + numClasses);
    }
    if (numClasses > Evidence.MOST) {
      throw new IllegalArgumentException(
          "There can be at most " + Evidence.MOST + " classes, not " + numClasses);
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
    return IntStream.range(0, evidence.size()).map(evidence::epochs).max().orElse(0);
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
      double[] scores = Matrices.elementsAndClose(Matrices.copy(DataType.DOUBLE, logits));
      int[] rivals = rivals(scores, given);
      double[] ratios = features == null ? null : ratios(features, centres, given, rivals);
      for (int i = 0; i < indices.length; i++) {
        int row = i * numClasses;
        double margin = scores[row + given[i]] - scores[row + rivals[i]];
        if (areFinite(scores, row)) {
          double ratio = ratios == null ? Double.NaN : ratios[i];
          add(evidence.numberOf(indices[i], given[i]), margin, rivals[i], ratio);
        }
      }
    }
  }

  private void add(int number, double margin, int rival, double ratio) {
    if (frozenAt == 0) {
      evidence.add(number, margin, rival, ratio);
    } else {
      evidence.see(number, margin);
    }
  }

  private boolean areFinite(double[] scores, int row) {
    for (int c = 0; c < numClasses; c++) {
      if (!Double.isFinite(scores[row + c])) {
        return false;
      }
    }
    return true;
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
          "There must be a centre for each of %s classes, not %s"
              .formatted(numClasses, centres.numClasses()));
    }
  }

  private static IllegalArgumentException shape(String what, String expected, long[] actual) {
    return new IllegalArgumentException(
        what + " must have shape " + expected + ", not " + Arrays.toString(actual));
  }

  private void requireSameLabel(long index, int given) {
    if (given < 0 || given >= numClasses) {
      throw new IllegalArgumentException(
          "A label must be a class index from 0 to %s, but that of example %s is %s"
              .formatted(numClasses - 1, index, given));
    }
    int before = evidence.find(index);
    if (before != ExampleNumbers.NONE && evidence.given(before) != given) {
      throw new IllegalArgumentException(
          String.format(
              "An example is the same with the same label every time, but that of example %s was"
                  + " %s and is %s now: let the examples carry their index if their order changes",
              index, evidence.given(before), given));
    }
  }

  /** The class of the largest logit but that of the given label, for each row of logits. */
  private int[] rivals(double[] scores, int[] given) {
    int[] rivals = new int[given.length];
    for (int i = 0; i < rivals.length; i++) {
      int row = i * numClasses;
      int rival = given[i] == 0 ? 1 : 0;
      for (int c = rival + 1; c < numClasses; c++) {
        if (c != given[i] && scores[row + c] > scores[row + rival]) {
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
    INDArray h = Matrices.copy(DataType.DOUBLE, features);
    double[] own = h.sub(Matrices.rows(means, given)).norm2(1).toDoubleVector();
    double[] other = h.sub(Matrices.rows(means, rivals)).norm2(1).toDoubleVector();
    double[] ratios = new double[own.length];
    for (int i = 0; i < ratios.length; i++) {
      ratios[i] = own[i] / other[i];
    }
    return ratios;
  }

  /**
   * Adds what another has gathered of other examples, or of the same ones in later epochs. If
   * evidence counts no more here, only whether the examples are memorized is taken from the other;
   * if it does there no more, it does not here either from now on.
   *
   * @param other of as many classes; not modified
   * @throws IllegalArgumentException if the numbers of classes differ, or an example has another
   *     label there; nothing has been added then
   */
  public void merge(SuspectLabelsAccumulator other) {
    if (other.numClasses != numClasses) {
      throw new IllegalArgumentException(
          "Evidence can be merged if the classes are the same: %s here, %s there"
              .formatted(numClasses, other.numClasses));
    }
    Evidence later = other.evidence;
    for (int there = 0; there < later.size(); there++) {
      requireSameLabel(later.index(there), later.given(there));
    }
    for (int there = 0; there < later.size(); there++) {
      int number = evidence.numberOf(later.index(there), later.given(there));
      if (frozenAt == 0) {
        evidence.add(number, later, there);
      } else {
        evidence.see(number, later.lastMargin(there));
      }
    }
    if (frozenAt == 0) {
      evidence.addSteps(later);
      frozenAt = other.frozenAt;
    }
  }

  /**
   * Says that every example has been observed once more. From the epoch on at the end of which
   * memorization {@linkplain SuspectLabels#frozenAt has begun}, what is observed counts as evidence
   * no more.
   *
   * @return what has been gathered so far
   */
  public SuspectLabels endEpoch() {
    evidence.putInOrder();
    SuspectLabels found = snapshot();
    int observations = mostObservations();
    if (frozenAt == 0 && onset.isReached(found.memorizationEstimated(), observations)) {
      frozenAt = observations;
      return snapshot();
    }
    return found;
  }

  /** What has been gathered so far. Changes nothing. */
  public SuspectLabels snapshot() {
    return new SuspectLabels(
        IntStream.range(0, evidence.size())
            .filter(number -> evidence.epochs(number) > 0)
            .mapToObj(evidence::snapshot)
            .toList(),
        evidence.fluctuation(),
        index -> evidence.isFitted(evidence.find(index)),
        frozenAt == 0 ? OptionalInt.empty() : OptionalInt.of(frozenAt));
  }
}
