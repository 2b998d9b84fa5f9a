package org.collapse4j.dl4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationSoftmax;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Data and comparisons for tests of losses. */
final class LossTesting {
  static final IActivation SOFTMAX = new ActivationSoftmax();

  /** Relative to the largest value at hand, or to 1 if that is more. */
  static final double DOUBLE_TOLERANCE = 1e-14;

  static final double FLOAT_TOLERANCE = 1e-6;
  static final double HALF_TOLERANCE = 2e-3;
  static final double BFLOAT16_TOLERANCE = 2e-2;

  private LossTesting() {}

  static double tolerance(DataType type) {
    if (type == DataType.DOUBLE) {
      return DOUBLE_TOLERANCE;
    }
    if (type == DataType.FLOAT) {
      return FLOAT_TOLERANCE;
    }
    return type == DataType.FLOAT16 ? HALF_TOLERANCE : BFLOAT16_TOLERANCE;
  }

  /** Logits of a given scale. */
  static INDArray logits(DataType type, int rows, int classes, double scale, long seed) {
    Random random = new Random(seed);
    double[][] values = new double[rows][classes];
    for (double[] row : values) {
      Arrays.setAll(row, c -> scale * random.nextGaussian());
    }
    return Nd4j.createFromArray(values).castTo(type);
  }

  static INDArray oneHot(DataType type, int rows, int classes, long seed) {
    Random random = new Random(seed);
    double[][] values = new double[rows][classes];
    for (double[] row : values) {
      row[random.nextInt(classes)] = 1;
    }
    return Nd4j.createFromArray(values).castTo(type);
  }

  /** Distributions over the classes. */
  static INDArray soft(DataType type, int rows, int classes, long seed) {
    Random random = new Random(seed);
    double[][] values = new double[rows][classes];
    for (double[] row : values) {
      Arrays.setAll(row, c -> random.nextDouble());
      double sum = Arrays.stream(row).sum();
      Arrays.setAll(row, c -> row[c] / sum);
    }
    return Nd4j.createFromArray(values).castTo(type);
  }

  static void assertClose(INDArray expected, INDArray actual, double tolerance, String what) {
    assertEquals(
        Arrays.toString(expected.shape()), Arrays.toString(actual.shape()), what + ": shape");
    double[] e = expected.castTo(DataType.DOUBLE).dup('c').reshape(-1).toDoubleVector();
    double[] a = actual.castTo(DataType.DOUBLE).dup('c').reshape(-1).toDoubleVector();
    double scale = 1;
    for (double value : e) {
      scale = Math.max(scale, Math.abs(value));
    }
    for (int i = 0; i < e.length; i++) {
      assertEquals(e[i], a[i], tolerance * scale, what + ": element " + i);
    }
  }
}
