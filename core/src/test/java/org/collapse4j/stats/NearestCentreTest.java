package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class NearestCentreTest {
  private static final int K = 80;
  private static final int ROWS = 6 * K;

  /** A class that is declared and has no example. */
  private static final int ABSENT = K;

  private final int[] classes = IntStream.range(0, ROWS).map(i -> i % K).toArray();

  private static INDArray gaussian(int rows, int columns, long seed) {
    Random random = new Random(seed);
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return Nd4j.createFromArray(values);
  }

  /** Features around centres, two of which are one, some of whose rows sit with another class. */
  private INDArray features(int dimension, double spread, double firstHalf) {
    INDArray centres = gaussian(K, dimension, 3);
    for (int j = 0; j < dimension / 2; j++) {
      centres.getColumn(j).muli(firstHalf);
    }
    centres.getRow(4).assign(centres.getRow(5));
    INDArray features = gaussian(ROWS, dimension, 4).muli(spread);
    features.addi(Matrices.rows(centres, classes));
    features.getRow(3).assign(features.getRow(7));
    features.getRow(9).assign(features.getRow(200).add(features.getRow(9)).mul(0.5));
    return features.castTo(DataType.FLOAT);
  }

  private ClassStatistics statistics(INDArray features) {
    try (ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(K + 1)) {
      statistics.observe(features, classes);
      return statistics.snapshot();
    }
  }

  private static int[] atTheLeastDistance(INDArray features, ClassStatistics statistics) {
    INDArray means = statistics.classMeans().dup();
    INDArray wide = features.castTo(DataType.DOUBLE);
    int[] nearest = new int[features.rows()];
    for (int i = 0; i < nearest.length; i++) {
      INDArray distances = means.subRowVector(wide.getRow(i)).norm2(1);
      distances.putScalar(ABSENT, Double.POSITIVE_INFINITY);
      nearest[i] = distances.negi().argMax().getInt(0);
    }
    return nearest;
  }

  private int[] found(INDArray features, ClassStatistics statistics, double[] squares) {
    double[] reference = FeatureBlock.rounded(statistics.meanElements(0), DataType.FLOAT);
    INDArray shifted = features.dup('c');
    BlockArithmetic.forBackend().shift(shifted, classes, reference, squares);
    try (RowProducts products = new RowProducts();
        NearestCentre nearest =
            new NearestCentre(
                DataType.FLOAT, statistics, Matrices.of(reference, features.columns()), products)) {
      int[] first = nearest.of(shifted, classes, squares);
      assertArrayEquals(first, nearest.of(shifted, classes, squares));
      return first;
    }
  }

  /** Decided by distance alone, by half the features, or by all of them. */
  @ParameterizedTest
  @CsvSource({
    "140, 0.01, 1",
    "140, 0.5, 1",
    "140, 0.8, 1",
    "140, 1.2, 1",
    "140, 2, 1",
    "141, 0.8, 1",
    "301, 1, 1",
    "140, 0.8, 0",
    "140, 0.8, 3",
    "140, 0.8, 0.2",
    "60, 1, 1"
  })
  void theNearestIsTheOneAtTheLeastDistance(int dimension, double spread, double firstHalf) {
    INDArray features = features(dimension, spread, firstHalf);
    ClassStatistics statistics = statistics(features);
    int[] expected = atTheLeastDistance(features, statistics);
    assertTrue(expected[3] != 3, "a row sits with another class");
    int[] byAll = found(features, statistics, null);
    assertArrayEquals(expected, byAll);
    assertArrayEquals(expected, found(features, statistics, new double[ROWS]));
  }

  /** Held-out rows may be of a class that has no centre, and sit where its mean is taken to be. */
  @Test
  void aClassWithoutExamplesIsNobodysNearest() {
    INDArray features = features(140, 0.01, 1);
    ClassStatistics statistics = statistics(features);
    INDArray ofAbsent = gaussian(ROWS, 140, 5).muli(0.01).castTo(DataType.FLOAT);
    Arrays.fill(classes, ABSENT);
    assertArrayEquals(
        atTheLeastDistance(ofAbsent, statistics), found(ofAbsent, statistics, new double[ROWS]));
  }

  /**
   * Three rows of each class are nearest to the next centre, which only the second half of the
   * features tells. The centres are so close to each other that squares of float32 vanish, which
   * distances between them are the roots of.
   */
  @Test
  void centresWhoseSquaresVanishAreToldApartByAllFeatures() {
    INDArray features = Nd4j.zeros(DataType.FLOAT, 5 * K, 2 * K);
    for (int i = 0; i < 5 * K; i++) {
      int y = i % K;
      int times = i < 3 * K ? 1 : i < 4 * K ? -3 : 0;
      features.putScalar(i, y, times == 0 ? 1e-24 : times * 0x1p-43);
      features.putScalar(i, K + y, times == 0 ? 1e-24 : -times * 0x1p-40);
      features.putScalar(i, K + (y + 1) % K, times * 0x1p-40);
    }
    int[] labels = IntStream.range(0, 5 * K).map(i -> i % K).toArray();
    try (ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(K + 1)) {
      statistics.observe(features, labels);
      int[] nearest = found(features, statistics.snapshot(), new double[5 * K]);
      for (int i = 0; i < 5 * K; i++) {
        assertEquals(i < 3 * K ? (i + 1) % K : i % K, nearest[i]);
      }
    }
  }

  @Test
  void halfTheFeaturesDecideOnMostRowsAndOnNoneThatSitsElsewhere() {
    INDArray features = features(300, 0.8, 1);
    features.putScalar(11, 299, Float.NaN);
    features.putScalar(12, 0, Float.NEGATIVE_INFINITY);
    ClassStatistics statistics = statistics(features);
    double[] reference = FeatureBlock.rounded(statistics.meanElements(0), DataType.FLOAT);
    INDArray shifted = features.dup('c');
    double[] squares = new double[ROWS];
    BlockArithmetic.forBackend().shift(shifted, classes, reference, squares);
    INDArray origin = statistics.globalMean(GlobalMean.CLASS);
    INDArray means = Matrices.of(statistics.meanElements(0), 300).subiRowVector(origin);
    INDArray base = Matrices.of(reference, 300).subiRowVector(origin);
    double[] halfNorms = Matrices.squaredNorms(means);
    for (int c = 0; c < halfNorms.length; c++) {
      halfNorms[c] = c == ABSENT ? Double.NEGATIVE_INFINITY : -halfNorms[c] / 2;
    }
    int[] undecided;
    try (RowProducts products = new RowProducts();
        HalfOfFeatures half =
            HalfOfFeatures.of(
                Matrices.copy(DataType.FLOAT, means), ClassScores.of(base, means, halfNorms))) {
      undecided = half.undecided(shifted, classes, squares, products);
    }
    int[] nearest = atTheLeastDistance(features, statistics);
    int[] elsewhere =
        IntStream.range(0, ROWS)
            .filter(i -> nearest[i] != classes[i] || i == 11 || i == 12)
            .toArray();
    assertTrue(elsewhere.length >= 3);
    for (int i : elsewhere) {
      assertTrue(IntStream.of(undecided).anyMatch(j -> i == j), "row " + i);
    }
    assertTrue(undecided.length < ROWS / 10, undecided.length + " undecided");
    assertEquals(ClassScores.NONE, found(features, statistics, new double[ROWS])[11]);
    assertEquals(ClassScores.NONE, found(features, statistics, new double[ROWS])[12]);
  }
}
