package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class FeatureBlockTest {
  /** Sums go through a megabyte at a time, or through 16 rows a class, of 2^23 elements at most. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT, 512, 10, 512",
    "DOUBLE, 512, 10, 256",
    "FLOAT, 512, 100, 1600",
    "FLOAT, 512, 2000, 16384",
    "FLOAT, 1048576, 2, 16"
  })
  void aBlockForSumsStaysInCachesWhereClassesAreFew(DataType type, int d, int k, int expected) {
    assertEquals(expected, FeatureBlock.forSums(type, d, k).height());
  }

  /** Products of float32 take four megabytes of elements at a time. */
  @ParameterizedTest
  @CsvSource({
    "FLOAT, 512, 10, 4096",
    "DOUBLE, 512, 10, 1024",
    "FLOAT, 512, 500, 8000",
    "FLOAT, 512, 2000, 16384",
    "FLOAT, 1048576, 2, 16"
  })
  void aBlockForMomentsHasTheMoreRowsTheMoreClasses(DataType type, int d, int k, int expected) {
    assertEquals(expected, FeatureBlock.forMoments(type, d, k).height());
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 512, 10, 4096",
    "DOUBLE, 512, 10, 1024",
    "FLOAT, 512, 4096, 512",
    "FLOAT, 512, 1000000, 16"
  })
  void aBlockForScoresHasTheFewerRowsTheMoreClasses(DataType type, int d, int k, int expected) {
    assertEquals(expected, FeatureBlock.forScores(type, d, k).height());
  }

  /** Given logits go through a megabyte at a time, whatever the height of the features' block. */
  @ParameterizedTest
  @CsvSource({"FLOAT, 1000, 262", "DOUBLE, 1000, 131", "FLOAT, 10, 26214", "FLOAT, 1000000, 16"})
  void aBlockForGivenLogitsStaysInCaches(DataType type, int k, int expected) {
    assertEquals(expected, FeatureBlock.forGiven(type, k).height());
  }

  @ParameterizedTest
  @CsvSource({
    "FLOAT, 128, DOUBLE",
    "FLOAT, 129, FLOAT",
    "HALF, 128, DOUBLE",
    "HALF, 129, FLOAT",
    "DOUBLE, 128, DOUBLE",
    "DOUBLE, 129, DOUBLE"
  })
  void manyFeaturesThatAreNotInFloat64AreCalculatedWithInFloat32(
      DataType features, int dimension, DataType expected) {
    assertEquals(expected, FeatureBlock.workingType(features, dimension));
  }

  @Test
  void rowsComeInBatchesOfAnySizeUntilTheBlockIsFull() {
    INDArray features = Nd4j.arange(60).castTo(DataType.FLOAT).reshape(20, 3);
    int[] labels = new int[20];
    for (int i = 0; i < 20; i++) {
      labels[i] = i % 7;
    }
    try (FeatureBlock block = FeatureBlock.forScores(DataType.DOUBLE, 3, 1_000_000)) {
      assertTrue(block.isEmpty());
      assertEquals(2, block.fill(features.getRows(0, 1), new int[] {0, 1}, 0));
      assertEquals(14, block.fill(features, labels, 2), "sixteen fit");
      assertTrue(block.isFull());
      assertEquals(16, block.height());
      INDArray first = features.getRows(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
      assertEquals(first.castTo(DataType.DOUBLE), block.rows());
      for (int i = 0; i < 16; i++) {
        assertEquals(labels[i], block.classes()[i]);
      }
      block.clear();
      assertFalse(block.isFull());
      assertEquals(0, block.size());
    }
  }

  @Test
  void rowsStayWhenALargeBlockTakesItsWholeHeight() {
    INDArray features = Nd4j.arange(500 * 4096).castTo(DataType.FLOAT).reshape(500, 4096);
    try (FeatureBlock block = FeatureBlock.forMoments(DataType.FLOAT, 4096, 2000)) {
      assertEquals(100, block.fill(features, new int[500], 0, 100));
      assertEquals(400, block.fill(features, new int[500], 100));
      assertEquals(features, block.rows());
      assertEquals(2048, block.classes().length);
    }
  }

  @Test
  void rowsThatAreNotFiniteAreLeftOutAndTheOthersMoveUp() {
    INDArray features = Nd4j.arange(15).castTo(DataType.FLOAT).reshape(5, 3);
    features.putScalar(0, 2, Float.NaN);
    features.putScalar(3, 0, Float.NEGATIVE_INFINITY);
    try (FeatureBlock block = FeatureBlock.forSums(DataType.FLOAT, 3, 9)) {
      block.fill(features, new int[] {4, 5, 6, 7, 8}, 0);
      assertArrayEquals(new boolean[] {false, true, true, false, true}, block.finite());
      assertEquals(2, block.dropNonFinite());
      assertEquals(features.getRows(1, 2, 4), block.rows());
      assertArrayEquals(new int[] {5, 6, 8}, Arrays.copyOf(block.classes(), 3));
      assertEquals(0, block.dropNonFinite());
      assertEquals(3, block.size());
    }
  }
}
