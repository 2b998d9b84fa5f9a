package org.collapse4j.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Labelled features drawn to be difficult, and gathered in batches and parts drawn as well. */
final class RandomSet {
  private static final DataType[] TYPES = {DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16};

  final int numClasses;
  final int dimension;
  final DataType type;
  final int[] classes;

  /** As the type of the features holds them. */
  final double[][] rows;

  /** A classifier, of the scale that its features have. */
  final double[][] weights;

  final double[] bias;

  private final Random random;

  RandomSet(long seed) {
    random = new Random(seed);
    numClasses = 1 + random.nextInt(5);
    dimension = random.nextInt(60) == 0 ? 130 + random.nextInt(20) : 1 + random.nextInt(7);
    type = TYPES[random.nextInt(TYPES.length)];
    int n = random.nextInt(4) == 0 ? random.nextInt(6) : random.nextInt(50);
    classes = random.ints(n, 0, 1 + random.nextInt(numClasses)).toArray();
    rows = rounded(drawn(n));
    weights = new double[numClasses][];
    Arrays.setAll(weights, c -> random.doubles(dimension, -1, 1).toArray());
    bias = random.doubles(numClasses, -1, 1).toArray();
  }

  /** What is decided of all examples, in batches drawn anew, with the class means as centres. */
  DecisionStatistics decisions(ClassStatistics centres) {
    Classifier classifier =
        Classifier.of(Nd4j.createFromArray(weights), Nd4j.createFromArray(bias));
    try (DecisionAccumulator accumulator = DecisionAccumulator.of(centres, classifier)) {
      for (int from = 0; from < rows.length; ) {
        int to = Math.min(rows.length, from + 1 + random.nextInt(30));
        INDArray batch = Nd4j.createFromArray(Arrays.copyOfRange(rows, from, to)).castTo(type);
        accumulator.observe(batch, Arrays.copyOfRange(classes, from, to));
        from = to;
      }
      return accumulator.snapshot();
    }
  }

  private double[][] drawn(int n) {
    // Float16 holds numbers from 6e-8 to 65,504.
    boolean isHalf = type == DataType.FLOAT16;
    double scale = isHalf ? 1 : Math.pow(10, random.nextInt(61) - 30.0);
    double offset = random.nextBoolean() ? 0 : Math.pow(10, random.nextInt(isHalf ? 3 : 5));
    double[][] centres = new double[numClasses][];
    Arrays.setAll(centres, c -> random.doubles(dimension, -2, 2).toArray());
    if (random.nextInt(6) == 0) {
      Arrays.fill(centres, centres[0]);
    }
    double[] spreads = new double[dimension];
    Arrays.setAll(spreads, j -> Math.pow(10, -3.0 * random.nextInt(isHalf ? 2 : 3)));
    int kind = random.nextInt(6);
    double[][] drawn = new double[n][dimension];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < dimension; j++) {
        double deviation = kind == 0 ? 0 : 0.3 * random.nextGaussian();
        drawn[i][j] = scale * (offset + spreads[j] * (centres[classes[i]][j] + deviation));
      }
      if (kind == 1 && i > 0) {
        drawn[i] = drawn[random.nextInt(i)];
      } else if (kind == 2 && dimension > 1) {
        drawn[i][1] = -2 * drawn[i][0];
      } else if (kind == 3) {
        drawn[i][0] = scale / 3;
      } else if (kind == 4 && random.nextInt(9) == 0) {
        drawn[i][random.nextInt(dimension)] =
            random.nextBoolean() ? Double.NaN : Double.NEGATIVE_INFINITY;
      }
    }
    return drawn;
  }

  private double[][] rounded(double[][] drawn) {
    return drawn.length == 0
        ? drawn
        : Nd4j.createFromArray(drawn).castTo(type).castTo(DataType.DOUBLE).toDoubleMatrix();
  }

  /** The statistics, gathered in parts of some batches that are merged in any tree. */
  ClassStatistics statistics() {
    List<ClassStatistics> parts = new ArrayList<>();
    parts.add(ClassStatistics.empty(numClasses, dimension));
    for (int from = 0; from < rows.length; ) {
      int to = Math.min(rows.length, from + 1 + random.nextInt(30));
      parts.add(part(from, to));
      from = to;
    }
    while (parts.size() > 1) {
      ClassStatistics one = parts.remove(random.nextInt(parts.size()));
      parts.add(parts.remove(random.nextInt(parts.size())).merge(one));
    }
    return parts.get(0);
  }

  private ClassStatistics part(int from, int to) {
    try (ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(numClasses)) {
      for (int start = from; start < to; ) {
        int end = Math.min(to, start + 1 + random.nextInt(12));
        INDArray batch = Nd4j.createFromArray(Arrays.copyOfRange(rows, start, end)).castTo(type);
        accumulator.observe(batch, Arrays.copyOfRange(classes, start, end));
        start = end;
      }
      return accumulator.snapshot();
    }
  }
}
