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

  /**
   * With so many features for each class, or more, the d x d covariance takes longer than the
   * products with the class means in which the second pass finds what nc1.pinv needs of it.
   */
  private static final int FEATURES_OF_A_CLASS = 8;

  private final int covarianceLimit;
  private final boolean isOnly;

  /**
   * A pass.
   *
   * @param covarianceLimit as {@link ClassStatisticsAccumulator.Builder#covarianceLimit}
   * @param isOnly whether no second pass follows, which would find what the covariance is for
   */
  FirstPass(int covarianceLimit, boolean isOnly) {
    this.covarianceLimit = covarianceLimit;
    this.isOnly = isOnly;
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
        accumulators.computeIfAbsent(
            point, first -> accumulator(rows.numClasses(), rows.features().size(1)));
    requireSameClasses(accumulator.numClasses(), rows.numClasses());
    accumulator.observe(rows.features(), rows.classes());
  }

  private ClassStatisticsAccumulator accumulator(int numClasses, long dimension) {
    boolean isNeeded = isOnly || dimension < (long) FEATURES_OF_A_CLASS * numClasses;
    return ClassStatisticsAccumulator.builder(numClasses)
        .covarianceLimit(isNeeded ? covarianceLimit : 0)
        .build();
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
