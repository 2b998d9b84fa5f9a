package org.collapse4j.observe;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.Examples;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.verdict.Verdict;
import org.collapse4j.verdict.VerdictRules;

/**
 * What was observed of a run so far, for the sentences that it amounts to. However long the run,
 * its memory is bounded: when there are too many moments, every second one is forgotten.
 */
final class ObservedRun {
  private static final int MOST_MOMENTS = 1024;

  private List<List<Observation>> moments = new ArrayList<>();

  /** Adds what was observed at a moment, without its single examples. */
  synchronized void add(List<Observation> moment) {
    if (moments.size() == MOST_MOMENTS) {
      List<List<Observation>> everySecond = new ArrayList<>();
      for (int i = 1; i < moments.size(); i += 2) {
        everySecond.add(moments.get(i));
      }
      moments = everySecond;
    }
    moments.add(
        moment.stream().map(observation -> observation.withExamples(Examples.none())).toList());
  }

  /** What the numbers mean; empty before the first observation. */
  List<Verdict> verdicts() {
    List<Observation> observations;
    synchronized (this) {
      observations = moments.stream().flatMap(List::stream).toList();
    }
    return RunHistory.of(observations).stream()
        .flatMap(run -> VerdictRules.ofRun(run).stream())
        .toList();
  }
}
