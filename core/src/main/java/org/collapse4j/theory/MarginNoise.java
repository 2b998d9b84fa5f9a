package org.collapse4j.theory;

import java.util.function.DoubleUnaryOperator;
import org.hipparchus.analysis.integration.IterativeLegendreGaussIntegrator;
import org.hipparchus.special.Erf;

/**
 * Expectations over a Gaussian margin {@code Y = m + sigma Z}. The noise v enters the loss through
 * the margin alone, so an expectation over v is one integral over Z.
 *
 * <p>What is integrated falls off as {@code exp(-|Y|)}. Together with the density of Z it peaks
 * where Y is {@code m - sigma^2}, or 0 if that is below, and the integral runs over a window about
 * that peak, in two parts where Y changes its sign within it.
 */
record MarginNoise(double mean, double deviation) {
  private static final double RELATIVE_ACCURACY = 1e-12;
  private static final int NODES = 24;
  private static final int MAX_EVALUATIONS = 1_000_000;

  /** Half the window where the density decides, in standard deviations: beyond lies 1e-32. */
  private static final double DEVIATIONS = 12;

  /** Half the window where {@code exp(-3/4 |Y|)} decides, in units of the margin. */
  private static final double DECAYS = 60;

  /** The expectation of the loss. */
  double expectedLoss(double alpha) {
    double rounding = expectation(y -> TwoClassLoss.softplusOfNegative(-Math.abs(y)));
    return expectedNegativePart() + rounding + alpha / 2 * mean;
  }

  /** The expectation of the second derivative of the loss. */
  double expectedCurvature() {
    return expectation(TwoClassLoss::curvature);
  }

  /** The expectation of {@code max(-Y, 0)}. */
  private double expectedNegativePart() {
    if (deviation == 0) {
      return Math.max(-mean, 0);
    }
    double z = mean / deviation;
    return deviation * density(z) - mean * Erf.erfc(z / Math.sqrt(2)) / 2;
  }

  private double expectation(DoubleUnaryOperator function) {
    if (deviation == 0) {
      return function.applyAsDouble(mean);
    }
    double variance = deviation * deviation;
    double peak = -Math.min(deviation, mean / deviation);
    double width = variance < 4 * mean ? DEVIATIONS : Math.min(DEVIATIONS, DECAYS / deviation);
    double kink = -mean / deviation;
    double from = peak - width;
    double to = peak + width;
    if (kink <= from || kink >= to) {
      return integral(function, from, to);
    }
    return integral(function, from, kink) + integral(function, kink, to);
  }

  private double integral(DoubleUnaryOperator function, double from, double to) {
    IterativeLegendreGaussIntegrator integrator =
        new IterativeLegendreGaussIntegrator(NODES, RELATIVE_ACCURACY, Double.MIN_NORMAL);
    return integrator.integrate(
        MAX_EVALUATIONS, z -> density(z) * function.applyAsDouble(mean + deviation * z), from, to);
  }

  private static double density(double z) {
    return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI);
  }
}
