package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.stats.MemorizationAccumulator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Class means that differ by rounding alone are the same; those that differ by more are not. */
class EqualMeansTest {
  private static final Set<Metric> UNDEFINED =
      Set.of(
          Metric.NC1_PINV,
          Metric.NC1_QUOTIENT,
          Metric.NC1_CDNV,
          Metric.NC2_NORM_CV_MEANS,
          Metric.NC2_ANGLE_STD_MEANS,
          Metric.NC2_ANGLE_GAP_MEANS,
          Metric.NC2_ETF_MEANS,
          Metric.NC2_UNIFORMITY_DISTANCE_MEAN,
          Metric.NC2_UNIFORMITY_LOG_MEAN,
          Metric.NC3_DUALITY,
          Metric.NC3_ALIGNMENT,
          Metric.NC3_COSINE,
          Metric.DILATION_NC1,
          Metric.DILATION_QUOTIENT,
          Metric.DILATION_CDNV,
          Metric.DILATION_RELATIVE);

  private static Measurements measure(ClassStatistics statistics, GlobalMean globalMean) {
    Random random = new Random(8);
    double[][] weights = new double[statistics.numClasses()][statistics.dimension()];
    for (double[] row : weights) {
      for (int j = 0; j < row.length; j++) {
        row[j] = random.nextGaussian();
      }
    }
    Classifier classifier = Classifier.of(Nd4j.createFromArray(weights), null);
    return NeuralCollapse.ofFeatures(statistics, globalMean)
        .and(NeuralCollapse.ofClassifier(statistics, classifier, globalMean))
        .and(Dilation.of(statistics));
  }

  private static void assertUndefined(ClassStatistics statistics, String what) {
    for (GlobalMean globalMean : GlobalMean.values()) {
      Measurements measured = measure(statistics, globalMean);
      for (Metric metric : UNDEFINED) {
        double value = measured.value(metric);
        assertTrue(Double.isNaN(value), what + " " + metric + " is " + value);
      }
      for (double value : measured.classValues(Metric.NC1_CDNV)) {
        assertTrue(Double.isNaN(value), what + " nc1.cdnv of a class is " + value);
      }
    }
  }

  private static ClassStatistics gathered(INDArray features, int[] classes, int numClasses) {
    try (ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(numClasses)) {
      accumulator.observe(features, classes);
      return accumulator.snapshot();
    }
  }

  /** Parts of random sizes, merged in a random tree. */
  private static ClassStatistics merged(
      double[][] features, int[] classes, int numClasses, DataType type, Random random) {
    List<ClassStatistics> parts = new ArrayList<>();
    for (int from = 0; from < classes.length; ) {
      int to = Math.min(classes.length, from + 1 + random.nextInt(20));
      double[][] rows = Arrays.copyOfRange(features, from, to);
      int[] labels = Arrays.copyOfRange(classes, from, to);
      parts.add(gathered(Nd4j.createFromArray(rows).castTo(type), labels, numClasses));
      from = to;
    }
    while (parts.size() > 1) {
      ClassStatistics one = parts.remove(random.nextInt(parts.size()));
      ClassStatistics two = parts.remove(random.nextInt(parts.size()));
      parts.add(one.merge(two));
    }
    return parts.get(0);
  }

  private static Stream<Arguments> typesAndWidths() {
    return Stream.of(DataType.FLOAT16, DataType.BFLOAT16, DataType.FLOAT, DataType.DOUBLE)
        .flatMap(type -> Stream.of(3, 130, 300).map(width -> Arguments.of(type, width)));
  }

