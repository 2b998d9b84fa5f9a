package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.bytedeco.javacpp.Pointer;
import org.collapse4j.Examples;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** That a snapshot changes nothing, and that what accumulators hold off the heap is freed. */
class AccumulatorLifeTest {
  private static final int K = 3;
  private static final String CLOSED = "The accumulator has been closed";

  private static void assertEqual(ClassStatistics expected, ClassStatistics actual) {
    assertEquals(expected.nonFiniteCount(), actual.nonFiniteCount());
    assertEquals(expected.classMeans(), actual.classMeans());
    assertEquals(
        expected.withinClassCovariance().orElseThrow(),
        actual.withinClassCovariance().orElseThrow());
    for (int c = 0; c < K; c++) {
      assertEquals(expected.count(c), actual.count(c));
      assertEquals(expected.classVariance(c), actual.classVariance(c));
    }
  }

  private static void assertEqual(DecisionStatistics expected, DecisionStatistics actual) {
    assertEquals(expected.totalCount(), actual.totalCount());
    assertEquals(expected.mismatchCount(), actual.mismatchCount());
    for (int c = 0; c < K; c++) {
      assertEquals(expected.nearestCentreCorrectCount(c), actual.nearestCentreCorrectCount(c));
    }
    for (int bin = 0; bin < DecisionStatistics.CONFIDENCE_BINS; bin++) {
      assertEquals(expected.binConfidenceSum(bin), actual.binConfidenceSum(bin));
    }
  }

  /** Examples of which one is not finite. */
  private static Examples examples(int dimension, DataType type) {
    Examples examples = Examples.of(K, dimension, 90, 4);
    INDArray features = examples.features().castTo(type);
    features.putScalar(13, 1, Double.NaN);
    return examples.with(features);
  }

  private static INDArray part(INDArray array, int from, int to) {
    return array.rank() == 1
        ? array.get(NDArrayIndex.interval(from, to))
        : array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 150})
  void aSnapshotOfClassStatisticsChangesNothing(int dimension) {
    Examples examples = examples(dimension, DataType.FLOAT);
    try (ClassStatisticsAccumulator looked = ClassStatisticsAccumulator.forClasses(K);
        ClassStatisticsAccumulator left = ClassStatisticsAccumulator.forClasses(K)) {
      for (int from = 0; from < 90; from += 30) {
        INDArray features = part(examples.features(), from, from + 30);
        INDArray labels = part(examples.labels(), from, from + 30);
        looked.observe(features, labels);
        left.observe(features, labels);
        assertEqual(looked.snapshot(), looked.snapshot());
      }
      assertEquals(1, left.snapshot().nonFiniteCount());
      assertEqual(left.snapshot(), looked.snapshot());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {5, 150})
  void aSnapshotOfDecisionsChangesNothing(int dimension) {
    Examples examples = examples(dimension, DataType.FLOAT);
    ClassStatistics centres = examples.statistics();
    Classifier classifier = Classifier.of(Examples.of(K, dimension, K, 5).features(), null);
    try (DecisionAccumulator looked = DecisionAccumulator.of(centres, classifier);
        DecisionAccumulator left = DecisionAccumulator.of(centres, classifier)) {
      for (int from = 0; from < 90; from += 30) {
        INDArray features = part(examples.features(), from, from + 30);
        INDArray labels = part(examples.labels(), from, from + 30);
        looked.observe(features, labels);
        left.observe(features, labels);
        assertEqual(looked.snapshot(), looked.snapshot());
        assertEquals(1, looked.nonFiniteCount());
      }
      assertEquals(89, left.snapshot().totalCount());
      assertEqual(left.snapshot(), looked.snapshot());
    }
  }

  @Test
  void whatIsClosedIsRefused() {
    Examples examples = Examples.of(K, 4, 30, 6);
    int[] classes = examples.labels().toIntVector();
    ClassStatistics statistics = examples.statistics();

    ClassStatisticsAccumulator gathered = ClassStatisticsAccumulator.forClasses(K);
    gathered.observe(examples.features(), classes);
    gathered.close();
    gathered.close();
    refused(() -> gathered.observe(examples.features(), classes));
    refused(() -> gathered.observe(examples.features(), examples.labels()));
    refused(() -> gathered.merge(statistics));
    refused(gathered::snapshot);
    refused(gathered::reset);
    assertTrue(gathered.isEmpty());

    DecisionAccumulator decided = DecisionAccumulator.of(statistics, null);
    INDArray features = examples.features().dup();
    features.putScalar(3, 2, Double.NaN);
    decided.observe(features, classes);
    decided.close();
    decided.close();
    refused(() -> decided.observe(features, classes));
    refused(() -> decided.observe(features, Nd4j.ones(30, K), classes));
    refused(decided::snapshot);
    assertEquals(1, decided.nonFiniteCount());

    MemorizationAccumulator memorized = MemorizationAccumulator.of(statistics, null);
    memorized.observe(examples.features(), classes, classes);
    memorized.close();
    memorized.close();
    refused(() -> memorized.observe(examples.features(), classes, classes));
    assertEquals(30, memorized.snapshot().totalCount());
  }

  private static void refused(Runnable call) {
    assertEquals(CLOSED, assertThrows(IllegalStateException.class, call::run).getMessage());
  }

  @Test
  void snapshotsOutliveTheirAccumulator() {
    Examples examples = Examples.of(K, 4, 30, 7);
    ClassStatistics before;
    try (ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(K)) {
      accumulator.observe(examples.features(), examples.labels());
      before = accumulator.snapshot();
      accumulator.reset();
      accumulator.observe(examples.features().add(9), examples.labels());
    }
    assertEqual(examples.statistics(), before);
  }

  /**
   * That the memory of the process does not grow however often something is done. The garbage
   * collector, which would free what is forgotten, has no reason to run meanwhile.
   */
  private static void assertFreesWhatItTakes(int megabytesEach, Runnable step) {
    step.run();
    long before = Pointer.physicalBytes();
    int rounds = 600 / megabytesEach;
    for (int i = 0; i < rounds; i++) {
      step.run();
    }
    long grown = (Pointer.physicalBytes() - before) >> 20;
    assertTrue(grown < 200, grown + " MB more after " + rounds + " rounds");
  }

  @Test
  @Tag("slow")
  void closeAndResetFreeWhatIsHeldOffTheHeap() {
    int d = 1500;
    INDArray features = Nd4j.rand(DataType.FLOAT, 1024, d);
    int[] classes = new int[1024];
    try (ClassStatisticsAccumulator kept = ClassStatisticsAccumulator.forClasses(K)) {
      assertFreesWhatItTakes(
          20,
          () -> {
            kept.observe(features, classes);
            kept.reset();
          });
    }
    assertFreesWhatItTakes(
        20,
        () -> {
          try (ClassStatisticsAccumulator gathered = ClassStatisticsAccumulator.forClasses(K)) {
            gathered.observe(features, classes);
          }
        });
    ClassStatistics centres = ClassStatistics.empty(K, d);
    assertFreesWhatItTakes(
        5,
        () -> {
          try (DecisionAccumulator decided = DecisionAccumulator.of(centres, null)) {
            decided.observe(features, classes);
          }
        });
  }
}
