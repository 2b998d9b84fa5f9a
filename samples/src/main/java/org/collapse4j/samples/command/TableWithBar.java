package org.collapse4j.samples.command;

import me.tongfei.progressbar.ProgressBar;
import org.collapse4j.samples.experiment.TrainingProgress;

/** A table with a row an epoch, and below it a progress bar of the epoch that runs. */
abstract class TableWithBar implements TrainingProgress, AutoCloseable {
  private ProgressBar bar;

  @Override
  public final void epochStarted(int epoch, int epochs, int batches) {
    bar = Terminal.progressBar("epoch " + epoch + "/" + epochs, batches);
  }

  @Override
  public final void batchDone() {
    if (bar != null) {
      bar.step();
    }
  }

  /** Takes the bar away, before a row is printed too. */
  @Override
  public final void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
