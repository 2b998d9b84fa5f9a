package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.stats.ClassLabels;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class ExampleOriginsTest {
  /** Of three examples the second is masked. */
  private static ExampleOrigins origins(INDArray labels, LabelledExample... carried) {
    INDArray features = Nd4j.ones(3, 2);
    MultiDataSet batch = new MultiDataSet(features, labels);
    batch.setExampleMetaData(carried.length == 0 ? null : List.copyOf(List.of(carried)));
    LabelledRows rows = LabelledRows.of(features, new int[3], new double[] {1, 0, 1}, 2);
    return new ExampleOrigins(rows, batch, 0, 100);
  }

  private static INDArray oneHot() {
    return Nd4j.createFromArray(new double[][] {{1, 0}, {0, 1}, {1, 0}});
  }

  @Test
  void examplesAreKnownByTheirPosition() {
    ExampleOrigins origins = origins(oneHot());
    assertEquals(100, origins.firstPosition());
    assertArrayEquals(new long[] {100, 102}, origins.indices());
    assertEquals(Optional.empty(), origins.cleanClasses());
  }

  @Test
  void examplesAreKnownByWhatTheyCarry() {
    ExampleOrigins origins =
        origins(
            oneHot(),
            new LabelledExample(7, 0, 1, null),
            new LabelledExample(5, 1, 1, null),
            new LabelledExample(9, 0, LabelledExample.UNKNOWN, null));
    assertArrayEquals(new long[] {7, 9}, origins.indices());
    assertArrayEquals(new int[] {1, ClassLabels.NONE}, origins.cleanClasses().orElseThrow());
    LabelledExample unknown = new LabelledExample(7, 0, LabelledExample.UNKNOWN, null);
    LabelledExample other = new LabelledExample(8, 1, LabelledExample.UNKNOWN, null);
    assertEquals(Optional.empty(), origins(oneHot(), unknown, other, unknown).cleanClasses());
  }

  @Test
  void examplesOfManyLabelsAreNotToldApart() {
    ExampleOrigins origins = origins(Nd4j.zeros(DataType.FLOAT, 3, 2, 4));
    String message = assertThrows(IllegalArgumentException.class, origins::indices).getMessage();
    assertTrue(message.endsWith("labels of shape [3, 2, 4]"), message);
    assertEquals(Optional.empty(), origins.cleanClasses());
  }
}
