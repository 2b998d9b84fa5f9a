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
    return found(features, statistics, squares, null, true, new RowProducts());
  }

  private int[] found(
      INDArray features,
      ClassStatistics statistics,
      double[] squares,
      Classifier classifier,
      boolean looksAgain,
      RowProducts products) {
    double[] reference = FeatureBlock.rounded(statistics.meanElements(0), DataType.FLOAT);
    INDArray shifted = features.dup('c');
    BlockArithmetic.forBackend().shift(shifted, classes, reference, squares);
    INDArray base = Matrices.of(reference, features.columns());
    try (products;
        RowProducts withWeights = new RowProducts();
        NearestCentre nearest =
            new NearestCentre(DataType.FLOAT, statistics, classifier, base, products)) {
      INDArray logits =
          classifier == null
              ? null
              : withWeights.of(shifted, Matrices.copy(DataType.FLOAT, classifier.weights()));
      int[] first = nearest.of(shifted, classes, squares, logits);
      INDArray again = looksAgain ? logits : null;
      assertArrayEquals(first, nearest.of(shifted, classes, squares, again));
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

  /**
   * Weights a tenth of the class means and so much noise: few rows are left to products where they
   * go along with the class means; where they do not, half the features are asked of all rows, and
   * the logits not again.
   */
  @ParameterizedTest
  @CsvSource({"0, true", "0.03, true", "10, false", "NaN, false"})
  void theClassifierChangesNothingButOfHowManyRowsProductsAreTaken(double noise, boolean helps)
      throws IllegalAccessException {
    INDArray features = features(300, 0.8, 1);
    ClassStatistics statistics = statistics(features);
    INDArray weights = Matrices.of(statistics.meanElements(4), 300).muli(0.1);
    weights.addi(gaussian(weights.rows(), 300, 9).muli(noise));
    weights.putScalar(0, 0, noise);
    Classifier classifier = Classifier.of(weights, null);
    RowProducts products = new RowProducts();
    assertArrayEquals(
        atTheLeastDistance(features, statistics),
        found(features, statistics, new double[ROWS], classifier, helps, products));
    int taken = FreedArraysTest.arraysOf(products).stream().mapToInt(INDArray::rows).sum();
    assertTrue(helps ? taken < ROWS / 3 : taken == ROWS, "products of " + taken + " rows");
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

  /**
   * Of ten rows of each class some are behind the middle of the way to the next centre: products
   * are taken of these alone, or of all where that is the most of them.
   */
  @ParameterizedTest
  @CsvSource({"0, 0", "1, 80", "5, 400", "6, 800"})
  void ofRowsThatAreSurelyNearestToTheirOwnCentreNoProductIsTaken(int behind, int products)
      throws IllegalAccessException {
    double[] shares = new double[10];
    Arrays.fill(shares, 0.499);
    Arrays.fill(shares, 0, behind, 0.501);
    assertEquals(products, productsTaken(shares));
  }

  /** So near to the middle of the way that the share which rounding may change tells. */
  @Test
  void ofRowsCloseToTheMiddleOfTheWayProductsTell() throws IllegalAccessException {
    assertEquals(K, productsTaken(0.5 * (1 - 2e-7), 0.499, 0.499));
    assertEquals(K, productsTaken(0.5 * (1 + 2e-7), 0.499, 0.499));
    assertEquals(0, productsTaken(0.5 * (1 - 2e-6), 0.499, 0.499));
  }

  /**
   * Decides on rows at shares of the way from their centre to the next one.
   *
   * @return of how many rows products with the centres were taken
   */
  private static int productsTaken(double... shares) throws IllegalAccessException {
    INDArray centres = gaussian(K, 60, 3).addi(5);
    int n = shares.length * K;
    int[] classes = IntStream.range(0, n).map(i -> i / shares.length).toArray();
    int[] expected = new int[n];
    INDArray rows = Nd4j.create(DataType.DOUBLE, n, 60);
    double[] squares = new double[n];
    for (int i = 0; i < n; i++) {
      double share = shares[i % shares.length];
      INDArray own = centres.getRow(classes[i]);
      INDArray distances = centres.subRowVector(own).norm2(1);
      distances.putScalar(classes[i], Double.POSITIVE_INFINITY);
      int next = distances.negi().argMax().getInt(0);
      INDArray row = centres.getRow(next).sub(own).muli(share);
      rows.putRow(i, row);
      squares[i] = row.mul(row).sumNumber().doubleValue();
      expected[i] = share > 0.5 ? next : classes[i];
    }
    try (ClassStatisticsAccumulator gathered = ClassStatisticsAccumulator.forClasses(K);
        RowProducts products = new RowProducts();
        NearestCentre nearest =
            new NearestCentre(
                DataType.DOUBLE, statisticsOf(gathered, centres), null, centres.dup(), products)) {
      assertArrayEquals(expected, nearest.of(rows, classes, squares, null));
      return FreedArraysTest.arraysOf(products).stream().mapToInt(INDArray::rows).sum();
    }
  }

  private static ClassStatistics statisticsOf(
      ClassStatisticsAccumulator gathered, INDArray centres) {
    gathered.observe(centres, IntStream.range(0, centres.rows()).toArray());
    return gathered.snapshot();
  }

  /** Of fewer classes products cost no more than the norm of a row. */
  @ParameterizedTest
  @CsvSource({"63, false", "64, true"})
  void distancesAreWantedOfManyClasses(int classes, boolean expected) {
    INDArray centres = gaussian(classes, 5, 3);
    try (ClassStatisticsAccumulator gathered = ClassStatisticsAccumulator.forClasses(classes);
        RowProducts products = new RowProducts();
        NearestCentre nearest =
            new NearestCentre(
                DataType.DOUBLE, statisticsOf(gathered, centres), null, centres.dup(), products)) {
      assertEquals(expected, nearest.wantsSquares());
    }
  }
}
