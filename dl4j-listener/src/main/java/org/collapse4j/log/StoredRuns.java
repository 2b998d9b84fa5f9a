package org.collapse4j.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;

/**
 * The observations in a storage, without their values by class, each read from it once. A damaged
 * record is left out, and said.
 */
final class StoredRuns {
  private final StatsStorage storage;
  private final List<Observation> observations = new ArrayList<>();
  private final Set<String> leftOut = new LinkedHashSet<>();
  private final Map<String, Long> readUntil = new HashMap<>();

  StoredRuns(StatsStorage storage) {
    this.storage = storage;
  }

  /** All so far, those of a run in the order in which they were written. */
  synchronized List<Observation> observations() {
    for (String session : storage.listSessionIDs()) {
      readOn(session);
    }
    return List.copyOf(observations);
  }

  /** Why each record was left out so far. */
  synchronized List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  private void readOn(String session) {
    List<Persistable> updates =
        storage.getAllUpdatesAfter(
            session,
            StatsStorageSink.TYPE_ID,
            StatsStorageSink.WORKER_ID,
            readUntil.getOrDefault(session, 0L));
    for (Persistable update : updates) {
      try {
        observations.add(withoutClasses(((StatsStorageRecord) update).observation()));
        readUntil.put(session, update.getTimeStamp());
      } catch (IOException damaged) { // Its time is not to be trusted either.
        leftOut.add(storage + ": " + damaged.getMessage());
      }
    }
  }

  private static Observation withoutClasses(Observation observation) {
    Measurements.Builder values = Measurements.builder();
    for (Metric metric : observation.measurements().metrics()) {
      values.put(metric, observation.measurements().value(metric));
    }
    return new Observation(
        observation.run(),
        observation.epoch(),
        observation.iteration(),
        observation.split(),
        observation.layer(),
        values.build(),
        observation.parameters());
  }
}
