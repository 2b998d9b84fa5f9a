package org.collapse4j.samples.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.Set;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.openlca.npy.Npy;
import org.openlca.npy.NpyArray;
import org.openlca.npy.NpyDataType;
import org.openlca.npy.NpyHeader;

/**
 * Arrays in NumPy's NPY format, as every framework can export them; in C or Fortran order, of
 * either byte order.
 */
public final class NpyFile {
  private static final Set<NpyDataType> FLOATS = EnumSet.of(NpyDataType.f4, NpyDataType.f8);
  private static final Set<NpyDataType> INTEGERS = EnumSet.of(NpyDataType.i4, NpyDataType.i8);

  private NpyFile() {}

  /**
   * Reads numbers.
   *
   * @param file float32 or float64
   * @return an array of the file's shape and type
   * @throws NoSuchFileException if there is no such file
   * @throws IllegalArgumentException if it is no NPY file, is empty or cut off, has no element or
   *     another type
   */
  public static INDArray floats(Path file) throws IOException {
    NpyArray<?> array = read(file, FLOATS, "float32 or float64");
    INDArray flat =
        array.isDoubleArray()
            ? Nd4j.createFromArray(array.asDoubleArray().data())
            : Nd4j.createFromArray(array.asFloatArray().data());
    return shaped(flat, array);
  }

  /**
   * Reads integers, such as labels.
   *
   * @param file int32 or int64
   * @return an array of the file's shape, in int64
   * @throws NoSuchFileException if there is no such file
   * @throws IllegalArgumentException if it is no NPY file, is empty or cut off, has no element or
   *     another type
   */
  public static INDArray integers(Path file) throws IOException {
    NpyArray<?> array = read(file, INTEGERS, "int32 or int64");
    return shaped(Nd4j.createFromArray(array.asLongArray().data()), array);
  }

  private static INDArray shaped(INDArray flat, NpyArray<?> array) {
    long[] shape = Arrays.stream(array.shape()).asLongStream().toArray();
    return array.hasColumnOrder() ? flat.reshape('f', shape).dup('c') : flat.reshape('c', shape);
  }

  private static NpyArray<?> read(Path file, Set<NpyDataType> types, String typeNames)
      throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString(), null, "there is no such file");
    }
    if (Files.isDirectory(file)) {
      throw new IllegalArgumentException(file + " is a directory, not an NPY file");
    }
    if (Files.size(file) == 0) {
      throw new IllegalArgumentException(file + " is empty: it should be an NPY file");
    }
    NpyHeader header = header(file);
    if (!types.contains(header.dict().dataType())) {
      throw new IllegalArgumentException(
          file + " must hold " + typeNames + ", not " + header.dict().dataType().symbol());
    }
    requireWhole(file, header);
    return Npy.read(file.toFile());
  }

  private static NpyHeader header(Path file) throws IOException {
    try (var channel = Files.newByteChannel(file)) {
      return NpyHeader.read(channel);
    } catch (RuntimeException e) {
      // The library throws one kind where a header is wrong, others where it cannot be parsed.
      throw new IllegalArgumentException(
          file + " is no NPY file, or its header is damaged: " + e.getMessage(), e);
    }
  }

  /** The library takes what is missing for zeros, and counts elements in an int. */
  private static void requireWhole(Path file, NpyHeader header) throws IOException {
    long elements = 1;
    for (int size : header.dict().shape()) {
      elements = Math.multiplyExact(elements, (long) size);
    }
    if (elements == 0) {
      throw new IllegalArgumentException(
          file + " has no element: its shape is " + Arrays.toString(header.dict().shape()));
    }
    if (elements > Integer.MAX_VALUE - 16) {
      throw new IllegalArgumentException(
          file + " has " + elements + " elements; at most 2^31 - 17 can be read");
    }
    long expected = header.dataOffset() + elements * header.dict().dataType().size();
    if (Files.size(file) < expected) {
      throw new IllegalArgumentException(
          file
              + " is cut off: an array of shape "
              + Arrays.toString(header.dict().shape())
              + " takes "
              + expected
              + " bytes, but the file has "
              + Files.size(file));
    }
  }
}
