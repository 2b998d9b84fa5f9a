package org.collapse4j.samples.command;

import java.util.List;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;

/** A ranking of suspect labels as a CSV table, the most suspect first. */
final class SuspectsCsv {
  private SuspectsCsv() {}

  /**
   * The table.
   *
   * @param known the true labels, for a last column; or null
   */
  static String of(SuspectLabels suspects, NoisyLabels known) {
    StringBuilder csv =
        new StringBuilder("rank,suspect,index,given,sits_with,margin,distance_ratio,epochs");
    csv.append(known == null ? "" : ",clean").append('\n');
    List<SuspectLabel> ranking = suspects.ranking();
    int suspected = suspects.estimatedCount();
    for (int i = 0; i < ranking.size(); i++) {
      SuspectLabel s = ranking.get(i);
      csv.append(i + 1).append(',').append(i < suspected).append(',');
      csv.append(s.index()).append(',').append(s.given()).append(',').append(s.sitsWith());
      csv.append(',').append(number(s.margin())).append(',').append(number(s.distanceRatio()));
      csv.append(',').append(s.epochs());
      csv.append(known == null ? "" : "," + known.clean((int) s.index())).append('\n');
    }
    return csv.toString();
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.valueOf((float) value);
  }
}
