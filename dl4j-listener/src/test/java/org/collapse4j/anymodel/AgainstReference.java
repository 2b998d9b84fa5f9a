package org.collapse4j.anymodel;

import static org.junit.jupiter.api.Assertions.fail;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/**
 * Compares what was measured with a {@link Float64Reference}, each value as closely as it can be
 * known.
 *
 * <p>A value may differ by a relative 1e-6 in float32, 1e-9 in float64, and where it is worse
 * conditioned by a multiple of what rounding of the features to that type moves the reference
 * itself. So an ill-conditioned value loosens nothing but itself. What cannot be known at all is
 * left out, and only that: {@code nc1.pinv} where an eigenvalue is at the cutoff, a decision
 * between two logits or two centres that are equal up to rounding, and a value that rounding makes
 * undefined or not.
 */
final class AgainstReference {
  private static final double FLOAT = 1e-6;
  private static final double DOUBLE = 1e-9;

  /** Unit roundoffs of float32, and of float64 with room for sums of a few hundred products. */
  private static final double FLOAT_ROUNDING = 0x1p-24;

  private static final double DOUBLE_ROUNDING = 0x1p-50;

  /** Sums in float32 are off by more than one rounding, by the root of their length on average. */
  private static final double ROUNDINGS_OF_A_SUM = 16;

  private static final int DRAWS = 5;

  /** What is zero by definition may be rounding. */
  private static final double ZERO = 1e-12;

  private static final Set<Metric> NEED_PINV = EnumSet.of(Metric.NC1_PINV, Metric.DILATION_NC1);

  private final Float64Reference reference;
  private final Map<Metric, Double> tolerances = new EnumMap<>(Metric.class);
  private final Map<Metric, double[]> classTolerances = new EnumMap<>(Metric.class);
  private final Set<Metric> undecided = EnumSet.noneOf(Metric.class);
  private int compared;

  /**
   * Finds out how well each value can be known.
   *
   * @param narrow whether features are measured in float32
   */
  AgainstReference(Float64Reference reference, boolean narrow, long seed) {
    this.reference = reference;
    double relative = narrow ? FLOAT : DOUBLE;
    reference.values().forEach((m, v) -> tolerances.put(m, Math.max(ZERO, relative * Math.abs(v))));
    reference
        .classValues()
        .forEach(
            (m, v) ->
                classTolerances.put(
                    m,
                    Arrays.stream(v).map(x -> Math.max(ZERO, relative * Math.abs(x))).toArray()));
    Random random = new Random(seed);
    for (int draw = 0; draw < DRAWS; draw++) {
      widen(reference.noisy(narrow ? FLOAT_ROUNDING : DOUBLE_ROUNDING, random));
    }
    widenDecisions(relative);
    if (!reference.pinvIsDecided()) {
      undecided.addAll(NEED_PINV);
    }
  }

  private void widen(Float64Reference rounded) {
    reference
        .values()
        .forEach(
            (metric, value) -> {
              double other = rounded.values().get(metric);
              if (Double.isNaN(other) != Double.isNaN(value)) {
                undecided.add(metric);
              }
              double moved = ROUNDINGS_OF_A_SUM * Math.abs(other - value);
              tolerances.merge(metric, moved, Math::max);
            });
    classTolerances.forEach(
        (metric, tolerance) -> {
          double[] value = reference.classValues().get(metric);
          double[] other = rounded.classValues().get(metric);
          for (int c = 0; c < tolerance.length; c++) {
            tolerance[c] =
                Math.max(tolerance[c], ROUNDINGS_OF_A_SUM * Math.abs(other[c] - value[c]));
          }
        });
  }

  /** One undecided example may be counted or not. */
  private void widenDecisions(double relative) {
    double predictions = reference.undecidedPredictions(relative);
    double centres = reference.undecidedCentres(relative);
    double bins = reference.undecidedBins(relative);
    add(Metric.ACCURACY, predictions);
    add(Metric.NC4_NCC_ACCURACY, centres);
    add(Metric.NC4_MISMATCH, predictions + centres);
    add(Metric.ECE, 2 * (predictions + bins) + relative);
  }

  private void add(Metric metric, double share) {
    tolerances.computeIfPresent(metric, (m, tolerance) -> tolerance + share);
    double[] perClass = classTolerances.get(metric);
    for (int c = 0; perClass != null && c < perClass.length; c++) {
      perClass[c] += share > 0 ? 1 : 0;
    }
  }

  /** How many values were compared, and found defined or undefined alike. */
  int compared() {
    return compared;
  }

  /** The metrics that were left out, since rounding decides them. */
  Set<Metric> undecided() {
    return undecided;
  }

  /** Fails with every metric that differs. */
  void check(Measurements measured, String what) {
    List<String> wrong = new ArrayList<>();
    reference.values().forEach((metric, value) -> compare(metric, value, measured, wrong));
    for (Metric metric : measured.metrics()) {
      if (!reference.values().containsKey(metric) && !isOfLabels(metric)) {
        wrong.add(metric.key() + " is not defined here but is " + measured.value(metric));
      }
    }
    reference
        .classValues()
        .forEach((metric, values) -> compareClasses(metric, values, measured, wrong));
    if (!wrong.isEmpty()) {
      fail(what + ": " + String.join("; ", wrong));
    }
  }

  /** What is told of noisy labels where nothing is known of them besides. */
  private static boolean isOfLabels(Metric metric) {
    return metric.key().startsWith("suspects.")
        || metric.key().startsWith("memorization.")
        || metric.key().startsWith("noise.");
  }

  private void compare(Metric metric, double value, Measurements measured, List<String> wrong) {
    if (!measured.has(metric)) {
      wrong.add(metric.key() + " is missing, not " + value);
      return;
    }
    if (undecided.contains(metric)) {
      return;
    }
    compared++;
    double actual = measured.value(metric);
    double tolerance = tolerances.get(metric);
    if (!isClose(value, actual, tolerance)) {
      wrong.add(metric.key() + " is " + actual + ", not " + value + " within " + (float) tolerance);
    }
  }

  private void compareClasses(
      Metric metric, double[] values, Measurements measured, List<String> wrong) {
    double[] actual = measured.classValues(metric);
    if (actual.length != values.length) {
      wrong.add(metric.key() + " has " + actual.length + " values by class");
      return;
    }
    for (int c = 0; c < values.length; c++) {
      if (!isClose(values[c], actual[c], classTolerances.get(metric)[c])
          && !undecided.contains(metric)) {
        wrong.add(metric.key() + " of class " + c + " is " + actual[c] + ", not " + values[c]);
      }
    }
  }

  private static boolean isClose(double expected, double actual, double tolerance) {
    if (Double.isNaN(expected) || Double.isNaN(actual)) {
      return Double.isNaN(expected) && Double.isNaN(actual);
    }
    return Math.abs(expected - actual) <= tolerance;
  }
}
