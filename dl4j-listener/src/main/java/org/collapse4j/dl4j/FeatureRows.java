package org.collapse4j.dl4j;

import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Activations of any rank as rows of features: an example a row, a time step a row for sequences
 * {@code [N, d, T]}, a pixel a row for maps {@code [N, d, H, W]}. Labels follow the same way, and
 * rows whose mask is zero are left out.
 */
final class FeatureRows {
  private final INDArray features;
  private final INDArray labels;

  private FeatureRows(INDArray features, INDArray labels) {
    this.features = features;
    this.labels = labels;
  }

  /** {@code [rows, d]}. */
  INDArray features() {
    return features;
  }

  /** {@code [rows, K]}; null if there were none. */
  INDArray labels() {
    return labels;
  }

  /**
   * Rows of labelled activations.
   *
   * @param activations {@code [N, d]}, {@code [N, d, T]} or {@code [N, d, H, W]}; not modified
   * @param labels of the same rank with K in place of d, or of rank 2 for activations of any rank,
   *     which are flattened then; or null
   * @param mask {@code [N, 1]}, {@code [N, T]} or {@code [N, 1, H, W]}, or null; not modified
   */
  static FeatureRows of(INDArray activations, INDArray labels, INDArray mask) {
    boolean perStep = labels != null && labels.rank() > 2 && labels.rank() == activations.rank();
    INDArray rows = perStep ? channelsLast(activations) : flat(activations);
    INDArray labelRows = labels == null ? null : perStep ? channelsLast(labels) : labels;
    if (mask == null || mask.length() != rows.size(0)) {
      return new FeatureRows(rows, labelRows);
    }
    int[] kept = kept(mask);
    return new FeatureRows(select(rows, kept), labelRows == null ? null : select(labelRows, kept));
  }

  private static INDArray flat(INDArray activations) {
    return activations.rank() == 2 ? activations : activations.reshape(activations.size(0), -1);
  }

  private static INDArray channelsLast(INDArray array) {
    INDArray last = array.rank() == 3 ? array.permute(0, 2, 1) : array.permute(0, 2, 3, 1);
    return last.reshape('c', -1, array.size(1));
  }

  private static int[] kept(INDArray mask) {
    double[] values = mask.dup('c').reshape(mask.length()).toDoubleVector();
    return IntStream.range(0, values.length).filter(i -> values[i] != 0).toArray();
  }

  private static INDArray select(INDArray rows, int[] kept) {
    if (kept.length == 0) {
      return Nd4j.empty(DataType.FLOAT);
    }
    INDArray selected = Nd4j.createUninitialized(rows.dataType(), kept.length, rows.columns());
    Nd4j.exec(
        DynamicCustomOp.builder("gather")
            .addInputs(rows.dup('c'), Nd4j.createFromArray(kept))
            .addIntegerArguments(0)
            .addOutputs(selected)
            .build());
    return selected;
  }

  /** Whether every row was masked. */
  boolean isEmpty() {
    return features.isEmpty();
  }
}
