package org.collapse4j.dashboard;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;

/**
 * How long a run had been training at its observations. Where it was stopped and went on, the time
 * between is left out: a part begins where the part before was last observed.
 */
final class TrainingTime {
  /** An observation and the seconds of training before it. */
  record Place(Observation observation, double seconds) {}

  private Optional<Instant> started = Optional.empty();
  private double before;
  private double seconds;

  private TrainingTime() {}

  /** Its observations whose time is known, one a moment, rising. */
  static List<Place> of(RunHistory run) {
    List<Observation> timed =
        run.series().stream()
            .flatMap(series -> series.observations().stream())
            .filter(observation -> observation.time().isPresent())
            .sorted(
                Comparator.comparingLong(Observation::iteration)
                    .thenComparingInt(Observation::epoch))
            .toList();
    TrainingTime clock = new TrainingTime();
    List<Place> places = new ArrayList<>();
    Observation last = null;
    for (Observation observation : timed) {
      if (last == null
          || last.iteration() != observation.iteration()
          || last.epoch() != observation.epoch()) {
        places.add(new Place(observation, clock.at(observation)));
        last = observation;
      }
    }
    return places;
  }

  /** Never less than before, whatever is done to the machine's clock. */
  private double at(Observation observation) {
    Instant time = observation.time().orElseThrow();
    if (started.isEmpty() || !observation.started().orElse(started.get()).equals(started.get())) {
      started = Optional.of(observation.started().orElse(time));
      before = seconds;
    }
    seconds = Math.max(seconds, before + Duration.between(started.get(), time).toNanos() / 1e9);
    return seconds;
  }
}
