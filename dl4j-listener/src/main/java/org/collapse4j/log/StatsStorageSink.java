package org.collapse4j.log;

import java.io.IOException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.LongStream;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.core.storage.StatsStorageRouter;

/**
 * Writes to Deeplearning4j's own storage of training statistics: {@code InMemoryStatsStorage},
 * {@code J7FileStatsStorage}, {@code FileStatsStorage}, or the router that sends them to the UI
 * server of another machine. That server, when the storage is attached to it, shows them on its
 * page {@code /collapse}; see {@code CollapseModule}.
 *
 * <p>A run is a session of the storage, of type {@value #TYPE_ID}. The name of a session is that of
 * the run, with characters that a {@code FileStatsStorage} would trip over percent-encoded. An
 * observation is an update of the session; the storage tells updates apart by their time in
 * milliseconds, so that of several in one millisecond all but the first are dated later.
 *
 * <p>It needs {@code org.deeplearning4j:deeplearning4j-ui-model} on the class path (as part of
 * {@code deeplearning4j-vertx}, which has the server), which this library does not bring along.
 * Closing the sink leaves the storage open, it is the caller's.
 *
 * <p>A training that may be killed is given a {@code J7FileStatsStorage}: its database, SQLite,
 * keeps every observation written before, and the file can be continued. That of a {@code
 * FileStatsStorage}, MapDB, does not: now and then a process killed while it writes leaves a file
 * that can be opened no more, or has lost an observation, and a file that can be read may refuse to
 * be continued, with an {@link IOException}.
 */
public final class StatsStorageSink extends SerialSink {
  /** The type of the sessions in the storage. */
  public static final String TYPE_ID = "collapse4j";

  /** There is one source of observations in a run. */
  static final String WORKER_ID = "collapse4j";

  private static final Clock CLOCK = Clock.systemUTC();

  private final StatsStorageRouter storage;
  private final Map<String, Long> lastTimes = new HashMap<>();

  /**
   * A sink to a storage.
   *
   * @param storage not closed here; what it holds of a run already is continued
   */
  public StatsStorageSink(StatsStorageRouter storage) {
    this.storage = Objects.requireNonNull(storage, "storage");
  }

  @Override
  protected void put(Observation observation) throws IOException {
    putAll(List.of(observation));
  }

  @Override
  protected void putAll(List<Observation> moment) throws IOException {
    List<StatsStorageRecord> records = new ArrayList<>();
    for (Observation observation : moment) {
      records.add(StatsStorageRecord.of(observation));
    }
    try {
      synchronized (storage) {
        storage.putUpdate(records.stream().map(this::dated).toList());
      }
    } catch (RuntimeException | LinkageError e) { // A closed FileStatsStorage throws the latter.
      throw new IOException("The storage " + storage + " did not take an observation: " + e, e);
    }
  }

  /** A record with a time that no other of its session has. */
  private StatsStorageRecord dated(StatsStorageRecord record) {
    String session = record.getSessionID();
    Long last = lastTimes.get(session);
    if (last == null) {
      last = lastTime(session);
      storage.putStaticInfo(record.at(CLOCK.millis()));
    }
    long time = Math.max(CLOCK.millis(), last + 1);
    while (isTaken(session, time)) {
      time++;
    }
    lastTimes.put(session, time);
    return record.at(time);
  }

  private long lastTime(String session) {
    return storage instanceof StatsStorage readable
        ? LongStream.of(readable.getAllUpdateTimes(session, TYPE_ID, WORKER_ID)).max().orElse(0)
        : 0;
  }

  /** Whether another sink to the same storage has written a record of this time. */
  private boolean isTaken(String session, long time) {
    return storage instanceof StatsStorage readable
        && readable.getUpdate(session, TYPE_ID, WORKER_ID, time) != null;
  }

  @Override
  protected void release() {
    lastTimes.clear();
  }
}
