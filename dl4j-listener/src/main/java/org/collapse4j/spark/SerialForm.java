package org.collapse4j.spark;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;

/**
 * Objects as bytes, which is all that Spark gets to see of what goes between processes: whichever
 * serializer it is set to, and whatever classes that is strict about, it passes bytes on.
 */
final class SerialForm {
  private SerialForm() {}

  static byte[] of(Object object) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(object);
      }
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** A new copy of an object that bytes were made of by {@link #of}. */
  // The caller knows what it wrote.
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  static <T> T read(byte[] bytes) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes))) {
      return (T) in.readObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (ClassNotFoundException e) {
      throw new IllegalStateException("An executor must have the classes of the driver", e);
    }
  }
}
