package org.collapse4j.dl4j;

import java.util.Map;
import org.collapse4j.stats.ClassStatistics;

/** Something that is learnt from every row of a probe, once the class means are known. */
interface RowEvidence {
  /** What it is, to complete the sentence "could not ...". */
  String purpose();

  /** Starts a run over the probe, whose statistics are these. */
  void begin(Map<FeaturePoint, ClassStatistics> statistics);

  /** Learns from the rows of a batch at a point. */
  void observe(FeaturePoint point, ProbeRows rows);

  /** Ends a run in which every row could be learnt from; is not called otherwise. */
  void finish();
}
