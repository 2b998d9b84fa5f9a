package org.collapse4j.log;

import java.io.IOException;
import java.util.List;

/**
 * What a sink of one's own extends to keep the promises of {@link MetricSink}: however many threads
 * and listeners write to it, {@link #put}, {@link #putAll} and {@link #release} are called one
 * after the other; none of them is called once the sink is closed, writing then being refused with
 * an {@link IOException}; and closing it again does nothing.
 *
 * <pre>{@code
 * final class AccuracyFile extends SerialSink {
 *   private final Writer file;
 *
 *   AccuracyFile(Path path) throws IOException {
 *     file = Files.newBufferedWriter(path);
 *   }
 *
 *   @Override
 *   protected void put(Observation observation) throws IOException {
 *     double accuracy = observation.measurements().value(Metric.ACCURACY);
 *     file.write(observation.epoch() + " " + observation.split() + " " + accuracy + "\n");
 *     file.flush();
 *   }
 *
 *   @Override
 *   protected void release() throws IOException {
 *     file.close();
 *   }
 * }
 * }</pre>
 */
public abstract class SerialSink implements MetricSink {
  private boolean closed;

  /** A sink that is open. */
  protected SerialSink() {}

  @Override
  public final synchronized void write(Observation observation) throws IOException {
    requireOpen(observation);
    put(observation);
  }

  @Override
  public final synchronized void writeAll(List<Observation> moment) throws IOException {
    if (!moment.isEmpty()) {
      requireOpen(moment.get(0));
      putAll(List.copyOf(moment));
    }
  }

  @Override
  public final synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      release();
    }
  }

  private void requireOpen(Observation observation) throws IOException {
    if (closed) {
      throw new IOException(
          "%s is closed; it was handed an observation of epoch %s"
              .formatted(getClass().getSimpleName(), observation.epoch()));
    }
  }

  /**
   * Writes one observation.
   *
   * @throws IOException if it cannot be written; what was written before is to stay as it was
   */
  protected abstract void put(Observation observation) throws IOException;

  /**
   * Writes what was observed at one moment; by default one after the other, as {@link
   * MetricSink#writeAll} says. To be overridden where one access can write them together.
   *
   * @param moment at least one; immutable
   * @throws IOException if one of them cannot be written; what was written before the moment is to
   *     stay as it was
   */
  protected void putAll(List<Observation> moment) throws IOException {
    MetricSink.super.writeAll(moment);
  }

  /**
   * Releases what is held; called once, when the sink is closed. By default nothing is.
   *
   * @throws IOException if it cannot; the sink counts as closed all the same
   */
  protected void release() throws IOException {}
}
