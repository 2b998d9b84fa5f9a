package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.EnumSet;
import java.util.Set;
import java.util.stream.IntStream;
import org.collapse4j.Examples;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What must not change the metrics, what must change them in a known way, and degenerate sets. */
class InvariantsTest {
  private static final double EXACT_BUT_FOR_ROUNDING = 1e-9;

  private static final Set<Metric> COUNTS =
      EnumSet.of(Metric.CLASSES_PRESENT, Metric.EXAMPLES, Metric.EXAMPLES_NONFINITE);

  private final Examples examples = Examples.of(4, 7, 90, 1);
  private final Classifier classifier = classifier(4, 7, 2);

  private static Classifier classifier(int numClasses, int dimension, long seed) {
    Examples random = Examples.of(numClasses, dimension, numClasses, seed);
    return Classifier.of(
        random.features(), random.features().getColumn(0).mul(0.3).reshape(numClasses));
  }

  private static Measurements measure(
      Examples examples, Classifier classifier, GlobalMean globalMean) {
    ClassStatistics statistics = examples.statistics();
    DecisionAccumulator decisions = DecisionAccumulator.of(statistics, classifier);
    decisions.observe(examples.features(), examples.labels());
    DecisionStatistics decided = decisions.snapshot();
    return NeuralCollapse.ofFeatures(statistics, globalMean)
        .and(NeuralCollapse.ofClassifier(statistics, classifier, globalMean))
        .and(NeuralCollapse.ofDecisions(decided))
        .and(Calibration.of(decided));
  }

