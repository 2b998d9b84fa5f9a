package org.collapse4j.samples.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EpochReport;

/** Prints a row an epoch: how many labels are suspect by then, and how well that is known. */
final class SuspectsTable extends TableWithBar {
  private final PrintWriter out;
  private final NoisyLabels known;
  private SuspectLabels suspects;

  /**
   * A table.
   *
   * @param known the labels, if it is known which are wrong; or null
   */
  SuspectsTable(PrintWriter out, NoisyLabels known) {
    this.out = out;
    this.known = known;
  }

  /** The ranking after the last epoch. */
  SuspectLabels suspects() {
    return suspects;
  }

  @Override
  public void started(ImageData images, long parameters, Path log) {
    out.printf(
        Locale.ROOT,
        "%s: %,d training images of %d classes; every observation goes to %s%n",
        images.name(),
        images.train().numExamples(),
        images.numClasses(),
        log);
    if (known != null) {
      out.printf(Locale.ROOT, "%,d of the labels are wrong%n", known.corruptedCount());
    }
    out.printf("%n%5s %8s %9s %9s %9s", "", "", "accuracy", "accuracy", "suspect");
    out.println(known == null ? "" : "             average");
    out.printf("%5s %8s %9s %9s %9s", "epoch", "loss", "given", "held-out", "labels");
    out.println(known == null ? "" : "     AUROC precision");
    out.flush();
  }

  @Override
  public void epochDone(EpochReport report) {
    close();
    suspects = report.suspects();
    out.printf(
        Locale.ROOT,
        "%5d %8.4f %9.4f %9.4f %9d",
        report.epoch(),
        report.loss(),
        report.train().value(Metric.ACCURACY),
        report.heldOut().value(Metric.ACCURACY),
        suspects.estimatedCount());
    if (known != null) {
      out.printf(
          Locale.ROOT,
          " %9.4f %9.4f",
          suspects.auroc(i -> known.isCorrupted((int) i)),
          suspects.averagePrecision(i -> known.isCorrupted((int) i)));
    }
    out.println();
    out.flush();
  }
}
