package org.collapse4j.evaluation;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.collapse4j.evaluation.FirstPass.Gathered;
import org.collapse4j.evaluation.SecondPass.Decided;
import org.collapse4j.evaluation.SecondPass.Learning;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The two passes over labelled rows that give every metric: the first gathers the class statistics,
 * the second, when the centres of the classes are known, the decisions and whatever {@link
 * Evidence} is wanted.
 *
 * <p>What is wrong with the rows of a point, other classes than before or labels that are none,
 * costs that point this evaluation, and no other point.
 *
 * @param <P> what tells the points apart whose features are evaluated
 */
public final class Evaluation<P> {
  private final RowParts<P> rows;
  private final GlobalMean globalMean;
  private final int covarianceLimit;
  private final boolean heldOut;
  private final Map<P, INDArray> outOfDistributionMeans;
  private final List<Evidence<P, ?>> evidence;
  private final Attempt attempt;
  private final Set<P> failed = new HashSet<>();

  private Evaluation(Builder<P> builder) {
    rows = builder.rows;
    globalMean = builder.globalMean;
    covarianceLimit = builder.covarianceLimit;
    heldOut = builder.heldOut;
    outOfDistributionMeans = builder.outOfDistributionMeans;
    evidence = List.copyOf(builder.evidence);
    attempt = builder.attempt;
  }

  /** Starts the evaluation of rows, of one part or of many. */
  public static <P> Builder<P> builder(RowParts<P> rows) {
    return new Builder<>(rows);
  }

  /**
   * What was found at a point.
   *
   * @param measurements every metric that the rows allow
   * @param statistics of the features
   */
  public record Result(Measurements measurements, ClassStatistics statistics) {}

  /**
   * Makes both passes.
   *
   * @return the result of every point that has labelled rows, in the order in which they came
   */
  public Map<P, Result> measure() {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      failed.clear();
      RowParts<P> kept = rows instanceof RowSource<P> source ? new KeptRows<>(source) : rows;
      Map<P, ClassStatistics> statistics = gather(kept, new FirstPass<>(covarianceLimit, false));
      Decided<P> decided = kept.run(new SecondPass<>(statistics, evidence));
      tell(decided.failures());
      List<Evidence<P, ?>> learnt = finish(decided.learning());
      Map<P, Result> results = new LinkedHashMap<>();
      statistics.forEach(
          (point, features) -> {
            DecisionStatistics decisions = decided.decisions().get(point);
            if (decisions != null) {
              attempt.run(
                  "measure " + rows.describe(point),
                  () -> results.put(point, result(point, features, decisions, learnt)));
            }
          });
      return results;
    }
  }

  /**
   * Makes the first pass only.
   *
   * @return the statistics of every point that has labelled rows, in the order in which they came
   */
  public Map<P, ClassStatistics> statistics() {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      failed.clear();
      return gather(rows, new FirstPass<>(covarianceLimit, true));
    }
  }

  /** The points whose rows were found wanting in the last evaluation. */
  public Set<P> failedPoints() {
    return Set.copyOf(failed);
  }

  private Map<P, ClassStatistics> gather(RowParts<P> from, FirstPass<P> pass) {
    Gathered<P> gathered = from.run(pass);
    tell(gathered.failures());
    return gathered.statistics();
  }

  private void tell(Map<P, Failure> failures) {
    failed.addAll(failures.keySet());
    failures.forEach(
        (point, failure) -> attempt.run("measure " + rows.describe(point), failure::rethrow));
  }

  /** The evidence that came to its end. */
  private List<Evidence<P, ?>> finish(List<Learning<P, ?>> learning) {
    List<Evidence<P, ?>> finished = new ArrayList<>();
    for (int i = 0; i < evidence.size(); i++) {
      if (isFinished(evidence.get(i), learning.get(i))) {
        finished.add(evidence.get(i));
      }
    }
    return finished;
  }

  @SuppressWarnings("unchecked") // The learner is a copy of the one that the evidence has made.
  private <L extends Learner<P, L>> boolean isFinished(
      Evidence<P, L> wanted, Learning<P, ?> learning) {
    return attempt.run(wanted.purpose(), () -> wanted.finish((L) learning.learnt()));
  }

  private Result result(
      P point,
      ClassStatistics features,
      DecisionStatistics decisions,
      List<Evidence<P, ?>> finished) {
    FeatureStatistics statistics = new FeatureStatistics(features, decisions);
    Measurements values =
        statistics.measure(rows.classifier(point), outOfDistributionMeans.get(point), globalMean);
    if (heldOut) {
      values = values.and(statistics.dilation());
    }
    for (Evidence<P, ?> learnt : finished) {
      values = values.and(learnt.measurements(point));
    }
    return new Result(values, features);
  }

  /**
   * The options of an {@link Evaluation}.
   *
   * @param <P> what tells the points apart
   */
  public static final class Builder<P> {
    private final RowParts<P> rows;
    private final List<Evidence<P, ?>> evidence = new ArrayList<>();
    private GlobalMean globalMean = GlobalMean.SAMPLE;
    private int covarianceLimit = ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT;
    private boolean heldOut;
    private Map<P, INDArray> outOfDistributionMeans = Map.of();
    private Attempt attempt = Attempt.ONLY;

    private Builder(RowParts<P> rows) {
      this.rows = Objects.requireNonNull(rows, "rows");
    }

    /** The centre that class means are taken from; the mean over examples unless set. */
    public Builder<P> globalMean(GlobalMean kind) {
      globalMean = Objects.requireNonNull(kind, "globalMean");
      return this;
    }

    /**
     * As {@link ClassStatisticsAccumulator.Builder#covarianceLimit}, where there are fewer than
     * eight features for each class, or the first pass is the only one; else none is gathered.
     */
    public Builder<P> covarianceLimit(int dimension) {
      covarianceLimit = dimension;
      return this;
    }

    /** Whether the rows took no part in training, so that dilation.* comes with them. */
    public Builder<P> heldOut(boolean enabled) {
      heldOut = enabled;
      return this;
    }

    /** The mean out-of-distribution features {@code [d]} of points, for nc5. */
    public Builder<P> outOfDistributionMeans(Map<P, INDArray> means) {
      outOfDistributionMeans = Map.copyOf(means);
      return this;
    }

    /** Adds something that is to be learnt in the second pass. */
    public Builder<P> evidence(Evidence<P, ?> wanted) {
      evidence.add(Objects.requireNonNull(wanted, "evidence"));
      return this;
    }

    /** How steps are taken that may fail by themselves; {@link Attempt#ONLY} unless set. */
    public Builder<P> attempt(Attempt how) {
      attempt = Objects.requireNonNull(how, "attempt");
      return this;
    }

    /** The evaluation; it can be made more than once. */
    public Evaluation<P> build() {
      return new Evaluation<>(this);
    }
  }
}
