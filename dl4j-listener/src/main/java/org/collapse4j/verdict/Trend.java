package org.collapse4j.verdict;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.regression.SimpleRegression;
import org.collapse4j.log.MetricSeries;
import org.collapse4j.log.MetricSeries.Point;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict.Direction;

/**
 * Which way a metric goes over the last third of its observations, by a straight line fitted to
 * them. Commons Math, which ND4J brings, has the regression and its confidence interval.
 *
 * @param direction rising or falling if the slope's 95% interval excludes zero and the line goes up
 *     or down by at least {@value #LEAST_CHANGE} of its larger end
 * @param scatter the standard deviation of the values about the line; NaN below three
 */
record Trend(Direction direction, double scatter) {
  /** Three values are the fewest that have a scatter about a line. */
  private static final int FEWEST = 3;

  private static final double LEAST_CHANGE = 0.05;
  private static final double QUANTILE = 0.975;

  /** Half the length of a 95% interval in standard errors, by degrees of freedom. */
  private static final Map<Long, Double> HALF_WIDTHS = new ConcurrentHashMap<>();

  /** The observations that a trend is of: the last third, at least three. */
  static <T> List<T> lastThird(List<T> all) {
    int kept = Math.min(all.size(), Math.max(FEWEST, (all.size() + 2) / 3));
    return all.subList(all.size() - kept, all.size());
  }

  static Trend of(MetricSeries series, Metric metric) {
    return of(series.points(metric));
  }

  static Trend of(List<Point> points) {
    List<Point> last = lastThird(points);
    long begin = last.isEmpty() ? 0 : last.get(0).iteration();
    long end = last.isEmpty() ? 0 : last.get(last.size() - 1).iteration();
    if (last.size() < FEWEST || begin == end) {
      return new Trend(Direction.UNKNOWN, Double.NaN);
    }
    SimpleRegression line = new SimpleRegression();
    last.forEach(point -> line.addData((double) (point.iteration() - begin), point.value()));
    double scatter = Math.sqrt(line.getMeanSquareError());
    return new Trend(direction(line, end - begin), scatter);
  }

  private static Direction direction(SimpleRegression line, long length) {
    double slope = line.getSlope();
    double from = line.getIntercept();
    double to = from + slope * length;
    double size = Math.max(Math.abs(from), Math.abs(to));
    // The interval takes longer than all else, and most of the time nothing hangs on it.
    boolean changes = !(Math.abs(to - from) < LEAST_CHANGE * size);
    if (!changes || !(Math.abs(slope) > halfWidth(line.getN() - 2) * line.getSlopeStdErr())) {
      return Direction.STEADY;
    }
    return slope > 0 ? Direction.RISING : Direction.FALLING;
  }

  /** The regression itself would search for the quantile anew for each of thousands of lines. */
  private static double halfWidth(long freedom) {
    return HALF_WIDTHS.computeIfAbsent(
        freedom, f -> new TDistribution(null, f).inverseCumulativeProbability(QUANTILE));
  }
}
