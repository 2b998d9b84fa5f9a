package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class DecisionAccumulatorTest {
  private static final int WIDE = 140;

  private final Random random = new Random(3);

  private INDArray features(int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return Nd4j.createFromArray(values);
  }

  private static INDArray cyclic(int rows, int first, int classes) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = first + i % classes;
    }
    return Nd4j.createFromArray(labels);
  }

  private static long nearestCorrect(INDArray features, INDArray labels, int numClasses) {
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(numClasses);
    statistics.observe(features, labels);
    DecisionAccumulator decisions = DecisionAccumulator.of(statistics.snapshot(), null);
    decisions.observe(features, labels);
    long correct = 0;
    for (int c = 0; c < numClasses; c++) {
      correct += decisions.snapshot().nearestCentreCorrectCount(c);
    }
    return correct;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1e-25, 1e-10, 1, 1e10, 1e18, 1e25})
  void theNearestCentreIsTheSameAtEveryScale(double scale) {
    INDArray features = features(80, WIDE).castTo(DataType.FLOAT);
    INDArray labels = cyclic(80, 0, 4);
    long expected = nearestCorrect(features.castTo(DataType.DOUBLE), labels, 4);
    assertEquals(expected, nearestCorrect(features.mul(scale), labels, 4));
  }

  /** Of collapsed classes most rows are decided on by the triangle inequality, without products. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 0.5, 0.6, 0.8, 2})
  void theNearestOfManyCentresIsTheOneAtTheLeastDistance(double spread) {
    int k = 90;
    int d = 140;
    INDArray centres = features(k, d);
    INDArray labels = cyclic(4 * k, 0, k);
    INDArray features =
        features(4 * k, d).muli(spread).addi(Nd4j.vstack(centres, centres, centres, centres));
    features.getRow(3).assign(features.getRow(7)); // Rows on the wrong side.
    features.getRow(9).assign(features.getRow(200).add(features.getRow(9)).mul(0.5));
    features = features.castTo(DataType.FLOAT);
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(k);
    statistics.observe(features, labels);
    INDArray means = statistics.snapshot().classMeans();
    long expected = 0;
    for (int i = 0; i < 4 * k; i++) {
      INDArray row = features.getRow(i).castTo(DataType.DOUBLE);
      expected += means.subRowVector(row).norm2(1).negi().argMax().getInt(0) == i % k ? 1 : 0;
    }
    assertEquals(expected, nearestCorrect(features, labels, k));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e14, 1e16, 1e20})
  void aClassWithoutExamplesIsNobodysNearest(double scale) {
    INDArray features = features(60, 6);
    INDArray labels = cyclic(60, 1, 2);
    long expected = nearestCorrect(features, cyclic(60, 0, 2), 2);
    assertEquals(expected, nearestCorrect(features.mul(scale), labels, 3));
  }

  @Test
  void rowsWhoseLogitsOrFeaturesAreNotFiniteAreLeftOut() {
    INDArray features = features(6, 2);
    INDArray logits = Nd4j.eye(3).castTo(DataType.FLOAT);
    logits = Nd4j.vstack(logits, logits);
    logits.putScalar(0, 1, Double.NaN);
    logits.putScalar(1, 0, Double.POSITIVE_INFINITY);
    INDArray labels = cyclic(6, 0, 3);
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, labels);
    INDArray withNan = features.dup();
    withNan.putScalar(5, 1, Double.NaN);
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, statistics.snapshot());
    decisions.observe(withNan, logits, labels);
    assertEquals(3, decisions.snapshot().totalCount());
    assertEquals(3, decisions.nonFiniteCount());
    assertEquals(1, decisions.snapshot().correctCount(0));
    assertEquals(1, decisions.snapshot().correctCount(1));
    assertEquals(1, decisions.snapshot().correctCount(2));
  }

  @Test
  void noExampleAddsNothing() {
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, null);
    INDArray none = Nd4j.create(DataType.FLOAT, 0, 3);
    decisions.observe(none, none, Nd4j.create(DataType.INT32, 0));
    assertEquals(0, decisions.snapshot().totalCount());
  }

  @Test
  void classesInHandCountAsTheirLabels() {
    INDArray features = features(50, 4);
    INDArray labels = cyclic(50, 0, 3);
    int[] classes = labels.toIntVector();
    ClassStatisticsAccumulator byLabels = ClassStatisticsAccumulator.forClasses(3);
    byLabels.observe(features, labels);
    ClassStatisticsAccumulator byClasses = ClassStatisticsAccumulator.forClasses(3);
    byClasses.observe(features, classes);
    ClassStatistics centres = byClasses.snapshot();
    assertEquals(byLabels.snapshot().classMeans(), centres.classMeans());

    Classifier classifier = Classifier.of(features(3, 4), null);
    DecisionAccumulator one = DecisionAccumulator.of(centres, classifier);
    one.observe(features, labels);
    DecisionAccumulator two = DecisionAccumulator.of(centres, classifier);
    two.observe(features, classes);
    assertSame(one.snapshot(), two.snapshot());

    int[] clean = cyclic(50, 0, 2).toIntVector();
    MemorizationAccumulator three = MemorizationAccumulator.of(centres, classifier);
    three.observe(features, labels, Nd4j.createFromArray(clean));
    MemorizationAccumulator four = MemorizationAccumulator.of(centres, classifier);
    four.observe(features, classes, clean);
    for (int c = 0; c < 3; c++) {
      assertEquals(three.snapshot().corruptedCount(c), four.snapshot().corruptedCount(c));
      assertEquals(three.snapshot().distanceSum(c), four.snapshot().distanceSum(c));
      assertEquals(three.snapshot().fittedCount(c), four.snapshot().fittedCount(c));
    }
  }

  private static void assertSame(DecisionStatistics expected, DecisionStatistics actual) {
    assertEquals(expected.mismatchCount(), actual.mismatchCount());
    for (int c = 0; c < expected.numClasses(); c++) {
      assertEquals(expected.count(c), actual.count(c));
      assertEquals(expected.correctCount(c), actual.correctCount(c));
      assertEquals(expected.nearestCentreCorrectCount(c), actual.nearestCentreCorrectCount(c));
    }
    for (int bin = 0; bin < DecisionStatistics.CONFIDENCE_BINS; bin++) {
      assertEquals(expected.binCount(bin), actual.binCount(bin));
      assertEquals(expected.binConfidenceSum(bin), actual.binConfidenceSum(bin), 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "FLOAT", "DOUBLE"})
  void logitsInHandDecideAsTheClassifierTheyAreOf(DataType type) {
    INDArray features = features(50, 4);
    int[] classes = cyclic(50, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    Classifier classifier = Classifier.of(features(3, 4), null);
    DecisionAccumulator expected = DecisionAccumulator.of(statistics.snapshot(), classifier);
    expected.observe(features, classes);
    INDArray product = features.mmul(classifier.weights().transpose()).castTo(type);
    INDArray wide = Nd4j.create(type, new long[] {100, 3}, 'f');
    INDArray logits = wide.get(NDArrayIndex.interval(0, 2, 100), NDArrayIndex.all());
    logits.assign(product);
    DecisionAccumulator actual = DecisionAccumulator.ofLogits(3, statistics.snapshot());
    actual.observe(features, logits, classes);
    assertEquals(product, logits);
    if (type != DataType.FLOAT16) {
      assertSame(expected.snapshot(), actual.snapshot());
    }
    assertEquals(50, actual.snapshot().totalCount());

    INDArray none = null;
    DecisionAccumulator alone = DecisionAccumulator.ofLogits(3, null);
    alone.observe(none, product, classes);
    for (int c = 0; c < 3; c++) {
      assertEquals(actual.snapshot().correctCount(c), alone.snapshot().correctCount(c));
    }
  }

  @Test
  void moreLogitsThanAreLookedAtAtATime() {
    int k = 7;
    int n = 2 * ClassScores.ELEMENTS_AT_A_TIME / k + 5;
    float[] elements = new float[n * k];
    int[] classes = new int[n];
    for (int i = 0; i < n; i++) {
      classes[i] = i % k;
      elements[i * k + (i % 3 == 0 ? classes[i] : (classes[i] + 1) % k)] = 1;
    }
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(k, null);
    decisions.observe(null, Nd4j.createFromArray(elements).reshape(n, k), classes);
    long correct = 0;
    for (int c = 0; c < k; c++) {
      correct += decisions.snapshot().correctCount(c);
    }
    assertEquals((n + 2) / 3, correct);
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingOfItStays() {
    INDArray features = features(6, 2);
    int[] classes = cyclic(6, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, statistics.snapshot());
    INDArray logits = features(6, 3);
    refused(
        "Logits must have shape [examples, 3], not [6, 2]",
        () -> decisions.observe(features, features, classes));
    refused(
        "Features must have a row for each of the 6 rows of logits, not shape [5, 2]",
        () -> decisions.observe(features(5, 2), logits, classes));
    refused(
        "Where there are class centres, features must be given",
        () -> decisions.observe(null, logits, classes));
    refused(
        "There must be a class for each of the 6 rows, not 2",
        () -> decisions.observe(features, logits, new int[2]));
    refused(
        "A label must be a class index from 0 to 2, but label 5 is 3",
        () -> decisions.observe(features, logits, new int[] {0, 0, 0, 0, 0, 3}));
    assertEquals(0, decisions.snapshot().totalCount());
  }

  private static void refused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }
}
