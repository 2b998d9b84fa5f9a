package org.collapse4j.dl4j.loss;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What a loss is computed from, checked: matrices of one row a prediction and one column a class,
 * in float64 or float32.
 *
 * @param logits {@code [n, K]}
 * @param labels {@code [n, K]}
 * @param mask {@code [n, 1]} or {@code [n, K]}, or null
 */
record LossBatch(INDArray logits, INDArray labels, INDArray mask) {

  /**
   * Arguments of a loss, which are not modified.
   *
   * @param labels of the shape of the logits
   * @param logits {@code [n, K]}, or of a higher rank with the classes along dimension 1
   * @param mask one value a row (or a position), or one an element; null for none
   * @throws IllegalArgumentException if the shapes do not go together
   */
  static LossBatch of(INDArray labels, INDArray logits, INDArray mask) {
    require(labels != null, "labels are needed, but are null");
    require(logits != null, "the output before its activation is needed, but is null");
    require(
        logits.rank() >= 2,
        "the output must be [examples, classes] or have its classes along dimension 1, but has shape"
            + " %s",
        logits.shape());
    require(
        Arrays.equals(labels.shape(), logits.shape()),
        "labels must have the shape of the output, %s, but have %s",
        logits.shape(),
        labels.shape());
    return new LossBatch(
        readable(asRows(logits)),
        readable(asRows(labels)),
        mask == null ? null : readable(maskOfRows(mask, logits)));
  }

  private static INDArray maskOfRows(INDArray mask, INDArray logits) {
    if (Arrays.equals(mask.shape(), logits.shape())) {
      return asRows(mask);
    }
    long rows = logits.length() / logits.size(1);
    boolean perRow =
        mask.rank() < 2
            || (mask.size(0) == logits.size(0) && (logits.rank() > 2 || mask.size(1) == 1));
    require(
        mask.length() == rows && perRow,
        "a mask must have one value an example or time step, %s of them, or the shape of the output,"
            + " %s, but has %s",
        rows,
        logits.shape(),
        mask.shape());
    return mask.reshape('c', rows, 1);
  }

  private static INDArray readable(INDArray array) {
    return array.dataType() == DataType.DOUBLE ? array : array.castTo(DataType.FLOAT);
  }

  int rows() {
    return (int) logits.size(0);
  }

  int classes() {
    return (int) logits.size(1);
  }

  /** What is thrown for a row whose labels the loss does not accept. */
  IllegalArgumentException refusal(int row) {
    return new IllegalArgumentException(
        String.format(
            "LossLabelRelaxation needs one-hot labels, a single 1 in each row that is not masked,"
                + " but row %s is %s: for soft labels use LossLabelSmoothing or LossMCXENT",
            row, Arrays.toString(labels.getRow(row).toDoubleVector())));
  }

  /** A matrix or column over these rows, in the shape of an array they were made of. */
  static INDArray shapedLike(INDArray original, INDArray rows) {
    if (original.rank() == 2) {
      return rows;
    }
    long[] shape = original.shape();
    long[] classesLast = new long[shape.length];
    classesLast[0] = shape[0];
    System.arraycopy(shape, 2, classesLast, 1, shape.length - 2);
    classesLast[shape.length - 1] = rows.size(1);
    int[] classesSecond = new int[shape.length];
    classesSecond[1] = shape.length - 1;
    for (int i = 2; i < shape.length; i++) {
      classesSecond[i] = i - 1;
    }
    return rows.reshape('c', classesLast).permute(classesSecond);
  }

  private static INDArray asRows(INDArray array) {
    if (array.rank() == 2) {
      return array;
    }
    int[] classesLast = new int[array.rank()];
    for (int i = 1; i < classesLast.length - 1; i++) {
      classesLast[i] = i + 1;
    }
    classesLast[classesLast.length - 1] = 1;
    return array.permute(classesLast).reshape('c', array.length() / array.size(1), array.size(1));
  }

  /** Makes the text of a rule, with the shapes that came, only where it does not hold. */
  private static void require(boolean holds, String rule, Object... numbersOrShapes) {
    if (!holds) {
      throw new IllegalArgumentException(
          String.format(rule, Arrays.stream(numbersOrShapes).map(LossBatch::text).toArray()));
    }
  }

  private static Object text(Object numberOrShape) {
    return numberOrShape instanceof long[] shape ? Arrays.toString(shape) : numberOrShape;
  }
}
