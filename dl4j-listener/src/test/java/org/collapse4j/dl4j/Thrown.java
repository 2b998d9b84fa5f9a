package org.collapse4j.dl4j;

import java.io.IOException;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Something that is thrown where no exception is declared, as code in other languages of the JVM
 * does.
 */
public record Thrown(Supplier<Throwable> made) {
  /** Errors and exceptions of every kind. */
  public static Stream<Thrown> kinds() {
    return Stream.<Supplier<Throwable>>of(
            () -> new StackOverflowError("too deep"),
            () -> new AssertionError("not so"),
            () -> new InternalError("a fault in a mapped file"),
            () -> new OutOfMemoryError("too much"),
            () -> new NoClassDefFoundError("not/There"),
            () -> new IOException("disk full"),
            () -> new IllegalStateException("closed"),
            () -> new Throwable("neither an exception nor an error"))
        .map(Thrown::new);
  }

  /** Throws a new one. */
  public void raise() {
    raise(made.get());
  }

  /** Throws this. */
  public static void raise(Throwable failure) {
    Thrown.<RuntimeException>raiseAs(failure);
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> void raiseAs(Throwable failure) throws T {
    throw (T) failure;
  }

  @Override
  public String toString() {
    return made.get().toString();
  }
}
