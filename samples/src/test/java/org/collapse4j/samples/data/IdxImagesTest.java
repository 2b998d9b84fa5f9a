package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;

class IdxImagesTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeFourFiles() throws IOException {
    write("train-images-idx3-ubyte", idx(new int[] {3, 1, 2}, 0, 255, 51, 102, 1, 2));
    write("train-labels-idx1-ubyte.gz", idx(new int[] {3}, 1, 0, 2));
    write("t10k-images-idx3-ubyte.gz", idx(new int[] {2, 1, 2}, 9, 9, 8, 8));
    write("t10k-labels-idx1-ubyte", idx(new int[] {2}, 2, 0));
  }

  private static byte[] idx(int[] shape, int... values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    DataOutputStream out = new DataOutputStream(bytes);
    out.writeInt(0x0800 | shape.length);
    for (int size : shape) {
      out.writeInt(size);
    }
    for (int value : values) {
      out.writeByte(value);
    }
    return bytes.toByteArray();
  }

  private void write(String name, byte[] bytes) throws IOException {
    try (OutputStream file = Files.newOutputStream(folder.resolve(name));
        OutputStream out = name.endsWith(".gz") ? new GZIPOutputStream(file) : file) {
      out.write(bytes);
    }
  }

  @Test
  void plainAndCompressedFilesAreRead() throws IOException {
    ImageData images = IdxImages.directory(folder);
    assertEquals(3, images.numClasses());
    assertEquals(2, images.numPixels());
    INDArray pixels = images.train().getFeatures();
    assertArrayEquals(new float[] {0, 1}, pixels.getRow(0).toFloatVector());
    assertArrayEquals(new float[] {0.2f, 0.4f}, pixels.getRow(1).toFloatVector());
    assertArrayEquals(new int[] {1, 0, 2}, images.train().getLabels().argMax(1).toIntVector());
    assertArrayEquals(new int[] {2, 0}, images.heldOut().getLabels().argMax(1).toIntVector());
  }

  @Test
  void theImagesThatComeAlongAreBalanced() throws IOException {
    ImageData images = IdxImages.fashionMnistMini();
    assertEquals(10, images.numClasses());
    assertEquals(28 * 28, images.numPixels());
    for (double count : images.train().getLabels().sum(0).toDoubleVector()) {
      assertEquals(1000, count);
    }
    for (double count : images.heldOut().getLabels().sum(0).toDoubleVector()) {
      assertEquals(200, count);
    }
    assertEquals(1, images.train().getFeatures().maxNumber().doubleValue());
  }

  private void refused(Class<? extends Exception> kind, String message) {
    Exception refused = assertThrows(kind, () -> IdxImages.directory(folder));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void whatIsMissingIsNamedWithWhereItComesFrom() throws IOException {
    Files.delete(folder.resolve("t10k-labels-idx1-ubyte"));
    refused(FileNotFoundException.class, "t10k-labels-idx1-ubyte.gz. Fashion-MNIST comes as");
    Path nowhere = folder.resolve("nowhere");
    assertThrows(NotDirectoryException.class, () -> IdxImages.directory(nowhere));
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    write("train-labels-idx1-ubyte.gz", idx(new int[] {4}, 1, 0, 2, 1));
    refused(IllegalArgumentException.class, "one label for each of the 3 images, not shape [4]");
    write("train-labels-idx1-ubyte.gz", idx(new int[] {3}, 1, 0));
    refused(IllegalArgumentException.class, "is cut off: it has 2 of 3 values");
    Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), new byte[] {1, 2, 3});
    refused(IllegalArgumentException.class, "is cut off or damaged");
    write("t10k-images-idx3-ubyte.gz", idx(new int[] {2, 2, 1}, 9, 9, 8, 8));
    refused(IllegalArgumentException.class, "must be of one size");
    write("t10k-images-idx3-ubyte.gz", idx(new int[] {2, 0, 1}));
    refused(IllegalArgumentException.class, "must have shape [images, height, width]");
    write("t10k-images-idx3-ubyte.gz", idx(new int[] {2, 1, 2}, 9, 9, 8, 8));
    write("train-labels-idx1-ubyte", new byte[] {'t', 'e', 'x', 't', 's'});
    refused(IllegalArgumentException.class, "should start with 0x000008, not 0x746578");
  }
}
