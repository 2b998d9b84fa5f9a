package org.collapse4j;

import java.util.Random;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Labelled features around random class centres, in float64. */
public record Examples(INDArray features, INDArray labels, int numClasses) {

  /** Examples whose labels go round the classes. */
  public static Examples of(int numClasses, int dimension, int count, long seed) {
    return of(numClasses, dimension, IntStream.range(0, count).map(i -> i % numClasses), seed);
  }

  /** Examples of given labels. */
  public static Examples of(int numClasses, int dimension, IntStream labels, long seed) {
    Random random = new Random(seed);
    double[][] centres = new double[numClasses][dimension];
    for (double[] centre : centres) {
      fill(centre, random, 2);
    }
    int[] classes = labels.toArray();
    double[][] rows = new double[classes.length][dimension];
    for (int i = 0; i < rows.length; i++) {
      fill(rows[i], random, 0.5);
      for (int j = 0; j < dimension; j++) {
        rows[i][j] += centres[classes[i]][j];
      }
    }
    return new Examples(Nd4j.createFromArray(rows), Nd4j.createFromArray(classes), numClasses);
  }

  private static void fill(double[] values, Random random, double scale) {
    for (int j = 0; j < values.length; j++) {
      values[j] = scale * random.nextGaussian();
    }
  }

  /** The same examples with other features. */
  public Examples with(INDArray otherFeatures) {
    return new Examples(otherFeatures, labels, numClasses);
  }

  /** The statistics of all of them. */
  public ClassStatistics statistics() {
    try (ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(numClasses)) {
      accumulator.observe(features, labels);
      return accumulator.snapshot();
    }
  }

  /** A random rotation (or reflection) of R^d. */
  public static INDArray rotation(int dimension, long seed) {
    Random random = new Random(seed);
    double[][] q = new double[dimension][dimension];
    for (int a = 0; a < dimension; a++) {
      fill(q[a], random, 1);
      for (int b = 0; b < a; b++) {
        double dot = dot(q[a], q[b]);
        for (int j = 0; j < dimension; j++) {
          q[a][j] -= dot * q[b][j];
        }
      }
      double norm = Math.sqrt(dot(q[a], q[a]));
      for (int j = 0; j < dimension; j++) {
        q[a][j] /= norm;
      }
    }
    return Nd4j.createFromArray(q).castTo(DataType.DOUBLE);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }
}
