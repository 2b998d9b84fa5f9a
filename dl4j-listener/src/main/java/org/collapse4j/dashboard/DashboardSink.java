package org.collapse4j.dashboard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;

/**
 * Rewrites a page of all that it was handed at every observation, so that the file can be opened
 * while training runs. The former page is replaced at once; it is whole at any moment.
 *
 * <p>It keeps its observations in memory, of long trainings every second once there are {@value
 * #MOST_KEPT}, then every fourth, and so on. For several runs in one page write logs, and draw
 * {@link Dashboard#of(org.collapse4j.log.MetricLog)} of them.
 */
public final class DashboardSink implements MetricSink {
  private static final int MOST_KEPT = 20_000;

  private final Path page;
  private final List<Observation> observations = new ArrayList<>();
  private boolean closed;

  /**
   * A sink to a page.
   *
   * @param page created, with its folders, at the first observation; replaced if it exists
   */
  public DashboardSink(Path page) {
    this.page = page;
  }

  @Override
  public synchronized void write(Observation observation) throws IOException {
    if (closed) {
      throw new IOException("The sink to " + page + " is closed");
    }
    observations.add(observation);
    if (observations.size() > MOST_KEPT) {
      halve();
    }
    Dashboard.of(observations).write(page);
  }

  @Override
  public synchronized void close() {
    closed = true;
  }

  /** Leaves out whole moments, so that those of all splits and layers stay together. */
  private void halve() {
    List<Long> moments = observations.stream().map(Observation::iteration).distinct().toList();
    List<Long> kept = Thinning.every(2, moments);
    Set<Long> keep = new HashSet<>(kept);
    observations.removeIf(o -> !keep.contains(o.iteration()));
  }
}
