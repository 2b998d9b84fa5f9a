package org.collapse4j.samples.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.commons.csv.CSVFormat;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.samples.data.ExampleSources;

/** A ranking of suspect labels as a CSV table, the most suspect first. */
final class SuspectsCsv {
  private SuspectsCsv() {}

  private static final String HEADER =
      "rank,suspect,index,given,sits_with,margin,distance_ratio,epochs";

  /**
   * Requires that a file that is there is a ranking, so that no data are lost where the option that
   * says they are data has been forgotten.
   */
  static void requireRankingOrNone(Path file) throws IOException {
    if (!Files.isRegularFile(file) || Files.size(file) == 0) {
      return;
    }
    try (InputStream in = Files.newInputStream(file)) {
      String begin = new String(in.readNBytes(HEADER.length()), StandardCharsets.UTF_8);
      if (!begin.equals(HEADER)) {
        throw new IllegalArgumentException(
            "csv is the ranking where no --label names a column of it, and "
                + file
                + " is there and no ranking: it would be replaced");
      }
    }
  }

  /**
   * The table.
   *
   * @param known the true labels, for a column; or null
   * @param sources of the examples, for a last column where they have names
   */
  static String of(SuspectLabels suspects, NoisyLabels known, ExampleSources sources) {
    StringBuilder csv = new StringBuilder(HEADER);
    csv.append(known == null ? "" : ",clean").append(sources.areNamed() ? ",name" : "");
    csv.append('\n');
    List<SuspectLabel> ranking = suspects.ranking();
    int suspected = suspects.estimatedCount();
    for (int i = 0; i < ranking.size(); i++) {
      SuspectLabel s = ranking.get(i);
      csv.append(i + 1).append(',').append(i < suspected).append(',');
      csv.append(s.index()).append(',').append(s.given()).append(',').append(s.sitsWith());
      csv.append(',').append(number(s.margin())).append(',').append(number(s.distanceRatio()));
      csv.append(',').append(s.epochs());
      csv.append(known == null ? "" : "," + known.clean((int) s.index()));
      csv.append(sources.areNamed() ? "," + cell(sources.names().get((int) s.index())) : "");
      csv.append('\n');
    }
    return csv.toString();
  }

  private static String cell(String text) {
    return CSVFormat.RFC4180.format(text);
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "" : String.valueOf((float) value);
  }
}
