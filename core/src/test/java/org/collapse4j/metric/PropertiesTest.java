package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Sets drawn to be difficult, against the definitions. A failing one is known by its seed. {@code
 * junit-platform.properties} says how many are drawn.
 */
class PropertiesTest {
  /** Of the numbers that are compared; float32 products of many features have fewer digits. */
  private static final double DOUBLE_TOLERANCE = 1e-9;

  private static final double FLOAT_TOLERANCE = 2e-6;

  /** Beyond this ratio of the eigenvalues of S_B that count, some are rounding. */
  private static final double WORST_CONDITION = 1e8;

  /** Ratios of eigenvalues below 1,000 cost no digit that is compared. */
  private static final double CONDITION_COUNTS = 1e-3;

  /** Differences of means below so many units of their last place may count as none. */
  private static final double UNRESOLVED = 1e6;

  @Property(seed = "20261126", shrinking = ShrinkingMode.OFF, edgeCases = EdgeCasesMode.NONE)
  void metricsAreAsDefined(@ForAll long seed) {
    RandomSet set = new RandomSet(seed);
    SlowReference expected = new SlowReference(set);
    ClassStatistics statistics = set.statistics();
    assertEquals(expected.examples, statistics.totalCount());
    assertEquals(expected.left, statistics.nonFiniteCount());
    boolean inFloat = set.type != DataType.DOUBLE && set.dimension > 128;
    double tolerance = inFloat ? FLOAT_TOLERANCE : DOUBLE_TOLERANCE;
    Measurements measured =
        NeuralCollapse.ofFeatures(statistics, GlobalMean.SAMPLE).and(Dilation.of(statistics));
    assertEquals(expected.present.length, measured.value(Metric.CLASSES_PRESENT));
    assertClose(expected.radius(), measured.value(Metric.DILATION_RADIUS), tolerance, set);
    if (expected.present.length < 2 || expected.resolution == 0) {
      for (Metric metric :
          new Metric[] {
            Metric.NC1_PINV,
            Metric.NC1_QUOTIENT,
            Metric.NC1_CDNV,
            Metric.NC2_ETF_MEANS,
            Metric.NC2_NORM_CV_MEANS,
            Metric.DILATION_RELATIVE
          }) {
        assertTrue(Double.isNaN(measured.value(metric)), metric.key());
      }
    } else if (expected.resolution > UNRESOLVED) {
      assertClose(expected.quotient(), measured.value(Metric.NC1_QUOTIENT), tolerance, set);
      assertClose(expected.cdnv(), measured.value(Metric.NC1_CDNV), tolerance, set);
      assertClose(
          expected.radius() / expected.separation(),
          measured.value(Metric.DILATION_RELATIVE),
          tolerance,
          set);
      assertClose(
          expected.normVariation(), measured.value(Metric.NC2_NORM_CV_MEANS), tolerance, set);
      assertClose(
          expected.distanceFromSimplex(), measured.value(Metric.NC2_ETF_MEANS), tolerance, set);
      assertPinv(expected.pinv(), measured.value(Metric.NC1_PINV), tolerance, set);
    }
    if (expected.examples > 0) {
      assertDecisions(expected.decisions(set.weights, set.bias), set.decisions(statistics), set);
    }
  }

  /** Of class means that spread unevenly fewer digits are known, by the square of their ratio. */
  private static void assertPinv(
      double[] valueAndCondition, double actual, double tolerance, RandomSet set) {
    double condition = valueAndCondition[1];
    if (condition < WORST_CONDITION) {
      double known = tolerance * Math.max(1, condition * CONDITION_COUNTS);
      assertClose(valueAndCondition[0], actual, known, set);
    } else {
      assertTrue(actual >= 0, "nc1.pinv is " + actual);
    }
  }

  /** But for examples on a boundary, where rounding decides. */
  private static void assertDecisions(
      SlowReference.Decisions expected, DecisionStatistics actual, RandomSet set) {
    long right = 0;
    long nearest = 0;
    for (int c = 0; c < set.numClasses; c++) {
      right += actual.correctCount(c);
      nearest += actual.nearestCentreCorrectCount(c);
    }
    String what = set.type + " of " + set.dimension + " features";
    assertCount(expected.right(), right, expected.close(), "accuracy, " + what);
    assertCount(expected.nearest(), nearest, expected.close(), "nearest centre, " + what);
    assertCount(expected.mismatch(), actual.mismatchCount(), expected.close(), "mismatch, " + what);
  }

  private static void assertCount(long expected, long actual, int close, String what) {
    String both = what + ": " + actual + " where " + expected + " were expected";
    assertTrue(Math.abs(expected - actual) <= close, both);
  }

  private static void assertClose(double expected, double actual, double tolerance, RandomSet set) {
    String what = set.type + " of " + set.dimension + " features";
    if (Double.isNaN(expected) || Double.isInfinite(expected)) {
      assertTrue(Double.isNaN(actual), what + ": " + actual + " is undefined");
    } else {
      assertEquals(expected, actual, tolerance * Math.max(1, Math.abs(expected)), what);
    }
  }
}
