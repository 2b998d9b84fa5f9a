package org.collapse4j.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class LabelNoiseTest {
  private static final int EXAMPLES = 100_000;

  /** Standard deviations of a share of at least 20,000 draws. */
  private static final double FIVE_DEVIATIONS = 5;

  static List<LabelNoise> kinds() {
    return List.of(
        LabelNoise.uniform(5, 0.3),
        LabelNoise.symmetric(5, 0.3),
        LabelNoise.pairFlips(5, 0.3),
        LabelNoise.perClass(0, 0.1, 0.5, 0.9, 1),
        LabelNoise.latentClasses(5, 0.25),
        LabelNoise.transition(
            new double[][] {
              {0.7, 0.1, 0.1, 0.1, 0},
              {0, 0, 1, 0, 0},
              {0.2, 0.2, 0.2, 0.2, 0.2},
              {0, 0, 0, 1, 0},
              {0.5, 0, 0, 0.5, 0}
            }));
  }

  private static int[] classes() {
    return IntStream.range(0, EXAMPLES).map(i -> i % 5).toArray();
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void labelsAreGivenWithTheProbabilitiesOfTheMatrix(LabelNoise kind) {
    for (long seed : new long[] {0, 1, -17}) {
      NoisyLabels labels = kind.withSeed(seed).corrupt(classes());
      double[][] counts = new double[kind.numClasses()][kind.numLabels()];
      for (int i = 0; i < labels.size(); i++) {
        counts[labels.clean(i)][labels.given(i)]++;
      }
      for (int c = 0; c < counts.length; c++) {
        for (int to = 0; to < counts[c].length; to++) {
          double p = kind.transition()[c][to];
          double deviation = Math.sqrt(p * (1 - p) / (EXAMPLES / 5));
          assertEquals(p, counts[c][to] / (EXAMPLES / 5), FIVE_DEVIATIONS * deviation, kind + "");
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void everyRowSumsToOne(LabelNoise kind) {
    for (double[] row : kind.transition()) {
      assertEquals(1, IntStream.range(0, row.length).mapToDouble(i -> row[i]).sum(), 1e-12);
    }
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void theOrderInWhichExamplesComeDoesNotMatter(LabelNoise kind) {
    LabelNoise noise = kind.withSeed(3);
    NoisyLabels labels = noise.corrupt(classes());
    new Random(1)
        .ints(1000, 0, EXAMPLES)
        .forEach(i -> assertEquals(labels.given(i), noise.corrupt(i, labels.clean(i))));
  }

  @Test
  void theShareThatChanges() {
    assertEquals(0.18, LabelNoise.uniform(10, 0.2).corrupt(classes()).rate(), 0.006);
    assertEquals(0.2, LabelNoise.symmetric(10, 0.2).corrupt(classes()).rate(), 0.006);
    assertEquals(0, LabelNoise.uniform(10, 0).corrupt(classes()).corruptedCount());
    assertEquals(EXAMPLES, LabelNoise.symmetric(10, 1).corrupt(classes()).corruptedCount());
    assertEquals(EXAMPLES, LabelNoise.pairFlips(10, 1).corrupt(classes()).corruptedCount());
  }

  @Test
  void theSameDrawsForEver() {
    int[] clean = {0, 1, 2, 3, 4, 0, 1, 2, 3, 4};
    assertArrayEquals(
        new int[] {1, 1, 0, 3, 0, 4, 0, 2, 3, 4},
        LabelNoise.uniform(5, 0.9).withSeed(42).corrupt(clean).given());
  }

  @Test
  void whatIsCorruptedAtALowRateIsCorruptedAlikeAtAHigherOne() {
    NoisyLabels low = LabelNoise.uniform(5, 0.1).withSeed(9).corrupt(classes());
    NoisyLabels high = LabelNoise.uniform(5, 0.4).withSeed(9).corrupt(classes());
    for (int i = 0; i < low.size(); i++) {
      assertTrue(!low.isCorrupted(i) || low.given(i) == high.given(i));
    }
  }

  @Test
  void seedsDrawIndependently() {
    NoisyLabels one = LabelNoise.symmetric(5, 0.5).withSeed(1).corrupt(classes());
    NoisyLabels two = LabelNoise.symmetric(5, 0.5).withSeed(2).corrupt(classes());
    long both =
        IntStream.range(0, EXAMPLES).filter(i -> one.isCorrupted(i) && two.isCorrupted(i)).count();
    assertEquals(0.25, (double) both / EXAMPLES, 0.007);
  }

  @Test
  void eachKindHasTheProbabilitiesItSays() {
    assertMatrix(
        LabelNoise.uniform(3, 0.3),
        new double[][] {{0.8, 0.1, 0.1}, {0.1, 0.8, 0.1}, {0.1, 0.1, 0.8}});
    assertMatrix(
        LabelNoise.symmetric(3, 0.2),
        new double[][] {{0.8, 0.1, 0.1}, {0.1, 0.8, 0.1}, {0.1, 0.1, 0.8}});
    assertMatrix(
        LabelNoise.pairFlips(3, 0.2), new double[][] {{0.8, 0.2, 0}, {0, 0.8, 0.2}, {0.2, 0, 0.8}});
    assertMatrix(
        LabelNoise.perClass(0, 0.1, 0.5),
        new double[][] {{1, 0, 0}, {0.05, 0.9, 0.05}, {0.25, 0.25, 0.5}});
    assertMatrix(
        LabelNoise.latentClasses(2, 0.25), new double[][] {{0.75, 0, 0.25, 0}, {0, 0.75, 0, 0.25}});
  }

  private static void assertMatrix(LabelNoise noise, double[][] expected) {
    double[][] matrix = noise.transition();
    assertEquals(expected.length, matrix.length);
    for (int c = 0; c < expected.length; c++) {
      assertArrayEquals(expected[c], matrix[c], 1e-15, noise + ", class " + c);
    }
  }

  @Test
  void latentClassesGetLabelsOfTheirOwn() {
    LabelNoise noise = LabelNoise.latentClasses(5, 0.5);
    assertEquals(10, noise.numLabels());
    assertEquals(5, noise.numClasses());
    NoisyLabels labels = noise.corrupt(classes());
    for (int i = 0; i < labels.size(); i++) {
      assertEquals(labels.clean(i), labels.given(i) % 5);
    }
  }

  @Test
  void rowsMayBeRounded() {
    double third = 0.3333333;
    LabelNoise noise =
        LabelNoise.transition(
            new double[][] {{third, third, third}, {third, third, third}, {0, 0, 1}});
    assertEquals(1.0 / 3, noise.transition()[0][0], 1e-12);
  }

  @Test
  void badInputIsRefusedWithTheRuleAndTheValue() {
    assertRefused("The noise rate must be from 0 to 1, not 1.5", () -> LabelNoise.uniform(3, 1.5));
    assertRefused(
        "The noise rate must be from 0 to 1, not -0.1", () -> LabelNoise.symmetric(3, -0.1));
    assertRefused(
        "The noise rate must be from 0 to 1, not NaN", () -> LabelNoise.pairFlips(3, Double.NaN));
    assertRefused(
        "The share of a latent class must be from 0 to 1, not 2.0",
        () -> LabelNoise.latentClasses(3, 2));
    assertRefused(
        "The noise rate of class 1 must be from 0 to 1, not 7.0", () -> LabelNoise.perClass(0, 7));
    assertRefused(
        "Labels can be corrupted if there are at least two classes, not 1",
        () -> LabelNoise.uniform(1, 0.1));
    assertRefused(
        "Each row of a transition matrix must sum to one, but row 1 sums to 0.75",
        () -> LabelNoise.transition(new double[][] {{1, 0}, {0.25, 0.5}}));
    assertRefused(
        "A probability in row 0 of a transition matrix must be from 0 to 1, not -0.5",
        () -> LabelNoise.transition(new double[][] {{0.5, -0.5}, {0, 1}}).seed());
    assertRefused(
        "A transition matrix must be square: it has 2 rows, but row 1 has 3 elements",
        () -> LabelNoise.transition(new double[][] {{1, 0}, {1, 0, 0}}));
    assertRefused(
        "A clean class must be from 0 to 2, but that of example 4 is 3",
        () -> LabelNoise.uniform(3, 0.1).corrupt(4, 3));
    assertRefused(
        "Given and clean labels must be of the same examples, not 2 and 1 of them",
        () -> NoisyLabels.of(new int[2], new int[1]));
    assertRefused(
        "A label must be a class index, at least 0, but the clean label of example 1 is -1",
        () -> NoisyLabels.of(new int[2], new int[] {0, -1}));
    assertRefused(
        "A label must be a class index, at least 0, but the given label of example 0 is -2",
        () -> NoisyLabels.of(new int[] {-2, 0}, new int[2]));
  }

  @Test
  void labelsAreCopiesOfThoseGiven() {
    int[] given = {0, 2, 1};
    int[] clean = {0, 1, 1};
    NoisyLabels labels = NoisyLabels.of(given, clean);
    given[0] = 9;
    clean[0] = 9;
    labels.given()[1] = 9;
    labels.clean()[1] = 9;
    assertArrayEquals(new int[] {0, 2, 1}, labels.given());
    assertArrayEquals(new int[] {0, 1, 1}, labels.clean());
    assertEquals(1 / 3.0, labels.rate());
  }

  private static void assertRefused(String message, Runnable call) {
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, call::run, message);
    assertEquals(message, refused.getMessage());
  }

  @Test
  void descriptionsHaveEveryNumber() {
    assertEquals(7, LabelNoise.uniform(10, 0.2).withSeed(7).seed());
    assertEquals(
        "uniform(rate=0.2, classes=10, seed=7)",
        LabelNoise.uniform(10, 0.2).withSeed(7).toString());
  }
}
