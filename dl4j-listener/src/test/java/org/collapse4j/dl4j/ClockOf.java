package org.collapse4j.dl4j;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.function.Supplier;

/** A clock that asks somebody else. */
public final class ClockOf extends Clock {
  private final Supplier<Instant> source;

  /** A clock that asks a source each time. */
  public ClockOf(Supplier<Instant> source) {
    this.source = source;
  }

  @Override
  public Instant instant() {
    return source.get();
  }

  @Override
  public ZoneId getZone() {
    return ZoneOffset.UTC;
  }

  @Override
  public Clock withZone(ZoneId zone) {
    return this;
  }
}
