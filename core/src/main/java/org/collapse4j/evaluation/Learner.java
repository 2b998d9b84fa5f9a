package org.collapse4j.evaluation;

import java.io.Serializable;
import java.util.Map;
import org.collapse4j.stats.ClassStatistics;

/**
 * Learns from the rows of one pass, or of a part of it. Before it begins it can be serialized, and
 * so it can after it has ended: what it holds then is what it has learnt.
 *
 * @param <P> what tells the points apart
 * @param <L> the type itself
 */
public interface Learner<P, L extends Learner<P, L>> extends Serializable {
  /**
   * Begins.
   *
   * @param centres the class means, with counts and variances, of every point that could be
   *     measured, over all parts
   * @param rows those that come
   */
  void begin(Map<P, ClassStatistics> centres, RowParts<P> rows);

  /** Learns from the rows of a batch at a point; there is at least one. */
  void observe(P point, LabelledRows rows);

  /** Ends: lets go of what was needed only to learn. */
  void end();

  /** Adds what another has learnt from other rows; both have ended. */
  void merge(L other);
}
