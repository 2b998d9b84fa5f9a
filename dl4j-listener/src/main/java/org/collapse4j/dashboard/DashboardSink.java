package org.collapse4j.dashboard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.collapse4j.log.DetailThinning;
import org.collapse4j.log.Observation;
import org.collapse4j.log.SerialSink;

/**
 * Rewrites a page of all that it was handed while training runs. The former page is replaced at
 * once; it is whole at any moment.
 *
 * <p>The page is drawn at every moment that is observed as long as that takes no more than two
 * seconds in all and a twentieth of the time from then on. Where it would take more, as the page of
 * a long run does at every epoch, moments are drawn together, {@value #LONGEST_SECONDS} seconds
 * late at most (and what drawing takes); so what it costs a moment does not grow with the run. What
 * is not drawn yet is drawn when the sink is closed, or when the process ends other than by being
 * killed.
 *
 * <p>It keeps the numbers of its observations in memory, of long trainings every second once there
 * are {@value #MOST_KEPT}, then every fourth, and so on; what is known of classes and examples at
 * some moments, evenly apart, and at the last. For several runs in one page write logs, and draw
 * {@link Dashboard#of(org.collapse4j.log.MetricLog)} of them.
 */
public final class DashboardSink extends SerialSink {
  private static final int MOST_KEPT = 20_000;
  private static final int LONGEST_SECONDS = 10;
  private static final long LONGEST_WAIT = TimeUnit.SECONDS.toNanos(LONGEST_SECONDS);
  private static final long MOST_CREDIT = TimeUnit.SECONDS.toNanos(2);

  /** One nanosecond of so many is for drawing. */
  private static final int SHARE = 20;

  private static final Set<DashboardSink> BEHIND = ConcurrentHashMap.newKeySet();

  private final Path page;
  private final LongSupplier nanoseconds;
  private final List<Observation> observations = new ArrayList<>();
  private DetailThinning<Observation> details = thinning();

  /** Nanoseconds that drawing may take; below zero it has taken more, and is to wait. */
  private long credit = MOST_CREDIT;

  private long creditedAt;
  private boolean isWaiting;
  private IOException failure;

  /**
   * A sink to a page.
   *
   * @param page created, with its folders, at the first observation; replaced if it exists
   */
  public DashboardSink(Path page) {
    this(page, System::nanoTime);
  }

  /** A sink whose drawing takes as long as a clock says. */
  DashboardSink(Path page, LongSupplier nanoseconds) {
    this.page = page;
    this.nanoseconds = nanoseconds;
    this.creditedAt = nanoseconds.getAsLong();
  }

  @Override
  protected void put(Observation observation) throws IOException {
    putAll(List.of(observation));
  }

  @Override
  protected void putAll(List<Observation> moment) throws IOException {
    moment.forEach(this::keep);
    if (observations.size() > MOST_KEPT) {
      halve();
    }
    if (earn() > 0) {
      draw();
    } else {
      drawLater();
    }
    throwFailure();
  }

  private DetailThinning<Observation> thinning() {
    return new DetailThinning<>(observations, Function.identity());
  }

  private void keep(Observation observation) {
    observations.add(observation);
    details.added(observation, true);
  }

  private long earn() {
    long now = nanoseconds.getAsLong();
    credit = Math.min(MOST_CREDIT, credit + (now - creditedAt) / SHARE);
    creditedAt = now;
    return credit;
  }

  private void draw() throws IOException {
    long start = nanoseconds.getAsLong();
    try {
      details.complete();
      Dashboard.of(observations).write(page);
      BEHIND.remove(this);
    } finally {
      credit -= nanoseconds.getAsLong() - start;
    }
  }

  private void drawLater() {
    Ending.isWatched();
    BEHIND.add(this);
    if (!isWaiting) {
      isWaiting = true;
      long wait = Math.min(LONGEST_WAIT, -credit * SHARE);
      CompletableFuture.delayedExecutor(wait, TimeUnit.NANOSECONDS).execute(this::catchUp);
    }
  }

  /** Draws what is not drawn yet; a failure is thrown when the sink is used the next time. */
  private synchronized void catchUp() {
    isWaiting = false;
    if (BEHIND.contains(this)) {
      try {
        draw();
      } catch (IOException e) {
        failure = e;
      }
    }
  }

  private void throwFailure() throws IOException {
    IOException thrown = failure;
    failure = null;
    if (thrown != null) {
      throw thrown;
    }
  }

  @Override
  protected void release() throws IOException {
    try {
      if (BEHIND.contains(this)) {
        draw();
      }
      throwFailure();
    } finally {
      observations.clear();
      details = thinning();
    }
  }

  /** Leaves out whole moments, so that those of all splits and layers stay together. */
  private void halve() {
    List<Long> moments = observations.stream().map(Observation::iteration).distinct().toList();
    List<Long> kept = Thinning.every(2, moments);
    Set<Long> keep = new HashSet<>(kept);
    List<Observation> every =
        observations.stream().filter(o -> keep.contains(o.iteration())).toList();
    observations.clear();
    details = thinning();
    every.forEach(this::keep);
  }

  /**
   * Has what is not drawn yet drawn when the process ends; nothing unless a page is ever behind.
   */
  private static final class Ending {
    static {
      try {
        Thread last = new Thread(() -> BEHIND.forEach(DashboardSink::catchUp), "collapse4j page");
        Runtime.getRuntime().addShutdownHook(last);
      } catch (IllegalStateException tooLate) { // The process is ending already.
        BEHIND.clear();
      }
    }

    private Ending() {}

    static void isWatched() {}
  }
}
