package org.collapse4j.observe;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;
import org.collapse4j.evaluation.FeatureStatistics;
import org.collapse4j.evaluation.FeatureStream;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.stats.ClassStatistics;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The features of the training forward passes themselves, gathered since they were last drained.
 * Each thread that trains gathers into a part of its own. They are training-mode features of a
 * model that moves meanwhile, compared with the class means of what was drained before.
 */
public final class TrainingStream {
  private final int covarianceLimit;
  private final MeasuringGuard guard;
  private final ReadWriteLock lock = new ReentrantReadWriteLock();
  private final Map<MeasuredPoint, ClassStatistics> centres = new ConcurrentHashMap<>();
  private final List<Part> parts = new ArrayList<>();

  TrainingStream(int covarianceLimit, MeasuringGuard guard) {
    this.covarianceLimit = covarianceLimit;
    this.guard = guard;
  }

  /** A part for a thread that trains. */
  public Part newPart() {
    Part part = new Part();
    lock.writeLock().lock();
    try {
      parts.add(part);
    } finally {
      lock.writeLock().unlock();
    }
    return part;
  }

  /** Forgets a part that is drained for the last time. */
  public void remove(Part part) {
    lock.writeLock().lock();
    try {
      parts.remove(part);
    } finally {
      lock.writeLock().unlock();
    }
  }

  /** What all parts have gathered; its class means become the centres of what comes next. */
  Map<MeasuredPoint, FeatureStatistics> drain() {
    Map<MeasuredPoint, FeatureStatistics> merged = new HashMap<>();
    lock.writeLock().lock();
    try {
      for (Part part : parts) {
        part.drainInto(merged);
      }
      merged.forEach((point, gathered) -> centres.put(point, gathered.features()));
    } finally {
      lock.writeLock().unlock();
    }
    return merged;
  }

  /** What one thread gathers. */
  public final class Part {
    private final Map<MeasuredPoint, FeatureStream> streams = new HashMap<>();

    /** Points that had a batch without classes since the last drain, of which nothing is told. */
    private final Set<MeasuredPoint> spoilt = new HashSet<>();

    private Part() {}

    /**
     * Adds a batch.
     *
     * @param rows asked for at once; one that fails costs what is gathered until the next drain
     */
    public void observe(MeasuredPoint point, Supplier<LabelledRows> rows) {
      lock.readLock().lock();
      try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        if (!spoilt.contains(point)
            && !guard.succeeds("measure \"" + point.name() + "\"", () -> add(point, rows.get()))) {
          spoilt.add(point);
        }
      } finally {
        lock.readLock().unlock();
      }
    }

    private void add(MeasuredPoint point, LabelledRows rows) {
      if (rows.size() > 0) {
        streams.computeIfAbsent(point, this::stream).observe(rows);
      }
    }

    private FeatureStream stream(MeasuredPoint point) {
      FeatureStream stream = new FeatureStream(covarianceLimit);
      stream.centres(centres.get(point));
      return stream;
    }

    private void drainInto(Map<MeasuredPoint, FeatureStatistics> merged) {
      streams.forEach(
          (point, stream) -> {
            FeatureStatistics gathered = stream.drain();
            if (gathered != null && !spoilt.contains(point)) {
              merged.merge(point, gathered, FeatureStatistics::merge);
            }
          });
      streams.clear();
      spoilt.clear();
    }
  }
}
