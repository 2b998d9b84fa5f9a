package org.collapse4j.samples.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongPredicate;
import java.util.function.ToDoubleFunction;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EpochReport;
import org.collapse4j.samples.experiment.TrainingProgress;

/** Prints a row an epoch, with a progress bar below while one runs in a terminal. */
final class EpochTable implements TrainingProgress, AutoCloseable {
  private final PrintWriter out;
  private final List<Column> columns;
  private final TextTable table;
  private TerminalBar bar = TerminalBar.none();
  private EpochReport last;
  private String beginning = "";

  private EpochTable(PrintWriter out, List<Column> columns) {
    this.out = out;
    this.columns = columns;
    this.table =
        TextTable.ofWidths("r", columns.stream().mapToInt(column -> column.width).toArray());
  }

  /** A column: two lines of heading, and what it says of an epoch. */
  private record Column(int width, String above, String name, Function<EpochReport, String> cell) {
    static Column ofTraining(String name, Metric metric) {
      return ofShare(8, name, "train", report -> report.train().value(metric));
    }

    static Column ofHeldOut(String name, Metric metric) {
      return ofShare(8, name, "held-out", report -> report.heldOut().value(metric));
    }

    static Column ofShare(
        int width, String above, String name, ToDoubleFunction<EpochReport> share) {
      return new Column(width, above, name, r -> TextTable.share(share.applyAsDouble(r)));
    }
  }

  /**
   * The table of a training whose collapse is watched.
   *
   * @param noisy whether labels are wrong, so that it is to be seen how far they are memorized
   */
  static EpochTable ofCollapse(PrintWriter out, boolean noisy) {
    List<Column> columns = begin();
    columns.add(
        new Column(8, "NC1", "train", r -> TextTable.number(r.train().value(Metric.NC1_PINV))));
    columns.add(
        new Column(
            8, "NC1", "held-out", r -> TextTable.number(r.heldOut().value(Metric.NC1_PINV))));
    columns.add(Column.ofTraining("NC2 etf", Metric.NC2_ETF_MEANS));
    columns.add(Column.ofTraining("NC3 dual", Metric.NC3_DUALITY));
    columns.add(Column.ofTraining("NC4", Metric.NC4_MISMATCH));
    columns.add(Column.ofHeldOut("dilation", Metric.DILATION_RELATIVE));
    if (noisy) {
      columns.add(Column.ofTraining("memorized", Metric.MEMORIZATION_FITTED));
    }
    columns.add(new Column(6, "", "time", r -> String.format(Locale.ROOT, "%.1fs", r.seconds())));
    return new EpochTable(out, columns);
  }

  /**
   * The table of a training that looks for wrong labels.
   *
   * @param known the labels, if it is known which are wrong; or null
   */
  static EpochTable ofSuspects(PrintWriter out, NoisyLabels known) {
    List<Column> columns = begin();
    columns.add(
        new Column(8, "suspect", "labels", r -> String.valueOf(r.suspects().estimatedCount())));
    if (known != null) {
      LongPredicate wrong = i -> known.isCorrupted((int) i);
      columns.add(Column.ofShare(9, "", "AUROC", r -> r.suspects().auroc(wrong)));
      columns.add(
          Column.ofShare(9, "average", "precision", r -> r.suspects().averagePrecision(wrong)));
    }
    columns.add(
        Column.ofShare(9, "suspects", "memorized", r -> r.suspects().memorizationEstimated()));
    if (known != null) {
      columns.add(
          Column.ofShare(
              9, "wrong", "memorized", r -> r.train().value(Metric.MEMORIZATION_FITTED)));
    }
    return new EpochTable(out, columns);
  }

  private static List<Column> begin() {
    List<Column> columns = new ArrayList<>();
    columns.add(new Column(5, "", "epoch", report -> String.valueOf(report.epoch())));
    columns.add(Column.ofShare(7, "", "loss", EpochReport::loss));
    columns.add(Column.ofTraining("accuracy", Metric.ACCURACY));
    columns.add(Column.ofHeldOut("accuracy", Metric.ACCURACY));
    return columns;
  }

  /** To be told that the training goes on, before it does. */
  void goesOnAfter(int epoch, int epochs) {
    beginning = String.format("Going on after epoch %d of %d%n", epoch, epochs);
  }

  /** What the last epoch came to; null before it has ended. */
  EpochReport last() {
    return last;
  }

  @Override
  public void started(ImageData images, long parameters, Path log) {
    out.print(beginning);
    out.printf(
        Locale.ROOT,
        "%s: %,d training and %,d held-out %s of %d classes; a network of %,d parameters%n",
        images.name(),
        images.train().numExamples(),
        images.heldOut().numExamples(),
        images.sources().noun() + "s",
        images.numClasses(),
        parameters);
    images.sources().remarks().forEach(out::println);
    out.printf("Every observation goes to %s%n%n", log);
    print(columns.stream().map(Column::above).toList());
    print(columns.stream().map(Column::name).toList());
  }

  private void print(List<String> cells) {
    out.println(table.line(cells));
    out.flush();
  }

  @Override
  public void epochStarted(int epoch, int epochs, int batches) {
    bar = TerminalBar.of("epoch " + epoch + "/" + epochs, batches);
  }

  @Override
  public void batchDone() {
    bar.step();
  }

  @Override
  public void epochDone(EpochReport report) {
    close();
    last = report;
    print(columns.stream().map(column -> column.cell().apply(report)).toList());
  }

  /** Takes the bar away, before a row is printed too. */
  @Override
  public void close() {
    bar.close();
  }
}
