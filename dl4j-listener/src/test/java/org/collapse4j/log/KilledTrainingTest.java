package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.collapse4j.ChildJvm;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process that trains with a sink of every kind is killed at a moment drawn at random: each file
 * opens, lacks at most the last observation, and is continued. {@code -Dcollapse4j.kills=N} kills N
 * times instead of three.
 */
class KilledTrainingTest {
  private static final int MILLISECONDS = 400;

  @TempDir Path folder;

  static LongStream kills() {
    return LongStream.rangeClosed(1, Integer.getInteger("collapse4j.kills", 3));
  }

  @ParameterizedTest
  @MethodSource("kills")
  void everyFileIsWholeAndIsContinued(long seed) throws Exception {
    long said = trainUntilKilled(new Random(seed).nextInt(MILLISECONDS));
    assertTrue(said > 0, this::errors);
    for (String log : List.of(KilledTraining.JSON_LINES, KilledTraining.CSV)) {
      MetricLog found = MetricLog.read(folder.resolve(log));
      assertTrue(found.warnings().size() <= 1, found.warnings().toString());
      long last = assertWhole(log, said, iterations(found.observations()));
      KilledWriter.sink(folder, log).write(next(last));
      MetricLog continued = MetricLog.read(folder.resolve(log));
      assertEquals(List.of(), continued.warnings(), log);
      assertEquals(upTo(last + 1), iterations(continued.observations()), log);
    }
    long last = assertWhole(KilledTraining.TENSOR_BOARD, said, board());
    KilledWriter.sink(folder, KilledTraining.TENSOR_BOARD).write(next(last));
    assertEquals(upTo(last + 1), board(), KilledTraining.TENSOR_BOARD);
    last = assertWhole(KilledTraining.STATS_STORAGE, said, storage());
    KilledWriter.sink(folder, KilledTraining.STATS_STORAGE).write(next(last));
    assertEquals(upTo(last + 1), storage(), KilledTraining.STATS_STORAGE);
    String page = Files.readString(folder.resolve(KilledTraining.PAGE));
    assertTrue(page.stripTrailing().endsWith("</html>"), "the page is cut off");
  }

  private static Observation next(long last) {
    Observation any = Observations.of(1);
    return new Observation("killed", 0, last + 1, Observation.TRAIN, "output", any.measurements());
  }

  /** From the first to the last that was said, or to one more. */
  private static long assertWhole(String name, long said, List<Long> iterations) {
    long last = iterations.isEmpty() ? 0 : iterations.get(iterations.size() - 1);
    assertEquals(upTo(last), iterations, name);
    assertTrue(last == said || last == said + 1, name + " has " + last + ", said was " + said);
    return last;
  }

  private static List<Long> upTo(long last) {
    return LongStream.rangeClosed(1, last).boxed().toList();
  }

  private static List<Long> iterations(List<Observation> observations) {
    return observations.stream().map(Observation::iteration).toList();
  }

  private List<Long> board() throws IOException {
    return TensorBoardSinkTest.read(folder.resolve(KilledTraining.TENSOR_BOARD)).stream()
        .map(Reading::iteration)
        .toList();
  }

  private List<Long> storage() throws IOException {
    StatsStorage storage =
        new J7FileStatsStorage(folder.resolve(KilledTraining.STATS_STORAGE).toFile());
    List<Long> iterations =
        StatsStorageSinkTest.readAll(storage).stream().map(Reading::iteration).sorted().toList();
    storage.close();
    return iterations;
  }

  private long trainUntilKilled(int milliseconds) throws Exception {
    Process training =
        ChildJvm.start(
            ChildJvm.classPath(),
            folder.resolve("errors"),
            KilledTraining.class,
            folder.toString());
    long[] said = new long[1];
    try (BufferedReader lines = training.inputReader(StandardCharsets.UTF_8)) {
      Thread killer = null;
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.matches("\\d+;")) {
          said[0] = Long.parseLong(line.substring(0, line.length() - 1));
          killer = killer == null ? killLater(training, milliseconds) : killer;
        }
      }
    }
    assertEquals(137, training.waitFor(), this::errors);
    return said[0];
  }

  private static Thread killLater(Process process, int milliseconds) {
    Thread killer =
        new Thread(
            () -> {
              try {
                Thread.sleep(milliseconds);
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              process.toHandle().destroyForcibly(); // That of Process drops what was printed.
            });
    killer.start();
    return killer;
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
