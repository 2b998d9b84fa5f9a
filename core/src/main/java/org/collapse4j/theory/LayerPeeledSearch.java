package org.collapse4j.theory;

import java.util.Arrays;
import java.util.Random;
import org.hipparchus.exception.MathRuntimeException;
import org.hipparchus.optim.InitialGuess;
import org.hipparchus.optim.MaxEval;
import org.hipparchus.optim.MaxIter;
import org.hipparchus.optim.PointValuePair;
import org.hipparchus.optim.nonlinear.scalar.GoalType;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunction;
import org.hipparchus.optim.nonlinear.scalar.ObjectiveFunctionGradient;
import org.hipparchus.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer;
import org.hipparchus.optim.nonlinear.scalar.gradient.NonLinearConjugateGradientOptimizer.Formula;

/**
 * The way from one random start down to a stationary point of a {@link LayerPeeledObjective}.
 *
 * <p>Where non-negative features are squares of variables, two things need care between descents. A
 * feature that goes to zero together with its weights does so ever more slowly, so features that
 * are small beside the largest are put at zero, where they stay. And every zero is stationary in
 * the variable, so a zero that the objective would fall from is lifted.
 */
final class LayerPeeledSearch {
  /** Wide enough that features lead and weights follow; narrower starts end in local minima. */
  private static final double FEATURE_SPREAD = 3;

  private static final double WEIGHT_SPREAD = 0.1;
  private static final double BEYOND_TOLERANCE = 1e-3;
  private static final double SMALL_SHARE = 1e-4;
  private static final int MAX_DESCENTS = 10;

  /** The line search looks at values only, so it is asked for all the digits they have. */
  private static final double LINE_RELATIVE = 1e-14;

  private static final double LINE_ABSOLUTE = 1e-20;
  private static final double LINE_FIRST_STEP = 1e-2;

  private final LayerPeeledObjective objective;
  private final int maxIterations;
  private final double tolerance;

  private double[] variables;
  private double residual;
  private int iterations;

  LayerPeeledSearch(
      LayerPeeledObjective objective, Random random, int maxIterations, double tolerance) {
    this.objective = objective;
    this.maxIterations = maxIterations;
    this.tolerance = tolerance;
    this.variables = new double[objective.numVariables()];
    for (int i = 0; i < variables.length; i++) {
      double spread = i < objective.numWeights() ? WEIGHT_SPREAD : FEATURE_SPREAD;
      variables[i] = spread * random.nextGaussian();
    }
    moveTo(variables);
  }

  void run() {
    int descents = 0;
    do {
      descend();
      descents++;
    } while (!isDone() && descents < MAX_DESCENTS && (settleZeros() || descents == 1));
  }

  double[] variables() {
    return variables;
  }

  double value() {
    return objective.value(variables);
  }

  double residual() {
    return residual;
  }

  int iterations() {
    return iterations;
  }

  private void descend() {
    NonLinearConjugateGradientOptimizer optimizer =
        new NonLinearConjugateGradientOptimizer(
            Formula.POLAK_RIBIERE,
            (iteration, previous, current) -> stopsAt(previous, current),
            LINE_RELATIVE,
            LINE_ABSOLUTE,
            LINE_FIRST_STEP);
    try {
      optimizer.optimize(
          new MaxEval(Integer.MAX_VALUE),
          new MaxIter(Integer.MAX_VALUE),
          GoalType.MINIMIZE,
          new InitialGuess(variables),
          new ObjectiveFunction(objective::value),
          new ObjectiveFunctionGradient(objective::gradient));
    } catch (MathRuntimeException noStepDown) {
      // The line search found no lower value, which is how it ends in a minimum of rounded values.
      // The last point it came to stands, with its own gradient to judge it by.
      return;
    }
  }

  private boolean stopsAt(PointValuePair previous, PointValuePair current) {
    if (!Double.isFinite(current.getValue())) {
      return true;
    }
    iterations++;
    moveTo(current.getPoint());
    return isDone() || Arrays.equals(previous.getPointRef(), current.getPointRef());
  }

  private boolean isDone() {
    return residual <= BEYOND_TOLERANCE * tolerance || iterations >= maxIterations;
  }

  private void moveTo(double[] point) {
    variables = point;
    residual = objective.residual(point, objective.scaledGradient(point));
  }

  /** Puts small features at zero and lifts zeros that should not be; whether there were any. */
  private boolean settleZeros() {
    if (!objective.isNonNegative()) {
      return false;
    }
    double[] gradient = objective.scaledGradient(variables);
    double[] settled = variables.clone();
    double small = SMALL_SHARE * largestFeature();
    for (int i = objective.numWeights(); i < settled.length; i++) {
      if (objective.scaledFeature(settled[i]) < small) {
        settled[i] = gradient[i] < -tolerance ? Math.sqrt(small) : 0;
      }
    }
    boolean changed = !Arrays.equals(settled, variables);
    moveTo(settled);
    return changed;
  }

  private double largestFeature() {
    double largest = 0;
    for (int i = objective.numWeights(); i < variables.length; i++) {
      largest = Math.max(largest, objective.scaledFeature(variables[i]));
    }
    return largest;
  }
}
