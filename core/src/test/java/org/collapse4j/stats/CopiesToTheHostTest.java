package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** How often a device would have to copy to the host, with the operations that devices take. */
@Isolated
class CopiesToTheHostTest {
  private static final int N = 600;
  private static final int D = 150;
  private static final int K = 6;
  private static final int[] BATCHES = {1, 7, 60, N};

  private final INDArray features;
  private final INDArray logits;
  private final int[] classes = new Random(2).ints(N, 0, K).toArray();
  private final Classifier classifier;

  CopiesToTheHostTest() {
    Nd4j.getRandom().setSeed(3);
    features = Nd4j.randn(DataType.FLOAT, N, D);
    classifier = Classifier.of(Nd4j.randn(DataType.FLOAT, K, D), null);
    logits = classifier.logits(features).castTo(DataType.FLOAT);
  }

  @AfterEach
  void restore() {
    ArrayMemory.current = new ArrayMemory();
  }

  /** The memory of a device, which counts what is copied out of it. */
  private static final class Device extends ArrayMemory {
    int copies;

    @Override
    boolean isHost() {
      return false;
    }

    @Override
    double[] numbers(INDArray array) {
      copies++;
      return super.numbers(array);
    }

    @Override
    int[] integers(INDArray vector) {
      copies++;
      return super.integers(vector);
    }
  }

  private static Device device() {
    Device device = new Device();
    ArrayMemory.current = device;
    return device;
  }

  @FunctionalInterface
  private interface Batch {
    void accept(int from, int to);
  }

  private static void inBatches(int size, Batch batch) {
    for (int from = 0; from < N; from += size) {
      batch.accept(from, Math.min(N, from + size));
    }
  }

  private static INDArray part(INDArray array, int from, int to) {
    return array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }

  private int[] classes(int from, int to) {
    return Arrays.copyOfRange(classes, from, to);
  }

  private ClassStatistics statistics(int batch) {
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(K);
    inBatches(
        batch, (from, to) -> accumulator.observe(part(features, from, to), classes(from, to)));
    return accumulator.snapshot();
  }

  private DecisionStatistics decisions(ClassStatistics centres, int batch, boolean given) {
    DecisionAccumulator accumulator =
        given
            ? DecisionAccumulator.ofLogits(K, centres)
            : DecisionAccumulator.of(centres, classifier);
    inBatches(
        batch,
        (from, to) -> {
          INDArray some = part(features, from, to);
          if (given) {
            accumulator.observe(some, part(logits, from, to), classes(from, to));
          } else {
            accumulator.observe(some, classes(from, to));
          }
        });
    return accumulator.snapshot();
  }

  @Test
  void theirNumberDoesNotDependOnThatOfTheBatches() {
    Set<Integer> counts = new TreeSet<>();
    for (int batch : BATCHES) {
      Device device = device();
      ClassStatistics centres = statistics(batch);
      decisions(centres, batch, false);
      decisions(centres, batch, true);
      counts.add(device.copies);
    }
    assertEquals(1, counts.size(), counts.toString());
    assertTrue(counts.iterator().next() > 0, "nothing was counted");
  }

  @Test
  void ofABatchNothingIsRead() {
    ClassStatistics centres = statistics(N);
    Device device = device();
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(K);
    DecisionAccumulator byClassifier = DecisionAccumulator.of(centres, classifier);
    DecisionAccumulator byLogits = DecisionAccumulator.ofLogits(K, centres);
    byClassifier.observe(part(features, 0, 9), classes(0, 9));
    byLogits.observe(part(features, 0, 9), part(logits, 0, 9), classes(0, 9));
    int before = device.copies; // What is prepared once, of the centres.
    inBatches(
        9,
        (from, to) -> {
          INDArray some = part(features, from, to);
          accumulator.observe(some, classes(from, to));
          byClassifier.observe(some, classes(from, to));
          byLogits.observe(some, part(logits, from, to), classes(from, to));
        });
    assertEquals(before, device.copies);
  }

  @Test
  void whatIsInTheSpanOfTheMeansIsTheSameAsInHostMemory() {
    ClassStatistics centres = statistics(N);
    DecisionStatistics expected = inSpan(centres);
    device();
    DecisionStatistics found = inSpan(centres);
    INDArray span = expected.spanScatter().orElseThrow();
    assertTrue(span.equalsWithEps(found.spanScatter().orElseThrow(), 1e-9));
    for (int c = 0; c < K; c++) {
      assertEquals(expected.correctCount(c), found.correctCount(c));
      assertEquals(expected.nearestCentreCorrectCount(c), found.nearestCentreCorrectCount(c));
    }
  }

  private DecisionStatistics inSpan(ClassStatistics centres) {
    DecisionAccumulator accumulator = DecisionAccumulator.of(centres, classifier).gatherSpan();
    accumulator.observe(features, classes);
    return accumulator.snapshot();
  }

  @Test
  void whatIsMeasuredIsTheSameAsInHostMemory() {
    ClassStatistics expected = statistics(60);
    DecisionStatistics expectedDecisions = decisions(expected, 60, false);
    device();
    ClassStatistics found = statistics(60);
    assertArrayEquals(
        Matrices.elements(expected.classMeans()), Matrices.elements(found.classMeans()), 1e-12);
    assertArrayEquals(
        Matrices.elements(expected.withinClassCovariance().orElseThrow()),
        Matrices.elements(found.withinClassCovariance().orElseThrow()),
        1e-6);
    for (boolean given : new boolean[] {false, true}) {
      DecisionStatistics decisions = decisions(found, 60, given);
      assertEquals(expectedDecisions.mismatchCount(), decisions.mismatchCount());
      for (int c = 0; c < K; c++) {
        assertEquals(expectedDecisions.correctCount(c), decisions.correctCount(c));
        assertEquals(
            expectedDecisions.nearestCentreCorrectCount(c), decisions.nearestCentreCorrectCount(c));
      }
    }
  }

  @Test
  void itsArraysAreNeitherLoopedOverNorReadInPlace() {
    device();
    assertInstanceOf(ArrayArithmetic.class, BlockArithmetic.forBackend());
    assertFalse(HostMatrix.copy(features, features.dup(), 0));
    INDArray copied = features.dup();
    try (HostMatrix rows = HostMatrix.reading(copied)) {
      copied.putScalar(0, 0, 7);
      rows.read(0);
      assertEquals(features.getDouble(0, 0), rows.value(0));
    }
  }
}
