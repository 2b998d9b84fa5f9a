package org.collapse4j.verdict;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.MetricSeries.Point;
import org.collapse4j.metric.Metric;

/**
 * Means of three observations each, one after the other, which an extreme of many noisy values does
 * not mislead as much as the values do.
 *
 * @param means with the epoch of the middle observation; none if there are fewer than three
 * @param scatter the standard deviation of single values about the line of the last third
 */
record SmoothedCurve(List<Point> means, double scatter) {
  private static final int WIDTH = 3;

  /** How many standard errors of a mean a difference must be: three. */
  private static final double CLEAR = 3 / Math.sqrt(WIDTH);

  static SmoothedCurve of(MetricSeries series, Metric metric) {
    List<Point> points = series.points(metric);
    List<Point> means = new ArrayList<>();
    for (int i = 0; i + WIDTH <= points.size(); i++) {
      List<Point> window = points.subList(i, i + WIDTH);
      Point middle = window.get(WIDTH / 2);
      double mean = window.stream().mapToDouble(Point::value).average().orElseThrow();
      means.add(new Point(mean, middle.epoch(), middle.iteration()));
    }
    return new SmoothedCurve(List.copyOf(means), Trend.of(points).scatter());
  }

  boolean isKnown() {
    return !means.isEmpty();
  }

  /** The mean of the last observations; NaN if there are fewer than three. */
  double last() {
    return isKnown() ? means.get(means.size() - 1).value() : Double.NaN;
  }

  Point lowest() {
    return means.stream().min(Comparator.comparingDouble(Point::value)).orElse(NONE);
  }

  Point highest() {
    return means.stream().max(Comparator.comparingDouble(Point::value)).orElse(NONE);
  }

  private static final Point NONE = new Point(Double.NaN, 0, 0);

  /** Whether it is above its lowest by more than scatter explains. */
  boolean hasRisen() {
    return last() - lowest().value() > CLEAR * scatter;
  }

  /** Whether it is below its highest by more than scatter explains. */
  boolean hasFallen() {
    return highest().value() - last() > CLEAR * scatter;
  }
}