  private static void assertSame(Measurements expected, Measurements actual) {
    assertEquals(expected.metrics(), actual.metrics());
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      assertEquals(
          value,
          actual.value(metric),
          EXACT_BUT_FOR_ROUNDING * Math.max(1, Math.abs(value)),
          metric.key());
    }
  }

  @ParameterizedTest
  @EnumSource
  void rotatingFeaturesAndClassifierChangesNothing(GlobalMean globalMean) {
    INDArray rotation = Examples.rotation(7, 3);
    Examples rotated = examples.with(examples.features().mmul(rotation));
    Classifier turned = Classifier.of(classifier.weights().mmul(rotation), classifier.bias());
    assertSame(measure(examples, classifier, globalMean), measure(rotated, turned, globalMean));
  }

  @ParameterizedTest
  @EnumSource
  void scalingFeaturesChangesOnlyWhatHasTheirUnit(GlobalMean globalMean) {
    // With W / s the logits stay as they are.
    double scale = 1000;
    Examples scaled = examples.with(examples.features().mul(scale));
    Classifier inverse = Classifier.of(classifier.weights().div(scale), classifier.bias());
    assertSame(measure(examples, classifier, globalMean), measure(scaled, inverse, globalMean));

    Measurements before = Dilation.of(examples.statistics());
    Measurements after = Dilation.of(scaled.statistics());
    assertEquals(
        scale * before.value(Metric.DILATION_RADIUS),
        after.value(Metric.DILATION_RADIUS),
        EXACT_BUT_FOR_ROUNDING * scale);
    assertEquals(
        before.value(Metric.DILATION_RELATIVE),
        after.value(Metric.DILATION_RELATIVE),
        EXACT_BUT_FOR_ROUNDING);
  }

  /** The examples with the labels of so many classes. */
  private Examples relabelled(int[] to, int numClasses) {
    int[] labels = examples.labels().toIntVector();
    return new Examples(
        examples.features(),
        Nd4j.createFromArray(IntStream.of(labels).map(c -> to[c]).toArray()),
        numClasses);
  }

  @ParameterizedTest
  @EnumSource
  void permutingClassesChangesNothing(GlobalMean globalMean) {
    int[] to = {2, 0, 3, 1};
    Examples permuted = relabelled(to, 4);
    INDArray weights = classifier.weights();
    INDArray bias = classifier.bias();
    for (int c = 0; c < to.length; c++) {
      weights.putRow(to[c], classifier.weights().getRow(c));
      bias.putScalar(to[c], classifier.bias().getDouble(c));
    }
    assertSame(
        measure(examples, classifier, globalMean),
        measure(permuted, Classifier.of(weights, bias), globalMean));
  }

  @ParameterizedTest
  @EnumSource
  void aClassWithoutExamplesTakesNoPart(GlobalMean globalMean) {
    int[] to = {0, 1, 3, 4};
    Examples withGap = relabelled(to, 5);
    Measurements expected = NeuralCollapse.ofFeatures(examples.statistics(), globalMean);
    assertSame(expected, NeuralCollapse.ofFeatures(withGap.statistics(), globalMean));
    assertEquals(4, expected.value(Metric.CLASSES_PRESENT));

    DecisionAccumulator decisions = DecisionAccumulator.of(withGap.statistics(), null);
    decisions.observe(withGap.features(), withGap.labels());
    Measurements nearest = NeuralCollapse.ofDecisions(decisions.snapshot());
    double[] perClass = nearest.classValues(Metric.NC4_NCC_ACCURACY);
    assertTrue(Double.isNaN(perClass[2]) && perClass[4] > 0);
    double[] spread =
        NeuralCollapse.variability(withGap.statistics(), globalMean).classValues(Metric.NC1_CDNV);
    assertTrue(Double.isNaN(spread[2]) && spread[4] > 0);
  }

  @ParameterizedTest
  @EnumSource
  void theClassifiersRowOfAClassWithoutExamplesTakesNoPart(GlobalMean globalMean) {
    int[] to = {0, 1, 3, 4};
    Examples withGap = relabelled(to, 5);
    INDArray weights = Nd4j.ones(classifier.weights().dataType(), 5, 7);
    for (int c = 0; c < to.length; c++) {
      weights.putRow(to[c], classifier.weights().getRow(c));
    }
    Measurements expected =
        NeuralCollapse.ofClassifier(
            examples.statistics(), Classifier.of(classifier.weights(), null), globalMean);
    Measurements found =
        NeuralCollapse.ofClassifier(withGap.statistics(), Classifier.of(weights, null), globalMean);
    double ofAll = found.value(Metric.NC3_BIAS);
    double ofGap = withGap.statistics().globalMean(globalMean).sumNumber().doubleValue();
    double others = expected.value(Metric.NC3_BIAS);
    assertEquals(Math.sqrt(others * others + ofGap * ofGap), ofAll, EXACT_BUT_FOR_ROUNDING);
    Measurements same = Measurements.builder().put(Metric.NC3_BIAS, 0).build();
    assertSame(expected.and(same), found.and(same));
  }

  @Test
  void arraysThatDoNotGoWithTheStatisticsAreRefused() {
    ClassStatistics statistics = examples.statistics();
    assertEquals(
        "The classifier must have 4 classes and 7 features as the statistics have, not 3 and 7",
        refused(
            () -> NeuralCollapse.ofClassifier(statistics, classifier(3, 7, 1), GlobalMean.CLASS)));
    assertEquals(
        "The classifier must have 4 classes and 7 features as the statistics have, not 4 and 6",
        refused(
            () -> NeuralCollapse.ofClassifier(statistics, classifier(4, 6, 1), GlobalMean.CLASS)));
    assertEquals(
        "The out-of-distribution mean must have 7 features, not 6",
        refused(() -> NeuralCollapse.ofOutOfDistribution(statistics, Nd4j.ones(6))));
    assertEquals(
        "nc4 needs decisions with class centres",
        refused(
            () -> NeuralCollapse.ofDecisions(DecisionAccumulator.of(null, classifier).snapshot())));
    assertEquals(
        "Calibration needs decisions with a classifier",
        refused(() -> Calibration.of(DecisionAccumulator.of(statistics, null).snapshot())));
  }

  private static String refused(Executable call) {
    return assertThrows(IllegalArgumentException.class, call).getMessage();
  }

  @ParameterizedTest
  @EnumSource
  void ofOneClassOnlyWhatNeedsNoPairIsDefined(GlobalMean globalMean) {
    Examples one = Examples.of(3, 5, IntStream.generate(() -> 1).limit(20), 4);
    Measurements measured = measure(one, classifier(3, 5, 5), globalMean);
    Set<Metric> defined = EnumSet.noneOf(Metric.class);
    measured.metrics().stream().filter(m -> !Double.isNaN(measured.value(m))).forEach(defined::add);
    Set<Metric> expected = EnumSet.copyOf(COUNTS);
    expected.add(Metric.NC4_MISMATCH);
    expected.add(Metric.NC4_NCC_ACCURACY);
    expected.add(Metric.ACCURACY);
    expected.add(Metric.ECE);
    expected.add(Metric.CONFIDENCE);
    assertEquals(expected, defined);
    assertEquals(1, measured.value(Metric.CLASSES_PRESENT));
    assertEquals(1, measured.value(Metric.NC4_NCC_ACCURACY));
  }

  @Test
  void moreClassesThanFeaturesEqualsTheSameInMoreFeatures() {
    // Features of zeros beside the others change no distance; K = 9 is above 4 and below 12.
    Examples narrow = Examples.of(9, 4, 200, 6);
    INDArray padded = Nd4j.zeros(narrow.features().dataType(), 200, 12);
    for (int j = 0; j < 4; j++) {
      padded.putColumn(j, narrow.features().getColumn(j));
    }
    for (GlobalMean globalMean : GlobalMean.values()) {
      assertSame(
          NeuralCollapse.ofFeatures(narrow.statistics(), globalMean),
          NeuralCollapse.ofFeatures(narrow.with(padded).statistics(), globalMean));
    }
  }

  @Test
  void fewerExamplesThanFeatures() {
    Examples few = Examples.of(3, 40, 12, 7);
    Measurements measured = NeuralCollapse.ofFeatures(few.statistics(), GlobalMean.SAMPLE);
    assertFalse(Double.isNaN(measured.value(Metric.NC1_PINV)));
    assertEquals(
        Float64Reference.pinvTrace(few) / 3,
        measured.value(Metric.NC1_PINV),
        1e-9 * measured.value(Metric.NC1_PINV));
  }

  @Test
  void oneExampleAClassIsCollapsed() {
    Measurements measured =
        NeuralCollapse.ofFeatures(Examples.of(4, 6, 4, 8).statistics(), GlobalMean.CLASS);
    assertEquals(0, measured.value(Metric.NC1_PINV));
    assertEquals(0, measured.value(Metric.NC1_QUOTIENT));
    assertEquals(0, measured.value(Metric.NC1_CDNV));
  }

  @Test
  void allExamplesAtOnePointAreUndefinedAndNotCollapsed() {
    Examples same = examples.with(Nd4j.ones(examples.features().dataType(), 90, 7));
    Measurements measured = NeuralCollapse.ofFeatures(same.statistics(), GlobalMean.SAMPLE);
    for (Metric metric : Set.of(Metric.NC1_PINV, Metric.NC1_QUOTIENT, Metric.NC1_CDNV)) {
      assertTrue(Double.isNaN(measured.value(metric)), metric.key());
    }
  }

  @Test
  void withoutExamplesEverythingIsUndefined() {
    ClassStatistics none = ClassStatistics.empty(3, 5);
    Measurements measured =
        NeuralCollapse.ofFeatures(none, GlobalMean.SAMPLE)
            .and(NeuralCollapse.ofClassifier(none, classifier(3, 5, 9), GlobalMean.CLASS))
            .and(NeuralCollapse.ofOutOfDistribution(none, Nd4j.ones(5)))
            .and(Dilation.of(none));
    for (Metric metric : measured.metrics()) {
      assertTrue(COUNTS.contains(metric) || Double.isNaN(measured.value(metric)), metric.key());
    }
    assertEquals(0, measured.value(Metric.EXAMPLES));
  }
}
