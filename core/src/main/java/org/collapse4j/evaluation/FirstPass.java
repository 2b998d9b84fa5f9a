package org.collapse4j.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers the class statistics of every point.
 *
 * @param <P> what tells the points apart
 */
final class FirstPass<P> implements Pass<P, FirstPass.Gathered<P>> {
  private static final long serialVersionUID = 1;

  private final int covarianceLimit;

  FirstPass(int covarianceLimit) {
    this.covarianceLimit = covarianceLimit;
  }

  /**
   * What is gathered.
   *
   * @param statistics of the points that have labelled rows, in the order in which they came
   * @param failures why there is nothing of other points
   */
  @SuppressWarnings("serial") // The maps are those of java.util.
  record Gathered<P>(Map<P, ClassStatistics> statistics, Map<P, Failure> failures)
      implements Mergeable<Gathered<P>> {

    @Override
    public Gathered<P> merge(Gathered<P> other) {
      Map<P, Failure> failed = Walk.merge(failures, other.failures);
      Map<P, ClassStatistics> merged = new LinkedHashMap<>(statistics);
      other.statistics.forEach(
          (point, theirs) -> {
            try {
              merged.merge(point, theirs, ClassStatistics::merge);
            } catch (IllegalArgumentException e) {
              failed.putIfAbsent(point, new Failure(e));
            }
          });
      merged.keySet().removeAll(failed.keySet());
      return new Gathered<>(merged, failed);
    }
  }

  @Override
  public Gathered<P> over(RowSource<P> rows) {
    Map<P, ClassStatisticsAccumulator> accumulators = new LinkedHashMap<>();
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      Map<P, Failure> failures =
          new Walk<P>(point -> true, (point, batch) -> add(accumulators, point, batch))
              .through(rows);
      Map<P, ClassStatistics> statistics = new LinkedHashMap<>();
      accumulators.forEach(
          (point, accumulator) -> {
            if (!failures.containsKey(point)) {
              statistics.put(point, accumulator.snapshot());
            }
          });
      return new Gathered<>(statistics, failures);
    } finally {
      accumulators.values().forEach(ClassStatisticsAccumulator::close);
    }
  }

  private void add(Map<P, ClassStatisticsAccumulator> accumulators, P point, LabelledRows rows) {
    ClassStatisticsAccumulator accumulator =
        accumulators.computeIfAbsent(point, first -> accumulator(rows.numClasses()));
    requireSameClasses(accumulator.numClasses(), rows.numClasses());
    accumulator.observe(rows.features(), rows.classes());
  }

  private ClassStatisticsAccumulator accumulator(int numClasses) {
    return ClassStatisticsAccumulator.builder(numClasses).covarianceLimit(covarianceLimit).build();
  }

  private static void requireSameClasses(int before, int now) {
    if (before != now) {
      throw new IllegalArgumentException(
          "All batches must have the same number of classes, but there were "
              + before
              + " and are "
              + now
              + " now");
    }
  }
}
