package org.collapse4j.theory;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;

class LayerPeeledModelTest {
  private static final double VARIABILITY = 1e-6;
  private static final double FRAME = 1e-3;

  private static final double[] LAMBDAS = {5e-3, 5e-4, 5e-5};
  private static final double[] LAMBDAS_OF_WIDE = {5e-3, 5e-4};

  /** K, d, n, alpha, lambda, seed. */
  static List<double[]> models() {
    List<double[]> models = new ArrayList<>();
    int seed = 0;
    for (int classes : new int[] {2, 4, 10}) {
      for (int dimension : new int[] {classes, classes + 3}) {
        for (double alpha : new double[] {0, 0.1}) {
          for (double lambda : dimension == classes ? LAMBDAS : LAMBDAS_OF_WIDE) {
            models.add(new double[] {classes, dimension, 3 + seed % 4, alpha, lambda, seed++});
          }
        }
      }
    }
    return models;
  }

  @ParameterizedTest
  @MethodSource("models")
  void nonNegativeFeaturesCollapseToAnOrthogonalFrame(double[] m) {
    LayerPeeledSolution solution = model(m).nonNegative(true).build().solve();
    assertCollapsed(solution);
    assertEquals(0, solution.measurements().value(Metric.NC2_ORTHOGONAL_MEANS), FRAME);
    assertTrue(solution.features().minNumber().doubleValue() >= 0);
  }

  @ParameterizedTest
  @MethodSource("models")
  void freeFeaturesCollapseToASimplex(double[] m) {
    LayerPeeledSolution solution = model(m).nonNegative(false).build().solve();
    assertCollapsed(solution);
    assertEquals(0, solution.measurements().value(Metric.NC2_ETF_MEANS), FRAME);
  }

  private static void assertCollapsed(LayerPeeledSolution solution) {
    assertTrue(solution.converged(), solution::toString);
    Measurements values = solution.measurements();
    assertAll(
        solution.toString(),
        () -> assertEquals(0, values.value(Metric.NC1_PINV), VARIABILITY),
        () -> assertEquals(0, values.value(Metric.NC1_QUOTIENT), VARIABILITY),
        () -> assertEquals(0, values.value(Metric.NC1_CDNV), VARIABILITY),
        () -> assertEquals(0, values.value(Metric.NC2_ETF_CLASSIFIER), FRAME),
        () -> assertEquals(0, values.value(Metric.NC2_NORM_CV_MEANS), FRAME),
        () -> assertEquals(0, values.value(Metric.NC3_ALIGNMENT), FRAME),
        () -> assertEquals(1, values.value(Metric.NC3_COSINE), FRAME),
        () -> assertEquals(1, values.value(Metric.NC4_NCC_ACCURACY)),
        () -> assertEquals(0, values.value(Metric.NC4_MISMATCH)));
  }

  /** Two classes have the most local minima: some starts end in one, the lowest end is none. */
  @Test
  void everySeedFindsTheOrthogonalFrameOfTwoClasses() {
    for (int seed = 0; seed < 40; seed++) {
      LayerPeeledSolution solution = LayerPeeledModel.builder(2, 2).seed(seed).build().solve();
      assertEquals(0, solution.measurements().value(Metric.NC2_ORTHOGONAL_MEANS), FRAME);
    }
  }

  private static LayerPeeledModel.Builder model(double[] m) {
    return LayerPeeledModel.builder((int) m[0], (int) m[1])
        .examplesPerClass((int) m[2])
        .alpha(m[3])
        .lambdas(m[4])
        .seed((long) m[5]);
  }

  @ParameterizedTest
  @MethodSource("models")
  void objectiveIsTheStatedOne(double[] m) {
    for (boolean nonNegative : new boolean[] {false, true}) {
      LayerPeeledSolution solution =
          model(m).nonNegative(nonNegative).starts(1).maxIterations(3).build().solve();
      assertEquals(
          statedObjective(solution, m[3], m[4]),
          solution.objective(),
          1e-12 * solution.objective());
    }
  }

  private static double statedObjective(LayerPeeledSolution solution, double alpha, double lambda) {
    INDArray features = solution.features();
    INDArray weights = solution.classifier().weights();
    INDArray logits = features.mmul(weights.transpose());
    int numClasses = weights.rows();
    double loss = 0;
    for (int i = 0; i < features.rows(); i++) {
      double largest = logits.getRow(i).maxNumber().doubleValue();
      double sum = 0;
      double target = 0;
      for (int c = 0; c < numClasses; c++) {
        double share = alpha / numClasses + (solution.labels().getInt(i) == c ? 1 - alpha : 0);
        sum += Math.exp(logits.getDouble(i, c) - largest);
        target += share * logits.getDouble(i, c);
      }
      loss += largest + Math.log(sum) - target;
    }
    double squaredFeatures = features.mul(features).sumNumber().doubleValue();
    double squaredWeights = weights.mul(weights).sumNumber().doubleValue();
    return (loss + lambda * squaredFeatures) / features.rows() + lambda * squaredWeights;
  }

