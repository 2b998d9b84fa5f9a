package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import org.collapse4j.stats.ClassLabels;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class LabelledRowsTest {
  private final INDArray features = Nd4j.createFromArray(new double[][] {{0, 1}, {2, 3}, {4, 5}});

  @Test
  void rowsWithoutALabelOrMaskedAreLeftOut() {
    int[] classes = {2, ClassLabels.NONE, 1};
    LabelledRows labelled = LabelledRows.of(features, classes, null, 3);
    assertArrayEquals(new int[] {0, 2}, labelled.positions());
    assertArrayEquals(new int[] {2, 1}, labelled.classes());
    assertEquals(Nd4j.createFromArray(new double[][] {{0, 1}, {4, 5}}), labelled.features());
    LabelledRows masked = LabelledRows.of(features, classes, new double[] {0, 1, 0.5}, 3);
    assertArrayEquals(new int[] {2}, masked.positions());
    assertEquals("1 rows of shape [1, 2] in 3 classes", masked.toString());
    assertEquals(0, LabelledRows.of(features, classes, new double[3], 3).size());
  }

  @Test
  void whereAllAreLabelledNothingIsCopiedButTheClasses() {
    int[] classes = {0, 1, 0};
    LabelledRows rows = LabelledRows.of(features, classes, new double[] {1, 1, 1}, 2);
    classes[0] = 1;
    rows.classes()[1] = 0;
    rows.positions()[0] = 5;
    assertSame(features, rows.features());
    assertArrayEquals(new int[] {0, 1, 0}, rows.classes());
    assertArrayEquals(new int[] {0, 1, 2}, rows.positions());
    assertEquals(2, rows.numClasses());
    assertTrue(rows.logits().isEmpty() && rows.origins().isEmpty());
  }

  @Test
  void whatIsKnownBesideIsKept() {
    RowOrigins origins =
        new RowOrigins() {
          @Override
          public long firstPosition() {
            return 0;
          }

          @Override
          public long[] indices() {
            return new long[3];
          }

          @Override
          public Optional<int[]> cleanClasses() {
            return Optional.empty();
          }
        };
    INDArray logits = Nd4j.zeros(3, 1);
    LabelledRows rows = LabelledRows.ofOneClass(features);
    LabelledRows both = rows.withOrigins(origins).withLogits(logits).withOrigins(origins);
    assertSame(logits, both.logits().orElseThrow());
    assertSame(origins, rows.withOrigins(origins).withLogits(logits).origins().orElseThrow());
    assertArrayEquals(new int[3], both.classes());
    assertEquals(1, both.numClasses());
  }

  @Test
  void thereIsOneClassAndOneNumberOfTheMaskARow() {
    assertEquals(
        "There must be one class for each of the 3 rows, not 2",
        assertThrows(
                IllegalArgumentException.class,
                () -> LabelledRows.of(features, new int[2], null, 2))
            .getMessage());
    assertEquals(
        "There must be one number in the mask for each of the 3 rows, not 4",
        assertThrows(
                IllegalArgumentException.class,
                () -> LabelledRows.of(features, new int[3], new double[4], 2))
            .getMessage());
  }
}
