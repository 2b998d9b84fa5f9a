package org.collapse4j.theory;

import static org.junit.jupiter.api.Assertions.assertAll;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MemorizationDilationModelTest {
  /** How well the published table is known. */
  private static final double TABLE = 0.001;

  /** Relative error of what two ways of computing in float64 agree on. */
  private static final double SAME = 1e-9;

  /** Relative error of an identity of float64. */
  private static final double EXACT = 1e-12;

  @ParameterizedTest
  @CsvSource({
    "0.02, 1.0, 0.057, 0.039, 0.034",
    "0.05, 1.0, 0.132, 0.094, 0.082",
    "0.10, 0.5, 0.344, 0.273, 0.247",
    "0.10, 1.0, 0.226, 0.174, 0.155",
    "0.10, 2.0, 0.138, 0.097, 0.085",
    "0.20, 1.0, 0.373, 0.309, 0.282",
    "0.40, 1.0, 0.624, 0.522, 0.486"
  })
  void relativeDilationsOfTheTable(double eta, double c, double plain, double tenth, double fifth) {
    assertEquals(plain, relativeDilation(eta, c, 1e-3, 0), TABLE);
    assertEquals(tenth, relativeDilation(eta, c, 1e-3, 0.1), TABLE);
    assertEquals(fifth, relativeDilation(eta, c, 1e-3, 0.2), TABLE);
  }

  /** The grid on which smoothing dilates less, and the more of it the less. */
  private static final double[] GRID_ETA = {0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.4, 0.45};

  private static final double[] GRID_C = {1, 2, 5, 10, 100};
  private static final double[] GRID_LAMBDA = {
    1e-5, 1e-4, 5e-4, 1e-3, 2e-3, 5e-3, 0.01, 0.02, 0.05
  };
  private static final double[] GRID_ALPHA = {0, 0.01, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4};

  @Test
  void dilationFallsAsSmoothingGrowsOnTheGrid() {
    for (double eta : GRID_ETA) {
      for (double c : GRID_C) {
        for (double lambda : GRID_LAMBDA) {
          assertFallsWithAlpha(eta, c, lambda);
        }
      }
    }
  }

  private static void assertFallsWithAlpha(double eta, double c, double lambda) {
    double before = Double.POSITIVE_INFINITY;
    for (double alpha : GRID_ALPHA) {
      double relative = relativeDilation(eta, c, lambda, alpha);
      assertTrue(
          relative < before,
          () -> "eta " + eta + ", C " + c + ", lambda " + lambda + ", alpha " + alpha);
      before = relative;
    }
  }

  /** The limits of the finding, from a general constrained solver of the whole problem. */
  @ParameterizedTest
  @CsvSource({
    "0.5, 0.5, 1e-3, 0.00, 0.65970",
    "0.5, 0.5, 1e-3, 0.05, 0.70863",
    "0.3, 0.5, 1e-5, 0.00, 0.55132",
    "0.3, 0.5, 1e-5, 0.05, 0.57022",
    "0.1, 0.1, 1e-3, 0.50, 0.17147",
    "0.1, 0.1, 1e-3, 0.70, 0.18490"
  })
  void smoothingDilatesMoreWhereExpressivityIsSmall(
      double eta, double c, double lambda, double alpha, double expected) {
    assertEquals(expected, relativeDilation(eta, c, lambda, alpha), 2e-5);
  }

  static List<Arguments> points() {
    List<Arguments> points = new ArrayList<>();
    for (double eta : new double[] {0.01, 0.1, 0.4, 1}) {
      for (double c : new double[] {0.3, 1, 4}) {
        for (double lambda : new double[] {1e-4, 1e-3, 0.05}) {
          for (double alpha : new double[] {0, 0.1, 0.5}) {
            points.add(Arguments.of(eta, c, lambda, alpha));
          }
        }
      }
    }
    return points;
  }

  /**
   * The problem is convex, so a point that no step to another allowed point improves is its
   * minimum. The objective is the stated one in all its five variables.
   */
  @ParameterizedTest
  @MethodSource("points")
  void noAllowedPointIsLower(double eta, double c, double lambda, double alpha) {
    MemorizationDilationSolution solution = solve(eta, c, lambda, alpha);
    StatedProblem problem = new StatedProblem(eta, c, lambda, alpha, solution);
    double[] best = {
      solution.dilation(),
      solution.alongGiven(),
      solution.alongTrue(),
      solution.alongTrue(),
      solution.alongGiven()
    };
    double minimum = problem.objective(best);
    assertEquals(minimum, solution.objective(), SAME * minimum);
    Random random = new Random(5);
    int allowed = 0;
    for (int trial = 0; trial < 1_000; trial++) {
      double[] other = best.clone();
      double size = Math.pow(10, -4 * random.nextDouble());
      for (int i = 0; i < other.length; i++) {
        other[i] = Math.max(0, other[i] + size * random.nextGaussian());
      }
      if (problem.allows(other)) {
        allowed++;
        double value = problem.objective(other);
        assertTrue(value >= minimum, () -> "lower by " + (minimum - value));
      }
    }
    assertTrue(allowed > 50, "only " + allowed + " points were allowed");
  }

  /** The model as it is stated, for features of the given solution's s and c. */
  private static final class StatedProblem {
    private static final double WINDOW = 8;
    private static final double STEP = 0.05;

    private final double eta;
    private final double expressivity;
    private final double lambda;
    private final double alpha;
    private final double s;
    private final double scale;

    StatedProblem(
        double eta,
        double expressivity,
        double lambda,
        double alpha,
        MemorizationDilationSolution solution) {
      this.eta = eta;
      this.expressivity = expressivity;
      this.lambda = lambda;
      this.alpha = alpha;
      this.s = solution.featureNorm();
      this.scale = solution.classifierScale();
    }

    boolean allows(double[] x) {
      double budget = expressivity * x[0] / (s * Math.sqrt(2));
      return eta * Math.hypot(x[1], x[2] - s) <= budget
          && eta * Math.hypot(x[3] - s, x[4]) <= budget;
    }

    double objective(double[] x) {
      return expected(s, 0, x[0], 0)
          + expected(0, s, x[0], 1)
          + eta * (cost(x[1], x[2], 0) + cost(x[3], x[4], 1));
    }

    /**
     * The trapezium rule along (1, -1), where the loss varies, and along (1, 1), where the cost is
     * a square, the rule of two points that is exact for squares. A coordinate deviates by
     * r/sqrt(2).
     */
    private double expected(double h1, double h2, double r, int label) {
      double sum = 0;
      for (double z = -WINDOW; z <= WINDOW; z += STEP) {
        double weight = STEP * Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) / 2;
        for (int other = -1; other <= 1; other += 2) {
          double v1 = r / 2 * (z + other);
          double v2 = r / 2 * (other - z);
          sum += weight * cost(h1 + v1, h2 + v2, label);
        }
      }
      return sum;
    }

    private double cost(double x, double y, int label) {
      double[] logits = {scale * (x - y), scale * (y - x)};
      double largest = Math.max(logits[0], logits[1]);
      double sum =
          largest + Math.log(Math.exp(logits[0] - largest) + Math.exp(logits[1] - largest));
      double target = (1 - alpha) * logits[label] + alpha / 2 * (logits[0] + logits[1]);
      return sum - target + lambda * (x * x + y * y);
    }
  }

  @ParameterizedTest
  @MethodSource("points")
  void memorizedFeatureLiesWithinItsConstraints(double eta, double c, double lambda, double alpha) {
    MemorizationDilationSolution solution = solve(eta, c, lambda, alpha);
    double budget = c * solution.relativeDilation();
    assertTrue(eta * solution.memorization() <= budget * (1 + EXACT));
    assertEquals(budget, eta * solution.memorization(), SAME * budget, "the constraint binds");
    assertTrue(solution.alongGiven() >= 0 && solution.alongTrue() >= 0);
    assertTrue(solution.memorizationFraction() > 0 && solution.memorizationFraction() <= 1);
  }

  @ParameterizedTest
  @MethodSource("points")
  void collapsedFeaturesAreStationary(double eta, double c, double lambda, double alpha) {
    MemorizationDilationSolution solution = solve(eta, c, lambda, alpha);
    double s = solution.featureNorm();
    double scale = solution.classifierScale();
    double q = 1 / (1 + Math.exp(2 * scale * s));
    double byProduct = 2 * (alpha / 2 - q);
    assertEquals(0, scale * byProduct + 2 * lambda * s, EXACT);
    assertEquals(0, s * byProduct + 4 * lambda * scale, EXACT);
    assertEquals(Math.sqrt(2) * s, solution.separation(), EXACT * s);
  }

  /** W of the layer-peeled model counts both rows, {@code ||W||^2 = 4 c^2}: half the lambda. */
  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1})
  void collapsedFeaturesAreThoseOfTheLayerPeeledModel(double alpha) {
    MemorizationDilationSolution solution = solve(0, 1, 1e-3, alpha);
    LayerPeeledSolution peeled =
        LayerPeeledModel.builder(2, 2).alpha(alpha).lambdaW(5e-4).lambdaH(1e-3).build().solve();
    double norm = peeled.features().getRow(0).norm2Number().doubleValue();
    double row = peeled.classifier().weights().getRow(0).norm2Number().doubleValue();
    assertEquals(solution.featureNorm(), norm, 1e-4);
    assertEquals(solution.classifierScale() * Math.sqrt(2), row, 1e-4);
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.1, 0.2, 0.4})
  void dilationGoesToZeroWithTheNoise(double alpha) {
    double before = Double.POSITIVE_INFINITY;
    for (double eta = 0.5; eta > 1e-14; eta /= 3) {
      MemorizationDilationSolution solution = solve(eta, 1, 1e-3, alpha);
      double separation = solution.separation();
      assertTrue(solution.dilation() > 0 && solution.dilation() < before);
      assertTrue(solution.dilation() <= eta * separation * separation * (1 + EXACT));
      before = solution.dilation();
    }
    assertTrue(before < 1e-12);
    assertEquals(0, solve(0, 1, 1e-3, alpha).dilation());
  }

  @Test
  void withoutNoiseTheMemorizedFeatureIsTheLimit() {
    MemorizationDilationSolution none = solve(0, 1, 1e-3, 0.1);
    MemorizationDilationSolution little = solve(1e-12, 1, 1e-3, 0.1);
    assertEquals(none.alongGiven(), little.alongGiven(), 1e-6);
    assertEquals(none.alongTrue(), little.alongTrue(), 1e-6);
    assertEquals(none.objective(), little.objective(), 1e-6);
    assertEquals(1, none.memorizationFraction(), EXACT);
  }

  /** Where u keeps a little of its true class, and where the bound at zero holds it. */
  @Test
  void boundOfTheMemorizedFeature() {
    assertEquals(0, solve(0.02, 1, 1e-3, 0).alongTrue());
    assertTrue(solve(0.2, 1, 1e-3, 0).alongTrue() > 0.5);
  }

  /** To first order in C, r = C |dg/d radius| / (D (4 c^2 E[loss''] + 2 lambda)) as C goes to 0. */
  @Test
  void dilationIsProportionalToSmallExpressivity() {
    double small = relativeDilation(0.1, 1e-4, 1e-3, 0.1);
    double smaller = relativeDilation(0.1, 1e-8, 1e-3, 0.1);
    assertEquals(small / 1e-4, smaller / 1e-8, 1e-3 * smaller / 1e-8);
  }

  @Test
  void largeExpressivityMemorizesAllForNothing() {
    MemorizationDilationSolution solution = solve(0.3, 1e9, 1e-3, 0);
    assertEquals(1, solution.memorizationFraction(), 1e-6);
    assertTrue(solution.relativeDilation() < 1e-8);
  }

  @Test
  void solvesAtTheEdgesOfItsParameters() {
    for (double eta : new double[] {0, 1e-300, 1e-12, 0.3, 1}) {
      for (double c : new double[] {1e-9, 1e-3, 1, 1e6, 1e12}) {
        for (double lambda : new double[] {1e-15, 1e-8, 1e-3, 0.3}) {
          for (double alpha : new double[] {0, 1e-9, 0.1, 0.999}) {
            if (alpha / 2 + Math.sqrt(2) * lambda < 0.5) {
              MemorizationDilationSolution solution = solve(eta, c, lambda, alpha);
              double budget = c * solution.relativeDilation();
              double rounding = 2 * Math.ulp(solution.featureNorm());
              assertTrue(
                  eta * solution.memorization() <= budget * (1 + SAME) + eta * rounding,
                  () -> solution + " at " + eta + " " + c + " " + lambda + " " + alpha);
              assertTrue(Double.isFinite(solution.objective()));
            }
          }
        }
      }
    }
  }

  @Test
  void parametersOutOfRangeAreRefused() {
    assertAll(
        () -> refuses("The noise rate eta must be from 0 to 1, not -0.1", () -> model(-0.1)),
        () -> refuses("The noise rate eta must be from 0 to 1, not 1.5", () -> model(1.5)),
        () -> refuses("The noise rate eta must be from 0 to 1, not NaN", () -> model(Double.NaN)),
        () -> refuses("alpha must be at least 0 and below 1, not 1.0", () -> model(0).alpha(1)),
        () -> refuses("alpha must be at least 0 and below 1, not -1.0", () -> model(0).alpha(-1)),
        () -> refuses("lambda must be positive, not 0.0", () -> model(0).lambda(0)),
        () ->
            refuses(
                "lambda must be positive, not Infinity",
                () -> model(0).lambda(Double.POSITIVE_INFINITY)),
        () ->
            refuses(
                "The expressivity C must be positive, not -1.0", () -> model(0).expressivity(-1)),
        () ->
            refuses(
                "alpha/2 + sqrt(2) lambda must be below 1/2, or the two classes do not separate,"
                    + " not 0.7071067811865476 (alpha 0.0, lambda 0.5)",
                () -> model(0).lambda(0.5).build()));
  }

  private static void refuses(String message, Supplier<?> construction) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, construction::get).getMessage());
  }

  private static MemorizationDilationModel.Builder model(double eta) {
    return MemorizationDilationModel.builder(eta);
  }

  @Test
  void exampleOfTheDocumentation() {
    MemorizationDilationSolution solution =
        MemorizationDilationModel.builder(0.1)
            .alpha(0.1)
            .lambda(1e-3)
            .expressivity(1)
            .build()
            .solve();
    double relative = solution.relativeDilation();
    assertEquals(0.174, relative, TABLE);
  }

  private static double relativeDilation(double eta, double c, double lambda, double alpha) {
    return solve(eta, c, lambda, alpha).relativeDilation();
  }

  private static MemorizationDilationSolution solve(
      double eta, double c, double lambda, double alpha) {
    return model(eta).expressivity(c).lambda(lambda).alpha(alpha).build().solve();
  }
}
