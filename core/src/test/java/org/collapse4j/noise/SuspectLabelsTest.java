package org.collapse4j.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class SuspectLabelsTest {
  private static final double EXACT = 1e-12;

  /** Single margins and ratios are kept in float32. */
  private static final double ROUNDED = 1e-6;

  private static final int EXAMPLES = 400;
  private static final int CLASSES = 4;

  private static boolean wrong(long index) {
    return index % 5 == 0;
  }

  /** Logits that prefer class i mod K; every fifth label is another one. */
  private static double[][] logits(long seed) {
    Random random = new Random(seed);
    double[][] logits = new double[EXAMPLES][CLASSES];
    for (int i = 0; i < EXAMPLES; i++) {
      for (int c = 0; c < CLASSES; c++) {
        logits[i][c] = random.nextGaussian() + (i % CLASSES == c ? 3 : 0);
      }
    }
    return logits;
  }

  private static int[] given() {
    return IntStream.range(0, EXAMPLES)
        .map(i -> wrong(i) ? (i + 1 + i / 5 % (CLASSES - 1)) % CLASSES : i % CLASSES)
        .toArray();
  }

  private static long[] indices() {
    return LongStream.range(0, EXAMPLES).toArray();
  }

  private static SuspectLabelsAccumulator epochs(int... seeds) {
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(CLASSES);
    for (int seed : seeds) {
      accumulator.observe(indices(), Nd4j.createFromArray(logits(seed)), given());
    }
    return accumulator;
  }

  private static double[] margins(long seed) {
    double[][] logits = logits(seed);
    int[] given = given();
    return IntStream.range(0, EXAMPLES).mapToDouble(i -> margin(logits[i], given[i])).toArray();
  }

  private static double margin(double[] logits, int given) {
    double largest =
        IntStream.range(0, CLASSES)
            .filter(c -> c != given)
            .mapToDouble(c -> logits[c])
            .max()
            .orElseThrow();
    return logits[given] - largest;
  }

  @Test
  void examplesAreRankedByTheirMarginAveragedOverTheEpochs() {
    List<SuspectLabel> ranking = epochs(1, 2, 3).snapshot().ranking();
    double[][] margins = {margins(1), margins(2), margins(3)};
    int[] given = given();
    assertEquals(EXAMPLES, ranking.size());
    double before = Double.NEGATIVE_INFINITY;
    for (SuspectLabel suspect : ranking) {
      int i = (int) suspect.index();
      assertEquals(given[i], suspect.given());
      double mean = IntStream.range(0, 3).mapToDouble(t -> margins[t][i]).sum() / 3;
      assertEquals(mean, suspect.margin(), EXACT);
      assertEquals(3, suspect.epochs());
      assertTrue(suspect.margin() >= before);
      before = suspect.margin();
    }
  }

  @Test
  void wrongLabelsComeFirstAndSitWithTheirTrueClass() {
    SuspectLabels labels = epochs(1, 2, 3, 4, 5).snapshot();
    assertTrue(
        labels.auroc(SuspectLabelsTest::wrong) > 0.99,
        "AUROC " + labels.auroc(SuspectLabelsTest::wrong));
    assertTrue(
        labels.averagePrecision(SuspectLabelsTest::wrong) > 0.97,
        "AP " + labels.averagePrecision(SuspectLabelsTest::wrong));
    assertEquals(EXAMPLES / 5.0, labels.estimatedCount(), 0.1 * EXAMPLES / 5);
    assertEquals(labels.estimatedCount(), labels.suspects().size());
    long right =
        labels.suspects().stream()
            .filter(s -> wrong(s.index()) && s.sitsWith() == s.index() % CLASSES)
            .count();
    assertTrue(right > 0.9 * EXAMPLES / 5, right + " sit with their true class");
  }

  @Test
  void theQualityOfARankingIsThatOfEveryPair() {
    SuspectLabels labels = epochs(8).snapshot();
    List<SuspectLabel> ranking = labels.ranking();
    double above = 0;
    double pairs = 0;
    double wrong = 0;
    double precisions = 0;
    for (int i = 0; i < ranking.size(); i++) {
      if (wrong(ranking.get(i).index())) {
        wrong++;
        precisions += wrong / (i + 1);
        for (int j = 0; j < ranking.size(); j++) {
          if (!wrong(ranking.get(j).index())) {
            pairs++;
            above += i < j ? 1 : 0;
          }
        }
      }
    }
    assertEquals(above / pairs, labels.auroc(SuspectLabelsTest::wrong), EXACT);
    assertEquals(precisions / wrong, labels.averagePrecision(SuspectLabelsTest::wrong), EXACT);
  }

  @Test
  void equalMarginsAreOnePlace() {
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(2);
    accumulator.observe(new long[] {0, 1, 2, 3}, Nd4j.zeros(DataType.DOUBLE, 4, 2), new int[4]);
    SuspectLabels labels = accumulator.snapshot();
    assertEquals(0.5, labels.auroc(index -> index == 0), EXACT);
    assertEquals(0.25, labels.averagePrecision(index -> index == 0), EXACT);
    assertTrue(Double.isNaN(labels.auroc(index -> true)));
    assertTrue(Double.isNaN(labels.averagePrecision(index -> false)));
    assertEquals(0, labels.estimatedCount());
  }

  @Test
  void partsMergedAreTheWhole() {
    SuspectLabelsAccumulator merged = epochs(1);
    merged.merge(epochs(2, 3));
    merged.merge(SuspectLabelsAccumulator.forClasses(CLASSES));
    assertSame(epochs(1, 2, 3).snapshot(), merged.snapshot());
    merged = SuspectLabelsAccumulator.forClasses(CLASSES);
    merged.merge(epochs(1, 2));
    merged.merge(epochs(3));
    assertSame(epochs(1, 2, 3).snapshot(), merged.snapshot());

    SuspectLabelsAccumulator inBatches = SuspectLabelsAccumulator.forClasses(CLASSES);
    for (int from : new int[] {300, 100, 0, 200}) {
      inBatches.observe(
          Arrays.copyOfRange(indices(), from, from + 100),
          Nd4j.createFromArray(Arrays.copyOfRange(logits(1), from, from + 100)),
          Arrays.copyOfRange(given(), from, from + 100));
    }
    assertSame(epochs(1).snapshot(), inBatches.snapshot());
  }

  private static void assertSame(SuspectLabels expected, SuspectLabels actual) {
    assertEquals(expected.ranking().size(), actual.ranking().size());
    assertEquals(expected.estimatedCount(), actual.estimatedCount());
    assertEquals(expected.fluctuation(), actual.fluctuation(), ROUNDED);
    for (int i = 0; i < expected.ranking().size(); i++) {
      SuspectLabel one = expected.ranking().get(i);
      SuspectLabel two = actual.ranking().get(i);
      assertEquals(one.index(), two.index());
      assertEquals(one.margin(), two.margin(), EXACT);
      assertEquals(one.epochs(), two.epochs());
    }
  }

  @Test
  void theClassItSitsWithIsTheRivalOfMostEpochs() {
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(4);
    for (int rival : new int[] {1, 2, 2, 3, 2, 1, 2}) {
      INDArray logits = Nd4j.zeros(DataType.FLOAT, 1, 4);
      logits.putScalar(0, rival, 1);
      accumulator.observe(new long[] {17}, logits, new int[] {0});
    }
    assertEquals(2, accumulator.snapshot().ranking().get(0).sitsWith());
  }

  @Test
  void distancesAreToTheCentresOfTheGivenClassAndOfTheRival() {
    INDArray features = Nd4j.createFromArray(new double[][] {{0, 0}, {4, 0}, {3, 0}});
    ClassStatisticsAccumulator centres = ClassStatisticsAccumulator.forClasses(3);
    centres.observe(features.getRows(0, 1), Nd4j.createFromArray(0, 1));
    ClassStatistics statistics = centres.snapshot();
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    INDArray logits = Nd4j.createFromArray(new double[][] {{0, 1, 0}});
    INDArray moved = Nd4j.createFromArray(new double[][] {{1, 0}});
    int[] given = {0};
    long[] index = {5};
    accumulator.observe(index, logits, given, features.getRows(2), statistics);
    assertEquals(3, accumulator.snapshot().ranking().get(0).distanceRatio(), ROUNDED);
    accumulator.observe(index, logits, given, moved, statistics);
    assertEquals(1, accumulator.snapshot().ranking().get(0).distanceRatio(), ROUNDED);
    INDArray towardsAbsent = Nd4j.createFromArray(new double[][] {{0, 0, 1}});
    accumulator.observe(index, towardsAbsent, given, moved, statistics);
    assertEquals(1, accumulator.snapshot().ranking().get(0).distanceRatio(), ROUNDED);
    assertTrue(Double.isNaN(epochs(1).snapshot().ranking().get(0).distanceRatio()));
  }

  @Test
  void logitsThatAreNotFiniteAreLeftOut() {
    double[][] logits = logits(1);
    logits[3][0] = Double.NaN;
    logits[7][2] = Double.POSITIVE_INFINITY;
    SuspectLabelsAccumulator accumulator = epochs(2);
    accumulator.observe(indices(), Nd4j.createFromArray(logits), given());
    for (SuspectLabel suspect : accumulator.snapshot().ranking()) {
      assertEquals(suspect.index() == 3 || suspect.index() == 7 ? 1 : 2, suspect.epochs());
      assertTrue(Double.isFinite(suspect.margin()));
    }
  }

  @Test
  void theFluctuationIsThatFromOneEpochToTheNext() {
    double[] one = margins(1);
    double[] two = margins(2);
    double[] three = margins(3);
    double sum = 0;
    for (int i = 0; i < EXAMPLES; i++) {
      double up = two[i] - one[i];
      double down = three[i] - two[i];
      sum += up * up + down * down;
    }
    double fluctuation = Math.sqrt(sum / (4 * EXAMPLES));
    assertEquals(fluctuation, epochs(1, 2, 3).snapshot().fluctuation(), ROUNDED);
    assertEquals(0, epochs(1).snapshot().fluctuation(), 0);
  }

  /** Right labels about 1, some of them hard, and wrong ones about minus 1. */
  private static double[] mixture(int right, double spread, int wrong) {
    Random random = new Random(5);
    return DoubleStream.concat(
            DoubleStream.generate(() -> 1 + spread * random.nextGaussian()).limit(right),
            DoubleStream.generate(() -> -1 + 0.4 * random.nextGaussian()).limit(wrong))
        .toArray();
  }

  private static SuspectLabels of(double scale, double[] margins) {
    int[] given = new int[margins.length];
    return afterEpoch(
        SuspectLabelsAccumulator.forClasses(3),
        given,
        Arrays.stream(margins).map(margin -> scale * margin).toArray());
  }

  @ParameterizedTest
  @CsvSource({"0.3, 400", "0.5, 400", "0.7, 400", "0.5, 1000", "0.7, 2500", "0.5, 100"})
  void hardExamplesAreNotTakenForWrongOnes(double spread, int wrong) {
    double[] margins = mixture(4000, spread, wrong);
    long hard = Arrays.stream(margins).limit(4000).filter(margin -> margin < 0).count();
    int estimate = of(1, margins).estimatedCount();
    assertEquals(wrong, estimate, 0.05 * wrong + 0.2 * hard, hard + " hard ones");
    assertEquals(estimate, of(8, margins).estimatedCount(), "of whatever scale");
  }

  @Test
  void theEstimateIsWhatExceedsThePartOfANormalDistributionBelowZero() {
    double[] margins = mixture(3000, 0.6, 500);
    double[] above = Arrays.stream(margins).filter(margin -> margin > 0).sorted().toArray();
    double median = (above[above.length / 2] + above[(above.length - 1) / 2]) / 2;
    double[] lower = Arrays.stream(above).filter(margin -> margin <= median).toArray();
    double wanted = Arrays.stream(lower).map(m -> (m - median) * (m - median)).sum() / lower.length;
    double width = 0;
    double part = 0;
    for (double sigma = median; square(sigma, median) > wanted; sigma -= 1e-3) {
      width = sigma;
    }
    for (double x = 0; x > -10; x -= 1e-4) {
      part += 1e-4 * normal(x, median, width);
    }
    double half = 0;
    for (double x = 0; x < median; x += 1e-4) {
      half += 1e-4 * normal(x, median, width);
    }
    double expected = margins.length - above.length - lower.length * part / half;
    assertEquals(expected, of(1, margins).estimatedCount(), 2);
  }

  private static double normal(double x, double mean, double width) {
    return Math.exp(-Math.pow((x - mean) / width, 2) / 2);
  }

  /** The mean square distance to the mean of a normal distribution between zero and its mean. */
  private static double square(double width, double mean) {
    double squares = 0;
    double all = 0;
    for (double x = 0; x < mean; x += 1e-3) {
      squares += (x - mean) * (x - mean) * normal(x, mean, width);
      all += normal(x, mean, width);
    }
    return squares / all;
  }

  @Test
  void whatIsBelowZeroByMoreThanItFluctuatesCountsAtLeast() {
    // Three quarters are spread evenly about zero, so that nothing is known of hard ones.
    double[] once = IntStream.range(0, 400).mapToDouble(i -> (i % 300) / 100.0 - 0.5).toArray();
    double[] twice = IntStream.range(0, 400).mapToDouble(i -> once[i] + i % 2 * 0.2).toArray();
    int[] given = new int[400];
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    assertEquals(0, afterEpoch(accumulator, given, once).estimatedCount());
    SuspectLabels labels = afterEpoch(accumulator, given, twice);
    double threshold = -1.6448536269514722 * Math.sqrt(0.2 * 0.2 / 4);
    assertEquals(threshold, -1.6448536269514722 * labels.fluctuation(), ROUNDED);
    long below = labels.ranking().stream().filter(s -> s.margin() < threshold).count();
    assertTrue(below > 20, below + " are below");
    assertEquals(below, labels.estimatedCount());
  }

  @Test
  void nothingSpeaksForWrongLabelsWhereMarginsAreSpreadEvenlyAboutZero() {
    double[] even = IntStream.range(-100, 300).mapToDouble(i -> i / 100.0).toArray();
    assertEquals(0, of(1, even).estimatedCount());
    assertEquals(0, of(1, mixture(4000, 0.5, 0)).estimatedCount(), 60);
    assertEquals(3, of(1, new double[] {-1, -2, -3}).estimatedCount(), "none is learnt");
    assertEquals(1, of(1, new double[] {-1, 2}).estimatedCount());
    assertEquals(1, of(1, new double[] {-1, 0, 2, 2, 2}).estimatedCount(), "zero is not above it");
    assertEquals(0, of(1, new double[] {0, 0, 2}).estimatedCount());
    assertEquals(2, of(1e300, margins(-1, -1)).estimatedCount());
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingObserved() {
    SuspectLabelsAccumulator accumulator = epochs(1);
    int[] other = given();
    other[9] = (other[9] + 1) % CLASSES;
    INDArray logits = Nd4j.createFromArray(logits(2));
    assertRefused(
        "An example is the same with the same label every time, but that of example 9 was 1 and is"
            + " 2 now: let the examples carry their index if their order changes",
        () -> accumulator.observe(indices(), logits, other));
    assertRefused(
        "Logits must have shape [400, 4], not [400, 3]",
        () -> accumulator.observe(indices(), Nd4j.zeros(400, 3), given()));
    assertRefused(
        "Given labels must have shape [400], not [2]",
        () -> accumulator.observe(indices(), logits, new int[2]));
    assertRefused(
        "Features must have shape [400, 3], not [400, 2]",
        () ->
            accumulator.observe(
                indices(), logits, given(), Nd4j.zeros(400, 2), ClassStatistics.empty(4, 3)));
    assertRefused(
        "There must be a centre for each of 4 classes, not 5",
        () ->
            accumulator.observe(
                indices(), logits, given(), Nd4j.zeros(400, 2), ClassStatistics.empty(5, 2)));
    SuspectLabelsAccumulator ofOther = SuspectLabelsAccumulator.forClasses(CLASSES);
    ofOther.observe(indices(), logits, other);
    assertRefused(
        "An example is the same with the same label every time, but that of example 9 was 1 and is"
            + " 2 now: let the examples carry their index if their order changes",
        () -> accumulator.merge(ofOther));
    other[9] = 4;
    assertRefused(
        "A label must be a class index from 0 to 3, but that of example 9 is 4",
        () -> accumulator.observe(indices(), logits, other));
    assertRefused(
        "A label can be wrong if there are at least two classes, not 1",
        () -> SuspectLabelsAccumulator.forClasses(1));
    assertRefused(
        "There can be at most 65535 classes, not 65536",
        () -> SuspectLabelsAccumulator.forClasses(65_536));
    assertRefused(
        "Evidence can be merged if the classes are the same: 4 here, 3 there",
        () -> accumulator.merge(SuspectLabelsAccumulator.forClasses(3)));
    assertEquals(1, accumulator.mostObservations());
    assertSame(epochs(1).snapshot(), accumulator.snapshot());
  }

  /** Logits of one epoch: the given label leads by the margin, its rival is the next class. */
  private static INDArray withMargins(int[] given, double... margins) {
    double[][] logits = new double[given.length][3];
    for (int i = 0; i < given.length; i++) {
      Arrays.fill(logits[i], -9);
      logits[i][given[i]] = margins[i];
      logits[i][(given[i] + 1) % 3] = 0;
    }
    return Nd4j.createFromArray(logits);
  }

  private static SuspectLabels afterEpoch(
      SuspectLabelsAccumulator accumulator, int[] given, double... margins) {
    long[] indices = LongStream.range(0, given.length).toArray();
    accumulator.observe(indices, withMargins(given, margins), given);
    return accumulator.endEpoch();
  }

  @Test
  void evidenceCountsUntilTheMemorizedShareOfTheSuspectsRises() {
    int[] given = IntStream.range(0, 240).map(i -> i % 3).toArray();
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    SuspectLabels labels = afterEpoch(accumulator, given, fortySuspects(0));
    assertEquals(40, labels.estimatedCount());
    assertEquals(0, labels.memorizationEstimated());
    for (int memorized : new int[] {4, 2, 2, 4, 2, 2, 4, 2, 3}) {
      labels = afterEpoch(accumulator, given, fortySuspects(memorized));
      assertEquals(memorized / 40.0, labels.memorizationEstimated());
      assertTrue(labels.frozenAt().isEmpty(), "early, or less than two memorized more, or once");
    }
    labels = afterEpoch(accumulator, given, fortySuspects(4));
    assertEquals(11, labels.frozenAt().orElseThrow());
    double fluctuation = labels.fluctuation();
    List<SuspectLabel> ranking = labels.ranking();

    double[] later = fortySuspects(28);
    later[50] = -9;
    labels = afterEpoch(accumulator, given, later);
    assertEquals(ranking, labels.ranking());
    assertEquals(40, labels.estimatedCount());
    assertEquals(fluctuation, labels.fluctuation());
    assertEquals(11, labels.frozenAt().orElseThrow());
    assertEquals(0.7, labels.memorizationEstimated());
    accumulator.observe(new long[] {240}, withMargins(new int[1], -9), new int[1]);
    assertEquals(ranking, accumulator.snapshot().ranking(), "of a new example nothing is known");

    SuspectLabelsAccumulator epoch = SuspectLabelsAccumulator.forClasses(3);
    afterEpoch(epoch, given, fortySuspects(0));
    accumulator.merge(epoch);
    assertEquals(ranking, accumulator.snapshot().ranking());
    assertEquals(0, accumulator.snapshot().memorizationEstimated());
    epoch.merge(accumulator);
    assertEquals(11, epoch.snapshot().frozenAt().orElseThrow());
  }

  /** The sixth is the first that may be the beginning; a fortieth is no rise yet. */
  @Test
  void aRiseOfMoreThanAFortiethIsSeenFromTheSixthObservationOn() {
    for (int risen : new int[] {1, 2}) {
      SuspectLabels labels = afterEpochsOfFortySuspects(0, 0, 0, 0, risen, risen);
      assertEquals(risen / 40.0, labels.memorizationEstimated());
      assertEquals(risen == 1 ? OptionalInt.empty() : OptionalInt.of(6), labels.frozenAt());
    }
  }

  /** After one or two observations hardly a suspect can be memorized: no level to rise above. */
  @Test
  void hardExamplesThatAreLearntFromTheThirdObservationOnAreNotTakenForMemorized() {
    int[] given = IntStream.range(0, 240).map(i -> i % 3).toArray();
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    SuspectLabels labels = afterEpoch(accumulator, given, fortySuspects(0));
    for (int memorized : new int[] {0, 4, 4, 3, 4, 4, 3, 4, 4}) {
      labels = afterEpoch(accumulator, given, fortySuspects(memorized));
      assertTrue(labels.frozenAt().isEmpty(), labels.memorizationEstimated() + " is no rise");
    }
    afterEpoch(accumulator, given, fortySuspects(6));
    labels = afterEpoch(accumulator, given, fortySuspects(6));
    assertEquals(12, labels.frozenAt().orElseThrow());
  }

  /** It would make the ranking worse at once. */
  @Test
  void aLargeShareEndsTheEvidenceFromTheThirdObservationOn() {
    SuspectLabels labels = afterEpochsOfFortySuspects(0, 0, 11);
    assertEquals(3, labels.frozenAt().orElseThrow());
    assertEquals(11 / 40.0, labels.memorizationEstimated());
  }

  @Test
  void aQuarterIsNotALargeShareYet() {
    SuspectLabels labels = afterEpochsOfFortySuspects(0, 0, 10);
    assertEquals(0.25, labels.memorizationEstimated());
    assertTrue(labels.frozenAt().isEmpty());
  }

  @Test
  void thereAreAsManyClassesAsWereSaid() {
    for (int classes : new int[] {2, 65_535}) {
      assertEquals(classes, SuspectLabelsAccumulator.forClasses(classes).numClasses());
    }
  }

  /** What is known after epochs in each of which so many of the forty suspects are memorized. */
  private static SuspectLabels afterEpochsOfFortySuspects(int... memorized) {
    int[] given = IntStream.range(0, 240).map(i -> i % 3).toArray();
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    for (int ofForty : memorized) {
      afterEpoch(accumulator, given, fortySuspects(ofForty));
    }
    return accumulator.snapshot();
  }

  /** The margins of 240 examples: the first forty are suspect but for those that are memorized. */
  private static double[] fortySuspects(int memorized) {
    double[] margins = new double[240];
    Arrays.fill(margins, 5);
    Arrays.fill(margins, 0, 40, -8);
    Arrays.fill(margins, 0, memorized, 0.1);
    return margins;
  }

  /** The margins of 60 examples, of which all but the first few are learnt. */
  private static double[] margins(double... first) {
    double[] margins = new double[60];
    Arrays.fill(margins, 5);
    System.arraycopy(first, 0, margins, 0, first.length);
    return margins;
  }

  @Test
  void withoutASuspectNothingIsKnownOfMemorization() {
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    accumulator.endEpoch();
    assertTrue(Double.isNaN(accumulator.snapshot().memorizationEstimated()));
    SuspectLabels labels = afterEpoch(accumulator, new int[] {0, 1}, 2, 3);
    assertTrue(Double.isNaN(labels.memorizationEstimated()));
    assertTrue(labels.frozenAt().isEmpty());
  }

  @Test
  void examplesAreKnownByAnyIndexInAnyOrder() {
    Random random = new Random(3);
    long[] indices = random.longs(5000).toArray();
    indices[17] = Long.MIN_VALUE;
    indices[18] = -1;
    for (int i = 0; i < 10; i++) {
      indices[i] = i; // The first ones come in order.
    }
    int[] given = random.ints(5000, 0, 3).toArray();
    double[] margins = random.doubles(5000, -5, 5).toArray();
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(3);
    for (int epoch = 1; epoch <= 2; epoch++) {
      for (int from = 0; from < 5000; from += 500) {
        int to = from + 500;
        int[] labels = Arrays.copyOfRange(given, from, to);
        accumulator.observe(
            Arrays.copyOfRange(indices, from, to),
            withMargins(labels, Arrays.copyOfRange(margins, from, to)),
            labels);
      }
      assertEquals(5000, accumulator.size());
      assertEquals(epoch, accumulator.mostObservations());
    }
    Map<Long, SuspectLabel> found = new HashMap<>();
    accumulator.snapshot().ranking().forEach(suspect -> found.put(suspect.index(), suspect));
    for (int i = 0; i < 5000; i++) {
      assertEquals(margins[i], found.get(indices[i]).margin(), EXACT);
      assertEquals(given[i], found.get(indices[i]).given());
    }
  }

  @ParameterizedTest
  @CsvSource({"false, 32", "true, 48"})
  void anExampleTakesFewBytesOfMemory(boolean scattered, double most) throws Exception {
    Random random = new Random(1);
    for (int examples : new int[] {2_000, 60_000, 100_001}) {
      Evidence evidence = new Evidence();
      for (int i = 0; i < examples; i++) {
        int number = evidence.numberOf(scattered ? random.nextLong() : i, 1);
        evidence.add(number, 0.5, 0, Double.NaN);
      }
      double each = (double) bytes(evidence) / examples;
      assertTrue(each <= most, each + " bytes for each of " + examples + " examples");
    }
  }

  @Test
  void shuffledExamplesTakeNoMoreOnceAllHaveCome() throws Exception {
    List<Integer> order = new ArrayList<>(IntStream.range(0, 10_000).boxed().toList());
    Evidence evidence = new Evidence();
    for (int epoch = 0; epoch < 3; epoch++) {
      Collections.shuffle(order, new Random(epoch));
      for (int i : order) {
        evidence.add(evidence.numberOf(i, i % 7), i + epoch, 1 + i % 3, 1 + i);
      }
      evidence.putInOrder();
    }
    assertEquals(10_000, evidence.size());
    for (int i : order) {
      int number = evidence.find(i);
      assertEquals(i, evidence.index(number));
      assertEquals(
          new SuspectLabel(i, i % 7, 1 + i % 3, i + 1, 1 + i, 3),
          rounded(evidence.snapshot(number)));
      assertEquals(i + 2, evidence.lastMargin(number));
    }
    assertTrue(bytes(evidence) <= 32 * 10_000, bytes(evidence) + " bytes for 10,000 examples");
  }

  @Test
  void theEndOfAnEpochPutsShuffledExamplesInOrder() throws Exception {
    long[] order = indices();
    int[] sizes = new int[2];
    for (int shuffled = 0; shuffled < 2; shuffled++) {
      order[0] = shuffled == 0 ? 0 : EXAMPLES - 1;
      order[EXAMPLES - 1] = shuffled == 0 ? EXAMPLES - 1 : 0;
      SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(CLASSES);
      accumulator.observe(order, Nd4j.createFromArray(logits(1)), new int[EXAMPLES]);
      accumulator.endEpoch();
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(accumulator);
      }
      sizes[shuffled] = bytes.size();
    }
    assertEquals(sizes[0], sizes[1], "bytes of a checkpoint");
  }

  /** Of indices from 1 on the last is as large as their number. */
  @Test
  void shuffledExamplesWhoseIndicesBeginElsewhereAreFoundAsBefore() {
    for (long first : new long[] {-1, 1}) {
      Evidence evidence = new Evidence();
      for (int i = 9; i >= 0; i--) {
        evidence.add(evidence.numberOf(first + i, i % 7), i, 1, Double.NaN);
      }
      evidence.putInOrder();
      for (int i = 0; i < 10; i++) {
        int number = evidence.find(first + i);
        assertEquals(first + i, evidence.index(number));
        assertEquals(i, evidence.lastMargin(number));
      }
    }
  }

  /** The ratio is a sum of logarithms in float32. */
  private static SuspectLabel rounded(SuspectLabel label) {
    return new SuspectLabel(
        label.index(),
        label.given(),
        label.sitsWith(),
        label.margin(),
        Math.rint(label.distanceRatio()),
        label.epochs());
  }

  /** The bytes of all arrays of an object and of what it is made of. */
  private static long bytes(Object object) throws IllegalAccessException {
    long bytes = 0;
    for (Field field : object.getClass().getDeclaredFields()) {
      field.setAccessible(true);
      Object value = field.get(object);
      if (value instanceof ExampleNumbers) {
        bytes += bytes(value);
      } else if (value != null && value.getClass().isArray()) {
        Class<?> type = value.getClass().getComponentType();
        int width = type == char.class ? 2 : type == int.class || type == float.class ? 4 : 8;
        bytes += (long) Array.getLength(value) * width;
      }
    }
    return bytes;
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }
}
