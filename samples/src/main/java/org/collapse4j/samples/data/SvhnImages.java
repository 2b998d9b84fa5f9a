package org.collapse4j.samples.data;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import org.nd4j.linalg.dataset.DataSet;
import us.hebi.matlab.mat.format.Mat5;
import us.hebi.matlab.mat.types.MatFile;
import us.hebi.matlab.mat.types.MatlabType;
import us.hebi.matlab.mat.types.Matrix;

/**
 * The cropped digits of SVHN (Netzer et al. 2011): MATLAB files with images {@code X [32, 32, 3,
 * N]} and labels {@code y [N, 1]}, in which 10 stands for the digit 0.
 */
final class SvhnImages {
  private static final int SIDE = 32;
  private static final int CHANNELS = 3;
  private static final int PIXELS = CHANNELS * SIDE * SIDE;
  private static final int CLASSES = 10;

  private SvhnImages() {}

  /** {@code train_32x32.mat} and {@code test_32x32.mat}. */
  static ImageData directory(Path directory) throws IOException {
    return new ImageData(
        ImageDirectory.name(directory),
        dataSet(directory, "train_32x32.mat"),
        dataSet(directory, "test_32x32.mat"),
        CHANNELS,
        SIDE,
        SIDE,
        Pixels.numberedClasses(CLASSES));
  }

  private static DataSet dataSet(Path directory, String name) throws IOException {
    Path file = ImageDirectory.require(directory, name, ImageDirectory.WHERE_SVHN);
    try (MatFile contents = Mat5.readFromFile(file.toFile())) {
      Matrix images = matrix(file, contents, "X");
      Matrix labels = matrix(file, contents, "y");
      int count = requireShapes(file, images, labels);
      return Pixels.dataSet(pixels(images, count), classes(file, labels, count), CLASSES);
    } catch (IllegalArgumentException e) {
      throw e;
    } catch (OutOfMemoryError e) {
      // The library takes memory for as much as an array says that it has.
      throw new IllegalArgumentException(
          file + " has an array that does not fit into memory, or says so: " + e.getMessage(), e);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException(
          file + " is no MATLAB file with the arrays X and y: " + e.getMessage(), e);
    }
  }

  private static Matrix matrix(Path file, MatFile contents, String name) {
    try {
      return contents.getMatrix(name);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          file + " must have the arrays X and y: " + e.getMessage(), e);
    }
  }

  private static int requireShapes(Path file, Matrix images, Matrix labels) {
    int[] shape = images.getDimensions();
    int count = shape.length == 4 ? shape[3] : 1;
    boolean asExpected =
        Arrays.equals(Arrays.copyOf(shape, 3), new int[] {SIDE, SIDE, CHANNELS})
            && labels.getNumElements() == count;
    if (images.getType() != MatlabType.UInt8) {
      throw new IllegalArgumentException(
          file + " must have pixels X of type uint8, not " + images.getType());
    }
    if (!asExpected) {
      throw new IllegalArgumentException(
          String.format(
              "%s must have X [32, 32, 3, N] and y [N, 1], not X %s and y %s",
              file, Arrays.toString(shape), Arrays.toString(labels.getDimensions())));
    }
    return count;
  }

  /** From MATLAB's order, in which the row is the fastest index, to rows of pixels. */
  private static byte[] pixels(Matrix images, int count) {
    byte[] pixels = new byte[Math.multiplyExact(count, PIXELS)];
    int from = 0;
    for (int image = 0; image < count; image++) {
      for (int channel = 0; channel < CHANNELS; channel++) {
        int to = image * PIXELS + channel * SIDE * SIDE;
        for (int column = 0; column < SIDE; column++) {
          for (int row = 0; row < SIDE; row++) {
            pixels[to + row * SIDE + column] = images.getByte(from++);
          }
        }
      }
    }
    return pixels;
  }

  private static byte[] classes(Path file, Matrix labels, int count) {
    byte[] classes = new byte[count];
    for (int i = 0; i < count; i++) {
      int label = labels.getInt(i);
      if (label < 1 || label > CLASSES) {
        throw new IllegalArgumentException(
            file + " must have labels from 1 to 10, but one is " + label);
      }
      classes[i] = (byte) (label % CLASSES);
    }
    return classes;
  }
}
