package org.collapse4j.evaluation;

import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Rows of features with the class of each, and as much as is known beside it. Immutable as long as
 * nobody writes into the arrays, which are not copied.
 */
public final class LabelledRows {
  private final INDArray features;
  private final int[] classes;
  private final int numClasses;
  private final int[] positions;
  private final INDArray logits;
  private final RowOrigins origins;

  private LabelledRows(
      INDArray features,
      int[] classes,
      int numClasses,
      int[] positions,
      INDArray logits,
      RowOrigins origins) {
    this.features = features;
    this.classes = classes;
    this.numClasses = numClasses;
    this.positions = positions;
    this.logits = logits;
    this.origins = origins;
  }

  /**
   * The rows of a batch that have a label and are not masked.
   *
   * @param features {@code [N, d]} of any floating type; not copied
   * @param classes class indices, N of them, {@link ClassLabels#NONE} where there is no label
   * @param mask N numbers, 0 for a row that is left out; null to leave out none
   * @param numClasses K
   * @throws IllegalArgumentException if there are not as many classes or numbers in the mask as
   *     rows
   */
  public static LabelledRows of(INDArray features, int[] classes, double[] mask, int numClasses) {
    int rows = (int) features.size(0);
    requireOnePerRow("class", classes.length, rows);
    if (mask != null) {
      requireOnePerRow("number in the mask", mask.length, rows);
    }
    int[] kept = kept(classes, mask);
    if (kept.length == rows) {
      return new LabelledRows(features, classes.clone(), numClasses, kept, null, null);
    }
    int[] keptClasses = IntStream.of(kept).map(i -> classes[i]).toArray();
    return new LabelledRows(
        Matrices.rows(features, kept), keptClasses, numClasses, kept, null, null);
  }

  private static int[] kept(int[] classes, double[] mask) {
    int[] kept = new int[classes.length];
    int count = 0;
    for (int i = 0; i < kept.length; i++) {
      if (classes[i] != ClassLabels.NONE && (mask == null || mask[i] != 0)) {
        kept[count++] = i;
      }
    }
    return count == kept.length ? kept : Arrays.copyOf(kept, count);
  }

  private static void requireOnePerRow(String what, int count, int rows) {
    if (count != rows) {
      throw new IllegalArgumentException(
          "There must be one " + what + " for each of the " + rows + " rows, not " + count);
    }
  }

  /**
   * Rows whose labels mean nothing, as those of an out-of-distribution set: all of one class.
   *
   * @param features {@code [N, d]}; not copied
   */
  public static LabelledRows ofOneClass(INDArray features) {
    return of(features, new int[(int) features.size(0)], null, 1);
  }

  /**
   * The same rows with their logits, for features on top of which there is no linear classifier.
   *
   * @param known {@code [rows, K]}; not copied
   */
  public LabelledRows withLogits(INDArray known) {
    return new LabelledRows(features, classes, numClasses, positions, known, origins);
  }

  /** The same rows with what is known of the examples they are of. */
  public LabelledRows withOrigins(RowOrigins known) {
    return new LabelledRows(features, classes, numClasses, positions, logits, known);
  }

  /** {@code [rows, d]}; empty if every row was left out. */
  public INDArray features() {
    return features;
  }

  /** The class of each row, from 0 to K-1, in a copy. */
  public int[] classes() {
    return classes.clone();
  }

  /** The number of classes K. */
  public int numClasses() {
    return numClasses;
  }

  /** The number of rows that were not left out. */
  public int size() {
    return classes.length;
  }

  /** The number that each row had among all of its batch, those that were left out included. */
  public int[] positions() {
    return positions.clone();
  }

  /** The logits {@code [rows, K]}, if they are known otherwise than from a linear classifier. */
  public Optional<INDArray> logits() {
    return Optional.ofNullable(logits);
  }

  /** What is known of the examples the rows are of. */
  public Optional<RowOrigins> origins() {
    return Optional.ofNullable(origins);
  }

  @Override
  public String toString() {
    return size()
        + " rows of shape "
        + Arrays.toString(Objects.requireNonNull(features).shape())
        + " in "
        + numClasses
        + " classes";
  }
}
