package org.collapse4j.evaluation;

import java.io.Serializable;

/**
 * Why something could not be found out, fit to be told in another process: what was thrown may hold
 * on to anything, so that only its message and its place are taken there.
 */
final class Failure implements Serializable {
  private static final long serialVersionUID = 1;

  private final transient RuntimeException thrown;
  private final boolean isOfArgument;
  private final String message;
  private final StackTraceElement[] trace;

  Failure(RuntimeException thrown) {
    this.thrown = thrown;
    this.isOfArgument = thrown instanceof IllegalArgumentException;
    this.message = isOfArgument ? thrown.getMessage() : thrown.toString();
    this.trace = thrown.getStackTrace();
  }

  /** Throws what was thrown, or in another process its likeness. */
  void rethrow() {
    if (thrown != null) {
      throw thrown;
    }
    RuntimeException likeness =
        isOfArgument ? new IllegalArgumentException(message) : new IllegalStateException(message);
    likeness.setStackTrace(trace);
    throw likeness;
  }
}
