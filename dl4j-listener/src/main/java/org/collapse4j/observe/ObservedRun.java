package org.collapse4j.observe;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;

/**
 * What was observed of a run so far, for the sentences that it amounts to. Its memory is bounded,
 * some 3 MB, however long the run, however many its classes and layers: only what the rules look at
 * is kept, and when there are too many moments, every second one is forgotten.
 */
final class ObservedRun {
  private static final int MOST_OBSERVATIONS = 2048;

  private List<List<Observation>> moments = new ArrayList<>();
  private int size;

  /** Adds what was observed at a moment. */
  synchronized void add(List<Observation> moment) {
    List<Observation> kept = splits(moment).flatMap(ObservedRun::judged).toList();
    if (size + kept.size() > MOST_OBSERVATIONS && moments.size() > 1) {
      forgetEverySecond();
    }
    moments.add(kept);
    size += kept.size();
  }

  private void forgetEverySecond() {
    List<List<Observation>> everySecond = new ArrayList<>();
    for (int i = moments.size() % 2; i < moments.size(); i += 2) {
      everySecond.add(moments.get(i));
    }
    moments = everySecond;
    size = moments.stream().mapToInt(List::size).sum();
  }

  private static Stream<List<Observation>> splits(List<Observation> moment) {
    Map<String, List<Observation>> bySplit =
        moment.stream()
            .collect(
                Collectors.groupingBy(Observation::split, LinkedHashMap::new, Collectors.toList()));
    return bySplit.values().stream();
  }

  /** The layers of a split that verdicts are of: those with a classifier on top, or the first. */
  private static Stream<Observation> judged(List<Observation> layers) {
    List<Observation> withClassifier =
        layers.stream().filter(o -> o.measurements().has(Metric.NC3_DUALITY)).toList();
    List<Observation> judged = withClassifier.isEmpty() ? layers.subList(0, 1) : withClassifier;
    return judged.stream().map(Observation::withNumbersOnly);
  }

  /** What the numbers mean; empty before the first observation. */
  List<Verdict> verdicts() {
    return RunHistory.of(observations()).stream()
        .flatMap(run -> VerdictRules.ofRun(run).stream())
        .toList();
  }

  /** What is kept, in the order in which it was observed. */
  synchronized List<Observation> observations() {
    return moments.stream().flatMap(List::stream).toList();
  }
}
