package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.Test;

class FailureTest {
  private static Failure elsewhere(Failure failure) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(failure);
    }
    return (Failure)
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
  }

  @Test
  void hereItIsWhatWasThrown() {
    RuntimeException thrown = new NoSuchElementException("gone");
    assertSame(thrown, assertThrows(RuntimeException.class, () -> new Failure(thrown).rethrow()));
  }

  @Test
  void elsewhereItSaysTheSameFromTheSamePlace() throws Exception {
    RuntimeException argument = new IllegalArgumentException("bad labels");
    Failure ofArgument = elsewhere(new Failure(argument));
    RuntimeException likeness = assertThrows(IllegalArgumentException.class, ofArgument::rethrow);
    assertEquals("bad labels", likeness.getMessage());
    assertArrayEquals(argument.getStackTrace(), likeness.getStackTrace());
    Failure other = elsewhere(new Failure(new NoSuchElementException("gone")));
    assertEquals(
        "java.util.NoSuchElementException: gone",
        assertThrows(IllegalStateException.class, other::rethrow).getMessage());
  }
}
