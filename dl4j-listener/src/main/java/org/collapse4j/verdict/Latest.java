package org.collapse4j.verdict;

import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;

/**
 * What the last observation of a series says. A metric that is undefined there is undefined, even
 * if it was defined before: nothing is claimed from what has been.
 */
record Latest(MetricSeries series) {
  /** How many standard errors above guessing an accuracy must be. */
  private static final double CLEARLY_ABOVE = 3;

  Observation observation() {
    return series.observations().get(series.observations().size() - 1);
  }

  double value(Metric metric) {
    return observation().measurements().value(metric);
  }

  boolean isDefined(Metric metric) {
    return !Double.isNaN(value(metric));
  }

  /** Whether no example has finite features any more. */
  boolean hasDiverged() {
    return value(Metric.EXAMPLES_NONFINITE) > 0 && value(Metric.EXAMPLES) == 0;
  }

  /**
   * Whether the accuracy is defined and no more than three standard errors above 1 / classes, which
   * who guesses gets right.
   */
  boolean isGuessing() {
    double guessed = 1 / value(Metric.CLASSES_PRESENT);
    double error = Math.sqrt(guessed * (1 - guessed) / value(Metric.EXAMPLES));
    return value(Metric.ACCURACY) <= guessed + (error > 0 ? CLEARLY_ABOVE * error : 0);
  }

  /** Whether this many classes have examples. */
  boolean hasClasses(int number) {
    return value(Metric.CLASSES_PRESENT) == number;
  }
}
