package org.collapse4j.samples.experiment;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.util.ModelSerializer;
import org.nd4j.linalg.api.buffer.DataType;

/** Networks in files, as DL4J's ModelSerializer writes them. */
public final class SavedNetwork {
  /** Numbers that describe an array of 32 dimensions, the most that ND4J has. */
  private static final int MOST_OF_SHAPE = 2 * 32 + 4;

  private SavedNetwork() {}

  /**
   * Reads a MultiLayerNetwork or a ComputationGraph. Deeplearning4j makes its classes by the names
   * in the file's configuration, so that a file is to be trusted as a program is: whoever wrote it
   * chooses which classes of the class path that implement layers, losses, activations and the like
   * are constructed, and with which values. What is checked here is that the parameters are as many
   * as the file says, since they are read into memory outside the Java heap.
   *
   * @throws FileNotFoundException if there is no such file
   * @throws IllegalArgumentException if it holds no network that can be read
   */
  public static Model read(Path file) throws IOException {
    return read(file, false);
  }

  /** The same with the state of its updater, so that it can be trained on. */
  static Model readWithUpdater(Path file) throws IOException {
    return read(file, true);
  }

  private static Model read(Path file, boolean withUpdater) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new FileNotFoundException(file + " is no file");
    }
    String configuration = configuration(file);
    try {
      return configuration.contains("\"vertices\"")
          ? ModelSerializer.restoreComputationGraph(file.toFile(), withUpdater)
          : ModelSerializer.restoreMultiLayerNetwork(file.toFile(), withUpdater);
    } catch (IOException | RuntimeException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      throw new IllegalArgumentException(
          file + " holds no network that Deeplearning4j can read: " + why, e);
    }
  }

  private static String configuration(Path file) throws IOException {
    try (ZipFile zip = new ZipFile(file.toFile())) {
      requireWholeParameters(file, zip);
      ZipEntry entry = zip.getEntry("configuration.json");
      if (entry != null) {
        return new String(zip.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
      }
    } catch (EOFException | ZipException e) {
      throw new IllegalArgumentException(
          file + " is no network saved by DL4J, or is cut off or damaged", e);
    }
    throw new IllegalArgumentException(
        file + " is no network saved by DL4J: no configuration.json");
  }

  /** The parameters as ND4J writes an array: a buffer with its shape, and one with its elements. */
  private static void requireWholeParameters(Path file, ZipFile zip) throws IOException {
    ZipEntry entry = zip.getEntry("coefficients.bin");
    if (entry == null) {
      return;
    }
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(zip.getInputStream(entry)))) {
      in.readUTF(); // How it was allocated when it was written.
      long[] shape = new long[Math.toIntExact(Math.min(in.readLong(), MOST_OF_SHAPE))];
      in.readUTF();
      for (int i = 0; i < shape.length; i++) {
        shape[i] = in.readLong();
      }
      in.readUTF();
      long length = in.readLong();
      long width = DataType.valueOf(in.readUTF()).width();
      if (!fits(shape, length)) {
        throw new IllegalArgumentException(length + " elements do not fit their shape");
      }
      in.skipNBytes(length * width);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          file + " has damaged parameters: " + String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Whether an array has as many elements, given its rank, sizes, strides and three more numbers.
   */
  private static boolean fits(long[] shape, long length) {
    int rank = shape.length < 4 ? -1 : (int) shape[0];
    if (rank < 0 || shape.length != 2 * rank + 4 || length < 1 || length > Integer.MAX_VALUE) {
      return false;
    }
    long elements = 1;
    long last = 0;
    for (int i = 1; i <= rank; i++) {
      long size = shape[i];
      long stride = shape[rank + i];
      if (size < 1 || size > length || stride < 0 || stride > length) {
        return false;
      }
      elements = Math.multiplyExact(elements, size);
      last += (size - 1) * stride;
    }
    return elements == length && last < length;
  }

  /**
   * Writes the entries of a network's file, with the state of its updater.
   *
   * @param zip stays open for more
   */
  static void write(Model network, ZipOutputStream zip) throws IOException {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, saved, true);
    try (ZipInputStream entries =
        new ZipInputStream(new ByteArrayInputStream(saved.toByteArray()))) {
      for (ZipEntry entry = entries.getNextEntry(); entry != null; entry = entries.getNextEntry()) {
        zip.putNextEntry(new ZipEntry(entry.getName()));
        entries.transferTo(zip);
        zip.closeEntry();
      }
    }
  }
}
