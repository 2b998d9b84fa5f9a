package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.stats.Classifier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ArrayRowsTest {
  private static final int ROWS = 300;

  private final INDArray features = Nd4j.linspace(0, 2 * ROWS - 1, 2 * ROWS).reshape(ROWS, 2);
  private final int[] classes = IntStream.range(0, ROWS).map(i -> i % 3).toArray();
  private final ArrayRows rows = ArrayRows.of("features", features, classes, 3);

  private static List<LabelledRows> batches(ArrayRows rows) {
    List<LabelledRows> batches = new ArrayList<>();
    rows.forEach((point, batch) -> batches.add(batch.get()));
    return batches;
  }

  private static List<Integer> sizes(ArrayRows rows) {
    return batches(rows).stream().map(LabelledRows::size).toList();
  }

  @Test
  void rowsComeInBatchesInTheirOrder() {
    assertEquals(List.of(128, 128, 44), sizes(rows));
    assertEquals(List.of(100, 100, 100), sizes(rows.inBatchesOf(100)));
    assertEquals(ROWS, sizes(rows.inBatchesOf(1)).size());
    LabelledRows last = batches(rows).get(2);
    assertEquals(2.0 * 256, last.features().getDouble(0, 0));
    assertEquals(256 % 3, last.classes()[0]);
    assertEquals(3, last.numClasses());
    assertEquals(
        "A batch must have at least 1 row, not 0",
        assertThrows(IllegalArgumentException.class, () -> rows.inBatchesOf(0)).getMessage());
  }

  @Test
  void aRowIsKnownByItsPlaceInTheArray() {
    RowOrigins origins = batches(rows).get(1).origins().orElseThrow();
    assertEquals(128, origins.firstPosition());
    assertArrayEquals(IntStream.range(128, 256).asLongStream().toArray(), origins.indices());
    assertEquals(Optional.empty(), origins.cleanClasses());
  }

  @Test
  void cleanClassesAreThoseOfTheBatchAndKeptThroughOtherOptions() {
    int[] clean = IntStream.range(0, ROWS).map(i -> (i + 1) % 3).toArray();
    Classifier classifier = Classifier.of(Nd4j.ones(3, 2), null);
    ArrayRows all = rows.withClassifier(classifier).withClean(clean).inBatchesOf(7);
    clean[7] = 99;
    LabelledRows second = batches(all).get(1);
    assertArrayEquals(
        IntStream.range(7, 14).map(i -> (i + 1) % 3).toArray(),
        second.origins().orElseThrow().cleanClasses().orElseThrow());
    assertSame(classifier, all.classifier("features"));
    assertNull(all.withClassifier(null).classifier("features"));
    assertNull(rows.classifier("features"));
    assertEquals("the features", all.describe("features"));
  }

  @Test
  void classesAreChecked() {
    assertThrows(
        IllegalArgumentException.class, () -> ArrayRows.of("rows", features, new int[2], 3));
    assertThrows(IllegalArgumentException.class, () -> ArrayRows.of("rows", features, classes, 2));
    assertThrows(IllegalArgumentException.class, () -> rows.withClean(new int[2]));
    int[] given = classes.clone();
    ArrayRows copied = ArrayRows.of("rows", features, given, 3);
    given[0] = 2;
    assertEquals(0, batches(copied).get(0).classes()[0]);
  }

  @Test
  void rowsOfNoClassAreOfOne() {
    LabelledRows batch = batches(ArrayRows.ofOneClass("outside", features)).get(0);
    assertEquals(1, batch.numClasses());
    assertTrue(IntStream.of(batch.classes()).allMatch(c -> c == 0));
  }
}
