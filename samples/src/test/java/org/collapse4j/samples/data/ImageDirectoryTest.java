package org.collapse4j.samples.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

class ImageDirectoryTest {
  private static final int PIXELS = 3 * 32 * 32;

  /** How far a byte over 255 in float32 may be off. */
  private static final double FLOAT32 = 1e-7;

  @TempDir private Path folder;

  /** Random pixels behind the label bytes of each image. */
  private byte[] cifar(String name, long seed, int... labels) throws IOException {
    return records(
        name, seed, IntStream.of(labels).mapToObj(l -> new int[] {l}).toArray(int[][]::new));
  }

  private byte[] records(String name, long seed, int[]... labels) throws IOException {
    Random random = new Random(seed);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] pixels = new byte[PIXELS];
    for (int[] ofImage : labels) {
      for (int label : ofImage) {
        bytes.write(label);
      }
      random.nextBytes(pixels);
      bytes.write(pixels);
    }
    Files.write(folder.resolve(name), bytes.toByteArray());
    return bytes.toByteArray();
  }

  private static void assertImage(byte[] file, int from, INDArray row) {
    for (int pixel : new int[] {0, 1, 1023, 1024, PIXELS - 1}) {
      assertEquals((file[from + pixel] & 0xff) / 255.0, row.getDouble(pixel), FLOAT32);
    }
  }

  private static int[] classes(DataSet data) {
    return data.getLabels().argMax(1).toIntVector();
  }

  @Test
  void cifar10() throws IOException {
    byte[] first = cifar("data_batch_1.bin", 1, 3, 9);
    for (int i = 2; i <= 5; i++) {
      cifar("data_batch_" + i + ".bin", i, i);
    }
    byte[] test = cifar("test_batch.bin", 6, 0);
    ImageData images = ImageDirectory.read(folder);
    assertEquals(List.of(3, 32, 32), List.of(images.channels(), images.height(), images.width()));
    assertEquals(10, images.numClasses());
    assertArrayEquals(new int[] {3, 9, 2, 3, 4, 5}, classes(images.train()));
    assertArrayEquals(new int[] {0}, classes(images.heldOut()));
    assertImage(first, 1 + PIXELS + 1, images.train().getFeatures().getRow(1));
    assertImage(test, 1, images.heldOut().getFeatures().getRow(0));
    assertEquals("9", images.classNames().get(9));

    Files.writeString(folder.resolve("batches.meta.txt"), "a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n\n");
    assertEquals("j", ImageDirectory.read(folder).classNames().get(9));
  }

  @Test
  void cifar100HasFineClasses() throws IOException {
    byte[] train = records("train.bin", 1, new int[] {19, 99}, new int[] {0, 7});
    records("test.bin", 2, new int[] {1, 50});
    ImageData images = ImageDirectory.read(folder);
    assertEquals(100, images.numClasses());
    assertArrayEquals(new int[] {99, 7}, classes(images.train()));
    assertArrayEquals(new int[] {50}, classes(images.heldOut()));
    assertImage(train, 2 + PIXELS + 2, images.train().getFeatures().getRow(1));
  }

  private int[] svhn(String name, int... labels) throws IOException {
    Random random = new Random(labels.length);
    Matrix images = Mat5.newMatrix(new int[] {32, 32, 3, labels.length}, MatlabType.UInt8);
    int[] pixels = random.ints(images.getNumElements(), 0, 256).toArray();
    for (int i = 0; i < pixels.length; i++) {
      images.setInt(i, pixels[i]);
    }
    Matrix classes = Mat5.newMatrix(labels.length, 1);
    for (int i = 0; i < labels.length; i++) {
      classes.setDouble(i, labels[i]);
    }
    try (MatFile file = Mat5.newMatFile()) {
      file.addArray("X", images).addArray("y", classes);
      Mat5.writeToFile(file, folder.resolve(name).toFile());
    }
    return pixels;
  }

  @Test
  void svhnWhoseDigit0IsClass10() throws IOException {
    int[] train = svhn("train_32x32.mat", 1, 10, 9);
    svhn("test_32x32.mat", 5, 10);
    ImageData images = ImageDirectory.read(folder);
    assertEquals(10, images.numClasses());
    assertArrayEquals(new int[] {1, 0, 9}, classes(images.train()));
    assertArrayEquals(new int[] {5, 0}, classes(images.heldOut()));
    INDArray second = images.train().getFeatures().getRow(1);
    for (int[] at : new int[][] {{0, 0, 0}, {3, 7, 2}, {31, 0, 1}, {31, 31, 2}}) {
      int row = at[0];
      int column = at[1];
      int channel = at[2];
      // MATLAB's order: the row is the fastest index, the image the slowest.
      double expected = train[row + 32 * (column + 32 * (channel + 3))] / 255.0;
      assertEquals(expected, second.getDouble(channel * 1024 + row * 32 + column), FLOAT32);
    }
  }

  private void refused(Class<? extends Exception> kind, String message) {
    Exception refused = assertThrows(kind, () -> ImageDirectory.read(folder));
    assertTrue(refused.getMessage().contains(message), refused.getMessage());
  }

  @Test
  void whatIsMissingIsNamedWithWhereItComesFrom() throws IOException {
    refused(
        FileNotFoundException.class, "has none of the data sets that can be read. Fashion-MNIST");
    cifar("test_batch.bin", 6, 0);
    refused(FileNotFoundException.class, "no file data_batch_1.bin. CIFAR-10 and CIFAR-100 come");
    Files.delete(folder.resolve("test_batch.bin"));
    svhn("train_32x32.mat", 1);
    refused(FileNotFoundException.class, "no file test_32x32.mat. SVHN comes");
    Path nowhere = folder.resolve("nowhere");
    Exception missing =
        assertThrows(NotDirectoryException.class, () -> ImageDirectory.read(nowhere));
    for (String source : List.of("dataset-fashion-mnist", "MNIST from", "kriz/cifar", "SVHN")) {
      assertTrue(missing.getMessage().contains(source), missing.getMessage());
    }
  }

  @Test
  void damagedFilesAreRefused() throws IOException {
    records("train.bin", 1, new int[] {0, 100});
    records("test.bin", 1, new int[] {0, 1});
    refused(IllegalArgumentException.class, "must be from 0 to 99, but one is 100");
    records("train.bin", 1, new int[] {0, 1, 2});
    refused(IllegalArgumentException.class, "must have 3074 bytes an image, but has 3075");
    Files.delete(folder.resolve("train.bin"));
    Files.delete(folder.resolve("test.bin"));
    svhn("test_32x32.mat", 1);
    svhn("train_32x32.mat", 11);
    refused(IllegalArgumentException.class, "must have labels from 1 to 10, but one is 11");
    try (MatFile file = Mat5.newMatFile()) {
      file.addArray("X", Mat5.newMatrix(new int[] {32, 32, 3, 2}));
      Mat5.writeToFile(file, folder.resolve("train_32x32.mat").toFile());
    }
    refused(IllegalArgumentException.class, "train_32x32.mat must have the arrays X and y");
    try (MatFile file = Mat5.newMatFile()) {
      file.addArray("X", Mat5.newMatrix(new int[] {32, 32, 3, 2}));
      file.addArray("y", Mat5.newMatrix(2, 1));
      Mat5.writeToFile(file, folder.resolve("train_32x32.mat").toFile());
    }
    refused(IllegalArgumentException.class, "must have pixels X of type uint8");
    Files.writeString(folder.resolve("train_32x32.mat"), "no MATLAB file");
    refused(IllegalArgumentException.class, "train_32x32.mat");
  }
}