  @Test
  void gradientIsTheSlopeOfTheValue() {
    for (boolean nonNegative : new boolean[] {false, true}) {
      LayerPeeledObjective objective =
          new LayerPeeledObjective(
              LayerPeeledModel.builder(3, 4).alpha(0.2).lambdaW(0.03).nonNegative(nonNegative));
      Random random = new Random(7);
      double[] point = random.doubles(objective.numVariables(), -1, 1).toArray();
      double[] gradient = objective.gradient(point);
      for (int i = 0; i < point.length; i++) {
        double step = 1e-5;
        double[] above = point.clone();
        double[] below = point.clone();
        above[i] += step;
        below[i] -= step;
        double slope = (objective.value(above) - objective.value(below)) / (2 * step);
        assertEquals(slope, gradient[i], 1e-8);
      }
    }
  }

  @Test
  void largeLogitsStayFinite() {
    LayerPeeledObjective objective =
        new LayerPeeledObjective(LayerPeeledModel.builder(2, 1).examplesPerClass(1));
    double[] point = {1e4, -1e4, 100, 100};
    double feature = objective.feature(100);
    double loss = 2e4 * feature / 2;
    double penalty = 5e-4 * (2e8 + feature * feature);
    assertEquals(loss + penalty, objective.value(point), 1e-9 * loss);
  }

  @Test
  void saysWhenItDidNotConverge() {
    LayerPeeledSolution solution = LayerPeeledModel.builder(4, 4).maxIterations(5).build().solve();
    assertFalse(solution.converged());
    assertTrue(solution.gradientNorm() > 1e-6);
    assertEquals(5, solution.iterations());
    assertTrue(solution.toString().startsWith("Layer-peeled model did not converge after 5 "));
  }

  @Test
  void saysWhenItConverged() {
    LayerPeeledSolution solution = LayerPeeledModel.builder(4, 4).build().solve();
    assertTrue(solution.converged());
    assertTrue(solution.gradientNorm() <= 1e-6);
    assertTrue(solution.toString().startsWith("Layer-peeled model converged after "));
  }

  @Test
  void tooLargeLambdasLeaveNothing() {
    LayerPeeledSolution solution = LayerPeeledModel.builder(3, 3).lambdas(1).build().solve();
    assertTrue(solution.converged(), solution::toString);
    assertEquals(0, solution.features().norm2Number().doubleValue(), FRAME);
    assertEquals(Math.log(3), solution.objective(), VARIABILITY);
  }

  @Test
  void sameSeedSameSolution() {
    LayerPeeledModel model = LayerPeeledModel.builder(3, 3).seed(4).build();
    assertEquals(model.solve().features(), model.solve().features());
    LayerPeeledModel other = LayerPeeledModel.builder(3, 3).seed(5).build();
    assertFalse(model.solve().features().equals(other.solve().features()));
  }

  @Test
  void arraysAreCopies() {
    LayerPeeledSolution solution = LayerPeeledModel.builder(2, 2).build().solve();
    double before = solution.objective();
    solution.features().assign(0);
    solution.labels().assign(0);
    assertEquals(statedObjective(solution, 0, 5e-4), before, 1e-12);
  }

  @Test
  void parametersOutOfRangeAreRefused() {
    LayerPeeledModel.Builder builder = LayerPeeledModel.builder(2, 2);
    assertAll(
        () -> refuses("The number of classes must be at least 2, not 1", this::oneClass),
        () -> refuses("The number of features must be at least 1, not 0", this::noFeature),
        () ->
            refuses(
                "The number of examples per class must be at least 1, not 0",
                () -> builder.examplesPerClass(0)),
        () -> refuses("alpha must be at least 0 and below 1, not 1.0", () -> builder.alpha(1)),
        () -> refuses("lambdaW must be positive, not 0.0", () -> builder.lambdas(0)),
        () -> refuses("lambdaW must be positive, not -1.0", () -> builder.lambdaW(-1)),
        () -> refuses("lambdaH must be positive, not NaN", () -> builder.lambdaH(Double.NaN)),
        () -> refuses("The number of starts must be at least 1, not 0", () -> builder.starts(0)),
        () ->
            refuses(
                "The number of iterations must be at least 1, not 0",
                () -> builder.maxIterations(0)),
        () ->
            refuses(
                "The gradient tolerance must be positive, not 0.0",
                () -> builder.gradientTolerance(0)));
  }

  private LayerPeeledModel.Builder oneClass() {
    return LayerPeeledModel.builder(1, 2);
  }

  private LayerPeeledModel.Builder noFeature() {
    return LayerPeeledModel.builder(2, 0);
  }

  private static void refuses(String message, Supplier<?> construction) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, construction::get).getMessage());
  }

  @Test
  void exampleOfTheDocumentation() {
    LayerPeeledModel model =
        LayerPeeledModel.builder(4, 8).alpha(0.1).lambdas(5e-4).nonNegative(true).seed(1).build();
    LayerPeeledSolution solution = model.solve();
    double variability = solution.measurements().value(Metric.NC1_PINV);
    assertEquals(0, variability, VARIABILITY);
  }
}
