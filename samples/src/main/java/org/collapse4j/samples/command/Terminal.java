package org.collapse4j.samples.command;

import me.tongfei.progressbar.ProgressBar;
import me.tongfei.progressbar.ProgressBarBuilder;
import me.tongfei.progressbar.ProgressBarStyle;

/** What is shown to somebody who looks on. */
final class Terminal {
  private Terminal() {}

  /** A bar that vanishes when it is closed; null where nobody looks on. */
  static ProgressBar progressBar(String name, long steps) {
    return isInteractive()
        ? new ProgressBarBuilder()
            .setTaskName(name)
            .setInitialMax(steps)
            .setStyle(ProgressBarStyle.ASCII)
            .setUpdateIntervalMillis(200)
            .clearDisplayOnFinish()
            .build()
        : null;
  }

  /** From Java 22 on there is a console even where output is redirected: the bar shows then. */
  @SuppressWarnings("SystemConsoleNull")
  private static boolean isInteractive() {
    return System.console() != null;
  }
}
