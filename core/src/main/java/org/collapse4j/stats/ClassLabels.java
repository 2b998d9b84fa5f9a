package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Labels in the forms they come in, turned into class indices: every conversion there is.
 *
 * <p>{@link #indices(INDArray, long, int)} takes what a user hands over beside features. The
 * methods of an instance take the labels of a network's output, which have a form that is known and
 * a name for messages; they refuse what is no label of one class, as regressions have.
 */
public final class ClassLabels {
  /** The class of a row that has no label. */
  public static final int NONE = -1;

  /** How far soft labels of a row may add up to something else than 1: float16 has 3 digits. */
  private static final double SUM_TOLERANCE = 1e-2;

  private final String name;

  private ClassLabels(String name) {
    this.name = name;
  }

  /**
   * Labels of an output.
   *
   * @param name of the output, for messages
   */
  public static ClassLabels of(String name) {
    return new ClassLabels(name);
  }

  /**
   * The class index of every row, in whatever form the labels are.
   *
   * @param labels class indices {@code [N]} or {@code [N, 1]} of any numeric type, or one-hot or
   *     soft labels {@code [N, K]}, whose class is the first largest element; not modified
   * @param rows the number N that the labels must have
   * @param numClasses K
   * @return indices from 0 to K-1
   * @throws IllegalArgumentException if the shape is none of these, an index is no integer from 0
   *     to K-1, or a soft label is NaN
   */
  public static int[] indices(INDArray labels, long rows, int numClasses) {
    boolean indices = labels.rank() == 1 || (labels.rank() == 2 && labels.columns() == 1);
    boolean scores = labels.rank() == 2 && labels.columns() == numClasses;
    if (!(indices || scores) || labels.size(0) != rows) {
      throw new IllegalArgumentException(
          String.format(
              "Labels of %s examples and %s classes must be class indices of shape [%s] or one-hot"
                  + " of shape [%s, %s], not %s",
              rows, numClasses, rows, rows, numClasses, Shapes.describe(labels.shape())));
    }
    if (labels.isEmpty()) {
      return new int[0];
    }
    INDArray numbers = labels.dataType() == DataType.BOOL ? labels.castTo(DataType.FLOAT) : labels;
    return indices ? integers(numbers, numClasses) : largest(numbers);
  }

  private static int[] integers(INDArray labels, int numClasses) {
    double[] values = labels.reshape(labels.length()).toDoubleVector();
    for (int i = 0; i < values.length; i++) {
      if (!isIndex(values[i], numClasses)) {
        boolean whole = values[i] == Math.rint(values[i]);
        throw outOfRange(
            i, whole ? String.valueOf((long) values[i]) : String.valueOf(values[i]), numClasses);
      }
    }
    return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
  }

  private static boolean isIndex(double value, int numClasses) {
    return value >= 0 && value < numClasses && value == Math.rint(value);
  }

  private static IllegalArgumentException outOfRange(int label, String value, int numClasses) {
    return new IllegalArgumentException(
        "A label must be a class index from 0 to %s, but label %s is %s"
            .formatted(numClasses - 1, label, value));
  }

  private static int[] largest(INDArray scores) {
    if (scores.dataType().isFPType() && Double.isNaN(scores.sumNumber().doubleValue())) {
      requireNumbers(scores);
    }
    return scores.argMax(1).toIntVector();
  }

  private static void requireNumbers(INDArray scores) {
    double[] sums = scores.sum(1).toDoubleVector();
    for (int i = 0; i < sums.length; i++) {
      if (Double.isNaN(sums[i])) {
        throw new IllegalArgumentException(
            "A soft label must have a number for each class, but label " + i + " has NaN");
      }
    }
  }

  /**
   * Checks that there is a class for every row.
   *
   * @param classes class indices; not modified
   * @param rows how many there must be
   * @param numClasses K
   * @throws IllegalArgumentException if there are more or fewer, or one is not from 0 to K-1
   */
  public static void require(int[] classes, long rows, int numClasses) {
    if (classes.length != rows) {
      throw new IllegalArgumentException(
          "There must be a class for each of the " + rows + " rows, not " + classes.length);
    }
    for (int i = 0; i < classes.length; i++) {
      if (classes[i] < 0 || classes[i] >= numClasses) {
        throw outOfRange(i, String.valueOf(classes[i]), numClasses);
      }
    }
  }

  /**
   * The classes of one-hot or soft labels.
   *
   * @param rows {@code [N, K]}, not negative, each row adding up to 1, or to 0 where there is no
   *     label; not modified
   * @param numClasses K
   * @return the first largest element of each row, or {@link #NONE}
   * @throws IllegalArgumentException if the labels are none of these
   */
  public int[] soft(INDArray rows, int numClasses) {
    if (rows.columns() != numClasses) {
      throw refused(
          "have a column for each of the " + numClasses + " classes, not " + rows.columns());
    }
    int[] classes = new int[rows.rows()];
    try (HostMatrix values = HostMatrix.reading(rows)) {
      for (int i = 0; i < classes.length; i++) {
        values.read(i);
        classes[i] = softClass(values, i, numClasses);
      }
    }
    return classes;
  }

  private int softClass(HostMatrix values, int row, int columns) {
    int largest = 0;
    double sum = 0;
    for (int c = 0; c < columns; c++) {
      double value = values.value(c);
      if (!(value >= 0)) {
        throw refused("not be negative, as is " + (float) value);
      }
      sum += value;
      largest = value > values.value(largest) ? c : largest;
    }
    if (sum != 0 && !(Math.abs(sum - 1) <= SUM_TOLERANCE)) {
      throw refused("add up to 1 in each row, not to " + (float) sum + " as in row " + row);
    }
    return sum == 0 ? NONE : largest;
  }

  /**
   * Class indices.
   *
   * @param labels N numbers in any shape, integers from 0 to K-1; not modified
   * @param numClasses K
   * @throws IllegalArgumentException if a label is no such index
   */
  public int[] indices(INDArray labels, int numClasses) {
    double[] values = elements(labels);
    for (double value : values) {
      if (!isIndex(value, numClasses)) {
        throw refused("be class indices from 0 to " + (numClasses - 1) + ", not " + value);
      }
    }
    return Arrays.stream(values).mapToInt(value -> (int) value).toArray();
  }

  /**
   * The classes of labels of a single output unit.
   *
   * @param labels N numbers in any shape, 0 or 1; not modified
   * @param soft whether numbers in between are labels too, of class 1 above 0.5
   * @throws IllegalArgumentException if a label is none of these
   */
  public int[] binary(INDArray labels, boolean soft) {
    double[] values = elements(labels);
    for (double value : values) {
      boolean isLabel = soft ? value >= 0 && value <= 1 : value == 0 || value == 1;
      if (!isLabel) {
        throw refused("be 0 or 1 for a single output unit, not " + value);
      }
    }
    return Arrays.stream(values).mapToInt(value -> value > 0.5 ? 1 : 0).toArray();
  }

  private static double[] elements(INDArray labels) {
    return labels.castTo(DataType.DOUBLE).dup('c').reshape(labels.length()).toDoubleVector();
  }

  private IllegalArgumentException refused(String rule) {
    return new IllegalArgumentException(
        String.format(
            "Labels of \"%s\" must %s; regressions, autoencoders and several classes at once"
                + " cannot be measured",
            name, rule));
  }
}
