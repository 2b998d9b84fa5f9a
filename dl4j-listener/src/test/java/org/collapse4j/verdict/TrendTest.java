package org.collapse4j.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.MetricSeries.Point;
import org.collapse4j.verdict.Verdict.Direction;
import org.junit.jupiter.api.Test;

class TrendTest {
  private static Trend of(double... values) {
    List<Point> points = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      points.add(new Point(values[i], i + 1, 10L * i));
    }
    return Trend.of(points);
  }

  private static Direction direction(double... values) {
    return of(values).direction();
  }

  @Test
  void oneOrTwoObservationsHaveNoTrend() {
    assertEquals(Direction.UNKNOWN, direction());
    assertEquals(Direction.UNKNOWN, direction(1));
    assertEquals(Direction.UNKNOWN, direction(1, 0.1));
    assertEquals(Double.NaN, of(1, 0.1).scatter());
  }

  /** SciPy's linregress: slope -0.0046, half its 95% interval 0.003896, residuals 0.020248. */
  @Test
  void theSlopeIsHeldAgainstTheScatter() {
    double[] falling = new double[12];
    double[] last = {0.9, 0.84, 0.83, 0.75};
    System.arraycopy(last, 0, falling, 8, 4);
    assertEquals(Direction.FALLING, direction(falling));
    assertEquals(0.020248456731316578, of(falling).scatter(), 1e-12);
    falling[9] = 0.8;
    falling[10] = 0.9;
    assertEquals(Direction.STEADY, direction(falling));
  }

  @Test
  void onlyTheLastThirdCounts() {
    assertEquals(Direction.RISING, direction(9, 8, 7, 6, 5, 4, 1, 2, 3));
    assertEquals(Direction.STEADY, direction(9, 8, 7, 6, 5, 4, 1, 1, 1));
  }

  @Test
  void aClearChangeBelowFivePercentIsSteady() {
    assertEquals(Direction.STEADY, direction(1, 0.98, 0.96));
    assertEquals(Direction.FALLING, direction(1, 0.97, 0.94));
    assertEquals(Direction.RISING, direction(0, 0.001, 0.002));
  }

  @Test
  void aModelThatIsNotTrainedHasNoTrend() {
    Point point = new Point(1, 0, 0);
    assertEquals(Direction.UNKNOWN, Trend.of(List.of(point, point, point)).direction());
  }

  /** The change is held against the larger end of the last third, wherever that begins. */
  @Test
  void theBoundOfFivePercentIsThatOfTheLastThird() {
    assertEquals(Direction.STEADY, direction(1, 1, 1, 1, 1, 1, 1, 0.98, 0.96));
    assertEquals(Direction.FALLING, direction(1, 1, 1, 1, 1, 1, 1, 0.974, 0.948));
    assertEquals(Direction.FALLING, direction(20, 19.5, 19));
  }
}
