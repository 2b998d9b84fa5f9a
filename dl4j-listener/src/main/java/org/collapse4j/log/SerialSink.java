package org.collapse4j.log;

import java.io.IOException;

/**
 * A sink that writes one observation at a time, however many threads hand it some, until closed.
 */
abstract class SerialSink implements MetricSink {
  private boolean closed;

  @Override
  public final synchronized void write(Observation observation) throws IOException {
    if (closed) {
      throw new IOException(
          getClass().getSimpleName()
              + " is closed; it was handed an observation of epoch "
              + observation.epoch());
    }
    put(observation);
  }

  @Override
  public final synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      release();
    }
  }

  /** Writes one observation, or throws and leaves what was written before as it was. */
  abstract void put(Observation observation) throws IOException;

  /** Releases what is held; called once. */
  void release() throws IOException {}
}
