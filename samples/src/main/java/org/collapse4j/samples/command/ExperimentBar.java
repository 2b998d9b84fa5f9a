package org.collapse4j.samples.command;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EpochReport;
import org.collapse4j.samples.experiment.ExperimentProgress;
import org.collapse4j.samples.experiment.Hyperparameters;
import org.collapse4j.samples.experiment.TrainingProgress;

/** Prints a row a training, with a progress bar over all of them below while one runs. */
final class ExperimentBar implements ExperimentProgress, TrainingProgress, AutoCloseable {
  private static final int STEPS_OF_AN_EPOCH = 100;

  private static final List<String> COLUMNS =
      List.of("training", "dilation.relative", "test accuracy", "gone", "left");

  private final PrintWriter out;
  private final TextTable table = TextTable.ofWidths("lr", 32, 17, 13, 7, 7);
  private TerminalBar bar = TerminalBar.none();
  private long began;
  private long epochsInAll;
  private long epochsDone;
  private int trainingsInAll;
  private int trainingsDone;
  private String training;
  private int batches;
  private int batch;
  private EpochReport last;

  ExperimentBar(PrintWriter out) {
    this.out = out;
  }

  @Override
  public void planned(int cells, List<Hyperparameters> missing, Path log) {
    out.printf(
        "%d trainings, %d of them still to run; the log is %s%n", cells, missing.size(), log);
    out.flush();
    trainingsInAll = missing.size();
    epochsInAll = missing.stream().mapToLong(Hyperparameters::epochs).sum();
    began = System.nanoTime();
    if (trainingsInAll > 0) {
      print(COLUMNS);
      bar = TerminalBar.of("", epochsInAll * STEPS_OF_AN_EPOCH);
    }
  }

  @Override
  public TrainingProgress cellStarted(Hyperparameters cell) {
    training =
        String.format(
            Locale.ROOT,
            "%d/%d %s%s eta %s seed %d",
            trainingsDone + 1,
            trainingsInAll,
            cell.loss(),
            cell.loss().hasAlpha() ? " " + cell.alpha() : "",
            cell.noiseRate(),
            cell.seed());
    bar.say(training);
    return this;
  }

  @Override
  public void started(ImageData images, long parameters, Path log) {}

  @Override
  public void epochStarted(int epoch, int epochs, int batchesOfEpoch) {
    batches = batchesOfEpoch;
    batch = 0;
  }

  @Override
  public void batchDone() {
    batch++;
    step();
  }

  private void step() {
    bar.stepTo(epochsDone * STEPS_OF_AN_EPOCH + (long) STEPS_OF_AN_EPOCH * batch / batches);
  }

  @Override
  public void epochDone(EpochReport report) {
    epochsDone++;
    batch = 0;
    step();
    last = report;
  }

  @Override
  public void cellDone(Hyperparameters cell) {
    trainingsDone++;
    double seconds = (System.nanoTime() - began) / 1e9;
    double left = seconds / epochsDone * (epochsInAll - epochsDone);
    print(
        List.of(
            training,
            TextTable.share(last.heldOut().value(Metric.DILATION_RELATIVE)),
            TextTable.share(last.heldOut().value(Metric.ACCURACY)),
            clock(seconds),
            clock(left)));
  }

  private void print(List<String> cells) {
    out.println(table.line(cells));
    out.flush();
  }

  private static String clock(double seconds) {
    Duration time = Duration.ofSeconds(Math.round(seconds));
    return String.format(
        Locale.ROOT, "%d:%02d:%02d", time.toHours(), time.toMinutesPart(), time.toSecondsPart());
  }

  @Override
  public void close() {
    bar.close();
  }
}
