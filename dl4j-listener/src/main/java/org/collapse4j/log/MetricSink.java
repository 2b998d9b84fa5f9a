package org.collapse4j.log;

import java.io.IOException;

/**
 * A destination of observations. What was written before is whole and readable after every {@link
 * #write}, whatever happens to the process next: it may be killed at any moment.
 *
 * <p>Every sink of this package can be written to by several threads, and so shared by several
 * listeners; writing to it once it is closed throws an {@link IOException}, closing it again does
 * nothing. Undefined values are written as missing, never as a number.
 */
public interface MetricSink extends AutoCloseable {
  /**
   * Writes one observation.
   *
   * @throws IOException if it cannot be written; what was written before stays readable
   */
  void write(Observation observation) throws IOException;

  /** Releases what the sink holds; writing afterwards is an error. */
  @Override
  default void close() throws IOException {}
}
