package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class MemorizationAccumulatorTest {
  private static final int ROWS = 12;

  /** Small integers, which every type holds. */
  private final INDArray features =
      Nd4j.createFromArray(IntStream.range(0, ROWS * 5).mapToDouble(i -> i * i % 11 - 5).toArray())
          .reshape(ROWS, 5);

  private final int[] clean = IntStream.range(0, ROWS).map(i -> i % 3).toArray();
  private final int[] given = IntStream.range(0, ROWS).map(i -> i < 6 ? 2 : i % 3).toArray();

  private static INDArray partOfMore(INDArray array) {
    INDArray more = Nd4j.ones(array.dataType(), ROWS + 2, 9);
    INDArray part = more.get(NDArrayIndex.interval(1, ROWS + 1), NDArrayIndex.interval(3, 8));
    part.assign(array);
    return part;
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "BFLOAT16", "FLOAT", "DOUBLE"})
  void rowsThatAreNotFiniteAreLeftOutWhateverTheTypeAndOrder(DataType type) {
    ClassStatistics heldOut;
    try (ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3)) {
      statistics.observe(features, clean);
      heldOut = statistics.snapshot();
    }
    INDArray finite = Matrices.rows(features, IntStream.range(1, ROWS - 1).toArray());
    MemorizationAccumulator expected = MemorizationAccumulator.of(heldOut, null);
    expected.observe(finite, middle(given), middle(clean));

    INDArray typed = features.castTo(type);
    typed.putScalar(0, 4, Double.NaN);
    typed.putScalar(ROWS - 1, 0, Double.NEGATIVE_INFINITY);
    for (INDArray any : new INDArray[] {typed, typed.dup('f'), partOfMore(typed)}) {
      MemorizationAccumulator found = MemorizationAccumulator.of(heldOut, null);
      found.observe(any, given, clean);
      assertEquals(2, found.nonFiniteCount());
      assertEquals(ROWS - 2, found.snapshot().totalCount());
      for (int c = 0; c < 3; c++) {
        assertEquals(expected.snapshot().corruptedCount(c), found.snapshot().corruptedCount(c));
        assertEquals(expected.snapshot().distanceSum(c), found.snapshot().distanceSum(c));
      }
    }
  }

  private static int[] middle(int[] labels) {
    return IntStream.range(1, ROWS - 1).map(i -> labels[i]).toArray();
  }
}
