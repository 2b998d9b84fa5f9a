package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class DecisionAccumulatorTest {
  private static final int WIDE = 140;

  private final Random random = new Random(3);

  private INDArray features(int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int j = 0; j < columns; j++) {
        row[j] = random.nextGaussian();
      }
    }
    return Nd4j.createFromArray(values);
  }

  private static INDArray cyclic(int rows, int first, int classes) {
    int[] labels = new int[rows];
    for (int i = 0; i < rows; i++) {
      labels[i] = first + i % classes;
    }
    return Nd4j.createFromArray(labels);
  }

  private static long nearestCorrect(INDArray features, INDArray labels, int numClasses) {
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(numClasses);
    statistics.observe(features, labels);
    DecisionAccumulator decisions = DecisionAccumulator.of(statistics.snapshot(), null);
    decisions.observe(features, labels);
    long correct = 0;
    for (int c = 0; c < numClasses; c++) {
      correct += decisions.snapshot().nearestCentreCorrectCount(c);
    }
    return correct;
  }

  @ParameterizedTest
  @ValueSource(doubles = {1e-30, 1e-25, 1e-10, 1, 1e10, 1e18, 1e25})
  void theNearestCentreIsTheSameAtEveryScale(double scale) {
    INDArray features = features(80, WIDE).castTo(DataType.FLOAT);
    INDArray labels = cyclic(80, 0, 4);
    long expected = nearestCorrect(features.castTo(DataType.DOUBLE), labels, 4);
    assertEquals(expected, nearestCorrect(features.mul(scale), labels, 4));
  }

  /** Of collapsed classes most rows are decided on by the triangle inequality, without products. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.3, 0.5, 0.6, 0.8, 2})
  void theNearestOfManyCentresIsTheOneAtTheLeastDistance(double spread) {
    int k = 90;
    int d = 140;
    INDArray centres = features(k, d);
    INDArray labels = cyclic(4 * k, 0, k);
    INDArray features =
        features(4 * k, d).muli(spread).addi(Nd4j.vstack(centres, centres, centres, centres));
    features.getRow(3).assign(features.getRow(7)); // Rows on the wrong side.
    features.getRow(9).assign(features.getRow(200).add(features.getRow(9)).mul(0.5));
    features = features.castTo(DataType.FLOAT);
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(k);
    statistics.observe(features, labels);
    INDArray means = statistics.snapshot().classMeans();
    long expected = 0;
    for (int i = 0; i < 4 * k; i++) {
      INDArray row = features.getRow(i).castTo(DataType.DOUBLE);
      expected += means.subRowVector(row).norm2(1).negi().argMax().getInt(0) == i % k ? 1 : 0;
    }
    assertEquals(expected, nearestCorrect(features, labels, k));
  }

  @ParameterizedTest
  @ValueSource(doubles = {1, 1e14, 1e16, 1e20})
  void aClassWithoutExamplesIsNobodysNearest(double scale) {
    INDArray features = features(60, 6);
    INDArray labels = cyclic(60, 1, 2);
    long expected = nearestCorrect(features, cyclic(60, 0, 2), 2);
    assertEquals(expected, nearestCorrect(features.mul(scale), labels, 3));
  }

  @Test
  void rowsWhoseLogitsOrFeaturesAreNotFiniteAreLeftOut() {
    INDArray features = features(6, 2);
    INDArray logits = Nd4j.eye(3).castTo(DataType.FLOAT);
    logits = Nd4j.vstack(logits, logits);
    logits.putScalar(0, 1, Double.NaN);
    logits.putScalar(1, 0, Double.POSITIVE_INFINITY);
    INDArray labels = cyclic(6, 0, 3);
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, labels);
    INDArray withNan = features.dup();
    withNan.putScalar(5, 1, Double.NaN);
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, statistics.snapshot());
    decisions.observe(withNan, logits, labels);
    assertEquals(3, decisions.snapshot().totalCount());
    assertEquals(3, decisions.nonFiniteCount());
    assertEquals(1, decisions.snapshot().correctCount(0));
    assertEquals(1, decisions.snapshot().correctCount(1));
    assertEquals(1, decisions.snapshot().correctCount(2));
    // Each confidence is e / (e + 2), between 8/15 and 9/15.
    DecisionStatistics twice = decisions.snapshot().merge(decisions.snapshot());
    assertEquals(2, twice.count(1));
    assertEquals(6, twice.binCount(8));
    assertEquals(6, twice.binCorrectCount(8));
  }

  @Test
  void noExampleAddsNothing() {
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, null);
    INDArray none = Nd4j.create(DataType.FLOAT, 0, 3);
    decisions.observe(none, none, Nd4j.create(DataType.INT32, 0));
    assertEquals(0, decisions.snapshot().totalCount());
  }

  @Test
  void classesInHandCountAsTheirLabels() {
    INDArray features = features(50, 4);
    INDArray labels = cyclic(50, 0, 3);
    int[] classes = labels.toIntVector();
    ClassStatisticsAccumulator byLabels = ClassStatisticsAccumulator.forClasses(3);
    byLabels.observe(features, labels);
    ClassStatisticsAccumulator byClasses = ClassStatisticsAccumulator.forClasses(3);
    byClasses.observe(features, classes);
    ClassStatistics centres = byClasses.snapshot();
    assertEquals(byLabels.snapshot().classMeans(), centres.classMeans());

    Classifier classifier = Classifier.of(features(3, 4), null);
    DecisionAccumulator one = DecisionAccumulator.of(centres, classifier);
    one.observe(features, labels);
    DecisionAccumulator two = DecisionAccumulator.of(centres, classifier);
    two.observe(features, classes);
    assertSame(one.snapshot(), two.snapshot());

    int[] clean = cyclic(50, 0, 2).toIntVector();
    MemorizationAccumulator three = MemorizationAccumulator.of(centres, classifier);
    three.observe(features, labels, Nd4j.createFromArray(clean));
    MemorizationAccumulator four = MemorizationAccumulator.of(centres, classifier);
    four.observe(features, classes, clean);
    for (int c = 0; c < 3; c++) {
      assertEquals(three.snapshot().corruptedCount(c), four.snapshot().corruptedCount(c));
      assertEquals(three.snapshot().distanceSum(c), four.snapshot().distanceSum(c));
      assertEquals(three.snapshot().fittedCount(c), four.snapshot().fittedCount(c));
    }
  }

  private static void assertSame(DecisionStatistics expected, DecisionStatistics actual) {
    assertEquals(expected.mismatchCount(), actual.mismatchCount());
    for (int c = 0; c < expected.numClasses(); c++) {
      assertEquals(expected.count(c), actual.count(c));
      assertEquals(expected.correctCount(c), actual.correctCount(c));
      assertEquals(expected.nearestCentreCorrectCount(c), actual.nearestCentreCorrectCount(c));
    }
    for (int bin = 0; bin < DecisionStatistics.CONFIDENCE_BINS; bin++) {
      assertEquals(expected.binCount(bin), actual.binCount(bin));
      assertEquals(expected.binConfidenceSum(bin), actual.binConfidenceSum(bin), 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"HALF", "FLOAT", "DOUBLE"})
  void logitsInHandDecideAsTheClassifierTheyAreOf(DataType type) {
    INDArray features = features(50, 4);
    int[] classes = cyclic(50, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    Classifier classifier = Classifier.of(features(3, 4), null);
    DecisionAccumulator expected = DecisionAccumulator.of(statistics.snapshot(), classifier);
    expected.observe(features, classes);
    INDArray product = features.mmul(classifier.weights().transpose()).castTo(type);
    INDArray wide = Nd4j.create(type, new long[] {100, 3}, 'f');
    INDArray logits = wide.get(NDArrayIndex.interval(0, 2, 100), NDArrayIndex.all());
    logits.assign(product);
    DecisionAccumulator actual = DecisionAccumulator.ofLogits(3, statistics.snapshot());
    actual.observe(features, logits, classes);
    assertEquals(product, logits);
    if (type != DataType.FLOAT16) {
      assertSame(expected.snapshot(), actual.snapshot());
    }
    assertEquals(50, actual.snapshot().totalCount());

    INDArray none = null;
    DecisionAccumulator alone = DecisionAccumulator.ofLogits(3, null);
    alone.observe(none, product, classes);
    for (int c = 0; c < 3; c++) {
      assertEquals(actual.snapshot().correctCount(c), alone.snapshot().correctCount(c));
    }
  }

  @Test
  void moreLogitsThanABlockHas() {
    int k = 7;
    int n = (1 << 21) / k + 5;
    float[] elements = new float[n * k];
    int[] classes = new int[n];
    for (int i = 0; i < n; i++) {
      classes[i] = i % k;
      elements[i * k + (i % 3 == 0 ? classes[i] : (classes[i] + 1) % k)] = 1;
    }
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(k, null);
    decisions.observe(null, Nd4j.createFromArray(elements).reshape(n, k), classes);
    long correct = 0;
    for (int c = 0; c < k; c++) {
      correct += decisions.snapshot().correctCount(c);
    }
    assertEquals((n + 2) / 3, correct);
  }

  /** 238 rows of these logits are decided at a time, and wait for up to 1,906 rows of features. */
  @Test
  void logitsAreDecidedBeforeTheFeaturesOfTheirRows() {
    int k = 1100;
    int n = 700;
    INDArray features = features(n, 2);
    INDArray logits = Nd4j.zeros(DataType.FLOAT, n, k);
    for (int i = 0; i < n; i++) {
      logits.putScalar(i, i % 4 == 0 ? i : (i + 1) % n, 3);
    }
    logits.putScalar(300, 5, Double.NaN);
    INDArray labels = cyclic(n, 0, n); // Every example is the mean of its class.
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(k);
    statistics.observe(features, labels);
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(k, statistics.snapshot());
    decisions.observe(features, logits, labels);
    for (int time = 0; time < 2; time++) {
      DecisionStatistics found = decisions.snapshot();
      assertEquals(1, decisions.nonFiniteCount());
      assertEquals(n - 1, found.totalCount());
      assertEquals(n - n / 4, found.mismatchCount());
      for (int c = 0; c < n; c++) {
        assertEquals(c == 300 ? 0 : 1, found.nearestCentreCorrectCount(c));
        assertEquals(c % 4 == 0 && c != 300 ? 1 : 0, found.correctCount(c));
      }
    }
  }

  @Test
  void whatDoesNotFitIsRefusedAndNothingOfItStays() {
    INDArray features = features(6, 2);
    int[] classes = cyclic(6, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    DecisionAccumulator decisions = DecisionAccumulator.ofLogits(3, statistics.snapshot());
    INDArray logits = features(6, 3);
    refused(
        "Logits must have shape [examples, 3], not [6, 2]",
        () -> decisions.observe(features, features, classes));
    refused(
        "Features must have a row for each of the 6 rows of logits, not shape [5, 2]",
        () -> decisions.observe(features(5, 2), logits, classes));
    refused(
        "Where there are class centres, features must be given",
        () -> decisions.observe(null, logits, classes));
    refused(
        "There must be a class for each of the 6 rows, not 2",
        () -> decisions.observe(features, logits, new int[2]));
    refused(
        "A label must be a class index from 0 to 2, but label 5 is 3",
        () -> decisions.observe(features, logits, new int[] {0, 0, 0, 0, 0, 3}));
    assertEquals(0, decisions.snapshot().totalCount());
  }

  @Test
  void theTypeOfBatchesMayChangeFromOneToTheNext() {
    INDArray features = features(60, WIDE);
    int[] classes = cyclic(60, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    ClassStatistics centres = statistics.snapshot();
    Classifier classifier = Classifier.of(features(3, WIDE), null);
    INDArray logits = classifier.logits(features);
    DecisionAccumulator expected = DecisionAccumulator.of(centres, classifier);
    expected.observe(features, classes);

    DataType[] changing = {DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT};
    DecisionAccumulator byClassifier = DecisionAccumulator.of(centres, classifier);
    DecisionAccumulator byLogits = DecisionAccumulator.ofLogits(3, centres);
    DecisionAccumulator byLogitsOfOneType = DecisionAccumulator.ofLogits(3, centres);
    DecisionAccumulator byLogitsAlone = DecisionAccumulator.ofLogits(3, null);
    for (int part = 0; part < 3; part++) {
      INDArray rows = part(features, part);
      INDArray theirs = part(logits, part);
      int[] labels = Arrays.copyOfRange(classes, 20 * part, 20 * part + 20);
      byClassifier.observe(rows.castTo(changing[part]), labels);
      byLogits.observe(rows, theirs.castTo(changing[part]), labels);
      byLogitsOfOneType.observe(rows.castTo(changing[part]), theirs, labels);
      byLogitsAlone.observe(null, theirs.castTo(changing[part]), labels);
    }
    assertSame(expected.snapshot(), byClassifier.snapshot());
    assertSame(expected.snapshot(), byLogits.snapshot());
    assertSame(expected.snapshot(), byLogitsOfOneType.snapshot());
    for (int c = 0; c < 3; c++) {
      assertEquals(expected.snapshot().correctCount(c), byLogitsAlone.snapshot().correctCount(c));
    }
  }

  private static INDArray part(INDArray rows, int part) {
    return rows.get(NDArrayIndex.interval(20 * part, 20 * part + 20), NDArrayIndex.all());
  }

  /** Rows that wait in a block are counted as those that have left it are. */
  @Test
  void everyRowThatIsNotFiniteIsCountedOnceHoweverOftenItIsAskedFor() {
    INDArray features = features(20, WIDE);
    int[] classes = cyclic(20, 0, 2).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(2);
    statistics.observe(features, classes);
    INDArray logits = features(20, 2);
    logits.putScalar(1, 0, Double.NaN);
    logits.putScalar(2, 1, Double.POSITIVE_INFINITY);
    features.putScalar(2, 5, Double.NaN);
    features.putScalar(3, 0, Double.NEGATIVE_INFINITY);
    assertLeftOut(DecisionAccumulator.of(statistics.snapshot(), null), features, null, 2);
    assertLeftOut(DecisionAccumulator.ofLogits(2, statistics.snapshot()), features, logits, 3);
    assertLeftOut(DecisionAccumulator.ofLogits(2, null), null, logits, 2);
  }

  private static void assertLeftOut(
      DecisionAccumulator decisions, INDArray features, INDArray logits, int left) {
    int[] classes = cyclic(20, 0, 2).toIntVector();
    long times = 0;
    // Another type makes the accumulator decide on the rows that wait.
    for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT, DataType.DOUBLE}) {
      if (logits == null) {
        decisions.observe(features.castTo(type), classes);
      } else {
        decisions.observe(features, logits.castTo(type), classes);
      }
      times++;
      assertEquals(times * left, decisions.nonFiniteCount());
      assertEquals(times * (20 - left), decisions.snapshot().totalCount());
      assertEquals(times * left, decisions.nonFiniteCount());
    }
    decisions.close();
    decisions.close();
    assertEquals(times * left, decisions.nonFiniteCount());
  }

  /** With this many features a block has 16 rows. */
  @Test
  void moreRowsThanABlockHas() {
    int d = 1 << 17;
    Nd4j.getRandom().setSeed(7);
    INDArray features = Nd4j.randn(DataType.FLOAT, 40, d);
    features.putScalar(17, 3, Float.NaN);
    int[] classes = cyclic(40, 0, 2).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(2);
    statistics.observe(features, classes);
    ClassStatistics centres = statistics.snapshot();
    assertEquals(1, centres.nonFiniteCount());
    assertEquals(39, centres.totalCount());
    Classifier classifier = Classifier.of(Nd4j.randn(DataType.FLOAT, 2, d), null);
    INDArray logits = classifier.logits(features);
    DecisionAccumulator atOnce = DecisionAccumulator.of(centres, classifier);
    atOnce.observe(features, classes);
    DecisionAccumulator given = DecisionAccumulator.ofLogits(2, centres);
    given.observe(features, logits, classes);
    DecisionAccumulator alone = DecisionAccumulator.ofLogits(2, null);
    alone.observe(null, logits, classes);
    DecisionStatistics inParts = null;
    for (int from = 0; from < 40; from += 8) {
      DecisionAccumulator part = DecisionAccumulator.of(centres, classifier);
      part.observe(
          features.get(NDArrayIndex.interval(from, from + 8), NDArrayIndex.all()),
          Arrays.copyOfRange(classes, from, from + 8));
      inParts = inParts == null ? part.snapshot() : inParts.merge(part.snapshot());
    }
    assertEquals(39, inParts.totalCount());
    assertSame(inParts, atOnce.snapshot());
    assertSame(inParts, given.snapshot());
    assertEquals(1, atOnce.nonFiniteCount());
    assertEquals(1, given.nonFiniteCount());
    assertEquals(inParts.correctCount(1), alone.snapshot().correctCount(1));
  }

  @Test
  void theSpanOfPartsAddsUpAndAskingForItTwiceChangesNothing() {
    INDArray features = features(60, 9);
    int[] classes = cyclic(60, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    ClassStatistics centres = statistics.snapshot();
    INDArray deviations = features.sub(Matrices.rows(centres.classMeans(), classes));
    INDArray basis = centres.basisOfMeans();
    INDArray unit = Nd4j.eye(3).castTo(DataType.DOUBLE);
    assertTrue(unit.equalsWithEps(basis.mmul(basis.transpose()), 1e-12));
    INDArray means = centres.centredClassMeans(GlobalMean.CLASS);
    INDArray within = means.mmul(basis.transpose()).mmul(basis);
    assertTrue(means.equalsWithEps(within, 1e-12));
    INDArray projected = deviations.mmul(basis.transpose());
    INDArray expected = projected.transpose().mmul(projected);

    DecisionAccumulator whole = DecisionAccumulator.of(centres, null).gatherSpan();
    DecisionStatistics parts = null;
    for (int part = 0; part < 3; part++) {
      INDArray rows = part(features, part);
      int[] labels = Arrays.copyOfRange(classes, 20 * part, 20 * part + 20);
      whole.gatherSpan().observe(rows, labels);
      DecisionAccumulator some = DecisionAccumulator.of(centres, null).gatherSpan();
      some.observe(rows, labels);
      parts = parts == null ? some.snapshot() : parts.merge(some.snapshot());
    }
    INDArray span = whole.snapshot().spanScatter().orElseThrow();
    assertTrue(expected.equalsWithEps(span, 1e-10), expected + " is not " + span);
    assertTrue(expected.equalsWithEps(parts.spanScatter().orElseThrow(), 1e-10));
    assertFalse(DecisionAccumulator.of(centres, null).snapshot().spanScatter().isPresent());
    refused(
        "The span is that of class means, of which there are none",
        () -> DecisionAccumulator.ofLogits(3, null).gatherSpan());
  }

  /** Products with the weights and with what spans the means are taken together. */
  @ParameterizedTest
  @EnumSource(names = {"FLOAT", "DOUBLE"})
  void aClassifierDecidesTheSameWhereTheSpanIsGathered(DataType type) {
    INDArray features = features(61, WIDE).castTo(type);
    int[] classes = cyclic(61, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    ClassStatistics centres = statistics.snapshot();
    Classifier classifier =
        Classifier.of(features(3, WIDE).muli(0.1), Nd4j.createFromArray(0.5, -0.5, 1));
    DecisionAccumulator without = DecisionAccumulator.of(centres, classifier);
    DecisionAccumulator with = DecisionAccumulator.of(centres, classifier).gatherSpan();
    DecisionAccumulator alone = DecisionAccumulator.of(centres, null).gatherSpan();
    for (DecisionAccumulator decisions : List.of(without, with, alone)) {
      decisions.observe(features, classes);
      decisions.observe(features.getRows(7), new int[] {1});
    }
    assertSame(without.snapshot(), with.snapshot());
    INDArray span = alone.snapshot().spanScatter().orElseThrow();
    assertTrue(span.equalsWithEps(with.snapshot().spanScatter().orElseThrow(), 1e-9));
  }

  @Test
  void theSpanIsOfWhatIsAddedAfterItWasAskedFor() {
    INDArray features = features(40, WIDE).castTo(DataType.FLOAT);
    int[] classes = cyclic(40, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    ClassStatistics centres = statistics.snapshot();
    DecisionAccumulator late = DecisionAccumulator.of(centres, null);
    late.observe(features, classes);
    INDArray none = late.gatherSpan().snapshot().spanScatter().orElseThrow();
    assertEquals(Nd4j.zeros(DataType.DOUBLE, 3, 3), none);
    late.observe(features, classes);

    DecisionAccumulator once = DecisionAccumulator.of(centres, null).gatherSpan();
    once.observe(features, classes);
    DecisionStatistics twice = late.snapshot();
    assertEquals(80, twice.totalCount());
    assertEquals(once.snapshot().spanScatter().orElseThrow(), twice.spanScatter().orElseThrow());
  }

  @Test
  void rowsThatAreNotFiniteAddNothingToTheSpan() {
    INDArray features = features(60, 9);
    int[] classes = cyclic(60, 0, 3).toIntVector();
    ClassStatisticsAccumulator statistics = ClassStatisticsAccumulator.forClasses(3);
    statistics.observe(features, classes);
    ClassStatistics centres = statistics.snapshot();
    INDArray spoiled = Nd4j.vstack(features(1, 9), features, features(1, 9));
    spoiled.putScalar(0, 3, Double.NaN);
    spoiled.putScalar(61, 8, Double.POSITIVE_INFINITY);
    int[] theirs = new int[62];
    System.arraycopy(classes, 0, theirs, 1, 60);

    DecisionAccumulator expected = DecisionAccumulator.of(centres, null).gatherSpan();
    expected.observe(features, classes);
    INDArray span = expected.snapshot().spanScatter().orElseThrow();
    DecisionAccumulator found = DecisionAccumulator.of(centres, null).gatherSpan();
    found.observe(spoiled, theirs);
    assertTrue(span.equalsWithEps(found.snapshot().spanScatter().orElseThrow(), 1e-12));
    assertEquals(60, found.snapshot().totalCount());
    assertEquals(2, found.nonFiniteCount());
    found.gatherSpan().close();
    assertEquals(2, found.nonFiniteCount());
  }

  @Test
  void fewerThanTwoClassesSpanNothing() {
    ClassStatistics none = ClassStatistics.empty(3, 4);
    assertArrayEquals(new long[] {0, 4}, none.basisOfMeans().shape());
    DecisionAccumulator decisions = DecisionAccumulator.of(none, null).gatherSpan();
    decisions.observe(features(5, 4), cyclic(5, 0, 3));
    assertTrue(decisions.snapshot().spanScatter().isEmpty());

    ClassStatisticsAccumulator one = ClassStatisticsAccumulator.forClasses(3);
    one.observe(features(5, 4), new int[] {1, 1, 1, 1, 1});
    DecisionAccumulator ofOne = DecisionAccumulator.of(one.snapshot(), null).gatherSpan();
    ofOne.observe(features(5, 4), cyclic(5, 0, 3));
    assertTrue(ofOne.snapshot().spanScatter().isEmpty());
  }

  @Test
  void onlyDecisionsOfTheSameKindMerge() {
    ClassStatistics centres = ClassStatistics.empty(3, 4);
    Classifier classifier = Classifier.of(features(3, 4), null);
    DecisionStatistics both = DecisionAccumulator.of(centres, classifier).snapshot();
    for (DecisionStatistics other :
        new DecisionStatistics[] {
          DecisionAccumulator.of(centres, null).snapshot(),
          DecisionAccumulator.of(null, classifier).snapshot(),
          DecisionAccumulator.of(ClassStatistics.empty(2, 4), Classifier.of(features(2, 4), null))
              .snapshot()
        }) {
      refused(
          "Decisions can be merged if the classes are as many, and classifier and centres took part"
              + " in both or in neither: 3 classes with classifier and with centres here, "
              + other.counts
              + " there",
          () -> both.merge(other));
    }
    refused(
        "Classifier weights must have shape [3, 4] to go with the features, not [2, 4]",
        () -> DecisionAccumulator.of(centres, Classifier.of(features(2, 4), null)));
    refused(
        "Classifier weights must have shape [3, 4] to go with the features, not [3, 5]",
        () -> DecisionAccumulator.of(centres, Classifier.of(features(3, 5), null)));
  }

  @Test
  void everyWayToAddABatchChecksIt() {
    INDArray features = features(6, 4);
    INDArray logits = features(6, 3);
    int[] classes = cyclic(6, 0, 3).toIntVector();
    ClassStatistics centres = ClassStatistics.empty(3, 4);
    DecisionAccumulator byFeatures = DecisionAccumulator.of(centres, null);
    DecisionAccumulator byLogits = DecisionAccumulator.ofLogits(3, centres);
    INDArray labels = Nd4j.createFromArray(classes);
    INDArray narrow = features(6, 3);
    String width = "Features must have 4 columns as before, not shape [6, 3]";
    refused(width, () -> byFeatures.observe(narrow, labels));
    refused(width, () -> byFeatures.observe(narrow, classes));
    refused(width, () -> byLogits.observe(narrow, logits, labels));
    refused(width, () -> byLogits.observe(narrow, logits, classes));
    refused(
        "Features must have 4 columns as before, not shape [6, 3]",
        () ->
            DecisionAccumulator.of(null, Classifier.of(features(3, 4), null))
                .observe(narrow, classes));
    String logitWidth = "Logits must have shape [examples, 3], not [6, 4]";
    refused(logitWidth, () -> byLogits.observe(features, features, labels));
    refused(logitWidth, () -> byLogits.observe(features, features, classes));
    refused(
        "There must be a class for each of the 6 rows, not 5",
        () -> byFeatures.observe(features, new int[5]));
    int[] beyond = {0, 0, 0, 0, 0, 3};
    String label = "A label must be a class index from 0 to 2, but label 5 is 3";
    refused(label, () -> byFeatures.observe(features, beyond));
    refused(label, () -> byFeatures.observe(features, Nd4j.createFromArray(beyond)));
    refused(label, () -> byLogits.observe(features, logits, Nd4j.createFromArray(beyond)));
    assertEquals(0, byFeatures.snapshot().totalCount());

    byFeatures.close();
    byLogits.close();
    for (Executable call :
        new Executable[] {
          () -> byFeatures.observe(features, labels),
          () -> byFeatures.observe(features, classes),
          () -> byLogits.observe(features, logits, labels),
          () -> byLogits.observe(features, logits, classes)
        }) {
      assertThrows(IllegalStateException.class, call);
    }
  }

  /** What differs in float64 only is no tie. */
  @Test
  void logitsAndFeaturesInFloat64DecideInFloat64() {
    INDArray logits = Nd4j.createFromArray(new double[][] {{1, 1 + 1e-10}, {1, 1 - 1e-10}});
    DecisionAccumulator given = DecisionAccumulator.ofLogits(2, null);
    given.observe(null, Nd4j.createFromArray(new float[][] {{1, 0}}), new int[] {0});
    given.observe(null, logits, new int[] {1, 0});
    assertEquals(2, given.snapshot().correctCount(0));
    assertEquals(1, given.snapshot().correctCount(1));

    int wide = 2 * WIDE;
    INDArray features = Nd4j.ones(DataType.DOUBLE, 2, wide);
    features.putScalar(0, 7, 1 + 1e-10);
    features.putScalar(1, 7, 1 - 1e-10);
    INDArray weights = Nd4j.zeros(DataType.DOUBLE, 2, wide);
    weights.putScalar(0, 7, 1);
    weights.putScalar(1, 8, 1);
    DecisionAccumulator byClassifier = DecisionAccumulator.of(null, Classifier.of(weights, null));
    byClassifier.observe(features, new int[] {0, 1});
    assertEquals(1, byClassifier.snapshot().correctCount(0));
    assertEquals(1, byClassifier.snapshot().correctCount(1));
  }

  private static void refused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }
}
