package org.collapse4j.stats;

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
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Held-out classes with their centres at (0, 0) and (4, 0), and a line halfway between them. */
class MemorizationStatisticsTest {
  private final ClassStatistics heldOut = centresAt(4);
  private final Classifier classifier =
      Classifier.of(
          Nd4j.createFromArray(new double[][] {{0, 0}, {1, 0}}), Nd4j.createFromArray(0.0, -2));

  private static ClassStatistics centresAt(double second) {
    try (ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(2)) {
      double[][] rows = {{0, 0}, {second, 0}};
      accumulator.observe(Nd4j.createFromArray(rows), new int[] {0, 1});
      return accumulator.snapshot();
    }
  }

  /** Of an example at (1, 0) or (3, 0), whose label is wrong, and of one whose label is right. */
  private MemorizationAccumulator at(double x, int given, int clean) {
    MemorizationAccumulator accumulator = MemorizationAccumulator.of(heldOut, classifier);
    INDArray features = Nd4j.createFromArray(new double[][] {{x, 0}, {9, 9}});
    accumulator.observe(features, new int[] {given, 1}, new int[] {clean, 1});
    return accumulator;
  }

  private static void assertCounts(
      MemorizationStatistics found, int clean, int corrupted, double distance, double fraction) {
    assertEquals(corrupted, found.corruptedCount(clean));
    assertEquals(distance, found.distanceSum(clean));
    assertEquals(fraction, found.fractionSum(clean));
  }

  @Test
  void whatIsMergedAddsUp() {
    MemorizationStatistics fitted = at(3, 1, 0).snapshot();
    MemorizationStatistics recovered = at(1, 1, 0).snapshot();
    MemorizationStatistics ofTheOther = at(3, 0, 1).snapshot();
    MemorizationStatistics all = fitted.merge(recovered).merge(ofTheOther).merge(fitted);
    assertEquals(8, all.totalCount());
    assertEquals(2, all.numClasses());
    assertTrue(all.hasClassifier());
    assertSame(heldOut, all.heldOut());
    assertCounts(all, 0, 3, 7, 1.75);
    assertCounts(all, 1, 1, 1, 0.25);
    assertEquals(2, all.fittedCount(0));
    assertEquals(1, all.recoveredCount(0));
    assertEquals(0, all.fittedCount(1));
    assertEquals(1, all.recoveredCount(1));
    assertCounts(fitted, 0, 1, 3, 0.75);
  }

  @Test
  void onlyWhatIsAlikeIsMerged() {
    MemorizationStatistics both = at(3, 1, 0).snapshot();
    MemorizationStatistics alone = MemorizationAccumulator.of(heldOut, null).snapshot();
    assertFalse(alone.hasClassifier());
    MemorizationStatistics wide =
        MemorizationAccumulator.of(
                ClassStatistics.empty(3, 2), Classifier.of(Nd4j.ones(DataType.DOUBLE, 3, 2), null))
            .snapshot();
    String rule =
        "Memorization can be merged if the classes are as many, and a classifier took part in both"
            + " or in neither: 2 classes here, ";
    refused(rule + "2 there", () -> both.merge(alone));
    refused(rule + "2 there", () -> alone.merge(both));
    refused(rule + "3 there", () -> both.merge(wide));
    refused(
        "Memorization of 2 classes is measured against as many, not 3",
        () -> both.against(ClassStatistics.empty(3, 2)));
  }

  @Test
  void anotherReferenceTakesTheSameCounts() {
    ClassStatistics later = centresAt(8);
    MemorizationStatistics moved = at(3, 1, 0).snapshot().against(later);
    assertSame(later, moved.heldOut());
    assertTrue(moved.hasClassifier());
    assertEquals(2, moved.totalCount());
    assertEquals(1, moved.fittedCount(0));
    assertCounts(moved, 0, 1, 3, 0.75);
  }

  @Test
  void whatIsReadBackHasTheCountsAndNoReference() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(at(1, 1, 0).snapshot());
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      MemorizationStatistics read = (MemorizationStatistics) in.readObject();
      assertEquals(0, read.heldOut().totalCount());
      assertEquals(2, read.heldOut().numClasses());
      assertEquals(1, read.recoveredCount(0));
      assertCounts(read, 0, 1, 1, 0.25);
    }
  }

  @Test
  void everyBatchIsCheckedAndASnapshotIsNotTouchedByTheNext() {
    MemorizationAccumulator accumulator = at(3, 1, 0);
    MemorizationStatistics before = accumulator.snapshot();
    INDArray features = Nd4j.createFromArray(new double[][] {{3, 0}});
    String rows = "There must be a class for each of the 1 rows, not 2";
    refused(rows, () -> accumulator.observe(features, new int[2], new int[1]));
    refused(rows, () -> accumulator.observe(features, new int[1], new int[2]));
    refused(
        "Features must have 2 columns as before, not shape [1, 3]",
        () -> accumulator.observe(Nd4j.ones(1, 3), new int[1], new int[1]));
    refused(
        "Features must have 2 columns as before, not shape [1, 3]",
        () -> accumulator.observe(Nd4j.ones(1, 3), Nd4j.zeros(1), Nd4j.zeros(1)));
    refused(
        "Classifier weights must have shape [3, 2] to go with the features, not [2, 2]",
        () -> MemorizationAccumulator.of(ClassStatistics.empty(3, 2), classifier));
    INDArray none = Nd4j.create(DataType.DOUBLE, 0, 2);
    accumulator.observe(none, new int[0], new int[0]);
    accumulator.observe(none, Nd4j.create(DataType.INT32, 0), Nd4j.create(DataType.INT32, 0));
    assertEquals(2, accumulator.snapshot().totalCount());

    accumulator.observe(features, new int[] {1}, new int[] {0});
    accumulator.close();
    assertEquals(3, accumulator.snapshot().totalCount());
    assertEquals(2, before.totalCount());
    assertCounts(before, 0, 1, 3, 0.75);
    assertEquals(1, before.fittedCount(0));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }
}
