package org.collapse4j.evaluation;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.DecisionStatistics;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The pass that knows the class means: gathers the decisions, and hands the rows to all evidence
 * that learns from them.
 *
 * @param <P> what tells the points apart
 */
final class SecondPass<P> implements Pass<P, SecondPass.Decided<P>> {
  private static final long serialVersionUID = 1;

  private final LinkedHashMap<P, ClassStatistics> centres = new LinkedHashMap<>();
  private final ArrayList<Learning<P, ?>> learning = new ArrayList<>();

  /**
   * Points without a within-class covariance, whose spread in the span of the means is gathered.
   */
  private final HashSet<P> withSpan = new HashSet<>();

  SecondPass(Map<P, ClassStatistics> statistics, List<? extends Evidence<P, ?>> evidence) {
    statistics.forEach(
        (point, ofPoint) -> {
          centres.put(point, ofPoint.withoutCovariance());
          if (!ofPoint.hasWithinClassCovariance()) {
            withSpan.add(point);
          }
        });
    evidence.forEach(wanted -> learning.add(learning(wanted)));
  }

  private static <P, L extends Learner<P, L>> Learning<P, L> learning(Evidence<P, L> evidence) {
    return new Learning<>(evidence.learner());
  }

  /**
   * What is decided and learnt.
   *
   * @param decisions of the points that have labelled rows
   * @param failures why there is nothing of other points
   * @param learning of each evidence, in their order
   */
  @SuppressWarnings("serial") // Maps and list are those of java.util.
  record Decided<P>(
      Map<P, DecisionStatistics> decisions, Map<P, Failure> failures, List<Learning<P, ?>> learning)
      implements Mergeable<Decided<P>> {

    @Override
    public Decided<P> merge(Decided<P> other) {
      Map<P, DecisionStatistics> merged = new HashMap<>(decisions);
      other.decisions.forEach(
          (point, theirs) -> merged.merge(point, theirs, DecisionStatistics::merge));
      Map<P, Failure> failed = Walk.merge(failures, other.failures);
      merged.keySet().removeAll(failed.keySet());
      for (int i = 0; i < learning.size(); i++) {
        learning.get(i).merge(other.learning.get(i));
      }
      return new Decided<>(merged, failed, learning);
    }
  }

  /** A learner, and why it could not learn. */
  static final class Learning<P, L extends Learner<P, L>> implements Serializable {
    private static final long serialVersionUID = 1;

    private final L learner;
    private Failure failure;

    Learning(L learner) {
      this.learner = learner;
    }

    /** Takes a step, unless one has failed. */
    private void step(Runnable step) {
      if (failure == null) {
        try {
          step.run();
        } catch (RuntimeException e) {
          failure = new Failure(e);
        }
      }
    }

    void begin(Map<P, ClassStatistics> centres, RowSource<P> rows) {
      step(() -> learner.begin(centres, rows));
    }

    void observe(P point, LabelledRows rows) {
      step(() -> learner.observe(point, rows));
    }

    void end() {
      step(learner::end);
    }

    /** What was learnt; throws what was thrown meanwhile. */
    L learnt() {
      if (failure != null) {
        failure.rethrow();
      }
      return learner;
    }

    /** Merges the same evidence of another part. */
    @SuppressWarnings("unchecked") // Both are of one evidence, which has one type of learner.
    void merge(Learning<P, ?> other) {
      failure = failure == null ? other.failure : failure;
      step(() -> learner.merge((L) other.learner));
    }
  }

  @Override
  public Decided<P> over(RowSource<P> rows) {
    Map<P, DecisionAccumulator> accumulators = new HashMap<>();
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      learning.forEach(learner -> learner.begin(centres, rows));
      Map<P, Failure> failures =
          new Walk<P>(
                  centres::containsKey,
                  (point, batch) -> {
                    decide(
                        accumulators.computeIfAbsent(point, p -> decisions(p, batch, rows)), batch);
                    learning.forEach(learner -> learner.observe(point, batch));
                  })
              .through(rows);
      learning.forEach(Learning::end);
      Map<P, DecisionStatistics> decisions = new HashMap<>();
      accumulators.forEach(
          (point, accumulator) -> {
            if (!failures.containsKey(point)) {
              decisions.put(point, accumulator.snapshot());
            }
          });
      return new Decided<>(decisions, failures, learning);
    } finally {
      accumulators.values().forEach(DecisionAccumulator::close);
    }
  }

  /** Rows whose logits are no product with weights bring them along. */
  private DecisionAccumulator decisions(P point, LabelledRows batch, RowSource<P> rows) {
    ClassStatistics ofPoint = centres.get(point);
    DecisionAccumulator decisions =
        batch.logits().isPresent()
            ? DecisionAccumulator.ofLogits(ofPoint.numClasses(), ofPoint)
            : DecisionAccumulator.of(ofPoint, rows.classifier(point));
    return withSpan.contains(point) ? decisions.gatherSpan() : decisions;
  }

  private static void decide(DecisionAccumulator decisions, LabelledRows rows) {
    if (rows.logits().isPresent()) {
      decisions.observe(rows.features(), rows.logits().get(), rows.classes());
    } else {
      decisions.observe(rows.features(), rows.classes());
    }
  }
}
