package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.collapse4j.Examples;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class DeciderTest {
  private static final int K = 70;

  /** Distances that were taken before rows are left out are those of other rows afterwards. */
  @Test
  void rowsThatAreLeftOutTakeTheirDistancesWithThem() {
    Examples examples = Examples.of(K, 140, 4 * K, 2);
    ClassStatistics statistics = examples.statistics();
    INDArray means = statistics.classMeans().castTo(DataType.FLOAT);
    int[] classes = IntStream.range(0, 4 * K).map(i -> i % K).toArray();
    int[] nearest = classes.clone();
    INDArray features = Matrices.rows(means, classes);
    for (int i = 2; i < 4 * K; i += 4) {
      nearest[i] = (classes[i] + 1) % K;
      features.getRow(i).assign(means.getRow(nearest[i]));
    }
    features.putScalar(0, 3, Float.NaN);
    try (Decider decider = new Decider(DataType.FLOAT, statistics, null);
        FeatureBlock block = FeatureBlock.forScores(DataType.FLOAT, 140, K)) {
      block.fill(features, classes, 0);
      decider.shift(block);
      int[] found = decider.decide(block, null).nearest;
      assertArrayEquals(withNone(nearest), found);
      block.dropNonFinite();
      found = decider.decide(block, null).nearest;
      assertArrayEquals(Arrays.copyOfRange(nearest, 1, 4 * K), found);
    }
  }

  private static int[] withNone(int[] nearest) {
    int[] expected = nearest.clone();
    expected[0] = ClassScores.NONE;
    return expected;
  }
}