  @ParameterizedTest
  @MethodSource("typesAndWidths")
  void constantFeaturesHaveNoSpreadAndNoCollapse(DataType type, int width) {
    Random random = new Random(width);
    double[] constant = random.doubles(width, -1, 1).map(value -> value / 3).toArray();
    constant[0] = 0.1;
    constant[1] = 0;
    double[][] features = new double[331][];
    Arrays.fill(features, constant);
    int[] classes = random.ints(331, 0, 3).toArray();
    INDArray array = Nd4j.createFromArray(features).castTo(type);
    for (ClassStatistics statistics :
        List.of(
            gathered(array, classes, 3), merged(features, classes, 3, type, new Random(width)))) {
      for (int c = 0; c < 3; c++) {
        assertEquals(0, statistics.classVariance(c));
        assertEquals(array.getRow(0).castTo(DataType.DOUBLE), statistics.classMeans().getRow(c));
      }
      INDArray within = statistics.withinClassCovariance().orElseThrow();
      assertEquals(0, within.norm1Number().doubleValue());
      assertUndefined(statistics, type + " " + width);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  @Tag("slow")
  void classesOfTheSameExamplesAreInTheSamePlaceHoweverTheyAreGathered(DataType type) {
    for (int seed = 0; seed < 300; seed++) {
      Random random = new Random(seed);
      int numClasses = 2 + random.nextInt(3);
      int width = 1 + random.nextInt(seed % 20 == 0 ? 150 : 6);
      double offset = random.nextInt(3) == 0 ? 0 : Math.pow(10, random.nextInt(9) - 2);
      double scale = Math.pow(10, random.nextInt(60) - 30);
      List<double[]> rows = new ArrayList<>();
      List<Integer> order = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(40); i++) {
        double[] row = new double[width];
        for (int j = 0; j < width; j++) {
          row[j] = scale * (offset + random.nextGaussian());
        }
        for (int c = 0; c < numClasses; c++) {
          order.add(rows.size() * numClasses + c);
        }
        rows.add(row);
      }
      Collections.shuffle(order, random);
      double[][] features = new double[order.size()][];
      int[] classes = new int[order.size()];
      for (int i = 0; i < classes.length; i++) {
        features[i] = rows.get(order.get(i) / numClasses);
        classes[i] = order.get(i) % numClasses;
      }
      assertUndefined(merged(features, classes, numClasses, type, random), "seed " + seed);
    }
  }

  /** The pooled within-class over the between-class variance, of two classes in one dimension. */
  private static double quotient(double variance, double distance) {
    return variance / (distance * distance / 4);
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1, 1e4, 1e25})
  void differencesThatAreResolvedStay(double scale) {
    // Float64 has nine digits left beside the offset, of which the distance takes the last five.
    for (double offset : new double[] {1e3, 1e6, 1e9}) {
      double distance = offset * 0x1p-40;
      double spread = offset * 0x1p-43;
      double first = scale * offset;
      double second = scale * (offset + distance);
      double step = scale * spread;
      double[][] rows = {
        {first - step},
        {first + step},
        {second - step},
        {second + step},
        {first - step},
        {first + step},
        {second - step},
        {second + step}
      };
      int[] classes = {0, 0, 1, 1, 0, 0, 1, 1};
      double variance = Math.pow((rows[1][0] - rows[0][0]) / 2 / scale, 2);
      double between = ((rows[2][0] + rows[3][0] - rows[0][0] - rows[1][0]) / 2) / scale;
      for (ClassStatistics statistics :
          List.of(
              gathered(Nd4j.createFromArray(rows), classes, 2),
              merged(rows, classes, 2, DataType.DOUBLE, new Random(3)))) {
        Measurements measured = measure(statistics, GlobalMean.CLASS);
        double expected = quotient(variance, between);
        assertEquals(expected, measured.value(Metric.NC1_QUOTIENT), 1e-9 * expected);
        assertEquals(expected / 2, measured.value(Metric.NC1_PINV), 1e-9 * expected);
      }
    }
  }

