package org.collapse4j.measure;

import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Keeps what goes wrong in measuring away from training: each kind of failure is logged once with
 * its cause, every one is counted, and only if so chosen is it rethrown.
 */
public final class MeasuringGuard {
  private final Logger logger;
  private final boolean failFast;
  private final Set<String> seen = new HashSet<>();
  private final AtomicLong failures = new AtomicLong();

  /**
   * No failures yet.
   *
   * @param logger where they are logged
   * @param failFast whether they are rethrown
   */
  public MeasuringGuard(Logger logger, boolean failFast) {
    this.logger = logger;
    this.failFast = failFast;
  }

  /** How many there were. */
  public long failures() {
    return failures.get();
  }

  /** Runs a step of measuring; {@code what} completes the sentence "could not ...". */
  public void run(String what, Step step) {
    call(
        what,
        null,
        () -> {
          step.run();
          return null;
        });
  }

  /** The value of a step of measuring, or the fallback if it fails. */
  public <T> T call(String what, T fallback, Callable<T> step) {
    try {
      return step.call();
    } catch (Exception | LinkageError | OutOfMemoryError e) {
      failures.incrementAndGet();
      if (failFast) {
        throw unchecked(e, what);
      }
      logOnce(what, e);
      return fallback;
    }
  }

  /** Logs what the user should know, once; it is no failure. */
  public synchronized void noteOnce(String note) {
    if (seen.add(note)) {
      logger.warn("collapse4j: {}. This is logged once.", note);
    }
  }

  private synchronized void logOnce(String what, Throwable e) {
    if (seen.add(what + e.getClass() + e.getMessage())) {
      logger.warn(
          "collapse4j could not {}: {}. Training goes on; this is logged once.",
          what,
          e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage(),
          e instanceof IllegalArgumentException ? null : e);
    }
  }

  private static RuntimeException unchecked(Throwable e, String what) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("collapse4j could not " + what, e);
  }

  /** A step that may fail in any way. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void run() throws Exception;
  }
}
