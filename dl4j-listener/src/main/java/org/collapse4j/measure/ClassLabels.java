package org.collapse4j.measure;

import java.util.Arrays;
import java.util.function.Predicate;
import java.util.stream.DoubleStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Labels as they are handed to a loss, turned into class indices; what is no label of one class is
 * refused.
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
    INDArray values = rows.castTo(DataType.FLOAT);
    double[] sums = values.sum(1).toDoubleVector();
    double least = values.minNumber().doubleValue();
    if (!(least >= 0)) {
      throw refused("not be negative, as is " + least);
    }
    int[] classes = values.argMax(1).toIntVector();
    for (int i = 0; i < sums.length; i++) {
      if (sums[i] == 0) {
        classes[i] = NONE;
      } else if (!(Math.abs(sums[i] - 1) <= SUM_TOLERANCE)) {
        throw refused("add up to 1 in each row, not to " + sums[i] + " as in row " + i);
      }
    }
    return classes;
  }

  /**
   * Class indices.
   *
   * @param labels N numbers in any shape, integers from 0 to K-1; not modified
   * @param numClasses K
   * @throws IllegalArgumentException if a label is no such index
   */
  public int[] indices(INDArray labels, int numClasses) {
    Predicate<Double> isIndex = v -> v >= 0 && v < numClasses && v == Math.rint(v);
    return each(labels, isIndex, "be class indices from 0 to " + (numClasses - 1))
        .mapToInt(v -> (int) v)
        .toArray();
  }

  /**
   * The classes of labels of a single output unit.
   *
   * @param labels N numbers in any shape, 0 or 1; not modified
   * @param soft whether numbers in between are labels too, of class 1 above 0.5
   * @throws IllegalArgumentException if a label is none of these
   */
  public int[] binary(INDArray labels, boolean soft) {
    Predicate<Double> isLabel = soft ? v -> v >= 0 && v <= 1 : v -> v == 0 || v == 1;
    return each(labels, isLabel, "be 0 or 1 for a single output unit")
        .mapToInt(v -> v > 0.5 ? 1 : 0)
        .toArray();
  }

  private DoubleStream each(INDArray labels, Predicate<Double> isLabel, String rule) {
    double[] values =
        labels.castTo(DataType.DOUBLE).dup('c').reshape(labels.length()).toDoubleVector();
    Arrays.stream(values)
        .filter(v -> !isLabel.test(v))
        .findFirst()
        .ifPresent(
            v -> {
              throw refused(rule + ", not " + v);
            });
    return Arrays.stream(values);
  }

  private IllegalArgumentException refused(String rule) {
    return new IllegalArgumentException(
        "Labels of \""
            + name
            + "\" must "
            + rule
            + "; regressions, autoencoders and several classes at once cannot be measured");
  }
}
