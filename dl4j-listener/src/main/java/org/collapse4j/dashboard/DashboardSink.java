package org.collapse4j.dashboard;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.collapse4j.log.Observation;
import org.collapse4j.log.SerialSink;

/**
 * Rewrites a page of all that it was handed at every moment that is observed, so that the file can
 * be opened while training runs. The former page is replaced at once; it is whole at any moment.
 *
 * <p>It keeps its observations in memory, of long trainings every second once there are {@value
 * #MOST_KEPT}, then every fourth, and so on. For several runs in one page write logs, and draw
 * {@link Dashboard#of(org.collapse4j.log.MetricLog)} of them.
 */
public final class DashboardSink extends SerialSink {
  private static final int MOST_KEPT = 20_000;

  private final Path page;
  private final List<Observation> observations = new ArrayList<>();

  /**
   * A sink to a page.
   *
   * @param page created, with its folders, at the first observation; replaced if it exists
   */
  public DashboardSink(Path page) {
    this.page = page;
  }

  @Override
  protected void put(Observation observation) throws IOException {
    putAll(List.of(observation));
  }

  @Override
  protected void putAll(List<Observation> moment) throws IOException {
    observations.addAll(moment);
    if (observations.size() > MOST_KEPT) {
      halve();
    }
    Dashboard.of(observations).write(page);
  }

  @Override
  protected void release() {
    observations.clear();
  }

  /** Leaves out whole moments, so that those of all splits and layers stay together. */
  private void halve() {
    List<Long> moments = observations.stream().map(Observation::iteration).distinct().toList();
    List<Long> kept = Thinning.every(2, moments);
    Set<Long> keep = new HashSet<>(kept);
    observations.removeIf(o -> !keep.contains(o.iteration()));
  }
}
