package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class ExampleArraysTest {
  private static final int EXAMPLES = 4;

  /** Element values tell the array and the place. */
  private static INDArray array(int first, long... shape) {
    float[] values = new float[Math.toIntExact(Arrays.stream(shape).reduce(1, (a, b) -> a * b))];
    for (int i = 0; i < values.length; i++) {
      values[i] = first + i;
    }
    return Nd4j.createFromArray(values).reshape(shape);
  }

  private final INDArray[] inputs = {array(0, EXAMPLES, 3), array(100, EXAMPLES, 2, 5)};
  private final INDArray[] labels = {array(200, EXAMPLES, 2)};
  private final INDArray[] inputMasks = {null, array(300, EXAMPLES, 5)};
  private final INDArray[] labelMasks = {array(400, EXAMPLES, 1)};

  private MultiDataSet all() {
    return new org.nd4j.linalg.dataset.MultiDataSet(inputs, labels, inputMasks, labelMasks);
  }

  private MultiDataSet withoutMasks() {
    return new org.nd4j.linalg.dataset.MultiDataSet(inputs, labels);
  }

  private static void assertSame(MultiDataSet expected, MultiDataSet actual) {
    assertEquals(expected.numFeatureArrays(), actual.numFeatureArrays());
    assertEquals(expected.numLabelsArrays(), actual.numLabelsArrays());
    for (int i = 0; i < expected.numFeatureArrays(); i++) {
      assertEquals(expected.getFeatures(i), actual.getFeatures(i));
      assertEquals(expected.getFeaturesMaskArray(i), actual.getFeaturesMaskArray(i));
    }
    for (int i = 0; i < expected.numLabelsArrays(); i++) {
      assertEquals(expected.getLabels(i), actual.getLabels(i));
      assertEquals(expected.getLabelsMaskArray(i), actual.getLabelsMaskArray(i));
    }
  }

  @Test
  void itIsTheDataSetAgain() {
    assertSame(all(), ExampleArrays.of(all()).toDataSet());
    MultiDataSet bare = ExampleArrays.of(withoutMasks()).toDataSet();
    assertSame(withoutMasks(), bare);
    assertFalse(bare.hasMaskArrays());
    assertNull(bare.getFeaturesMaskArrays());
  }

  @Test
  void chosenExamplesAreCopiedInTheirOrder() {
    INDArray transposed = Nd4j.create(3, EXAMPLES);
    transposed.assign(inputs[0].transpose());
    MultiDataSet batch =
        new org.nd4j.linalg.dataset.MultiDataSet(
            new INDArray[] {transposed.transpose(), inputs[1]}, labels, inputMasks, labelMasks);
    ExampleArrays some = ExampleArrays.of(batch).copyOf(new int[] {3, 1});
    assertEquals(2, some.examples());
    MultiDataSet copied = some.toDataSet();
    for (int i = 0; i < 2; i++) {
      int from = i == 0 ? 3 : 1;
      assertEquals(inputs[0].getRow(from), copied.getFeatures(0).getRow(i));
      assertEquals(
          inputs[1].get(NDArrayIndex.point(from)),
          copied.getFeatures(1).get(NDArrayIndex.point(i)));
      assertEquals(labels[0].getRow(from), copied.getLabels(0).getRow(i));
      assertEquals(inputMasks[1].getRow(from), copied.getFeaturesMaskArray(1).getRow(i));
      assertEquals(labelMasks[0].getRow(from), copied.getLabelsMaskArray(0).getRow(i));
    }
    assertNull(copied.getFeaturesMaskArray(0));
    ExampleArrays whole = ExampleArrays.of(all()).copyOf(new int[] {0, 1, 2, 3});
    inputs[0].putScalar(0, 0, 99);
    assertEquals(0, whole.toDataSet().getFeatures(0).getDouble(0, 0), "it is a copy");
    assertEquals(99, ExampleArrays.of(all()).toDataSet().getFeatures(0).getDouble(0, 0));
  }

  @Test
  void examplesComeTogetherAndTheirArraysAreFreed() {
    ExampleArrays first = ExampleArrays.of(all()).copyOf(new int[] {0, 1});
    ExampleArrays rest = ExampleArrays.of(all()).copyOf(new int[] {2, 3});
    assertSame(all(), ExampleArrays.concatenated(List.of(first, rest)).toDataSet());
    assertTrue(first.arrays()[0].wasClosed() && rest.arrays()[2].wasClosed());
  }

  @Test
  void theSizeAndTheShapeOfAnExample() {
    assertEquals(4 * (3 + 10 + 2 + 5 + 1), ExampleArrays.of(all()).bytesOfAnExample());
    assertEquals(4 * (3 + 10 + 2), ExampleArrays.of(withoutMasks()).bytesOfAnExample());
    assertEquals(
        "FLOAT[3]FLOAT[2, 5]FLOAT[2]noneFLOAT[5]FLOAT[1]",
        ExampleArrays.of(all()).shapeOfAnExample());
  }
}
