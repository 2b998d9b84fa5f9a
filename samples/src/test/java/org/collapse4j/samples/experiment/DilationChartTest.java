package org.collapse4j.samples.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

class DilationChartTest {
  private static List<TheoryPoint> points(double... expressivities) {
    List<TheoryPoint> points = new ArrayList<>();
    for (double expressivity : expressivities) {
      for (double alpha : new double[] {0, 0.1}) {
        for (double eta : new double[] {0, 0.1, 0.2}) {
          points.add(TheoryPoint.solve(eta, alpha, expressivity, 1e-3));
        }
      }
    }
    return points;
  }

  @Test
  void aCurveForEachAlpha() {
    assertEquals(List.of("alpha 0", "alpha 0.1"), new DilationChart(points(1), List.of()).names());
  }

  @Test
  void aCurveForEachAlphaAndExpressivity() {
    assertEquals(
        List.of("alpha 0, C 0.5", "alpha 0.1, C 0.5", "alpha 0, C 2", "alpha 0.1, C 2"),
        new DilationChart(points(0.5, 2), List.of()).names());
  }

  @Test
  void runsOfOneLossAndAlphaTogether() {
    List<MeasuredDilation> runs =
        List.of(
            new MeasuredDilation("a", 0.1, 0.3, "label-smoothing", OptionalDouble.of(0.1)),
            new MeasuredDilation("b", 0.2, 0.4, "label-smoothing", OptionalDouble.of(0.1)),
            new MeasuredDilation("c", 0.2, 0.5, "unknown loss", OptionalDouble.empty()));
    assertEquals(
        List.of(
            "alpha 0",
            "alpha 0.1",
            "measured: label-smoothing, alpha 0.1",
            "measured: unknown loss, alpha ?"),
        new DilationChart(points(1), runs).names());
  }
}
