package org.collapse4j.dashboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.collapse4j.ChildJvm;
import org.collapse4j.log.GrowingLog;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Pages that are drawn while training runs, and take long to be drawn as a clock has it. */
class DashboardSinkTest {
  @TempDir private Path folder;

  /** A clock that goes on by so much whenever it is looked at, so that drawing takes that long. */
  static LongSupplier clock(long milliseconds) {
    AtomicLong now = new AtomicLong();
    return () -> now.addAndGet(TimeUnit.MILLISECONDS.toNanos(milliseconds));
  }

  static List<Observation> moment(int epoch) {
    return List.of(
        Runs.observation("a", epoch, "train", Map.of(Metric.NC1_PINV, 1.0 / epoch), Map.of()));
  }

  private static String lastEpoch(Path page) throws IOException {
    return Files.readString(page).replaceFirst("(?s).*\"count\":(\\d+)},\"values.*", "$1");
  }

  private Set<Object> pagesOfEachMoment(DashboardSink sink, Path page, int moments)
      throws IOException {
    Set<Object> pages = new HashSet<>();
    for (int epoch = 1; epoch <= moments; epoch++) {
      sink.writeAll(moment(epoch));
      pages.add(Files.readAttributes(page, "fileKey,lastModifiedTime").toString());
    }
    return pages;
  }

  @Test
  void whatTakesNoTimeIsDrawnAtEveryMoment() throws IOException {
    Path page = folder.resolve("page.html");
    try (DashboardSink sink = new DashboardSink(page, () -> 0)) {
      for (int epoch = 1; epoch <= 5; epoch++) {
        sink.writeAll(moment(epoch));
        assertEquals(String.valueOf(epoch), lastEpoch(page));
      }
    }
  }

  /** What is known of classes at every moment takes ten times the memory, and is not looked at. */
  @Test
  void thePageOfALongTrainingIsThatOfItsLog() throws IOException {
    Path page = folder.resolve("page.html");
    Path log = folder.resolve("log.jsonl");
    List<Observation> all = Runs.complete("a", 150, Runs.about("cross-entropy", 0.2, 1));
    try (DashboardSink sink = new DashboardSink(page, () -> 0);
        JsonLinesSink lines = new JsonLinesSink(log)) {
      for (int i = 0; i < all.size(); i += 2) {
        List<Observation> moment = all.subList(i, i + 2);
        assertEquals(moment.get(0).epoch(), moment.get(1).epoch());
        lines.writeAll(moment);
        sink.writeAll(moment);
        if (i % 50 == 0) {
          assertEquals(Dashboard.of(new GrowingLog(log).read()).html(), Files.readString(page));
        }
      }
    }
    assertEquals(Dashboard.of(new GrowingLog(log).read()).html(), Files.readString(page));
  }

  @Test
  void whatTakesLongIsDrawnNowAndThenAndAtTheEnd() throws IOException {
    Path page = folder.resolve("page.html");
    try (DashboardSink sink = new DashboardSink(page, clock(1000))) {
      int drawn = pagesOfEachMoment(sink, page, 40).size();
      assertTrue(drawn >= 2 && drawn <= 5, drawn + " pages of 40 moments");
    }
    assertEquals("40", lastEpoch(page));
  }

  @Test
  @Timeout(60)
  void whatIsNotDrawnYetIsDrawnLater() throws Exception {
    Path page = folder.resolve("page.html");
    DashboardSink sink = new DashboardSink(page, clock(400));
    pagesOfEachMoment(sink, page, 11);
    while (!lastEpoch(page).equals("11")) {
      Thread.sleep(20);
    }
  }

  @Test
  void aProcessThatEndsDrawsWhatIsNotDrawnYet() throws Exception {
    Path page = folder.resolve("page.html");
    Path errors = folder.resolve("errors");
    Process process =
        ChildJvm.start(ChildJvm.classPath(), errors, EndingProcess.class, page.toString());
    assertEquals(0, process.waitFor(), () -> errors.toString());
    assertEquals("", Files.readString(errors));
    assertEquals("30", lastEpoch(page));
  }

  /** Observes, and ends without closing anything. */
  static final class EndingProcess {
    private EndingProcess() {}

    public static void main(String[] args) throws IOException {
      DashboardSink sink = new DashboardSink(Path.of(args[0]), clock(10_000));
      for (int epoch = 1; epoch <= 30; epoch++) {
        sink.writeAll(moment(epoch));
      }
      System.exit(0);
    }
  }

  @Test
  @Timeout(60)
  void aFailureOfDrawingLaterIsThrownTheNextTime() throws Exception {
    Path page = folder.resolve("page.html");
    DashboardSink sink = new DashboardSink(page, clock(400));
    pagesOfEachMoment(sink, page, 8);
    Files.delete(page);
    Files.createDirectories(page.resolve("in its place"));
    IOException thrown = null;
    for (int epoch = 9; thrown == null; epoch++) {
      int next = epoch;
      try {
        sink.writeAll(moment(next));
        Thread.sleep(20);
      } catch (IOException e) {
        thrown = e;
      }
    }
    assertTrue(thrown.getMessage().contains("page.html"), thrown.getMessage());
    assertThrows(IOException.class, sink::close);
  }
}
