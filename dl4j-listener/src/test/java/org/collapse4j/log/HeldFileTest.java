package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.collapse4j.ChildJvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a log that another process has locked, or writes to at the same time. */
class HeldFileTest {
  private static final int WRITTEN = 120;

  @TempDir Path folder;

  /** Locks a file until its standard input ends. */
  static final class Holder {
    @SuppressWarnings("SystemOut") // How the parent process is told.
    public static void main(String[] arguments) throws IOException {
      try (FileChannel file =
          FileChannel.open(
              Path.of(arguments[0]), StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
        file.lock();
        System.out.println("locked");
        while (System.in.read() >= 0) {}
      }
    }
  }

  /** Writes observations of a run of its own, every third together with the one before. */
  static final class Writer {
    public static void main(String[] arguments) throws IOException {
      write(new JsonLinesSink(Path.of(arguments[0])), arguments[2]);
      write(new CsvSink(Path.of(arguments[1])), arguments[2]);
    }

    private static void write(MetricSink sink, String run) throws IOException {
      for (int epoch = 1; epoch <= WRITTEN; epoch += 3) {
        sink.write(Observations.of(run, epoch, "train", "output"));
        sink.writeAll(
            List.of(
                Observations.of(run, epoch + 1, "train", "output"),
                Observations.of(run, epoch + 2, "train", "output")));
      }
    }
  }

  private Process start(Class<?> main, String... arguments) throws IOException {
    return ChildJvm.start(ChildJvm.classPath(), folder.resolve("errors"), main, arguments);
  }

  @Test
  void aFileThatAnotherProcessHoldsIsNotWaitedForWithoutLimit() throws Exception {
    Path held = folder.resolve("held");
    AppendOnlyFile file =
        new AppendOnlyFile(held, new JsonLinesSink.Lines(), Duration.ofMillis(300));
    Process holder = start(Holder.class, held.toString());
    assertEquals("locked", holder.inputReader(StandardCharsets.UTF_8).readLine());
    Thread waiting = new Thread(() -> append(held));
    waiting.start();
    IOException refused = assertThrows(IOException.class, () -> file.append(List.of("refused")));
    assertTrue(refused.getMessage().contains("locked"), refused.getMessage());

    assertTrue(waiting.isAlive(), "it was to wait for " + FileTurn.LONGEST_WAIT);
    new AppendOnlyFile(folder.resolve("other"), new JsonLinesSink.Lines())
        .append(List.of("a file of its own"));
    assertTrue(waiting.isAlive(), "the other file waited for the one that is held");

    holder.getOutputStream().close();
    holder.waitFor();
    waiting.join();
    file.append(List.of("afterwards"));
    assertEquals(List.of("waited", "afterwards"), Files.readAllLines(held));
  }

  private static void append(Path held) {
    try {
      new AppendOnlyFile(held, new JsonLinesSink.Lines(), Duration.ofMinutes(2))
          .append(List.of("waited"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Through a link, since it is another name for the same file. */
  @Test
  void aFileHeldWithinTheProcessIsNotWaitedForWithoutLimit() throws IOException {
    Path held = Files.createFile(folder.resolve("held"));
    Path link = Files.createSymbolicLink(folder.resolve("link"), held);
    AppendOnlyFile file =
        new AppendOnlyFile(link, new JsonLinesSink.Lines(), Duration.ofMillis(50));
    try (FileChannel holder = FileChannel.open(held, StandardOpenOption.WRITE)) {
      holder.lock();
      assertThrows(IOException.class, () -> file.append(List.of("refused")));
    }
    file.append(List.of("written"));
    assertEquals(List.of("written"), Files.readAllLines(held));
  }

  @Test
  void anInterruptCostsNothingWhileItWaits() throws Exception {
    Path held = Files.createFile(folder.resolve("held"));
    List<Boolean> interrupted = new ArrayList<>();
    Thread waiting =
        new Thread(
            () -> {
              append(held);
              interrupted.add(Thread.interrupted());
            });
    try (FileChannel holder = FileChannel.open(held, StandardOpenOption.WRITE)) {
      holder.lock();
      waiting.start();
      waiting.interrupt();
    }
    waiting.join();
    assertEquals(List.of("waited"), Files.readAllLines(held));
    assertEquals(List.of(true), interrupted);
  }

  @Test
  void twoProcessesWriteToOneLog() throws Exception {
    Path json = folder.resolve("log.jsonl");
    Path csv = folder.resolve("log.csv");
    List<Process> writers = new ArrayList<>();
    for (String run : List.of("first", "second")) {
      writers.add(start(Writer.class, json.toString(), csv.toString(), run));
    }
    for (Process writer : writers) {
      assertEquals(0, writer.waitFor(), () -> read(folder.resolve("errors")));
    }
    for (Path log : List.of(json, csv)) {
      MetricLog whole = MetricLog.read(log);
      assertEquals(List.of(), whole.warnings());
      assertEquals(2 * WRITTEN, whole.observations().size());
      for (String run : List.of("first", "second")) {
        assertEquals(
            IntStream.rangeClosed(1, WRITTEN).boxed().toList(),
            whole.observations().stream()
                .filter(o -> o.run().equals(run))
                .map(Observation::epoch)
                .toList());
      }
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
