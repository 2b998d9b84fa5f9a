package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.stream.Stream;
import org.collapse4j.Examples;
import org.collapse4j.evaluation.ArrayRows;
import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Test;

class NeuralCollapseTest {
  /** Zero would be perfect collapse. */
  @Test
  void withoutTheCovarianceWhatNeedsItIsUndefined() {
    ClassStatistics statistics = Examples.of(3, 4, 60, 1).statistics();
    Measurements without =
        NeuralCollapse.ofFeatures(statistics.withoutCovariance(), GlobalMean.SAMPLE);
    Measurements whole = NeuralCollapse.ofFeatures(statistics, GlobalMean.SAMPLE);
    assertEquals(Double.NaN, without.value(Metric.NC1_PINV));
    assertEquals(whole.value(Metric.NC1_QUOTIENT), without.value(Metric.NC1_QUOTIENT));
  }

  @Test
  void twoClassesAreEnoughForTheSpanOfTheirMeans() {
    Examples examples = Examples.of(2, 20, 80, 2);
    Evaluation.Result result =
        Evaluation.builder(
                ArrayRows.of("rows", examples.features(), examples.labels().toIntVector(), 2))
            .build()
            .measure()
            .get("rows");
    assertFalse(result.statistics().hasWithinClassCovariance());
    double expected =
        NeuralCollapse.ofFeatures(examples.statistics(), GlobalMean.SAMPLE).value(Metric.NC1_PINV);
    assertEquals(expected, result.measurements().value(Metric.NC1_PINV), 1e-12 * expected);
  }

  @Test
  void everyMetricSaysWhatItIs() {
    assertEquals(
        Metric.values().length,
        Stream.of(Metric.values())
            .map(Metric::meaning)
            .filter(m -> m.length() > 10)
            .distinct()
            .count());
  }
}
