package org.collapse4j.samples.data;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.ReadableByteChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.shade.guava.io.CountingInputStream;
import org.openlca.npy.Npy;
import org.openlca.npy.NpyArray;
import org.openlca.npy.NpyDataType;
import org.openlca.npy.NpyHeader;

/**
 * Arrays in NumPy's formats, as every framework can export them; in C or Fortran order, of either
 * byte order. An array is an NPY file, or one of an NPZ file, as {@code file.npz:name}; where the
 * NPZ file has only one, {@code file.npz} will do.
 */
public final class NpyFile {
  private static final Set<NpyDataType> FLOATS =
      EnumSet.of(NpyDataType.f2, NpyDataType.f4, NpyDataType.f8);
  private static final Set<NpyDataType> NUMBERS =
      EnumSet.complementOf(EnumSet.of(NpyDataType.S, NpyDataType.U));
  private static final String NPZ = ".npz";
  private static final String NPY = ".npy";
  private static final int LARGEST = Integer.MAX_VALUE - 16;

  /** How many bytes one deflated byte can become at most, by the format. */
  private static final long DEFLATED_TO_AT_MOST = 1032;

  private NpyFile() {}

  /**
   * Reads numbers.
   *
   * @param file an array of float16, float32 or float64
   * @return an array of the file's shape, in float64 if the file is, else in float32
   * @throws NoSuchFileException if there is no such file
   * @throws IllegalArgumentException if it is no such file, is empty or cut off, has no element or
   *     another type
   */
  public static INDArray floats(Path file) throws IOException {
    NpyArray<?> array = read(file, FLOATS, "float16, float32 or float64");
    INDArray flat =
        array.isDoubleArray()
            ? Nd4j.createFromArray(array.asDoubleArray().data())
            : Nd4j.createFromArray(array.asFloatArray().data());
    return shaped(flat, array);
  }

  /**
   * Reads class indices.
   *
   * @param file an array [N] or [N, 1] of whole numbers, of any type of integers or floats, or [N,
   *     K] with a one in each row, at the index of its class, and zeros
   * @return the indices [N] in int64; an array of another shape as it is
   * @throws NoSuchFileException if there is no such file
   * @throws IllegalArgumentException if it is no such file, is empty or cut off, has no element,
   *     another type, a number that is not whole, or a row that is not one-hot
   */
  public static INDArray classIndices(Path file) throws IOException {
    NpyArray<?> array = read(file, NUMBERS, "numbers");
    INDArray labels = shaped(Nd4j.createFromArray(whole(file, array)), array);
    if (labels.rank() != 2) {
      return labels;
    }
    return labels.columns() == 1 ? labels.reshape(labels.rows()) : hot(file, labels);
  }

