package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What a sink that users write has from its superclass, or from the interface alone. */
class SerialSinkTest {
  private static final List<Observation> MOMENT =
      IntStream.rangeClosed(1, 4).mapToObj(Observations::of).toList();

  private final List<Integer> written = new ArrayList<>();

  private void takeOddEpochs(Observation observation) throws IOException {
    if (observation.epoch() % 2 == 0) {
      throw new IOException("epoch " + observation.epoch());
    }
    written.add(observation.epoch());
  }

  /** Says when it is called twice at a time. */
  private final class OddEpochs extends SerialSink {
    private int callers;
    private int released;

    @Override
    protected void put(Observation observation) throws IOException {
      assertEquals(1, ++callers);
      try {
        takeOddEpochs(observation);
      } finally {
        callers--;
      }
    }

    @Override
    protected void release() {
      released++;
    }
  }

  private void assertAllButFaultyAreWritten(MetricSink sink) {
    IOException failure = assertThrows(IOException.class, () -> sink.writeAll(MOMENT));
    assertEquals("epoch 2", failure.getMessage());
    assertEquals(
        List.of("epoch 4"),
        Arrays.stream(failure.getSuppressed()).map(Throwable::getMessage).toList());
    assertEquals(List.of(1, 3), written);
  }

  @Test
  void aFaultInAMomentCostsNoOtherObservation() {
    assertAllButFaultyAreWritten(new OddEpochs());
  }

  @Test
  void aLambdaThatFailsInAMomentIsHandedTheOthers() {
    assertAllButFaultyAreWritten(this::takeOddEpochs);
  }

  @Test
  void theSameExceptionThrownAgainIsThrownOnce() {
    IllegalStateException always = new IllegalStateException();
    MetricSink sink =
        observation -> {
          throw always;
        };
    assertEquals(always, assertThrows(Exception.class, () -> sink.writeAll(MOMENT)));
  }

  @Test
  void threadsTakeTurnsAndItIsReleasedOnce() throws Exception {
    OddEpochs sink = new OddEpochs();
    List<Thread> threads = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread thread = new Thread(() -> writeMany(sink));
      thread.start();
      threads.add(thread);
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(4 * 500 * 2, written.size());
    sink.close();
    sink.close();
    assertEquals(1, sink.released);
    assertThrows(IOException.class, () -> sink.write(MOMENT.get(0)));
    assertEquals(4 * 500 * 2, written.size());
  }

  private static void writeMany(MetricSink sink) {
    try {
      for (int i = 0; i < 500; i++) {
        sink.write(MOMENT.get(0));
        sink.writeAll(List.of(MOMENT.get(2)));
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
