package org.collapse4j.evaluation;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.DecisionAccumulator;
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
  /** Up to this many features in all are kept for the second pass instead of asked for again. */
  private static final long KEPT_ELEMENTS = 1 << 24;

  private final RowSource<P> source;
  private final GlobalMean globalMean;
  private final int covarianceLimit;
  private final boolean heldOut;
  private final Map<P, INDArray> outOfDistributionMeans;
  private final List<Evidence<P>> evidence;
  private final Attempt attempt;
  private final Set<P> failed = new HashSet<>();

  private Evaluation(Builder<P> builder) {
    source = builder.source;
    globalMean = builder.globalMean;
    covarianceLimit = builder.covarianceLimit;
    heldOut = builder.heldOut;
    outOfDistributionMeans = builder.outOfDistributionMeans;
    evidence = List.copyOf(builder.evidence);
    attempt = builder.attempt;
  }

  /** Starts the evaluation of rows. */
  public static <P> Builder<P> builder(RowSource<P> source) {
    return new Builder<>(source);
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
      KeptRows<P> kept = new KeptRows<>();
      Map<P, ClassStatistics> statistics = gather(kept);
      Map<P, DecisionAccumulator> decisions = new HashMap<>();
      List<Evidence<P>> finished = decide(statistics, decisions, kept);
      Map<P, Result> results = new LinkedHashMap<>();
      statistics.forEach(
          (point, features) -> {
            DecisionAccumulator decided = decisions.get(point);
            if (!failed.contains(point) && decided != null) {
              attempt.run(
                  "measure " + source.describe(point),
                  () -> results.put(point, result(point, features, decided, finished)));
            }
            if (decided != null) {
              decided.close();
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
      return gather(null);
    }
  }

  /** The points whose rows were found wanting in the last pass. */
  public Set<P> failedPoints() {
    return Set.copyOf(failed);
  }

  private Result result(
      P point, ClassStatistics features, DecisionAccumulator decided, List<Evidence<P>> finished) {
    Measurements values =
        new FeatureStatistics(features, decided.snapshot())
            .measure(source.classifier(point), outOfDistributionMeans.get(point), globalMean);
    if (heldOut) {
      values = values.and(Dilation.of(features));
    }
    for (Evidence<P> learnt : finished) {
      values = values.and(learnt.measurements(point));
    }
    return new Result(values, features);
  }

  private Map<P, ClassStatistics> gather(KeptRows<P> kept) {
    Map<P, ClassStatisticsAccumulator> accumulators = new LinkedHashMap<>();
    forEach(
        (point, rows) -> {
          ClassStatisticsAccumulator accumulator =
              accumulators.computeIfAbsent(point, first -> accumulator(rows.numClasses()));
          requireSameClasses(accumulator.numClasses(), rows.numClasses());
          accumulator.observe(rows.features(), rows.classes());
          if (kept != null) {
            kept.add(point, rows);
          }
        });
    Map<P, ClassStatistics> statistics = new LinkedHashMap<>();
    accumulators.forEach(
        (point, accumulator) -> {
          if (!failed.contains(point)) {
            statistics.put(point, accumulator.snapshot());
          }
          accumulator.close();
        });
    return statistics;
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

  /** Makes the second pass and tells which evidence came to its end. */
  private List<Evidence<P>> decide(
      Map<P, ClassStatistics> statistics, Map<P, DecisionAccumulator> decisions, KeptRows<P> kept) {
    List<Evidence<P>> learning = new ArrayList<>(evidence);
    learning.removeIf(learner -> fails(learner, () -> learner.begin(statistics, source)));
    BiConsumer<P, LabelledRows> learn =
        (point, rows) -> {
          ClassStatistics centres = statistics.get(point);
          if (centres != null) {
            observe(decisions.computeIfAbsent(point, p -> decisions(p, rows, centres)), rows);
            learning.removeIf(learner -> fails(learner, () -> learner.observe(point, rows)));
          }
        };
    if (kept.isComplete()) {
      kept.forEach((point, rows) -> receive(point, () -> rows, learn));
    } else {
      forEach(learn);
    }
    learning.removeIf(learner -> !attempt.run(learner.purpose(), learner::finish));
    return learning;
  }

  /** Rows whose logits are no product with weights bring them along. */
  private DecisionAccumulator decisions(P point, LabelledRows rows, ClassStatistics centres) {
    return rows.logits().isPresent()
        ? DecisionAccumulator.ofLogits(centres.numClasses(), centres)
        : DecisionAccumulator.of(centres, source.classifier(point));
  }

  private static void observe(DecisionAccumulator decisions, LabelledRows rows) {
    if (rows.logits().isPresent()) {
      decisions.observe(rows.features(), rows.logits().get(), rows.classes());
    } else {
      decisions.observe(rows.features(), rows.classes());
    }
  }

  /** A step that is one of many says only that it failed, never that all went well. */
  private boolean fails(Evidence<P> learner, Runnable step) {
    try {
      step.run();
      return false;
    } catch (RuntimeException e) {
      return !attempt.run(learner.purpose(), () -> rethrow(e));
    }
  }

  private static void rethrow(RuntimeException e) {
    throw e;
  }

  private void forEach(BiConsumer<P, LabelledRows> consumer) {
    source.forEach((point, rows) -> receive(point, rows, consumer));
  }

  private void receive(P point, Supplier<LabelledRows> rows, BiConsumer<P, LabelledRows> consumer) {
    if (failed.contains(point)) {
      return;
    }
    try {
      LabelledRows batch = rows.get();
      if (batch.size() > 0) {
        consumer.accept(point, batch);
      }
    } catch (RuntimeException e) {
      failed.add(point);
      attempt.run("measure " + source.describe(point), () -> rethrow(e));
    }
  }

  /** The rows of a small data set, so that the network need not run twice. */
  private static final class KeptRows<P> {
    private final List<Map.Entry<P, LabelledRows>> batches = new ArrayList<>();
    private long elements;

    void add(P point, LabelledRows rows) {
      elements += rows.features().length();
      if (isComplete()) {
        batches.add(Map.entry(point, rows));
      } else {
        batches.clear();
      }
    }

    boolean isComplete() {
      return elements <= KEPT_ELEMENTS;
    }

    void forEach(BiConsumer<P, LabelledRows> consumer) {
      batches.forEach(batch -> consumer.accept(batch.getKey(), batch.getValue()));
    }
  }

  /**
   * The options of an {@link Evaluation}.
   *
   * @param <P> what tells the points apart
   */
  public static final class Builder<P> {
    private final RowSource<P> source;
    private final List<Evidence<P>> evidence = new ArrayList<>();
    private GlobalMean globalMean = GlobalMean.SAMPLE;
    private int covarianceLimit = ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT;
    private boolean heldOut;
    private Map<P, INDArray> outOfDistributionMeans = Map.of();
    private Attempt attempt = Attempt.ONLY;

    private Builder(RowSource<P> source) {
      this.source = Objects.requireNonNull(source, "source");
    }

    /** The centre that class means are taken from; the mean over examples unless set. */
    public Builder<P> globalMean(GlobalMean kind) {
      globalMean = Objects.requireNonNull(kind, "globalMean");
      return this;
    }

    /** As {@link ClassStatisticsAccumulator.Builder#covarianceLimit}. */
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
    public Builder<P> evidence(Evidence<P> wanted) {
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
