package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.collapse4j.ChildJvm;
import org.deeplearning4j.core.storage.StatsStorage;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A process that writes is killed at any moment, or finds the disk full; what it wrote before is
 * whole and readable. {@code -Dcollapse4j.kills=N} and {@code -Dcollapse4j.fullDisks=N} do that N
 * times instead of three and two.
 */
class KilledProcessTest {
  private static final List<String> FILES =
      List.of(
          KilledWriter.JSON_LINES,
          KilledWriter.CSV,
          KilledWriter.TENSOR_BOARD,
          KilledWriter.STATS_STORAGE);
  private static final Pattern WRITTEN = Pattern.compile("(\\S+) (\\d+);");
  private static final int MILLISECONDS = 250;

  /** Room for one large observation, which takes 60 KB, in blocks of 512 bytes. */
  private static final int FEWEST_BLOCKS = 150;

  private static final int MORE_BLOCKS = 400;

  @TempDir Path folder;

  static LongStream kills() {
    return LongStream.rangeClosed(1, Integer.getInteger("collapse4j.kills", 3));
  }

  static LongStream fullDisks() {
    return LongStream.rangeClosed(1, Integer.getInteger("collapse4j.fullDisks", 2));
  }

  @ParameterizedTest
  @MethodSource("kills")
  void whatWasWrittenIsThereAndIsContinued(long seed) throws Exception {
    Map<String, Integer> written = writeUntilKilled(new Random(seed).nextInt(MILLISECONDS));
    for (String name : FILES) {
      assertThereAndContinued(name, wholePart(name), written);
    }
  }

  /** At most the one that was being written is there beside those that were. */
  private void assertThereAndContinued(String name, Path in, Map<String, Integer> written)
      throws IOException {
    int found = epochs(name, in).size();
    int said = written.getOrDefault(name, 0);
    assertTrue(found == said || found == said + 1, name + " has " + found + " of " + written);
    KilledWriter.sink(folder, name).write(KilledWriter.observation(name, found + 1));
    assertEquals(IntStream.rangeClosed(1, found + 1).boxed().toList(), epochs(name, folder), name);
  }

  /**
   * Files may grow to so many blocks, as on a disk that is full: the write that passes that is torn
   * in the middle. Without the database, whose library is a larger file.
   */
  @ParameterizedTest
  @MethodSource("fullDisks")
  @EnabledOnOs({OS.LINUX, OS.MAC})
  void whatIsRefusedInTheMiddleOfAWriteLeavesAWholeFile(long seed) throws Exception {
    int blocks = FEWEST_BLOCKS + new Random(seed).nextInt(MORE_BLOCKS);
    Process writer =
        ChildJvm.start(
            List.of("sh", "-c", "ulimit -f " + blocks + "; exec \"$@\"", "sh"),
            ChildJvm.classPath(),
            folder.resolve("errors"),
            KilledWriter.class,
            folder.toString());
    Map<String, Integer> written = new HashMap<>();
    listen(writer, written, new CountDownLatch(FILES.size()));
    writer.waitFor();
    for (String name : FILES.subList(0, 3)) {
      assertTrue(written.containsKey(name), () -> name + " had no room: " + errors());
      assertThereAndContinued(name, folder, written);
    }
  }

  private Map<String, Integer> writeUntilKilled(int milliseconds) throws Exception {
    Process writer =
        ChildJvm.start(
            ChildJvm.classPath(), folder.resolve("errors"), KilledWriter.class, folder.toString());
    Map<String, Integer> written = new HashMap<>();
    CountDownLatch allHave = new CountDownLatch(FILES.size());
    Thread listening = new Thread(() -> listen(writer, written, allHave));
    listening.start();
    boolean started = allHave.await(120, TimeUnit.SECONDS);
    Thread.sleep(milliseconds);
    writer.toHandle().destroyForcibly(); // Process.destroyForcibly drops what was printed.
    writer.waitFor();
    listening.join();
    assertTrue(started, () -> "the writer did not start: " + errors());
    assertEquals(137, writer.exitValue(), "ended by itself");
    return written;
  }

  private static void listen(Process writer, Map<String, Integer> written, CountDownLatch allHave) {
    try (BufferedReader lines = writer.inputReader(StandardCharsets.UTF_8)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        Matcher said = WRITTEN.matcher(line);
        if (said.matches() && written.put(said.group(1), Integer.valueOf(said.group(2))) == null) {
          allHave.countDown();
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private String errors() {
    try {
      return Files.readString(folder.resolve("errors"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** A folder with a copy of a text file up to its last line break; others as they are. */
  private Path wholePart(String name) throws IOException {
    if (!name.startsWith("log.")) {
      return folder;
    }
    String text = Files.readString(folder.resolve(name));
    Path copy = Files.createDirectories(folder.resolve("copy"));
    Files.writeString(copy.resolve(name), text.substring(0, text.lastIndexOf('\n') + 1));
    return copy;
  }

  /** The epochs of the observations in a file, each of which is checked to be as it was written. */
  private static List<Integer> epochs(String name, Path in) throws IOException {
    List<Reading> readings = read(name, in.resolve(name));
    for (Reading reading : readings) {
      int epoch = epoch(name, reading);
      Observation original = KilledWriter.observation(name, epoch);
      if (name.equals(KilledWriter.TENSOR_BOARD)) {
        assertEquals(new TensorBoardSinkTest().expected(original), reading);
      } else if (name.equals(KilledWriter.CSV)) {
        assertEquals(Reading.of(original).placeTimesAndValues(), reading);
      } else {
        assertEquals(Reading.of(original), reading);
      }
    }
    return readings.stream().map(r -> epoch(name, r)).toList();
  }

  /** TensorBoard has no epochs. */
  private static int epoch(String name, Reading reading) {
    return name.equals(KilledWriter.TENSOR_BOARD)
        ? (int) (reading.iteration() / Observations.of(1).iteration())
        : reading.epoch();
  }

  private static List<Reading> read(String name, Path file) throws IOException {
    return switch (name) {
      case KilledWriter.JSON_LINES -> JsonLinesSinkTest.read(file);
      case KilledWriter.CSV -> CsvSinkTest.read(file);
      case KilledWriter.TENSOR_BOARD -> TensorBoardSinkTest.read(file);
      default -> {
        StatsStorage storage = new J7FileStatsStorage(file.toFile());
        List<Reading> readings = StatsStorageSinkTest.readAll(storage);
        storage.close();
        yield readings;
      }
    };
  }
}