  private static long[] whole(Path file, NpyArray<?> array) {
    if (!FLOATS.contains(array.dataType())) {
      return array.asLongArray().data();
    }
    double[] numbers = array.asDoubleArray().data();
    long[] whole = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      whole[i] = (long) numbers[i];
      if (whole[i] != numbers[i]) {
        throw new IllegalArgumentException(
            file + " must hold class indices, and " + numbers[i] + " is no whole number");
      }
    }
    return whole;
  }

  /** The column of the one in each row. */
  private static INDArray hot(Path file, INDArray rows) {
    long[][] numbers = rows.toLongMatrix();
    long[] indices = new long[numbers.length];
    for (int i = 0; i < numbers.length; i++) {
      long ones = Arrays.stream(numbers[i]).filter(number -> number == 1).count();
      long zeros = Arrays.stream(numbers[i]).filter(number -> number == 0).count();
      if (ones != 1 || zeros != numbers[i].length - 1) {
        throw new IllegalArgumentException(
            file + " must have one 1 in each row, and zeros; row " + i + " has not");
      }
      while (numbers[i][(int) indices[i]] == 0) {
        indices[i]++;
      }
    }
    return Nd4j.createFromArray(indices);
  }

  private static INDArray shaped(INDArray flat, NpyArray<?> array) {
    long[] shape = Arrays.stream(array.shape()).asLongStream().toArray();
    return array.hasColumnOrder() ? flat.reshape('f', shape).dup('c') : flat.reshape('c', shape);
  }

  private static NpyArray<?> read(Path file, Set<NpyDataType> types, String typeNames)
      throws IOException {
    int colon = file.toString().lastIndexOf(NPZ + ":");
    String name = colon < 0 ? "" : file.toString().substring(colon + NPZ.length() + 1);
    Path container = colon < 0 ? file : Path.of(file.toString().substring(0, colon + NPZ.length()));
    requireFile(container);
    if (container.toString().endsWith(NPZ)) {
      try (ZipFile zip = new ZipFile(container.toFile())) {
        ZipEntry entry = entry(container, zip, name);
        return read(
            file,
            unpackedSize(container, entry),
            () -> zip.getInputStream(entry),
            types,
            typeNames);
      } catch (EOFException | ZipException e) {
        throw new IllegalArgumentException(
            container + " is no NPZ file, or is cut off or damaged: " + e.getMessage(), e);
      }
    }
    return read(file, Files.size(file), () -> Files.newInputStream(file), types, typeNames);
  }

  private static void requireFile(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + " is a directory, not an NPY file");
    }
    if (Files.size(file) == 0) {
      throw new IllegalArgumentException(file + " is empty: it should be an NPY file");
    }
  }

  private static ZipEntry entry(Path container, ZipFile zip, String name) {
    List<String> arrays =
        zip.stream()
            .map(ZipEntry::getName)
            .filter(entry -> entry.endsWith(NPY))
            .map(entry -> entry.substring(0, entry.length() - NPY.length()))
            .toList();
    boolean only = name.isEmpty() && arrays.size() == 1;
    if (!only && !arrays.contains(name)) {
      throw new IllegalArgumentException(
          "Which array of %s is meant must be said, as in %s:NAME; there are %s"
              .formatted(container, container, arrays));
    }
    return zip.getEntry((only ? arrays.get(0) : name) + NPY);
  }

  /** Opens an array at its beginning. */
  @FunctionalInterface
  private interface Opening {
    InputStream open() throws IOException;
  }

  private static NpyArray<?> read(
      Path file, long size, Opening array, Set<NpyDataType> types, String typeNames)
      throws IOException {
    NpyHeader header = header(file, array);
    if (!types.contains(header.dict().dataType())) {
      throw new IllegalArgumentException(
          file + " must hold " + typeNames + ", not " + header.dict().dataType().symbol());
    }
    long expected = requireWhole(file, size, header);
    try (CountingInputStream bytes = new CountingInputStream(array.open());
        ReadableByteChannel channel = Channels.newChannel(bytes)) {
      NpyArray<?> read = array(file, channel);
      // It may be less than the directory of an NPZ file says.
      if (bytes.getCount() < expected) {
        throw cutOff(file, header, expected, bytes.getCount());
      }
      if (header.dict().dataType() == NpyDataType.f2) {
        correctHalves(read.asFloatArray().data());
      }
      return read;
    }
  }

  private static NpyArray<?> array(Path file, ReadableByteChannel channel) {
    try {
      return Npy.read(channel);
    } catch (RuntimeException e) {
      // The library throws it around what cannot be read, such as a damaged entry of an NPZ file.
      Throwable why = e.getCause() == null ? e : e.getCause();
      throw new IllegalArgumentException(file + " is damaged: " + why.getMessage(), e);
    }
  }

  /**
   * The library sets bits of powers of two in float16 that such a number does not have, so that 1
   * becomes 1.000122: float32 has 13 bits more, all of them zero.
   */
  private static void correctHalves(float[] numbers) {
    for (int i = 0; i < numbers.length; i++) {
      int bits = Float.floatToRawIntBits(numbers[i]);
      numbers[i] = Float.intBitsToFloat(bits & -(1 << 13));
    }
  }

  private static NpyHeader header(Path file, Opening array) throws IOException {
    try (ReadableByteChannel channel = Channels.newChannel(array.open())) {
      return NpyHeader.read(channel);
    } catch (RuntimeException e) {
      // The library throws one kind where a header is wrong, others where it cannot be parsed.
      throw new IllegalArgumentException(
          file + " is no NPY file, or its header is damaged: " + e.getMessage(), e);
    }
  }

  /**
   * The library takes what is missing for zeros, and counts elements in an int.
   *
   * @return how many bytes the array takes, with its header
   */
  private static long requireWhole(Path file, long size, NpyHeader header) {
    long elements = 1;
    for (int length : header.dict().shape()) {
      elements *= length;
      if (length < 0 || elements > LARGEST) {
        throw new IllegalArgumentException(
            "%s says that its shape is %s; at most 2^31 - 17 elements can be read"
                .formatted(file, Arrays.toString(header.dict().shape())));
      }
    }
    if (elements == 0) {
      throw new IllegalArgumentException(
          file + " has no element: its shape is " + Arrays.toString(header.dict().shape()));
    }
    long expected = header.dataOffset() + elements * header.dict().dataType().size();
    if (size < expected) {
      throw cutOff(file, header, expected, size);
    }
    return expected;
  }

  private static IllegalArgumentException cutOff(
      Path file, NpyHeader header, long expected, long size) {
    return new IllegalArgumentException(
        "%s is cut off: an array of shape %s takes %s bytes, but the file has %s"
            .formatted(file, Arrays.toString(header.dict().shape()), expected, size));
  }

  /** What an entry takes when it is unpacked, as far as its compressed size allows what it says. */
  private static long unpackedSize(Path container, ZipEntry entry) throws IOException {
    long most = Math.min(entry.getCompressedSize(), Files.size(container)) * DEFLATED_TO_AT_MOST;
    if (entry.getSize() > most) {
      throw new IllegalArgumentException(
          "%s is damaged: %s cannot have the %s bytes that it says"
              .formatted(container, entry.getName(), entry.getSize()));
    }
    return entry.getSize();
  }
}
