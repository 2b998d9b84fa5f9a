package org.collapse4j.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Runs through rows once. What is wrong with the rows of a point, other classes than before or
 * labels that are none, costs that point the rest of the way, and no other point.
 *
 * @param <P> what tells the points apart
 */
final class Walk<P> {
  private final Map<P, Failure> failures = new LinkedHashMap<>();
  private final Predicate<P> wanted;
  private final BiConsumer<P, LabelledRows> consumer;

  /**
   * A walk.
   *
   * @param wanted the points whose rows are asked for
   * @param consumer of the rows of a batch, of which there is at least one
   */
  Walk(Predicate<P> wanted, BiConsumer<P, LabelledRows> consumer) {
    this.wanted = wanted;
    this.consumer = consumer;
  }

  /**
   * Takes it.
   *
   * @return why there is nothing of some points
   */
  Map<P, Failure> through(RowSource<P> rows) {
    rows.forEach(this::receive);
    return failures;
  }

  private void receive(P point, Supplier<LabelledRows> rows) {
    if (!wanted.test(point) || failures.containsKey(point)) {
      return;
    }
    try {
      LabelledRows batch = rows.get();
      if (batch.size() > 0) {
        consumer.accept(point, batch);
      }
    } catch (RuntimeException e) {
      failures.put(point, new Failure(e));
    }
  }

  /** The failures of two walks, the first of each point. */
  static <P> Map<P, Failure> merge(Map<P, Failure> one, Map<P, Failure> other) {
    Map<P, Failure> merged = new LinkedHashMap<>(one);
    other.forEach(merged::putIfAbsent);
    return merged;
  }
}
