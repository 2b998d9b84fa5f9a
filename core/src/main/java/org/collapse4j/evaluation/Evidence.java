package org.collapse4j.evaluation;

import org.collapse4j.metric.Measurements;

/**
 * Something that is learnt from every row in the second pass, once the class means are known. One
 * that fails is left out of the rest of the pass.
 *
 * @param <P> what tells the points apart
 * @param <L> what learns
 */
public interface Evidence<P, L extends Learner<P, L>> {
  /** What it is, to complete the sentence "could not ...". */
  String purpose();

  /** What learns it from the rows of one pass; copies of it learn from the parts of the rows. */
  L learner();

  /** Ends a pass in which every row could be learnt from; is not called otherwise. */
  void finish(L learnt);

  /** The metrics it makes of a point; empty if it makes none, or the last pass has failed. */
  default Measurements measurements(P point) {
    return Measurements.empty();
  }
}
