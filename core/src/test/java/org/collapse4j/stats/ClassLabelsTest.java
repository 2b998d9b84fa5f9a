package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ClassLabelsTest {
  private static final String NO_CLASSES =
      "; regressions, autoencoders and several classes at once cannot be measured";

  private final ClassLabels labels = ClassLabels.of("out");

  private static void refused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }

  @ParameterizedTest
  @EnumSource(names = {"BYTE", "INT", "LONG", "HALF", "FLOAT", "DOUBLE"})
  void indicesOfAnyNumericType(DataType type) {
    INDArray given = Nd4j.createFromArray(2, 0, 1).castTo(type);
    int[] expected = {2, 0, 1};
    assertArrayEquals(expected, ClassLabels.indices(given, 3, 3));
    assertArrayEquals(expected, ClassLabels.indices(given.reshape(3, 1), 3, 3));
    assertArrayEquals(expected, labels.indices(given.reshape(3, 1), 3));
    assertArrayEquals(expected, labels.indices(given.reshape(1, 3, 1), 3));
  }

  @Test
  void theClassOfSoftLabelsIsTheFirstLargest() {
    INDArray soft = Nd4j.createFromArray(new double[][] {{0.25, 0.5, 0.25}, {0.4, 0.2, 0.4}});
    assertArrayEquals(new int[] {1, 0}, ClassLabels.indices(soft, 2, 3));
    assertArrayEquals(new int[] {1, 0}, labels.soft(soft, 3));
    assertArrayEquals(new int[] {1, 0}, labels.soft(soft.castTo(DataType.FLOAT16), 3));
    INDArray yes = Nd4j.eye(3).castTo(DataType.BOOL);
    assertArrayEquals(new int[] {0, 1, 2}, ClassLabels.indices(yes, 3, 3));
  }

  @Test
  void aRowOfZerosHasNoLabel() {
    INDArray rows = Nd4j.createFromArray(new double[][] {{0, 0}, {0, 1}});
    assertArrayEquals(new int[] {ClassLabels.NONE, 1}, labels.soft(rows, 2));
  }

  @Test
  void labelsOfASingleUnit() {
    INDArray hard = Nd4j.createFromArray(0.0, 1.0, 1.0);
    INDArray soft = Nd4j.createFromArray(0.5, 0.51, 0.0);
    assertArrayEquals(new int[] {0, 1, 1}, labels.binary(hard, false));
    assertArrayEquals(new int[] {0, 1, 0}, labels.binary(soft, true));
    refused(
        "Labels of \"out\" must be 0 or 1 for a single output unit, not 0.5" + NO_CLASSES,
        () -> labels.binary(soft, false));
    refused(
        "Labels of \"out\" must be 0 or 1 for a single output unit, not 1.5" + NO_CLASSES,
        () -> labels.binary(Nd4j.createFromArray(0.0, 1.5), true));
  }

  @Test
  void whatIsNoLabelOfOneClassIsRefusedByTheOutputsName() {
    refused(
        "Labels of \"out\" must have a column for each of the 3 classes, not 2" + NO_CLASSES,
        () -> labels.soft(Nd4j.ones(4, 2), 3));
    refused(
        "Labels of \"out\" must add up to 1 in each row, not to 2.0 as in row 0" + NO_CLASSES,
        () -> labels.soft(Nd4j.ones(4, 2), 2));
    refused(
        "Labels of \"out\" must not be negative, as is -1.0" + NO_CLASSES,
        () -> labels.soft(Nd4j.createFromArray(new double[][] {{2, -1}}), 2));
    refused(
        "Labels of \"out\" must be class indices from 0 to 1, not 0.25" + NO_CLASSES,
        () -> labels.indices(Nd4j.createFromArray(0.25, 1), 2));
    refused(
        "Labels of \"out\" must be class indices from 0 to 1, not 2.0" + NO_CLASSES,
        () -> labels.indices(Nd4j.createFromArray(0.0, 2.0), 2));
  }

  @Test
  void classesInHandAreChecked() {
    ClassLabels.require(new int[] {0, 2, 1}, 3, 3);
    ClassLabels.require(new int[0], 0, 1);
    refused(
        "There must be a class for each of the 4 rows, not 3",
        () -> ClassLabels.require(new int[] {0, 2, 1}, 4, 3));
    refused(
        "A label must be a class index from 0 to 2, but label 1 is 3",
        () -> ClassLabels.require(new int[] {0, 3, 1}, 3, 3));
    refused(
        "A label must be a class index from 0 to 2, but label 0 is -1",
        () -> ClassLabels.require(new int[] {ClassLabels.NONE, 2, 1}, 3, 3));
  }
}
