package org.collapse4j.evaluation;

import java.util.Map;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;

/**
 * Something that is learnt from every row in the second pass, once the class means are known. One
 * that fails is left out of the rest of the pass.
 *
 * @param <P> what tells the points apart
 */
public interface Evidence<P> {
  /** What it is, to complete the sentence "could not ...". */
  String purpose();

  /**
   * Starts a pass.
   *
   * @param statistics of every point that could be measured
   * @param source whose rows come
   */
  void begin(Map<P, ClassStatistics> statistics, RowSource<P> source);

  /** Learns from the rows of a batch at a point; there is at least one. */
  void observe(P point, LabelledRows rows);

  /** Ends a pass in which every row could be learnt from; is not called otherwise. */
  void finish();

  /** The metrics it makes of a point; empty if it makes none, or the pass has not been ended. */
  default Measurements measurements(P point) {
    return Measurements.empty();
  }
}
