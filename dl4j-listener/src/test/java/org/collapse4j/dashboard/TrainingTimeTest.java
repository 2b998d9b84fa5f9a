package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;

class TrainingTimeTest {
  private static final Instant NOON = Instant.parse("2024-05-01T12:00:00Z");

  private static Observation at(int epoch, String split, long second, Long started) {
    return Runs.observation("a", epoch, split, Map.of(Metric.ACCURACY, 1.0), Map.of())
        .withTimes(
            Optional.of(NOON.plusSeconds(second)),
            Optional.ofNullable(started).map(NOON::plusSeconds));
  }

  private static List<Double> seconds(Observation... observations) {
    RunHistory run = RunHistory.of(List.of(observations)).get(0);
    return TrainingTime.of(run).stream().map(TrainingTime.Place::seconds).toList();
  }

  @Test
  void aMomentOfSeveralSplitsIsOne() {
    assertEquals(
        List.of(10.0, 20.0),
        seconds(
            at(1, "train", 10, 0L),
            at(1, "heldout", 10, 0L),
            at(2, "train", 20, 0L),
            at(2, "heldout", 20, 0L)));
  }

  @Test
  void thePauseOfATrainingThatWentOnIsLeftOut() {
    assertEquals(
        List.of(10.0, 20.0, 25.0, 33.0),
        seconds(
            at(1, "train", 10, 0L),
            at(2, "train", 20, 0L),
            at(3, "train", 5_005, 5_000L),
            at(4, "train", 5_013, 5_000L)));
  }

  @Test
  void aClockThatIsSetBackTakesNoTimeAway() {
    assertEquals(
        List.of(10.0, 10.0, 30.0),
        seconds(at(1, "train", 10, 0L), at(2, "train", 5, 0L), at(3, "train", 30, 0L)));
  }

  @Test
  void withoutABeginningTheFirstObservationIsIt() {
    assertEquals(List.of(0.0, 7.0), seconds(at(1, "train", 100, null), at(2, "train", 107, null)));
  }
}
