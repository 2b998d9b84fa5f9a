package org.collapse4j.theory;

import org.hipparchus.analysis.UnivariateFunction;
import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;

/**
 * The best feature u of an example labelled 1 whose true class is 2, among non-negative ones at
 * most a radius below D away from {@code h_2}: it minimises {@code g(u) = loss_alpha(W u, 1) +
 * lambda ||u||^2}.
 *
 * <p>The free minimum is {@code h_1}, at distance D, so u lies on the circle: {@code u = (radius
 * cos theta, s - radius sin theta)}. There the margin falls as theta moves away from pi/4, and the
 * penalty falls up to pi/2; so the minimum lies from pi/4 to pi/2, where the derivative by theta
 * rises from below zero to above, or where the second coordinate comes to zero before.
 */
final class MemorizedFeature {
  private static final double ANGLE_ACCURACY = 1e-15;
  private static final int MAX_EVALUATIONS = 200;
  private static final double LOWEST_ANGLE = Math.PI / 4;
  private static final double HIGHEST_ANGLE = Math.PI / 2;

  private final CollapsedMinimiser collapsed;
  private final TwoClassLoss loss;
  private final double lambda;
  private final double radius;
  private final double angle;
  private final boolean atBound;

  MemorizedFeature(CollapsedMinimiser collapsed, TwoClassLoss loss, double lambda, double radius) {
    this.collapsed = collapsed;
    this.loss = loss;
    this.lambda = lambda;
    this.radius = radius;
    double norm = collapsed.featureNorm();
    double bound = radius > norm ? Math.asin(norm / radius) : HIGHEST_ANGLE;
    this.atBound = radius > norm && angleSlope(bound) <= 0;
    this.angle = atBound ? bound : root(this::angleSlope, bound);
  }

  private static double root(UnivariateFunction increasing, double bound) {
    double low = increasing.value(LOWEST_ANGLE);
    double high = increasing.value(bound);
    if (low >= 0 || high <= 0) {
      return low >= 0 ? LOWEST_ANGLE : bound;
    }
    return new BracketingNthOrderBrentSolver(ANGLE_ACCURACY, ANGLE_ACCURACY, Double.MIN_NORMAL, 5)
        .solve(MAX_EVALUATIONS, increasing, LOWEST_ANGLE, bound);
  }

  /** The coordinate along {@code h_1}, the class of the given label. */
  double alongGiven() {
    return atBound
        ? Math.sqrt((radius - collapsed.featureNorm()) * (radius + collapsed.featureNorm()))
        : radius * Math.cos(angle);
  }

  /** The coordinate along {@code h_2}, the true class. */
  double alongTrue() {
    return atBound ? 0 : collapsed.featureNorm() - radius * Math.sin(angle);
  }

  /** The minimum {@code g(u)}. */
  double value() {
    double given = alongGiven();
    double other = alongTrue();
    return loss.value(collapsed.marginSlope() * (given - other))
        + lambda * (given * given + other * other);
  }

  /** The derivative of the minimum by the radius, at most 0. */
  double slope() {
    double given = alongGiven();
    double other = alongTrue();
    if (atBound) {
      return (lossSlope(given) + 2 * lambda * given) * radius / given;
    }
    return lossSlope(given - other) * (Math.cos(angle) + Math.sin(angle))
        + 2 * lambda * (given * Math.cos(angle) - other * Math.sin(angle));
  }

  /** The derivative of g by the angle, divided by the radius. */
  private double angleSlope(double theta) {
    double norm = collapsed.featureNorm();
    double difference = radius * (Math.cos(theta) + Math.sin(theta)) - norm;
    return lossSlope(difference) * (Math.cos(theta) - Math.sin(theta))
        - 2 * lambda * norm * Math.cos(theta);
  }

  /** The derivative of the loss by the difference of the coordinates. */
  private double lossSlope(double difference) {
    return collapsed.marginSlope() * loss.slope(collapsed.marginSlope() * difference);
  }
}
