package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.List;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.dl4j.Thrown;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

class MeasuringGuardTest {
  private static final Logger LOGGER = LoggerFactory.getLogger("org.collapse4j.guarded");

  private final RecordedWarnings log = new RecordedWarnings();
  private final MeasuringGuard guard = new MeasuringGuard(LOGGER, false);

  @AfterEach
  void close() {
    log.close();
  }

  private void fail(String what, Throwable failure) {
    guard.run(what, () -> Thrown.raise(failure));
  }

  @Test
  void aFailureIsToldOnceAndItsEndOnce() {
    for (int i = 1; i <= 3; i++) {
      fail("write", new IOException("disk full " + i));
    }
    guard.run("read", () -> {});
    String first =
        "collapse4j could not write: disk full 1. Training goes on; this is logged once.";
    assertEquals(List.of(first), log.warnings());
    guard.run("write", () -> {});
    guard.run("write", () -> {});
    fail("write", new IOException("disk full"));
    guard.run("write", () -> {});
    assertEquals(
        List.of(first, "collapse4j can write again, after 3 failures. This is logged once."),
        log.warnings());
    assertEquals(4, guard.failures());
  }

  @Test
  void anotherKindAndAnotherPlaceAreToldToo() {
    fail("write", new IOException("disk full"));
    fail("write", new IllegalStateException());
    fail("read", new IOException("gone"));
    assertEquals(
        List.of(
            "collapse4j could not write: disk full. Training goes on; this is logged once.",
            "collapse4j could not write: IllegalStateException. Training goes on; this is logged"
                + " once.",
            "collapse4j could not read: gone. Training goes on; this is logged once."),
        log.warnings());
  }

  @Test
  void everyThousandthIsToldAgain() {
    for (int i = 1; i <= 2001; i++) {
      fail("write", new IOException("number " + i));
    }
    assertEquals(
        List.of(
            "collapse4j could not write 1000 times: number 1000.",
            "collapse4j could not write 2000 times: number 2000."),
        log.warnings().subList(1, log.warnings().size()));
  }

  @Test
  void aNoteIsNoFailureAndIsToldOnce() {
    guard.noteOnce("a class has no example");
    guard.noteOnce("a class has no example");
    guard.noteOnce("another has none");
    assertEquals(
        List.of(
            "collapse4j: a class has no example. This is logged once.",
            "collapse4j: another has none. This is logged once."),
        log.warnings());
    assertEquals(0, guard.failures());
  }

  @Test
  void aFailedCallHasItsFallback() {
    assertEquals("made", guard.call("make", "none", () -> "made"));
    assertEquals(
        "none",
        guard.call(
            "make",
            "none",
            () -> {
              throw new IOException("not made");
            }));
    assertTrue(guard.succeeds("write", () -> {}));
    assertFalse(guard.succeeds("write", () -> Thrown.raise(new AssertionError("not so"))));
    assertEquals(2, guard.failures());
  }

  @Test
  void anInterruptionIsPassedOn() {
    try {
      fail("wait", new IOException("no interruption"));
      assertFalse(Thread.currentThread().isInterrupted());
      fail("wait", new InterruptedException("asked to stop"));
      assertTrue(Thread.currentThread().isInterrupted());
    } finally {
      assertTrue(Thread.interrupted());
    }
  }

  @Test
  @SuppressWarnings("removal") // What stops a thread is what is tested.
  void whatStopsAThreadPassesAndIsNoFailure() {
    assertThrows(ThreadDeath.class, () -> fail("write", new ThreadDeath()));
    assertEquals(0, guard.failures());
  }

  @Test
  void ifSoChosenAFailureIsRethrown() {
    MeasuringGuard strict = new MeasuringGuard(LOGGER, true);
    RuntimeException unchecked = new IllegalStateException("closed");
    Error error = new AssertionError("not so");
    IOException checked = new IOException("disk full");
    assertSame(
        unchecked,
        assertThrows(
            RuntimeException.class, () -> strict.run("write", () -> Thrown.raise(unchecked))));
    assertSame(
        error, assertThrows(Error.class, () -> strict.run("write", () -> Thrown.raise(error))));
    IllegalStateException wrapped =
        assertThrows(
            IllegalStateException.class, () -> strict.run("write", () -> Thrown.raise(checked)));
    assertEquals("collapse4j could not write", wrapped.getMessage());
    assertSame(checked, wrapped.getCause());
    assertEquals(3, strict.failures());
    assertEquals(List.of(), log.warnings());
    strict.failedAside("write", checked);
    assertEquals(4, strict.failures());
    assertEquals(1, log.warnings().size());
  }
}
