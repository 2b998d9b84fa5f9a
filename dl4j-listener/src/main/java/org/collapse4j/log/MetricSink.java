package org.collapse4j.log;

import java.io.IOException;
import java.util.List;

/**
 * A destination of observations. What was written before is whole and readable after every {@link
 * #write} and {@link #writeAll}, whatever happens to the process next: it may be killed at any
 * moment.
 *
 * <p>Every sink of this library can be written to by several threads, and so shared by several
 * listeners; writing to it once it is closed throws an {@link IOException}, closing it again does
 * nothing. Undefined values are written as missing, never as a number. A sink of one's own has that
 * from {@link SerialSink}, or is a lambda where it needs none of it:
 *
 * <pre>{@code
 * List<Observation> observations = new ArrayList<>();
 * NeuralCollapseListener listener =
 *     NeuralCollapseListener.builder().sink(observations::add).build();
 * }</pre>
 */
@FunctionalInterface
public interface MetricSink extends AutoCloseable {
  /**
   * Writes one observation.
   *
   * @throws IOException if it cannot be written; what was written before stays readable
   */
  void write(Observation observation) throws IOException;

  /**
   * Writes what was observed at one moment of training: an observation for each split and layer. A
   * listener calls this once a moment, so a sink that has a cost for each access, such as a file to
   * be opened or a page to be drawn, overrides it to have that once.
   *
   * <p>Unless overridden, every observation is handed to {@link #write}, those after one that fails
   * too; the first failure is thrown at the end, with the others as its {@linkplain
   * Throwable#getSuppressed suppressed} ones.
   *
   * @param moment in the order in which they are to be written; not modified, not kept
   * @throws IOException if one of them cannot be written; what was written before the moment stays
   *     readable, and those of the moment that were written are whole
   */
  default void writeAll(List<Observation> moment) throws IOException {
    Exception first = null;
    for (Observation observation : moment) {
      try {
        write(observation);
      } catch (IOException | RuntimeException failure) {
        if (first == null) {
          first = failure;
        } else if (first != failure) {
          first.addSuppressed(failure);
        }
      }
    }
    if (first instanceof IOException unwritten) {
      throw unwritten;
    } else if (first instanceof RuntimeException unwritten) {
      throw unwritten;
    }
  }

  /** Releases what the sink holds; writing afterwards is an error. */
  @Override
  default void close() throws IOException {}
}
