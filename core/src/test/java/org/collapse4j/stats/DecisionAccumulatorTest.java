package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

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
}
