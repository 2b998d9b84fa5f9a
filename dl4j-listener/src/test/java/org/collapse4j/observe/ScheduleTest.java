package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScheduleTest {
  private static List<Integer> upTo(int last, IntPredicate chosen) {
    return IntStream.rangeClosed(1, last).filter(chosen).boxed().toList();
  }

  @Test
  void atTheEndOfEveryFifthEpoch() {
    Schedule schedule = new Schedule(5, 0);
    assertFalse(schedule.countsIterations());
    assertFalse(schedule.hasEpochs());
    schedule.epochStarted();
    assertTrue(schedule.hasEpochs() && schedule.isInEpoch());
    assertEquals(List.of(5, 10), upTo(14, schedule::isDueAfterEpochs));
    assertEquals(List.of(), upTo(300, schedule::isDueAfterIterations));
    assertEquals(
        List.of(3, 4, 8, 9), upTo(12, schedule::isWorthGathering), "for it, or for its centres");
    schedule.epochEnded();
    assertTrue(schedule.hasEpochs());
    assertFalse(schedule.isInEpoch());
  }

  @Test
  void everyHundredIterationsWhereNoEpochRuns() {
    Schedule schedule = new Schedule(5, 0);
    assertEquals(List.of(100, 200), upTo(250, schedule::isDueAfterIterations));
    assertEquals(List.of(1, 2, 3), upTo(3, schedule::isWorthGathering));
  }

  @Test
  void everyTenthIteration() {
    Schedule schedule = new Schedule(1, 10);
    assertTrue(schedule.countsIterations());
    assertEquals(List.of(10, 20), upTo(29, schedule::isDueAfterIterations));
    schedule.epochStarted();
    assertEquals(List.of(10, 20), upTo(29, schedule::isDueAfterIterations));
    assertEquals(List.of(), upTo(30, schedule::isDueAfterEpochs));
    assertEquals(List.of(1, 2, 3), upTo(3, schedule::isWorthGathering));
  }
}
