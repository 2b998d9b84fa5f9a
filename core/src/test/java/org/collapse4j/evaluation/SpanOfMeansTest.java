package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Metrics that need the within-class covariance, where it is not gathered. */
class SpanOfMeansTest {
  private static final int K = 7;
  private static final int N = 900;
  private static final double FLOAT = 1e-6;
  private static final double DOUBLE = 1e-11;

  private final Random random = new Random(4);
  private final int[] classes = new int[N];

  /** Classes of different sizes and spreads, far from the origin; class 5 has no example. */
  private INDArray features(DataType type, int dimension) {
    double[][] rows = new double[N][dimension];
    double[][] centres = new double[K][dimension];
    for (double[] centre : centres) {
      for (int j = 0; j < dimension; j++) {
        centre[j] = 3 + random.nextGaussian();
      }
    }
    for (int i = 0; i < N; i++) {
      classes[i] = Math.min(random.nextInt(K), random.nextInt(K));
      classes[i] = classes[i] == 5 ? 0 : classes[i];
      for (int j = 0; j < dimension; j++) {
        rows[i][j] = centres[classes[i]][j] + (0.1 + 0.1 * classes[i]) * random.nextGaussian();
      }
    }
    return Nd4j.createFromArray(rows).castTo(type);
  }

  private Measurements measured(RowSource<String> rows, GlobalMean globalMean) {
    return Evaluation.builder(rows)
        .globalMean(globalMean)
        .covarianceLimit(0)
        .heldOut(true)
        .build()
        .measure()
        .get("features")
        .measurements();
  }

  /** The same of the whole covariance, in float64. */
  private Measurements ofCovariance(INDArray features, GlobalMean globalMean) {
    try (ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(K)) {
      accumulator.observe(features.castTo(DataType.DOUBLE), classes);
      ClassStatistics statistics = accumulator.snapshot();
      return NeuralCollapse.ofFeatures(statistics, globalMean).and(Dilation.of(statistics));
    }
  }

  private void assertSame(INDArray features, GlobalMean globalMean) {
    double tolerance = features.dataType() == DataType.DOUBLE ? DOUBLE : FLOAT;
    Measurements span = measured(ArrayRows.of("features", features, classes, K), globalMean);
    Measurements whole = ofCovariance(features, globalMean);
    assertTrue(span.metrics().containsAll(whole.metrics()));
    for (Metric metric : whole.metrics()) {
      double expected = whole.value(metric);
      assertEquals(expected, span.value(metric), tolerance * Math.abs(expected), metric.key());
    }
  }

  @ParameterizedTest
  @CsvSource({"56, true", "55, false"})
  void fewClassesAmongManyFeaturesNeedNoCovariance(int dimension, boolean inSpan) {
    INDArray features = features(DataType.DOUBLE, dimension);
    ArrayRows rows = ArrayRows.of("features", features, classes, K);
    Evaluation<String> evaluation = Evaluation.<String>builder(rows).build();
    ClassStatistics gathered = evaluation.measure().get("features").statistics();
    assertEquals(inSpan, gathered.withinClassCovariance().isEmpty());
    ClassStatistics only = evaluation.statistics().get("features");
    assertTrue(only.withinClassCovariance().isPresent(), "no second pass would tell");
  }

  @ParameterizedTest
  @CsvSource({"FLOAT,300", "DOUBLE,300", "FLOAT,40", "FLOAT,3", "DOUBLE,4"})
  void theyAreThoseOfTheWholeCovariance(DataType type, int dimension) {
    INDArray features = features(type, dimension);
    assertSame(features, GlobalMean.SAMPLE);
    assertSame(features, GlobalMean.CLASS);
  }

  @Test
  @Tag("slow")
  void rowsThatAreNotFiniteAreLeftOut() {
    INDArray features = features(DataType.FLOAT, 150);
    features.putScalar(3, 7, Double.NaN);
    features.putScalar(500, 0, Double.POSITIVE_INFINITY);
    assertSame(features, GlobalMean.SAMPLE);
  }

  @Test
  void ofADivergedNetworkNothingIsLeft() {
    INDArray features = Nd4j.valueArrayOf(new long[] {N, 150}, Double.NaN, DataType.FLOAT);
    features(DataType.FLOAT, 150);
    Measurements measured =
        measured(ArrayRows.of("features", features, classes, K), GlobalMean.SAMPLE);
    assertEquals(N, measured.value(Metric.EXAMPLES_NONFINITE));
    assertEquals(0, measured.value(Metric.EXAMPLES));
    assertTrue(Double.isNaN(measured.value(Metric.NC1_PINV)));
  }

  @Test
  void givenLogitsChangeNothing() {
    INDArray features = features(DataType.FLOAT, 150);
    Classifier classifier = Classifier.of(Nd4j.randn(DataType.FLOAT, K, 150), null);
    RowSource<String> rows =
        receiver -> {
          for (int from = 0; from < N; from += 100) {
            INDArray part =
                features.get(NDArrayIndex.interval(from, from + 100), NDArrayIndex.all());
            int[] those = Arrays.copyOfRange(classes, from, from + 100);
            receiver.accept(
                "features",
                () -> LabelledRows.of(part, those, null, K).withLogits(classifier.logits(part)));
          }
        };
    double expected = ofCovariance(features, GlobalMean.SAMPLE).value(Metric.NC1_PINV);
    double found = measured(rows, GlobalMean.SAMPLE).value(Metric.NC1_PINV);
    assertEquals(expected, found, FLOAT * expected);
  }

  @Test
  void aSingleClassHasNone() {
    INDArray features = features(DataType.FLOAT, 20);
    ArrayRows rows = ArrayRows.ofOneClass("features", features);
    assertTrue(Double.isNaN(measured(rows, GlobalMean.SAMPLE).value(Metric.NC1_PINV)));
  }
}
