package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.collapse4j.Examples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ClassStatisticsAccumulatorTest {
  private static final double DOUBLE_TOLERANCE = 1e-12;
  private static final double HALF_TOLERANCE = 2e-3;

  private final Examples examples = Examples.of(3, 5, 40, 1);

  private static void assertSame(ClassStatistics expected, ClassStatistics actual, double within) {
    assertEquals(expected.totalCount(), actual.totalCount());
    for (int c = 0; c < expected.numClasses(); c++) {
      assertEquals(expected.count(c), actual.count(c));
      assertEquals(expected.classVariance(c), actual.classVariance(c), within);
    }
    assertTrue(expected.classMeans().equalsWithEps(actual.classMeans(), within));
    assertTrue(
        expected
            .withinClassCovariance()
            .orElseThrow()
            .equalsWithEps(actual.withinClassCovariance().orElseThrow(), within));
  }

  private ClassStatistics observed(INDArray features, INDArray labels) {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    accumulator.observe(features, labels);
    return accumulator.snapshot();
  }

  @Test
  void oneHotSoftAndColumnLabelsAreTheSameAsIndices() {
    INDArray oneHot = Nd4j.zeros(DataType.FLOAT, 40, 3);
    for (int i = 0; i < 40; i++) {
      oneHot.putScalar(i, examples.labels().getInt(i), 1);
    }
    ClassStatistics expected = examples.statistics();
    assertSame(expected, observed(examples.features(), oneHot), 0);
    assertSame(expected, observed(examples.features(), oneHot.mul(0.6).addi(0.1)), 0);
    assertSame(expected, observed(examples.features(), examples.labels().reshape(40, 1)), 0);
    assertSame(
        expected, observed(examples.features(), examples.labels().castTo(DataType.INT64)), 0);
  }

  @Test
  void rowsOfAViewAndOfFortranOrderAreReadAsTheyLook() {
    INDArray wide = Nd4j.create(DataType.DOUBLE, new long[] {80, 10}, 'f');
    INDArray view = wide.get(NDArrayIndex.interval(0, 2, 80), NDArrayIndex.interval(3, 8));
    view.assign(examples.features());
    assertSame(examples.statistics(), observed(view, examples.labels()), DOUBLE_TOLERANCE);
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT16", "FLOAT", "DOUBLE"})
  void everyFloatingTypeIsTaken(DataType type) {
    double within = type == DataType.BFLOAT16 ? 8 * HALF_TOLERANCE : HALF_TOLERANCE;
    assertSame(
        examples.statistics(),
        observed(examples.features().castTo(type), examples.labels()),
        10 * within);
  }

  @Test
  void argumentsStayAsTheyAre() {
    INDArray features = examples.features().dup();
    INDArray labels = examples.labels().dup();
    observed(features, labels);
    assertEquals(examples.features(), features);
    assertEquals(examples.labels(), labels);
  }

  @Test
  void aSnapshotIsNotTouchedByWhatComesAfter() {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    accumulator.observe(examples.features(), examples.labels());
    ClassStatistics before = accumulator.snapshot();
    accumulator.observe(examples.features().add(7), examples.labels());
    accumulator.snapshot();
    before.classMeans().assign(0);
    assertSame(examples.statistics(), before, DOUBLE_TOLERANCE);
  }

  @Test
  void aResetForgetsEverything() {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    accumulator.observe(examples.features().add(7), examples.labels());
    accumulator.reset();
    assertTrue(accumulator.isEmpty());
    assertThrows(IllegalStateException.class, accumulator::snapshot);
    accumulator.observe(examples.features(), examples.labels());
    assertSame(examples.statistics(), accumulator.snapshot(), 0);
  }

  @Test
  void rowsThatAreNotFiniteAreCountedAndLeftOut() {
    INDArray spoiled = Nd4j.vstack(examples.features(), Nd4j.ones(DataType.DOUBLE, 3, 5));
    spoiled.putScalar(40, 2, Double.NaN);
    spoiled.putScalar(41, 0, Double.NEGATIVE_INFINITY);
    spoiled.putScalar(42, 4, Double.POSITIVE_INFINITY);
    INDArray labels = Nd4j.concat(0, examples.labels(), Nd4j.createFromArray(0, 1, 2));
    ClassStatistics statistics = observed(spoiled, labels);
    assertEquals(3, statistics.nonFiniteCount());
    assertSame(examples.statistics(), statistics, DOUBLE_TOLERANCE);
  }

  @Test
  void extremeMagnitudesNeitherOverflowNorVanish() {
    for (double scale : new double[] {1e-25, 1e18}) {
      INDArray scaled = examples.features().mul(scale).castTo(DataType.FLOAT);
      ClassStatistics statistics = observed(scaled, examples.labels());
      assertEquals(
          examples.statistics().withinClassTrace(),
          statistics.withinClassTrace() / scale / scale,
          1e-5);
    }
  }

  /** Squares of such numbers are not numbers of float32, in which these features are. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1e25})
  void theCovarianceOfManyFeaturesHoldsAtEveryScale(double scale) {
    Examples wide = Examples.of(3, 140, 60, 4);
    ClassStatistics statistics =
        observed(wide.features().mul(scale).castTo(DataType.FLOAT), wide.labels());
    INDArray expected = wide.statistics().withinClassCovariance().orElseThrow();
    INDArray found = statistics.withinClassCovariance().orElseThrow().div(scale).divi(scale);
    assertTrue(expected.equalsWithEps(found, 1e-5));
    assertEquals(0x1p-49, statistics.withinClassRounding());
  }

  /** The mean of these is 1 and a third of a unit of its last place. */
  @Test
  void whatFloat64CannotHoldOfAMeanIsItsRest() {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(1);
    accumulator.observe(Nd4j.createFromArray(new double[][] {{1}, {1}, {1 + 0x1p-52}}), new int[3]);
    Moments moments = accumulator.snapshot().moments();
    assertEquals(1, moments.means[0]);
    assertEquals(0x1p-52 / 3, moments.rests[0], 1e-30);
  }

  @Test
  void withoutCovarianceTheVariancesAreStillThere() {
    ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.builder(3).covarianceLimit(4).build();
    accumulator.observe(examples.features(), examples.labels());
    ClassStatistics statistics = accumulator.snapshot();
    assertFalse(statistics.withinClassCovariance().isPresent());
    assertEquals(
        examples.statistics().withinClassTrace(), statistics.withinClassTrace(), DOUBLE_TOLERANCE);
    assertThrows(
        IllegalArgumentException.class,
        () -> ClassStatisticsAccumulator.forClasses(3).merge(statistics));
  }

  @Test
  void itWorksInsideAWorkspaceAndKeepsNothingThere() {
    WorkspaceConfiguration configuration =
        WorkspaceConfiguration.builder().initialSize(1 << 20).build();
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    for (int i = 0; i < 40; i += 10) {
      try (MemoryWorkspace ignored =
          Nd4j.getWorkspaceManager().getAndActivateWorkspace(configuration, "TEST")) {
        INDArray inWorkspace =
            examples.features().get(NDArrayIndex.interval(i, i + 10), NDArrayIndex.all()).dup();
        accumulator.observe(inWorkspace, examples.labels().get(NDArrayIndex.interval(i, i + 10)));
        accumulator.snapshot();
      }
    }
    ClassStatistics statistics = accumulator.snapshot();
    assertFalse(statistics.classMeans().isAttached());
    assertSame(examples.statistics(), statistics, DOUBLE_TOLERANCE);
  }

  private void refused(String message, INDArray features, INDArray labels) {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    accumulator.observe(examples.features(), examples.labels());
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> accumulator.observe(features, labels));
    assertEquals(message, refused.getMessage());
    assertSame(examples.statistics(), accumulator.snapshot(), 0);
  }

  @Test
  void badInputIsRefusedAndNothingOfItStays() {
    INDArray features = examples.features();
    INDArray labels = examples.labels();
    refused(
        "Features must have shape [examples, features], not [40, 5, 1]",
        features.reshape(40, 5, 1),
        labels);
    refused(
        "Features must have 5 columns as before, not shape [40, 4]",
        features.get(NDArrayIndex.all(), NDArrayIndex.interval(0, 4)),
        labels);
    refused(
        "Labels of 40 examples and 3 classes must be class indices of shape [40] or one-hot of"
            + " shape [40, 3], not [39]",
        features,
        labels.get(NDArrayIndex.interval(0, 39)));
    refused(
        "Labels of 40 examples and 3 classes must be class indices of shape [40] or one-hot of"
            + " shape [40, 3], not [40, 4]",
        features,
        Nd4j.ones(40, 4));
    refused(
        "A label must be a class index from 0 to 2, but label 4 is 3",
        features,
        labels.dup().putScalar(4, 3));
    refused(
        "A label must be a class index from 0 to 2, but label 7 is -1",
        features,
        labels.dup().putScalar(7, -1));
    refused(
        "A label must be a class index from 0 to 2, but label 0 is 0.5",
        features,
        labels.castTo(DataType.DOUBLE).putScalar(0, 0.5));
    refused(
        "A label must be a class index from 0 to 2, but label 0 is NaN",
        features,
        labels.castTo(DataType.DOUBLE).putScalar(0, Double.NaN));
    refused(
        "A soft label must have a number for each class, but label 9 has NaN",
        features,
        Nd4j.ones(DataType.FLOAT, 40, 3).putScalar(9, 1, Float.NaN));
  }

  @Test
  void classesInHandAndStatisticsToMergeAreCheckedToo() {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    int[] classes = examples.labels().toIntVector();
    accumulator.observe(examples.features(), classes);
    int[] beyond = classes.clone();
    beyond[4] = 3;
    for (Executable call :
        new Executable[] {
          () -> accumulator.observe(examples.features(), new int[39]),
          () -> accumulator.observe(examples.features(), beyond),
          () -> accumulator.observe(Nd4j.ones(40, 4), classes),
          () -> accumulator.merge(ClassStatistics.empty(4, 5)),
          () -> accumulator.merge(ClassStatistics.empty(3, 4)),
          () -> ClassStatisticsAccumulator.forClasses(3).merge(ClassStatistics.empty(2, 4))
        }) {
      assertThrows(IllegalArgumentException.class, call);
    }
    assertSame(examples.statistics(), accumulator.snapshot(), 0);
  }

  @Test
  void optionsAndPartsAreChecked() {
    assertThrows(IllegalArgumentException.class, () -> ClassStatisticsAccumulator.builder(0));
    assertThrows(IllegalArgumentException.class, () -> ClassStatistics.empty(0, 3));
    ClassStatistics other = Examples.of(4, 5, 20, 2).statistics();
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> examples.statistics().merge(other));
    assertEquals(
        "Statistics can be merged if classes and features are the same: 3 classes of 5 features"
            + " here, 4 of 5 there",
        refused.getMessage());
    assertThrows(
        IllegalArgumentException.class,
        () -> DecisionAccumulator.of(examples.statistics(), Classifier.of(Nd4j.ones(3, 4), null)));
    assertThrows(
        IllegalArgumentException.class, () -> Classifier.of(Nd4j.ones(3, 4), Nd4j.ones(4)));
    assertThrows(IllegalArgumentException.class, () -> DecisionAccumulator.of(null, null));
  }

  @Test
  void mergingWithNoExamplesChangesNothing() {
    ClassStatistics none = ClassStatistics.empty(3, 5);
    assertSame(examples.statistics(), examples.statistics().merge(none), 0);
    assertSame(examples.statistics(), none.merge(examples.statistics()), 0);
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    accumulator.observe(examples.features(), examples.labels());
    accumulator.merge(none.withoutCovariance());
    assertSame(examples.statistics(), accumulator.snapshot(), 0);
  }

  @Test
  @Tag("slow")
  void emptyStatisticsLackNothing() {
    INDArray features = Nd4j.rand(DataType.DOUBLE, 6, 4200);
    INDArray labels = Nd4j.createFromArray(0, 1, 0, 1, 0, 1);
    ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.builder(2).covarianceLimit(4200).build();
    accumulator.observe(features, labels);
    accumulator.merge(ClassStatistics.empty(2, 4200));
    ClassStatistics merged = accumulator.snapshot().merge(ClassStatistics.empty(2, 4200));
    assertTrue(merged.withinClassCovariance().isPresent());
  }

  @Test
  void oneHotLabelsMayBeBooleanAndFeaturesMustHaveAColumn() {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    accumulator.observe(Nd4j.rand(DataType.FLOAT, 3, 2), Nd4j.eye(3).castTo(DataType.BOOL));
    assertEquals(1, accumulator.snapshot().count(2));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            ClassStatisticsAccumulator.forClasses(3)
                .observe(Nd4j.create(DataType.FLOAT, 3, 0), Nd4j.createFromArray(0, 1, 2)));
  }

  /** With this many features a block has 32 rows for two classes. */
  @Test
  void moreRowsThanABlockHasInBatchesOfAnySize() {
    int d = 1 << 17;
    Nd4j.getRandom().setSeed(8);
    INDArray features = Nd4j.randn(DataType.FLOAT, 80, d).addi(5);
    features.putScalar(50, 7, Float.POSITIVE_INFINITY);
    int[] classes = new int[80];
    for (int i = 0; i < 80; i++) {
      classes[i] = i % 3 == 0 ? 1 : 0;
    }
    ClassStatistics[] found = new ClassStatistics[2];
    for (int size : new int[] {80, 5}) {
      try (ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(2)) {
        for (int from = 0; from < 80; from += size) {
          accumulator.observe(
              features.get(NDArrayIndex.interval(from, from + size), NDArrayIndex.all()),
              Arrays.copyOfRange(classes, from, from + size));
        }
        found[size == 5 ? 1 : 0] = accumulator.snapshot();
      }
    }
    double[] sum = new double[2];
    for (int i = 0; i < 80; i++) {
      sum[classes[i]] += i == 50 ? 0 : features.getDouble(i, 11);
    }
    for (ClassStatistics statistics : found) {
      assertEquals(1, statistics.nonFiniteCount());
      assertEquals(52, statistics.count(0));
      assertEquals(27, statistics.count(1));
      for (int c = 0; c < 2; c++) {
        double n = statistics.count(c);
        assertEquals(sum[c] / n, statistics.classMeans().getDouble(c, 11), 1e-12);
        assertEquals((n - 1) / n * d, statistics.classVariance(c), 0.01 * d);
        assertEquals(found[0].classVariance(c), statistics.classVariance(c), 1e-6 * d);
      }
    }
  }

  /** Sums lose nothing by their rows being in float32, and there are no products that would. */
  @Test
  void whatIsNoSumOfProductsIsNotRoundedAsThose() {
    Examples wide = Examples.of(3, 200, 60, 5);
    INDArray features = wide.features().castTo(DataType.FLOAT);
    for (int limit : new int[] {0, 200}) {
      ClassStatisticsAccumulator accumulator =
          ClassStatisticsAccumulator.builder(3).covarianceLimit(limit).build();
      accumulator.observe(features, wide.labels());
      double expected = limit == 0 ? 0x1p-49 : 0x1p-20;
      assertEquals(expected, accumulator.snapshot().withinClassRounding());
      accumulator.reset();
      accumulator.observe(wide.features(), wide.labels());
      assertEquals(0x1p-49, accumulator.snapshot().withinClassRounding());
    }
  }

  @Test
  void theCovarianceIsGatheredUpToItsLimit() {
    for (int limit : new int[] {0, 4, 5}) {
      ClassStatisticsAccumulator accumulator =
          ClassStatisticsAccumulator.builder(3).covarianceLimit(limit).build();
      accumulator.observe(examples.features(), examples.labels());
      ClassStatistics statistics = accumulator.snapshot();
      assertEquals(limit == 5, statistics.withinClassCovariance().isPresent());
      assertEquals(limit == 5, statistics.hasWithinClassCovariance());
      assertFalse(statistics.merge(statistics).hasWithinClassCovariance() ^ limit == 5);
    }
    IllegalArgumentException refused =
        assertThrows(
            IllegalArgumentException.class,
            () -> ClassStatisticsAccumulator.builder(3).covarianceLimit(-1));
    assertEquals(
        "The covariance limit is a number of features, at least 0, not -1", refused.getMessage());
  }

  @Test
  void theTypeOfBatchesMayChangeFromOneToTheNext() {
    Examples wide = Examples.of(3, 140, 60, 9);
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    assertEquals(3, accumulator.numClasses());
    DataType[] changing = {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT};
    for (int part = 0; part < 3; part++) {
      accumulator.observe(
          wide.features()
              .get(NDArrayIndex.interval(20 * part, 20 * part + 20), NDArrayIndex.all())
              .castTo(changing[part]),
          wide.labels().get(NDArrayIndex.interval(20 * part, 20 * part + 20)));
    }
    assertSame(wide.statistics(), accumulator.snapshot(), 1e-5);
  }

  @Test
  void mergedStatisticsCountAndTheRestGoesOn() {
    ClassStatistics expected =
        observed(
            Nd4j.vstack(examples.features(), examples.features(), examples.features()),
            Nd4j.concat(0, examples.labels(), examples.labels(), examples.labels()));
    INDArray spoiled = examples.features().dup();
    spoiled.putScalar(0, 0, Double.NaN);
    long left = observed(spoiled, examples.labels()).nonFiniteCount();
    assertEquals(1, left);

    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(3);
    assertTrue(accumulator.isEmpty());
    accumulator.merge(examples.statistics());
    assertFalse(accumulator.isEmpty());
    accumulator.observe(examples.features(), examples.labels());
    accumulator.merge(examples.statistics());
    assertSame(expected, accumulator.snapshot(), DOUBLE_TOLERANCE);

    ClassStatistics both =
        observed(spoiled, examples.labels()).merge(observed(spoiled, examples.labels()));
    assertEquals(2, both.nonFiniteCount());
    accumulator.merge(both);
    assertEquals(2, accumulator.snapshot().nonFiniteCount());
    accumulator.reset();
    accumulator.observe(examples.features(), examples.labels());
    assertEquals(0, accumulator.snapshot().nonFiniteCount());
  }
}
