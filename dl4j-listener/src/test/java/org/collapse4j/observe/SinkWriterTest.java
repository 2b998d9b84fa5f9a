package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.dl4j.Thrown;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

@Timeout(60)
class SinkWriterTest {
  private static final Duration LONG = Duration.ofSeconds(50);
  private static final Duration SHORT = Duration.ofMillis(300);

  private final RecordedWarnings log = new RecordedWarnings();
  private final MeasuringGuard guard =
      new MeasuringGuard(LoggerFactory.getLogger("org.collapse4j.sinks"), false);

  @AfterEach
  void close() {
    log.close();
  }

  private static List<Observation> moment(int epoch) {
    return List.of(new Observation("run", epoch, epoch, "train", "output", Measurements.empty()));
  }

  private static void until(BooleanSupplier holds) throws InterruptedException {
    for (int i = 0; i < 3000 && !holds.getAsBoolean(); i++) {
      Thread.sleep(10);
    }
    assertTrue(holds.getAsBoolean(), "it did not come to pass in half a minute");
  }

  /** Notes the epochs it is given, once it may. */
  private static class Noting implements MetricSink {
    final List<Integer> epochs = new CopyOnWriteArrayList<>();
    final CountDownLatch released = new CountDownLatch(1);
    boolean closed;

    @Override
    public void write(Observation observation) {
      try {
        released.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
      epochs.add(observation.epoch());
    }

    @Override
    public void close() throws IOException {
      closed = true;
    }
  }

  private SinkWriter writer(MetricSink sink, Duration longestWait) {
    return new SinkWriter(sink, "a file", longestWait, guard);
  }

  @Test
  void trainingWaitsForAWriteInAThreadOfTheSink() throws IOException {
    Thread[] thread = new Thread[1];
    String[] context = new String[1];
    SinkWriter writer =
        writer(
            observation -> {
              thread[0] = Thread.currentThread();
              context[0] = MDC.get("job");
            },
            LONG);
    MDC.put("job", "seven");
    try {
      writer.write(moment(1));
    } finally {
      MDC.remove("job");
    }
    assertNotSame(Thread.currentThread(), thread[0]);
    assertEquals("collapse4j a file", thread[0].getName());
    assertTrue(thread[0].isDaemon());
    assertEquals("seven", context[0]);
    writer.write(moment(2));
    assertEquals(null, context[0]);
    assertEquals(0, guard.failures());
  }

  @Test
  void aSinkThatHangsIsLeftBehindAndHeardOfAgain() throws Exception {
    Noting sink = new Noting();
    SinkWriter writer = writer(sink, SHORT);
    for (int epoch = 1; epoch <= 3; epoch++) {
      writer.write(moment(epoch));
    }
    assertEquals(
        List.of(
            "collapse4j could not write to a file: it has not come to an end within 300 ms, so"
                + " training waits for it no longer; what it lacks follows if it goes on. Training"
                + " goes on; this is logged once."),
        log.warnings());
    assertEquals(
        "collapse4j could not write to a file to the end within 300 ms",
        assertThrows(IOException.class, writer::drain).getMessage());
    assertFalse(sink.closed);
    sink.released.countDown();
    until(() -> sink.epochs.size() == 3 && log.warnings().size() == 2);
    assertEquals(List.of(1, 2, 3), sink.epochs);
    assertEquals(
        "collapse4j can write to a file again, after 1 failures. This is logged once.",
        log.warnings().get(1));
    writer.write(moment(4));
    assertEquals(1, guard.failures());
    writer.close();
    assertEquals(List.of(1, 2, 3, 4), sink.epochs);
    assertTrue(sink.closed);
    assertSame(sink, writer.sink());
  }

  @Test
  void aHundredMomentsQueueForIt() throws Exception {
    Noting sink = new Noting();
    SinkWriter writer = writer(sink, SHORT);
    for (int epoch = 1; epoch <= 103; epoch++) {
      writer.write(moment(epoch));
    }
    assertEquals(1 + 2, guard.failures(), "the one that hangs, and two of 102 behind it");
    sink.released.countDown();
    until(() -> sink.epochs.size() == 101);
    writer.drain();
    assertEquals(101, sink.epochs.size());
  }

  @Test
  void whatGoesWrongBehindTrainingIsTold() throws InterruptedException {
    CountDownLatch released = new CountDownLatch(1);
    SinkWriter writer =
        writer(
            observation -> {
              try {
                released.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              throw new IOException("disk full");
            },
            SHORT);
    writer.write(moment(1));
    released.countDown();
    until(() -> guard.failures() == 2);
  }

  @Test
  void allThatASinkThrowsIsAFailureAndTheNextWriteIsMade() {
    Thrown.kinds()
        .forEach(
            thrown -> {
              long before = guard.failures();
              SinkWriter writer = writer(observation -> thrown.raise(), LONG);
              writer.write(moment(1));
              writer.write(moment(2));
              assertEquals(before + 2, guard.failures(), thrown.made().get().toString());
            });
    assertTrue(log.warnings().get(0).contains("too deep"), log.warnings().get(0));
  }

  @Test
  void whyASinkCannotBeClosedIsThrown() {
    IOException checked = new IOException("disk full");
    RuntimeException unchecked = new IllegalStateException("closed");
    for (Exception cause : List.of(checked, unchecked)) {
      Noting sink =
          new Noting() {
            @Override
            public void close() throws IOException {
              Thrown.raise(cause);
            }
          };
      IOException said = assertThrows(IOException.class, () -> writer(sink, LONG).close());
      assertSame(cause, cause == checked ? said : said.getCause());
    }
  }

  @Test
  void aSinkMayCloseWhatWritesToIt() {
    SinkWriter[] writer = new SinkWriter[1];
    Noting sink =
        new Noting() {
          @Override
          public void write(Observation observation) {
            try {
              writer[0].close();
            } catch (IOException e) {
              throw new IllegalStateException(e);
            }
          }
        };
    writer[0] = writer(sink, LONG);
    writer[0].write(moment(1));
    assertEquals(0, guard.failures());
    assertFalse(sink.closed);
  }
}
