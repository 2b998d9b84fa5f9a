package org.collapse4j.log;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;

/**
 * The observations that {@link StatsStorageSink}s have written to a storage, each read from it
 * once, so that what was added since can be asked for again and again. A damaged record is left
 * out, and said. Safe for use by several threads.
 */
public final class StoredRuns {
  private final StatsStorage storage;
  private final List<Observation> observations = new ArrayList<>();
  private final Set<String> leftOut = new LinkedHashSet<>();
  private final Map<String, Long> readUntil = new HashMap<>();

  /** Runs of a storage, from which nothing is read until it is asked for. */
  public StoredRuns(StatsStorage storage) {
    this.storage = storage;
  }

  /** All so far, those of a run in the order in which they were written. */
  public synchronized List<Observation> observations() {
    for (String session : storage.listSessionIDs()) {
      readOn(session);
    }
    return List.copyOf(observations);
  }

  /** Why each record was left out so far. */
  public synchronized List<String> leftOut() {
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
        observations.add(((StatsStorageRecord) update).observation());
        readUntil.put(session, update.getTimeStamp());
      } catch (IOException damaged) { // Its time is not to be trusted either.
        leftOut.add(storage + ": " + damaged.getMessage());
      }
    }
  }
}
