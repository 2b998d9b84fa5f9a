package org.collapse4j.observe;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.nd4j.shade.guava.util.concurrent.Uninterruptibles;
import org.slf4j.MDC;

/**
 * Writes to one sink in a thread of its own, so that a sink which hangs holds up training for a
 * stated time and no longer. As long as it keeps up, training waits for each write, so that what
 * was observed is written when training goes on. A sink that has taken too long is left behind:
 * moments queue up to be written when it goes on, and training waits for none of them until it has
 * caught up.
 */
final class SinkWriter {
  /** How many moments wait for a sink that has been left behind; those after them are lost. */
  static final int LONGEST_QUEUE = 100;

  /** After so many seconds without a write the thread ends, until the next one. */
  private static final long IDLE_SECONDS = 5;

  private final MetricSink sink;
  private final String purpose;
  private final Duration longestWait;
  private final MeasuringGuard guard;
  private final ThreadPoolExecutor thread;
  private volatile Thread writing;

  /** The last write that training has not waited for to the end. */
  private CompletableFuture<Void> leftBehind = CompletableFuture.completedFuture(null);

  SinkWriter(MetricSink sink, String name, Duration longestWait, MeasuringGuard guard) {
    this.sink = sink;
    this.purpose = "write to " + name;
    this.longestWait = longestWait;
    this.guard = guard;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            task -> {
              Thread named = new Thread(task, "collapse4j " + name);
              named.setDaemon(true);
              writing = named;
              return named;
            });
    thread.allowCoreThreadTimeOut(true);
  }

  MetricSink sink() {
    return sink;
  }

  /**
   * Writes the observations of a moment after those of the moments before. To be called by one
   * thread at a time.
   */
  void write(List<Observation> moment) {
    if (leftBehind.isDone()) {
      guard.run(purpose, () -> await(submit(() -> sink.writeAll(moment))));
    } else if (thread.getQueue().size() < LONGEST_QUEUE) {
      leaveBehind(submit(() -> sink.writeAll(moment)));
    } else {
      guard.run(purpose, SinkWriter::refuse);
    }
  }

  private static void refuse() throws IOException {
    throw new IOException(
        LONGEST_QUEUE + " moments wait for it already, so that those after them are lost");
  }

  /** Has a step done by the sink's thread, with the logging context of the thread that trains. */
  private CompletableFuture<Void> submit(MeasuringGuard.Step step) {
    CompletableFuture<Void> outcome = new CompletableFuture<>();
    Map<String, String> context = MDC.getCopyOfContextMap();
    thread.execute(
        () -> {
          MDC.setContextMap(context == null ? Map.of() : context);
          run(step, outcome);
        });
    return outcome;
  }

  private static void run(MeasuringGuard.Step step, CompletableFuture<Void> outcome) {
    try {
      step.run();
      outcome.complete(null);
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    }
  }

  private void await(CompletableFuture<Void> write) throws Exception {
    try {
      Uninterruptibles.getUninterruptibly(write, longestWait);
    } catch (TimeoutException e) {
      leaveBehind(write);
      throw new IOException(
          "it has not come to an end within "
              + longestWait.toMillis()
              + " ms, so training waits for it no longer; what it lacks follows if it goes on",
          e);
    } catch (ExecutionException e) {
      rethrow(e.getCause());
    }
  }

  /** Stops waiting for a write. How it ends is logged then, since nobody is left to throw it to. */
  private void leaveBehind(CompletableFuture<Void> write) {
    leftBehind = write;
    CompletableFuture<Void> unused =
        write.whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                guard.succeeded(purpose);
              } else {
                guard.failedAside(purpose, failure);
              }
            });
  }

  private static void rethrow(Throwable failure) throws Exception {
    if (failure instanceof Error error) {
      throw error;
    }
    if (failure instanceof Exception exception) {
      throw exception;
    }
    throw new IllegalStateException(failure);
  }

  /**
   * Waits, as long as for a write, until all is written.
   *
   * @throws IOException if it takes longer
   */
  void drain() throws IOException {
    finish(() -> {});
  }

  /**
   * Closes the sink when all is written, and waits for that as long as for a write.
   *
   * @throws IOException if it cannot be closed, or not within that time
   */
  void close() throws IOException {
    finish(sink::close);
  }

  private void finish(MeasuringGuard.Step last) throws IOException {
    if (Thread.currentThread() == writing) {
      return; // A sink that closes its listener cannot wait for itself.
    }
    try {
      Uninterruptibles.getUninterruptibly(submit(last), longestWait);
    } catch (TimeoutException e) {
      throw new IOException(
          "collapse4j could not %s to the end within %s ms"
              .formatted(purpose, longestWait.toMillis()),
          e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException failure) {
        throw failure;
      }
      throw new IOException(e.getCause());
    }
  }
}
