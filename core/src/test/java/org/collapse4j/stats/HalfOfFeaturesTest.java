package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class HalfOfFeaturesTest {
  /** Scores whose table is at hand, or is not. */
  private record Scores(boolean isAtHand) implements ClassScores {
    @Override
    public double[] table() {
      return isAtHand ? new double[1] : null;
    }

    @Override
    public int[] best(INDArray products, int[] classes, double[] confidence) {
      throw new UnsupportedOperationException();
    }
  }

  /** With fewer features it costs as much, of more classes the tables take too much memory. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT, 2048, 128, true, true",
    "FLOAT, 70, 500, true, true",
    "FLOAT, 2049, 128, true, false",
    "FLOAT, 2048, 127, true, false",
    "DOUBLE, 70, 500, true, false",
    "FLOAT, 70, 500, false, false"
  })
  void whereTheyAreEnoughToBeWorthWhile(
      DataType type, int classes, int dimension, boolean isAtHand, boolean expected) {
    INDArray centres = Nd4j.zeros(type, classes, dimension);
    assertEquals(expected, HalfOfFeatures.isWorthWhile(centres, new Scores(isAtHand)));
  }
}
