package org.collapse4j.samples.command;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** A progress bar for somebody who looks on, and nothing where nobody does. */
final class TerminalBar implements AutoCloseable {
  private ProgressBar bar;

  private TerminalBar(ProgressBar bar) {
    this.bar = bar;
  }

  /** A bar that vanishes when it is closed. */
  static TerminalBar of(String name, long steps) {
    return isInteractive()
        ? new TerminalBar(
            new ProgressBarBuilder()
                .setTaskName(name)
                .setInitialMax(steps)
                .setStyle(ProgressBarStyle.ASCII)
                .setUpdateIntervalMillis(200)
                .clearDisplayOnFinish()
                .build())
        : none();
  }

  /** What stands for a bar before there is one. */
  static TerminalBar none() {
    return new TerminalBar(null);
  }

  /** From Java 22 on there is a console even where output is redirected: the bar shows then. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isInteractive() {
    return System.console() != null;
  }

  void step() {
    if (bar != null) {
      bar.step();
    }
  }

  void stepTo(long step) {
    if (bar != null) {
      bar.stepTo(step);
    }
  }

  void say(String message) {
    if (bar != null) {
      bar.setExtraMessage(message);
    }
  }

  /** Takes the bar away; a second time does nothing. */
  @Override
  public void close() {
    if (bar != null) {
      bar.close();
      bar = null;
    }
  }
}
