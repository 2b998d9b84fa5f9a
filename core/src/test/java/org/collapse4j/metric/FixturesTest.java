package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.collapse4j.Fixture;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.stats.MemorizationAccumulator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Every fixture, in every way its arrays can be fed. */
class FixturesTest {
  static List<Fixture> fixtures() {
    return Fixture.all();
  }

  static Stream<Fixture> fixturesWithCleanLabels() {
    return Fixture.all().stream().filter(f -> f.has("clean"));
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void inOneBatch(Fixture fixture) {
    check(fixture, Integer.MAX_VALUE);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  @Tag("slow")
  void inBatchesOf1(Fixture fixture) {
    check(fixture, 1);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void inBatchesOf7(Fixture fixture) {
    check(fixture, 7);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void inBatchesOf128(Fixture fixture) {
    check(fixture, 128);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void shuffled(Fixture fixture) {
    int[] order = shuffledOrder((int) fixture.array("labels").length());
    INDArray features = rows(fixture.array("features"), order);
    INDArray labels = elements(fixture.array("labels"), order);
    check(fixture, statistics(fixture, features, labels, 50), features, labels, 50);
  }

  @ParameterizedTest
  @MethodSource("fixtures")
  void partsMergedInAnyOrder(Fixture fixture) {
    INDArray features = fixture.array("features");
    INDArray labels = fixture.array("labels");
    List<ClassStatistics> parts = new ArrayList<>();
    for (int from = 0; from < labels.length(); from += 41) {
      int to = (int) Math.min(labels.length(), from + 41);
      parts.add(statistics(fixture, slice(features, from, to), slice(labels, from, to), 16));
    }
    Collections.shuffle(parts, new Random(3));
    ClassStatistics merged = parts.stream().reduce(ClassStatistics::merge).orElseThrow();
    check(fixture, merged, features, labels, 128);

    ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(fixture.numClasses());
    parts.forEach(accumulator::merge);
    check(fixture, accumulator.snapshot(), features, labels, 128);
  }

  @ParameterizedTest
  @MethodSource("fixturesWithCleanLabels")
  void memorizationAndDilation(Fixture fixture) {
    INDArray heldOutLabels = fixture.array("heldout_labels");
    ClassStatistics heldOut =
        statistics(fixture, fixture.array("heldout_features"), heldOutLabels, 64);
    MemorizationAccumulator memorization =
        MemorizationAccumulator.of(heldOut, fixture.classifier());
    INDArray features = fixture.array("features");
    for (int from = 0; from < features.rows(); from += 64) {
      int to = Math.min(features.rows(), from + 64);
      memorization.observe(
          slice(features, from, to),
          slice(fixture.array("labels"), from, to),
          slice(fixture.array("clean"), from, to));
    }
    for (GlobalMean globalMean : GlobalMean.values()) {
      Measurements values = Dilation.of(heldOut).and(Memorization.of(memorization.snapshot()));
      List<String> keys =
          compare(fixture.toString(), fixture.expected(globalMean), values, globalMean);
      assertTrue(keys.contains("memorization.fitted") && keys.contains("dilation.nc1"));
    }
  }

  private static void check(Fixture fixture, int batch) {
    INDArray features = fixture.array("features");
    INDArray labels = fixture.array("labels");
    check(fixture, statistics(fixture, features, labels, batch), features, labels, batch);
  }

  private static void check(
      Fixture fixture, ClassStatistics statistics, INDArray features, INDArray labels, int batch) {
    Classifier classifier = fixture.classifier();
    DecisionAccumulator decisions = DecisionAccumulator.of(statistics, classifier);
    for (int from = 0; from < labels.length(); from += Math.min(batch, 1 << 20)) {
      int to = (int) Math.min(labels.length(), (long) from + batch);
      decisions.observe(slice(features, from, to), slice(labels, from, to));
    }
    for (GlobalMean globalMean : GlobalMean.values()) {
      Measurements values =
          measure(fixture, statistics, classifier, decisions.snapshot(), globalMean);
      List<String> compared =
          compare(fixture.toString(), fixture.expected(globalMean), values, globalMean);
      assertTrue(compared.size() >= 25, "only " + compared + " were compared");
    }
  }

  private static Measurements measure(
      Fixture fixture,
      ClassStatistics statistics,
      Classifier classifier,
      DecisionStatistics decisions,
      GlobalMean globalMean) {
    Measurements values =
        NeuralCollapse.ofFeatures(statistics, globalMean)
            .and(NeuralCollapse.ofClassifier(statistics, classifier, globalMean))
            .and(NeuralCollapse.ofDecisions(decisions))
            .and(Calibration.of(decisions));
    if (fixture.has("ood")) {
      INDArray mean = fixture.array("ood").castTo(DataType.DOUBLE).mean(0);
      values = values.and(NeuralCollapse.ofOutOfDistribution(statistics, mean));
    }
    return values;
  }

  private static List<String> compare(
      String fixture, Map<String, Double> expected, Measurements values, GlobalMean globalMean) {
    List<String> compared = new ArrayList<>();
    expected.forEach(
        (key, value) -> {
          Metric metric = Metric.withKey(key).orElseThrow();
          if (values.has(metric)) {
            double tolerance = Math.max(Fixture.ABSOLUTE, Fixture.RELATIVE * Math.abs(value));
            assertEquals(
                value, values.value(metric), tolerance, fixture + " " + key + " " + globalMean);
            compared.add(key);
          }
        });
    return compared;
  }

  private static ClassStatistics statistics(
      Fixture fixture, INDArray features, INDArray labels, int batch) {
    ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(fixture.numClasses());
    for (int from = 0; from < labels.length(); from += Math.min(batch, 1 << 20)) {
      int to = (int) Math.min(labels.length(), (long) from + batch);
      accumulator.observe(slice(features, from, to), slice(labels, from, to));
    }
    return accumulator.snapshot();
  }

  private static INDArray slice(INDArray array, int from, int to) {
    return array.rank() == 1
        ? array.get(NDArrayIndex.interval(from, to))
        : array.get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
  }

  private static int[] shuffledOrder(int n) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, n).boxed().toList());
    Collections.shuffle(order, new Random(11));
    return order.stream().mapToInt(Integer::intValue).toArray();
  }

  private static INDArray rows(INDArray array, int[] order) {
    return Nd4j.pullRows(array, 1, order);
  }

  private static INDArray elements(INDArray array, int[] order) {
    int[] values = array.toIntVector();
    return Nd4j.createFromArray(IntStream.of(order).map(i -> values[i]).toArray());
  }
}
