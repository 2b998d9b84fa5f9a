package org.collapse4j.dl4j;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Rows of features with the class of each. Rows that a mask leaves out, or whose label is all
 * zeros, are not there.
 */
final class FeatureRows {
  private final INDArray features;
  private final INDArray labels;
  private final int numClasses;
  private final int[] sources;

  private FeatureRows(INDArray features, INDArray labels, int numClasses, int[] sources) {
    this.sources = sources;
    this.features = features;
    this.labels = labels;
    this.numClasses = numClasses;
  }

  /** {@code [rows, d]}. */
  INDArray features() {
    return features;
  }

  /** Class indices {@code [rows]}; null if there were no labels. */
  INDArray labels() {
    return labels;
  }

  /** K; 0 if there were no labels. */
  int numClasses() {
    return numClasses;
  }

  /** The number that each row had among all of the batch, those that were left out included. */
  int[] sources() {
    return sources.clone();
  }

  /** Rows of no class. */
  static FeatureRows unlabelled(INDArray features) {
    return new FeatureRows(features, null, 0, IntStream.range(0, (int) features.size(0)).toArray());
  }

  /**
   * Labelled rows.
   *
   * @param features {@code [rows, d]}; not modified
   * @param labels of the batch, as they came; not modified
   * @param mask of the labels, or null; not modified
   * @param head the output layer that the labels are for
   * @throws IllegalArgumentException if the labels are no classes, or are not as many as the rows
   */
  static FeatureRows of(INDArray features, INDArray labels, INDArray mask, ClassifierHead head) {
    int numClasses = head.numClasses(labels, features.columns());
    int[] classes = head.classes(labels, numClasses);
    if (classes.length != features.rows()) {
      throw new IllegalArgumentException(
          "A layer must have one row of features for each of the "
              + classes.length
              + " labels, not "
              + features.rows()
              + "; its steps or places are not those of the labels");
    }
    int[] kept = kept(classes, mask == null ? null : head.layout().maskRows(mask, labels));
    if (kept.length == classes.length) {
      return new FeatureRows(features, Nd4j.createFromArray(classes), numClasses, kept);
    }
    int[] keptClasses = IntStream.of(kept).map(i -> classes[i]).toArray();
    return kept.length == 0
        ? new FeatureRows(Nd4j.empty(DataType.FLOAT), null, numClasses, kept)
        : new FeatureRows(
            select(features, kept), Nd4j.createFromArray(keptClasses), numClasses, kept);
  }

  private static int[] kept(int[] classes, double[] mask) {
    return IntStream.range(0, classes.length)
        .filter(i -> classes[i] >= 0 && (mask == null || mask[i] != 0))
        .toArray();
  }

  private static INDArray select(INDArray rows, int[] kept) {
    INDArray selected = Nd4j.createUninitialized(rows.dataType(), kept.length, rows.columns());
    Nd4j.exec(
        DynamicCustomOp.builder("gather")
            .addInputs(rows.dup('c'), Nd4j.createFromArray(kept))
            .addIntegerArguments(0)
            .addOutputs(selected)
            .build());
    return selected;
  }

  /** Whether every row was left out. */
  boolean isEmpty() {
    return features.isEmpty();
  }
}
