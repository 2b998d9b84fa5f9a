package org.collapse4j.samples.data;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * Unsigned bytes in the IDX format, in which MNIST and its successors are published: two zero
 * bytes, the type 8, the number of dimensions, each size as a big-endian int, then the values.
 *
 * @param shape the size of each dimension
 * @param values row after row
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody, read in loops.
record IdxFile(int[] shape, byte[] values) {
  private static final int UNSIGNED_BYTES = 0x08;
  private static final int LARGEST = Integer.MAX_VALUE - 16;

  /**
   * Reads a file.
   *
   * @param file compressed if its name ends in {@code .gz}
   * @throws NoSuchFileException if there is no such file
   * @throws IllegalArgumentException if it is no IDX file of unsigned bytes, or is cut off
   */
  static IdxFile read(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return read(in, file.toString());
    }
  }

  /** Reads a stream that is compressed if its name, which error messages have, ends so. */
  static IdxFile read(InputStream in, String name) throws IOException {
    try {
      InputStream plain = name.endsWith(".gz") ? new GZIPInputStream(in) : in;
      return read(new DataInputStream(new BufferedInputStream(plain)), name);
    } catch (EOFException | ZipException e) {
      throw new IllegalArgumentException(name + " is cut off or damaged", e);
    }
  }

  private static IdxFile read(DataInputStream in, String name) throws IOException {
    int magic = in.readInt();
    if (magic >>> 8 != UNSIGNED_BYTES) {
      throw new IllegalArgumentException(
          String.format(
              "%s is no IDX file of unsigned bytes: it should start with 0x000008, not 0x%06x",
              name, magic >>> 8));
    }
    int[] shape = new int[magic & 0xff];
    long length = 1;
    for (int i = 0; i < shape.length; i++) {
      shape[i] = in.readInt();
      length *= shape[i];
      if (shape[i] < 0 || length > LARGEST) {
        throw new IllegalArgumentException(
            "%s says that its shape begins with %s, which cannot be"
                .formatted(name, Arrays.toString(Arrays.copyOf(shape, i + 1))));
      }
    }
    byte[] values = in.readNBytes((int) length);
    if (values.length < length) {
      throw new IllegalArgumentException(
          name + " is cut off: it has " + values.length + " of " + length + " values");
    }
    return new IdxFile(shape, values);
  }
}
