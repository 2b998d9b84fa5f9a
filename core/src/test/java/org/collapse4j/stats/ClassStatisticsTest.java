package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Four classes, of which the second and the last have no example, by hand. */
class ClassStatisticsTest {
  private static final double[][] ROWS = {
    {0, 0}, {2, 0}, {4, 6}, {4, 2}, {4, 4}, {4, 4}, {Double.NaN, 0}
  };

  private static ClassStatistics byHand(int covarianceLimit) {
    try (ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.builder(4).covarianceLimit(covarianceLimit).build()) {
      accumulator.observe(Nd4j.createFromArray(ROWS), new int[] {0, 0, 2, 2, 2, 2, 1});
      return accumulator.snapshot();
    }
  }

  private static void assertByHand(ClassStatistics found) {
    assertEquals(4, found.numClasses());
    assertEquals(2, found.dimension());
    assertEquals(6, found.totalCount());
    assertEquals(1, found.nonFiniteCount());
    assertEquals(2, found.count(0));
    assertEquals(0, found.count(1));
    assertArrayEquals(new int[] {0, 2}, found.presentClasses());
    double nan = Double.NaN;
    INDArray means = found.classMeans();
    double[][] expected = {{1, 0}, {nan, nan}, {4, 4}, {nan, nan}};
    for (int c = 0; c < 4; c++) {
      assertArrayEquals(expected[c], means.getRow(c).toDoubleVector());
    }
    assertArrayEquals(
        new double[] {1, 0, 4, 4}, Matrices.elements(found.presentClassMeans().dup()));
    assertArrayEquals(
        new double[] {2.5, 2}, found.globalMean(GlobalMean.CLASS).toDoubleVector(), 1e-15);
    assertArrayEquals(
        new double[] {3, 8.0 / 3}, found.globalMean(GlobalMean.SAMPLE).toDoubleVector(), 1e-15);
    INDArray centred = found.centredClassMeans(GlobalMean.SAMPLE);
    assertArrayEquals(new double[] {-2, -8.0 / 3}, centred.getRow(0).toDoubleVector(), 1e-15);
    assertArrayEquals(new double[] {1, 4.0 / 3}, centred.getRow(1).toDoubleVector(), 1e-15);
    assertEquals(1, found.classVariance(0));
    assertEquals(nan, found.classVariance(3));
    assertEquals(2, found.classVariance(2));
    assertEquals(10.0 / 6, found.withinClassTrace());
  }

  private static void assertCovariance(ClassStatistics found) {
    INDArray covariance = found.withinClassCovariance().orElseThrow();
    assertEquals(2.0 / 6, covariance.getDouble(0, 0));
    assertEquals(0, covariance.getDouble(0, 1));
    assertEquals(0, covariance.getDouble(1, 0));
    assertEquals(8.0 / 6, covariance.getDouble(1, 1));
  }

  private static ClassStatistics readBack(ClassStatistics statistics)
      throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(statistics);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (ClassStatistics) in.readObject();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void everyNumberIsThatByHandAndIsReadBack(int limit) throws IOException, ClassNotFoundException {
    ClassStatistics statistics = byHand(limit);
    for (ClassStatistics any : new ClassStatistics[] {statistics, readBack(statistics)}) {
      assertByHand(any);
      assertEquals(limit == 2, any.hasWithinClassCovariance());
      assertEquals(limit == 2, any.withinClassCovariance().isPresent());
      if (limit == 2) {
        assertCovariance(any);
      }
    }
  }

  @Test
  void whatIsReadBackGoesOnToTheLastDigit() throws IOException, ClassNotFoundException {
    ClassStatistics thirds;
    try (ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(4)) {
      accumulator.observe(
          Nd4j.createFromArray(new double[][] {{0.1, 1}, {0.2, 1}, {0.7, 3}}), new int[3]);
      thirds = accumulator.snapshot();
    }
    assertFalse(thirds.moments().rests[0] == 0, "there is a rest");
    assertArrayEquals(thirds.moments().rests, readBack(thirds).moments().rests);
  }

  @Test
  void withoutTheCovarianceEverythingElseStays() {
    ClassStatistics lean = byHand(2).withoutCovariance();
    assertByHand(lean);
    assertFalse(lean.hasWithinClassCovariance());
    assertSame(lean, lean.withoutCovariance());
    assertFalse(lean.merge(byHand(2)).hasWithinClassCovariance());
    assertFalse(byHand(2).merge(lean).hasWithinClassCovariance());
    assertCovariance(byHand(2).merge(ClassStatistics.empty(4, 2).withoutCovariance()));
    assertCovariance(ClassStatistics.empty(4, 2).withoutCovariance().merge(byHand(2)));
    ClassStatistics none = ClassStatistics.empty(4, 2).withoutCovariance();
    assertFalse(none.merge(none).hasWithinClassCovariance());
    assertEquals(2, lean.merge(lean).nonFiniteCount());
  }

  @Test
  void ofNoExampleNothingIsDefined() {
    ClassStatistics none = ClassStatistics.empty(1, 1);
    assertEquals(0, none.totalCount());
    assertEquals(0, none.presentClasses().length);
    assertTrue(Double.isNaN(none.withinClassTrace()));
    assertTrue(Double.isNaN(none.classVariance(0)));
    assertTrue(Double.isNaN(none.globalMean(GlobalMean.CLASS).getDouble(0)));
    assertArrayEquals(new long[] {0, 1}, none.presentClassMeans().shape());
    assertArrayEquals(new long[] {0, 1}, none.centredClassMeans(GlobalMean.SAMPLE).shape());
    assertEquals(4096, ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT);
    String rule = "There must be at least one class and one feature, not ";
    refused(rule + "0 classes and 3 features", () -> ClassStatistics.empty(0, 3));
    refused(rule + "3 classes and 0 features", () -> ClassStatistics.empty(3, 0));
    refused(
        "There must be at least one class, not 0", () -> ClassStatisticsAccumulator.forClasses(0));
  }

  @Test
  void classifiersThatDoNotFitAreRefused() {
    INDArray weights = Nd4j.ones(DataType.FLOAT, 3, 4);
    refused(
        "Classifier weights must have shape [classes, features], not [3, 4, 1]",
        () -> Classifier.of(weights.reshape(3, 4, 1), null));
    refused(
        "The bias must have one element for each of the 3 classes of the weights, not shape [4]",
        () -> Classifier.of(weights, Nd4j.ones(4)));
    String unit = "The weights of a single unit must have shape [1, features], not ";
    refused(unit + "[3, 4]", () -> Classifier.ofUnit(weights, null));
    refused(unit + "[4]", () -> Classifier.ofUnit(Nd4j.ones(4), null));
    refused(
        "The bias of a single unit must be one number, not shape [2]",
        () -> Classifier.ofUnit(Nd4j.ones(1, 4), Nd4j.ones(2)));
    refused(
        "Decisions need class centres, a classifier, or both",
        () -> DecisionAccumulator.of(null, null));
  }

  private static void refused(String message, Executable call) {
    assertEquals(message, assertThrows(IllegalArgumentException.class, call, message).getMessage());
  }
}
