package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class NpyFileTest {
  @TempDir private Path folder;

  /** An NPY file by the format's definition, version 1.0. */
  private static byte[] npy(String type, String shape, byte[] data) throws IOException {
    String dict = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
    int padding = 63 - (10 + dict.length()) % 64;
    String header = dict + " ".repeat(padding) + "\n";
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0});
    file.write(header.length() & 0xFF);
    file.write(header.length() >> 8);
    file.write(header.getBytes(StandardCharsets.US_ASCII));
    file.write(data);
    return file.toByteArray();
  }

  private static ByteBuffer little(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private Path file(String name, byte[] content) throws IOException {
    return Files.write(folder.resolve(name), content);
  }

  @Test
  void halfPrecisionIsReadExactly() throws IOException {
    // 1, -2, 0.5, 65504, the smallest number, a third and infinity in IEEE 754 binary16.
    byte[] halves =
        little(14)
            .putShort((short) 0x3C00)
            .putShort((short) 0xC000)
            .putShort((short) 0x3800)
            .putShort((short) 0x7BFF)
            .putShort((short) 0x0001)
            .putShort((short) 0x3555)
            .putShort((short) 0x7C00)
            .array();
    INDArray read = NpyFile.floats(file("h.npy", npy("<f2", "7, 1", halves)));
    assertEquals(DataType.FLOAT, read.dataType());
    assertArrayEquals(
        new float[] {1, -2, 0.5f, 65504, 0x1p-24f, 0.33325195f, Float.POSITIVE_INFINITY},
        read.reshape(7).toFloatVector());
  }

  @Test
  void labelsOfAnyTypeOfNumber() throws IOException {
    long[] expected = {0, 200, 1};
    byte[] bytes = {0, (byte) 200, 1};
    assertArrayEquals(
        expected, NpyFile.classIndices(file("u1.npy", npy("|u1", "3,", bytes))).toLongVector());
    byte[] shorts = little(6).putShort((short) 0).putShort((short) 200).putShort((short) 1).array();
    for (String type : new String[] {"<i2", "<u2"}) {
      assertArrayEquals(
          expected, NpyFile.classIndices(file("s.npy", npy(type, "3,", shorts))).toLongVector());
    }
    byte[] floats = little(12).putFloat(0).putFloat(200).putFloat(1).array();
    assertArrayEquals(
        expected, NpyFile.classIndices(file("f4.npy", npy("<f4", "3,", floats))).toLongVector());
    assertArrayEquals(
        expected, NpyFile.classIndices(file("col.npy", npy("<f4", "3, 1", floats))).toLongVector());
    byte[] longs = little(24).putLong(0).putLong(200).putLong(1).array();
    for (String type : new String[] {"<i8", "<u8"}) {
      assertArrayEquals(
          expected, NpyFile.classIndices(file("l.npy", npy(type, "3,", longs))).toLongVector());
    }
  }

  @Test
  void oneHotRowsAreTheirClasses() throws IOException {
    byte[] rows = {0, 0, 1, 1, 0, 0};
    assertArrayEquals(
        new long[] {2, 0},
        NpyFile.classIndices(file("hot.npy", npy("|u1", "2, 3", rows))).toLongVector());
    assertArrayEquals(
        new long[] {2, 0},
        NpyFile.classIndices(file("bool.npy", npy("|b1", "2, 3", rows))).toLongVector());
    byte[] two = {0, 0, 1, 1, 1, 0};
    refused("row 1 has not", file("two.npy", npy("|u1", "2, 3", two)));
  }

  private static void refused(String part, Path file) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> NpyFile.classIndices(file)).getMessage();
    assertEquals(part, message.contains(part) ? part : message);
  }

  @Test
  void labelsThatAreNotWholeAreRefused() throws IOException {
    byte[] half = little(4).putFloat(0.5f).array();
    refused("0.5 is no whole number", file("half.npy", npy("<f4", "1,", half)));
    byte[] nan = little(4).putFloat(Float.NaN).array();
    refused("NaN is no whole number", file("nan.npy", npy("<f4", "1,", nan)));
    refused("must hold numbers, not", file("text.npy", npy("|S1", "1,", new byte[] {'a'})));
  }

  private Path npz(Map<String, byte[]> arrays) throws IOException {
    Path file = folder.resolve("a.npz");
    try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
      for (Map.Entry<String, byte[]> array : arrays.entrySet()) {
        zip.putNextEntry(new ZipEntry(array.getKey() + ".npy"));
        zip.write(array.getValue());
      }
    }
    return file;
  }

  @Test
  void arraysOfAnNpzFile() throws IOException {
    byte[] labels = npy("|u1", "2,", new byte[] {1, 0});
    Path one = npz(Map.of("labels", labels));
    assertArrayEquals(new long[] {1, 0}, NpyFile.classIndices(one).toLongVector());
    byte[] features = npy("<f4", "1, 2", little(8).putFloat(3).putFloat(4).array());
    Path both = npz(Map.of("labels", labels, "features", features));
    assertArrayEquals(
        new long[] {1, 0}, NpyFile.classIndices(Path.of(both + ":labels")).toLongVector());
    assertArrayEquals(
        new float[] {3, 4}, NpyFile.floats(Path.of(both + ":features")).toFloatMatrix()[0]);
    refused("Which array of", both);
    refused("Which array of", Path.of(both + ":other"));
    refused("is no NPZ file", file("b.npz", new byte[] {1, 2, 3}));
    byte[] torn = npy("|u1", "9,", new byte[] {1, 0});
    refused("is cut off", npz(Map.of("labels", torn)));
  }
}
