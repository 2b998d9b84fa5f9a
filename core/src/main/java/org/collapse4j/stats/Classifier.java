package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The linear classifier on top of the features: the logits of a feature vector {@code h} are {@code
 * W h + b}. Immutable: the arrays are copied on the way in and on the way out.
 */
public final class Classifier {
  private final INDArray weights;
  private final INDArray bias;

  private Classifier(INDArray weights, INDArray bias) {
    this.weights = weights;
    this.bias = bias;
  }

  /**
   * A classifier with the given weights and bias.
   *
   * @param weights {@code [K, d]}, one row a class; not modified
   * @param bias {@code [K]} (or {@code [1, K]}), or null for no bias, that is zero; not modified
   * @throws IllegalArgumentException if the weights are no matrix, or the bias has not one element
   *     a class
   */
  public static Classifier of(INDArray weights, INDArray bias) {
    if (weights.rank() != 2) {
      throw new IllegalArgumentException(
          "Classifier weights must have shape [classes, features], not "
              + Shapes.describe(weights.shape()));
    }
    if (bias != null && bias.length() != weights.rows()) {
      throw new IllegalArgumentException(
          "The bias must have one element for each of the %s classes of the weights, not shape %s"
              .formatted(weights.rows(), Shapes.describe(bias.shape())));
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray w = Nd4j.createUninitialized(DataType.DOUBLE, weights.shape());
      w.assign(weights);
      INDArray b = Nd4j.create(DataType.DOUBLE, weights.rows());
      if (bias != null) {
        b.assign(bias.reshape(weights.rows()));
      }
      return new Classifier(w, b);
    }
  }

  /**
   * The classifier of two classes that a single sigmoid unit is. Its rows are {@code -w/2} and
   * {@code w/2}, its biases {@code -b/2} and {@code b/2}: the softmax of these logits is the
   * sigmoid, and of all pairs of rows that give it they are the ones whose mean is zero, as is the
   * mean of the rows at collapse.
   *
   * @param weights {@code [1, d]}; not modified
   * @param bias one number, or null for none; not modified
   * @throws IllegalArgumentException if the weights are no single row, or the bias no single number
   */
  public static Classifier ofUnit(INDArray weights, INDArray bias) {
    if (weights.rank() != 2 || weights.rows() != 1) {
      throw new IllegalArgumentException(
          "The weights of a single unit must have shape [1, features], not "
              + Shapes.describe(weights.shape()));
    }
    if (bias != null && bias.length() != 1) {
      throw new IllegalArgumentException(
          "The bias of a single unit must be one number, not shape "
              + Shapes.describe(bias.shape()));
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray rows = Nd4j.vstack(weights.mul(-0.5), weights.mul(0.5));
      double b = bias == null ? 0 : bias.getDouble(0);
      return of(rows, Nd4j.createFromArray(-b / 2, b / 2));
    }
  }

  /**
   * The logits of two classes that the outputs of a single unit before its sigmoid are, as {@link
   * #ofUnit} has them.
   *
   * @param outputs {@code [N, 1]}; not modified
   * @return {@code [N, 2]}: {@code -z/2} and {@code z/2}
   */
  public static INDArray unitLogits(INDArray outputs) {
    return Nd4j.hstack(outputs.mul(-0.5), outputs.mul(0.5));
  }

  /**
   * The logits {@code W h + b} of rows of features.
   *
   * @param features {@code [N, d]} of any floating type; not modified
   * @return {@code [N, K]} in float64
   */
  public INDArray logits(INDArray features) {
    return Nd4j.gemm(Matrices.copy(DataType.DOUBLE, features), weights, false, true)
        .addiRowVector(bias);
  }

  /** The number of classes K. */
  public int numClasses() {
    return weights.rows();
  }

  /** The number of features d. */
  public int dimension() {
    return weights.columns();
  }

  /** A copy of the weights W, {@code [K, d]} in float64, one row a class. */
  public INDArray weights() {
    return Matrices.of(Matrices.elements(weights), dimension());
  }

  /** A copy of the bias b, {@code [K]} in float64. */
  public INDArray bias() {
    return bias.dup();
  }
}
