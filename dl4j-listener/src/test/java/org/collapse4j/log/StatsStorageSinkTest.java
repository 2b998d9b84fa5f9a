package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.File;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.core.storage.Persistable;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.ui.model.storage.FileStatsStorage;
import org.deeplearning4j.ui.model.storage.InMemoryStatsStorage;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

class StatsStorageSinkTest {
  static List<Reading> readAll(StatsStorage storage) throws IOException {
    List<Reading> readings = new ArrayList<>();
    for (String session : storage.listSessionIDs()) {
      for (Persistable update : storage.getAllUpdatesAfter(session, StatsStorageSink.TYPE_ID, 0)) {
        readings.add(Reading.of(((StatsStorageRecord) update).observation()));
      }
    }
    return readings;
  }

  @Nested
  class InMemory extends MetricSinkContract {
    private final StatsStorage storage = new InMemoryStatsStorage();

    @Override
    MetricSink open() {
      return new StatsStorageSink(storage);
    }

    @Override
    List<Reading> read() throws IOException {
      return readAll(storage);
    }

    @Override
    Reading expected(Observation observation) {
      return Reading.of(observation);
    }

    @Override
    Optional<MetricSink> unwritable() {
      return Optional.empty();
    }

    @Override
    boolean growsInMemory() {
      return true;
    }

    /** The storage tells updates apart by their millisecond. */
    @Test
    void updatesOfOneMillisecondStayApartAndInOrder() throws IOException {
      try (MetricSink sink = open()) {
        for (int epoch = 1; epoch <= 200; epoch++) {
          sink.write(Observations.of(epoch));
        }
      }
      List<Integer> epochs = read().stream().map(Reading::epoch).toList();
      assertEquals(epochs.stream().sorted().toList(), epochs);
      assertEquals(200, epochs.size());
    }
  }

  @Nested
  class InMapDb extends InAFile {
    @Override
    StatsStorage storageIn(File file) {
      return new FileStatsStorage(file);
    }
  }

  @Nested
  class InSqlite extends InAFile {
    @Override
    StatsStorage storageIn(File file) {
      return new J7FileStatsStorage(file);
    }
  }

  abstract static class InAFile extends MetricSinkContract {
    private StatsStorage storage;

    abstract StatsStorage storageIn(File file);

    private StatsStorage open(String name) {
      return storageIn(folder.resolve(name).toFile());
    }

    @Override
    MetricSink open() {
      if (storage == null) {
        storage = open("storage.dl4j");
      }
      return new StatsStorageSink(storage);
    }

    /** From the file, opened anew. */
    @Override
    List<Reading> read() throws IOException {
      close();
      storage = open("storage.dl4j");
      return readAll(storage);
    }

    @AfterEach
    void close() throws IOException {
      if (storage != null) {
        storage.close();
      }
    }

    @Override
    Reading expected(Observation observation) {
      return Reading.of(observation);
    }

    @Override
    Optional<MetricSink> unwritable() throws IOException {
      StatsStorage closed = open("closed.dl4j");
      closed.close();
      return Optional.of(new StatsStorageSink(closed));
    }
  }
}