  @Test
  void float32FarFromTheOriginKeepsItsSpread() {
    Random random = new Random(6);
    int n = 4000;
    int width = 140;
    float[][] rows = new float[n][width];
    int[] classes = new int[n];
    for (int i = 0; i < n; i++) {
      classes[i] = i % 2;
      for (int j = 0; j < width; j++) {
        rows[i][j] = (float) (1e4 + 0.1 * random.nextGaussian() + (j == 0 ? 0.1 * classes[i] : 0));
      }
    }
    double[][] means = new double[2][width];
    for (int i = 0; i < n; i++) {
      for (int j = 0; j < width; j++) {
        means[classes[i]][j] += (rows[i][j] - 1e4) / (n / 2.0);
      }
    }
    double within = 0;
    double between = 0;
    for (int j = 0; j < width; j++) {
      between += Math.pow(means[0][j] - means[1][j], 2) / 4;
      for (int i = 0; i < n; i++) {
        within += Math.pow(rows[i][j] - 1e4 - means[classes[i]][j], 2) / n;
      }
    }
    ClassStatistics statistics = gathered(Nd4j.createFromArray(rows), classes, 2);
    double quotient = measure(statistics, GlobalMean.SAMPLE).value(Metric.NC1_QUOTIENT);
    assertEquals(within / between, quotient, 1e-6 * quotient);
  }

  @Test
  void aPairInTheSamePlaceIsUndefinedAndComesFirst() {
    Random random = new Random(2);
    double[][] rows = new double[60][];
    int[] classes = new int[60];
    for (int i = 0; i < 60; i += 3) {
      double x = random.nextGaussian();
      rows[i] = new double[] {0.1 + x, x};
      rows[59 - i - 1] = rows[i];
      rows[i + 2] = new double[] {5 + random.nextGaussian(), x};
      classes[59 - i - 1] = 1;
      classes[i + 2] = 2;
    }
    ClassStatistics statistics = merged(rows, classes, 3, DataType.DOUBLE, random);
    Measurements measured = measure(statistics, GlobalMean.SAMPLE);
    assertTrue(Double.isNaN(measured.value(Metric.NC1_CDNV)));
    assertTrue(measured.value(Metric.NC1_QUOTIENT) > 0);
    assertTrue(measured.value(Metric.NC1_PINV) > 0 && measured.value(Metric.NC1_PINV) < 100);
    double[] perClass = measured.classValues(Metric.NC1_CDNV);
    assertTrue(Double.isNaN(perClass[0]) && Double.isNaN(perClass[1]) && perClass[2] > 0);
    ClassPair highest = measured.pairs(Metric.NC1_CDNV).get(0);
    assertEquals(new ClassPair(0, 1, Double.NaN), highest);

    try (MemorizationAccumulator memorization = MemorizationAccumulator.of(statistics, null)) {
      memorization.observe(Nd4j.createFromArray(rows[0]).reshape(1, 2), new int[1], new int[] {1});
      Measurements memorized = Memorization.of(memorization.snapshot());
      assertTrue(Double.isNaN(memorized.value(Metric.MEMORIZATION_FRACTION)));
      assertTrue(memorized.value(Metric.MEMORIZATION_RELATIVE) > 0);
    }
  }

  @Test
  void memorizationAmongClassesInOnePlaceHasNoScale() {
    double[][] rows = new double[9][];
    Arrays.fill(rows, new double[] {0.1, 1 / 3.0});
    int[] classes = {0, 1, 1, 0, 1, 1, 1, 1, 1};
    ClassStatistics heldOut = merged(rows, classes, 2, DataType.DOUBLE, new Random(1));
    try (MemorizationAccumulator memorization = MemorizationAccumulator.of(heldOut, null)) {
      memorization.observe(Nd4j.ones(DataType.FLOAT, 1, 2), new int[1], new int[] {1});
      Measurements memorized = Memorization.of(memorization.snapshot());
      assertTrue(memorized.value(Metric.MEMORIZATION_MEAN) > 0);
      assertTrue(Double.isNaN(memorized.value(Metric.MEMORIZATION_RELATIVE)));
      assertTrue(Double.isNaN(memorized.value(Metric.MEMORIZATION_FRACTION)));
    }
  }
}
