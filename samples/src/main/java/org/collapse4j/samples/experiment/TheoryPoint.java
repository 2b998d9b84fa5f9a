package org.collapse4j.samples.experiment;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.collapse4j.dashboard.TheoryCurve;
import org.collapse4j.theory.MemorizationDilationModel;
import org.collapse4j.theory.MemorizationDilationSolution;

/**
 * The memorization-dilation model solved at one choice of its parameters.
 *
 * @param noiseRate eta
 * @param alpha the smoothing of the loss
 * @param expressivity C
 * @param lambda the penalty on squared features
 * @param solution the minimiser
 */
public record TheoryPoint(
    double noiseRate,
    double alpha,
    double expressivity,
    double lambda,
    MemorizationDilationSolution solution) {

  private static final String HEADER =
      "noise.rate,alpha,expressivity,lambda,dilation.radius,separation,dilation.relative,"
          + "memorization.mean,memorization.fraction,objective";

  /**
   * Solves the model at one point.
   *
   * @throws IllegalArgumentException if a parameter is out of range
   */
  public static TheoryPoint solve(
      double noiseRate, double alpha, double expressivity, double lambda) {
    MemorizationDilationModel model =
        MemorizationDilationModel.builder(noiseRate)
            .alpha(alpha)
            .expressivity(expressivity)
            .lambda(lambda)
            .build();
    return new TheoryPoint(noiseRate, alpha, expressivity, lambda, model.solve());
  }

  /** The points as CSV with a header, each in the order of the columns, full digits. */
  public static String toCsv(List<TheoryPoint> points) {
    return points.stream()
        .map(TheoryPoint::row)
        .collect(Collectors.joining("\n", HEADER + "\n", "\n"));
  }

  /** The points as curves over the noise rate, one for each alpha and expressivity. */
  public static List<TheoryCurve> curves(List<TheoryPoint> points) {
    return points.stream()
        .collect(Collectors.groupingBy(TheoryPoint::curve, LinkedHashMap::new, Collectors.toList()))
        .entrySet()
        .stream()
        .map(
            curve ->
                new TheoryCurve(
                    curve.getKey(), curve.getValue().stream().map(TheoryPoint::point).toList()))
        .toList();
  }

  private String curve() {
    return "alpha " + NumberText.of(alpha) + ", C " + NumberText.of(expressivity);
  }

  private TheoryCurve.Point point() {
    return new TheoryCurve.Point(
        noiseRate,
        solution.memorizationFraction(),
        solution.memorization() / solution.separation(),
        solution.relativeDilation());
  }

  private String row() {
    return String.format(
        Locale.ROOT,
        "%s,%s,%s,%s,%s,%s,%s,%s,%s,%s",
        noiseRate,
        alpha,
        expressivity,
        lambda,
        solution.dilation(),
        solution.separation(),
        solution.relativeDilation(),
        solution.memorization(),
        solution.memorizationFraction(),
        solution.objective());
  }
}
