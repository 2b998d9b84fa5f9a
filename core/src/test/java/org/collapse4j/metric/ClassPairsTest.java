package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;
import org.collapse4j.Examples;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class ClassPairsTest {
  private static final double FLOAT32 = 1e-5;

  private static ClassStatistics statistics(int classes) {
    Nd4j.getRandom().setSeed(3);
    int examples = 4 * classes;
    INDArray features = Nd4j.rand(DataType.FLOAT, examples, 5);
    INDArray labels = Nd4j.zeros(DataType.FLOAT, examples, classes);
    for (int i = 0; i < examples; i++) {
      labels.putScalar(i, i % classes, 1);
    }
    ClassStatisticsAccumulator accumulator = ClassStatisticsAccumulator.forClasses(classes);
    accumulator.observe(features, labels);
    return accumulator.snapshot();
  }

  private static List<ClassPair> byHand(ClassStatistics statistics) {
    INDArray means = statistics.classMeans();
    List<ClassPair> pairs = new ArrayList<>();
    for (int a = 0; a < statistics.numClasses(); a++) {
      for (int b = a + 1; b < statistics.numClasses(); b++) {
        double distance = means.getRow(a).distance2(means.getRow(b));
        double variances = statistics.classVariance(a) + statistics.classVariance(b);
        pairs.add(new ClassPair(a, b, variances / (2 * distance * distance)));
      }
    }
    pairs.sort(Comparator.comparingDouble(ClassPair::value).reversed());
    return pairs;
  }

  private static void assertHighest(int classes, int kept) {
    ClassStatistics statistics = statistics(classes);
    List<ClassPair> expected = byHand(statistics).subList(0, kept);
    List<ClassPair> pairs =
        NeuralCollapse.variability(statistics, GlobalMean.SAMPLE).pairs(Metric.NC1_CDNV);
    assertEquals(kept, pairs.size());
    for (int i = 0; i < kept; i++) {
      assertEquals(expected.get(i).first(), pairs.get(i).first());
      assertEquals(expected.get(i).second(), pairs.get(i).second());
      assertEquals(expected.get(i).value(), pairs.get(i).value(), FLOAT32 * pairs.get(i).value());
    }
  }

  @Test
  void allPairsOfFewClassesTheHighestFirst() {
    assertHighest(4, 6);
  }

  @Test
  void theHighestOfManyClasses() {
    assertHighest(12, 45);
  }

  @Test
  void ofAClassItIsTheMeanOverItsPairs() {
    ClassStatistics statistics = statistics(4);
    double[] expected = new double[4];
    for (ClassPair pair : byHand(statistics)) {
      expected[pair.first()] += pair.value() / 3;
      expected[pair.second()] += pair.value() / 3;
    }
    double[] found =
        NeuralCollapse.variability(statistics, GlobalMean.SAMPLE).classValues(Metric.NC1_CDNV);
    for (int c = 0; c < 4; c++) {
      assertEquals(expected[c], found[c], FLOAT32 * expected[c]);
    }
  }

  @Test
  void aClassAloneHasNoPair() {
    Examples one = Examples.of(3, 5, IntStream.generate(() -> 1).limit(20), 4);
    Measurements alone = NeuralCollapse.variability(one.statistics(), GlobalMean.SAMPLE);
    assertEquals(List.of(), alone.pairs(Metric.NC1_CDNV));
    for (double value : alone.classValues(Metric.NC1_CDNV)) {
      assertEquals(Double.NaN, value);
    }
  }

  @Test
  void aPairIsOfTwoClassesInOrder() {
    assertThrows(IllegalArgumentException.class, () -> new ClassPair(2, 2, 1));
    assertThrows(IllegalArgumentException.class, () -> new ClassPair(-1, 2, 1));
  }
}
