package org.collapse4j.observe;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;

/**
 * Keeps what goes wrong in measuring away from training. Every failure is counted. Of those of one
 * kind at one place the first is logged with its cause, and every thousandth; that the place works
 * again is logged once. Whatever their messages say, what is remembered and logged is bounded by
 * the number of places. Only if so chosen is a failure rethrown.
 *
 * <p>Errors are failures as exceptions are, a StackOverflowError or an AssertionError among them;
 * only ThreadDeath passes, which asks the thread to stop. After an InterruptedException the thread
 * is interrupted still, and it is for training to end by that.
 */
public final class MeasuringGuard {
  private static final long LOGGED_AGAIN = 1000;

  private final Logger logger;
  private final boolean failFast;
  private final Set<String> notes = new HashSet<>();
  private final Map<Failure, Occurrences> failures = new HashMap<>();
  private final AtomicLong count = new AtomicLong();

  /**
   * No failures yet.
   *
   * @param logger where they are logged
   * @param failFast whether they are rethrown
   */
  MeasuringGuard(Logger logger, boolean failFast) {
    this.logger = logger;
    this.failFast = failFast;
  }

  /** How many failures there were. */
  long failures() {
    return count.get();
  }

  /** Runs a step of measuring; {@code what} completes the sentence "could not ...". */
  public void run(String what, Step step) {
    succeeds(what, step);
  }

  /** Runs a step of measuring; whether it has not failed. */
  boolean succeeds(String what, Step step) {
    return call(
        what,
        false,
        () -> {
          step.run();
          return true;
        });
  }

  /** The value of a step of measuring, or the fallback if it fails. */
  public <T> T call(String what, T fallback, Callable<T> step) {
    T value;
    try {
      value = step.call();
    } catch (Throwable e) {
      failed(what, e);
      return fallback;
    }
    succeeded(what);
    return value;
  }

  /** Logs what the user should know, once; it is no failure. */
  public synchronized void noteOnce(String note) {
    if (notes.add(note)) {
      logger.warn("collapse4j: {}. This is logged once.", note);
    }
  }

  private void failed(String what, Throwable e) {
    if (asksToStop(e)) {
      throw (Error) e;
    }
    if (e instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    if (failFast) {
      count.incrementAndGet();
      throw unchecked(e, what);
    }
    failedAside(what, e);
  }

  /**
   * Whether it is a ThreadDeath. Known by its name, since a later Java may be without the class.
   */
  private static boolean asksToStop(Throwable e) {
    return e.getClass().getName().equals("java.lang.ThreadDeath");
  }

  /**
   * Counts and logs a failure of a step that ran beside training, where rethrowing reaches nobody.
   */
  void failedAside(String what, Throwable e) {
    count.incrementAndGet();
    log(what, e);
  }

  private synchronized void log(String what, Throwable e) {
    Occurrences occurrences =
        failures.computeIfAbsent(new Failure(what, e.getClass()), failure -> new Occurrences());
    occurrences.number++;
    occurrences.lasts = true;
    String message = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
    if (occurrences.number == 1) {
      logger.warn(
          "collapse4j could not {}: {}. Training goes on; this is logged once.",
          what,
          message,
          e instanceof IllegalArgumentException ? null : e);
    } else if (occurrences.number % LOGGED_AGAIN == 0) {
      logger.warn("collapse4j could not {} {} times: {}.", what, occurrences.number, message);
    }
  }

  /** What has failed before works again; told once. */
  synchronized void succeeded(String what) {
    if (failures.isEmpty()) {
      return;
    }
    failures.forEach(
        (failure, occurrences) -> {
          if (failure.what.equals(what) && occurrences.lasts) {
            occurrences.lasts = false;
            if (!occurrences.recoverySaid) {
              occurrences.recoverySaid = true;
              logger.warn(
                  "collapse4j can {} again, after {} failures. This is logged once.",
                  what,
                  occurrences.number);
            }
          }
        });
  }

  private static RuntimeException unchecked(Throwable e, String what) {
    if (e instanceof Error error) {
      throw error;
    }
    return e instanceof RuntimeException runtime
        ? runtime
        : new IllegalStateException("collapse4j could not " + what, e);
  }

  /** A kind of failure at a place. */
  private record Failure(String what, Class<?> kind) {}

  /** How often a kind of failure has come, and what has been said of it. */
  private static final class Occurrences {
    private long number;
    private boolean lasts;
    private boolean recoverySaid;
  }

  /** A step that may fail in any way. */
  @FunctionalInterface
  public interface Step {
    /** Does it. */
    void run() throws Exception;
  }
}
