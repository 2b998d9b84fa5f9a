package org.collapse4j.samples.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EpochReport;

/** Prints a row an epoch, with a progress bar below while one runs in a terminal. */
final class EpochTable extends TableWithBar {
  private static final String HEAD = "%5s %8s %9s %9s %9s %9s %9s %9s %9s %9s %7s%n";

  private final PrintWriter out;
  private double loss;

  EpochTable(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void started(ImageData images, long parameters, Path log) {
    out.printf(
        Locale.ROOT,
        "%s: %,d training and %,d held-out images of %d classes; a network of %,d parameters%n",
        images.name(),
        images.train().numExamples(),
        images.heldOut().numExamples(),
        images.numClasses(),
        parameters);
    out.printf("Every observation goes to %s%n%n", log);
    out.printf(
        HEAD,
        "",
        "",
        "accuracy",
        "accuracy",
        "NC1",
        "NC1",
        "NC2 etf",
        "NC3 dual",
        "NC4",
        "dilation",
        "");
    out.printf(
        HEAD,
        "epoch",
        "loss",
        "train",
        "held-out",
        "train",
        "held-out",
        "train",
        "train",
        "train",
        "relative",
        "time");
    out.flush();
  }

  /** Whether the loss of the last epoch is a number. */
  boolean hasFiniteLoss() {
    return Double.isFinite(loss);
  }

  @Override
  public void epochDone(EpochReport report) {
    close();
    loss = report.loss();
    out.printf(
        Locale.ROOT,
        "%5d %8.4f %9.4f %9.4f %9.4g %9.4g %9.4f %9.4f %9.4f %9.4f %6.1fs%n",
        report.epoch(),
        report.loss(),
        report.train().value(Metric.ACCURACY),
        report.heldOut().value(Metric.ACCURACY),
        report.train().value(Metric.NC1_PINV),
        report.heldOut().value(Metric.NC1_PINV),
        report.train().value(Metric.NC2_ETF_MEANS),
        report.train().value(Metric.NC3_DUALITY),
        report.train().value(Metric.NC4_MISMATCH),
        report.heldOut().value(Metric.DILATION_RELATIVE),
        report.seconds());
    out.flush();
  }
}
