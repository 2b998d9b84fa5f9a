package org.collapse4j.samples.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.dataset.DataSet;

/** MNIST, Fashion-MNIST and what else comes as the same four IDX files. */
public final class IdxImages {
  private static final List<String> FASHION =
      List.of(
          "T-shirt/top",
          "Trouser",
          "Pullover",
          "Dress",
          "Coat",
          "Sandal",
          "Shirt",
          "Sneaker",
          "Bag",
          "Ankle boot");

  private static final String MINI = "fashion-mnist-mini";
  private static final String TRAIN_IMAGES = "train-images-idx3-ubyte";
  private static final String TRAIN_LABELS = "train-labels-idx1-ubyte";
  private static final String TEST_IMAGES = "t10k-images-idx3-ubyte";
  private static final String TEST_LABELS = "t10k-labels-idx1-ubyte";

  private IdxImages() {}

  /** Where a file of a data set is read from. */
  @FunctionalInterface
  private interface Source {
    IdxFile read(String name) throws IOException;
  }

  /**
   * The first 1,000 training and 200 test images of each class of Fashion-MNIST, which come with
   * this module (Xiao, Rasul, Vollgraf 2017; MIT licence, kept beside them).
   */
  public static ImageData fashionMnistMini() throws IOException {
    return read(MINI, name -> resource(MINI + "/" + name + ".gz"), FASHION);
  }

  private static IdxFile resource(String name) throws IOException {
    try (InputStream in = IdxImages.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new FileNotFoundException("The resource " + name + " is not on the class path");
      }
      return IdxFile.read(in, name);
    }
  }

  /**
   * The images of a directory: {@value #TRAIN_IMAGES}, {@value #TRAIN_LABELS}, {@value
   * #TEST_IMAGES} and {@value #TEST_LABELS}, each plain or with {@code .gz}.
   *
   * @throws NotDirectoryException if there is no such directory
   * @throws FileNotFoundException if a file is missing; the message says where the data come from
   * @throws IllegalArgumentException if a file is none of images or labels, or they do not match
   */
  static ImageData directory(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + " is no directory. " + ImageDirectory.WHERE_IDX);
    }
    return read(ImageDirectory.name(directory), file -> find(directory, file), null);
  }

  private static IdxFile find(Path directory, String name) throws IOException {
    for (String suffix : new String[] {"", ".gz"}) {
      Path file = directory.resolve(name + suffix);
      if (Files.isRegularFile(file)) {
        return IdxFile.read(file);
      }
    }
    throw new FileNotFoundException(
        directory + " has no file " + name + " or " + name + ".gz. " + ImageDirectory.WHERE_IDX);
  }

  private static ImageData read(String name, Source source, List<String> classNames)
      throws IOException {
    IdxFile trainImages = requireImages(source.read(TRAIN_IMAGES), TRAIN_IMAGES);
    IdxFile testImages = requireImages(source.read(TEST_IMAGES), TEST_IMAGES);
    if (!Arrays.equals(trainImages.shape(), 1, 3, testImages.shape(), 1, 3)) {
      throw new IllegalArgumentException(
          String.format(
              "The images of %s and %s must be of one size, not of shapes %s and %s",
              TRAIN_IMAGES,
              TEST_IMAGES,
              Arrays.toString(trainImages.shape()),
              Arrays.toString(testImages.shape())));
    }
    IdxFile trainLabels = requireLabels(source.read(TRAIN_LABELS), TRAIN_LABELS, trainImages);
    IdxFile testLabels = requireLabels(source.read(TEST_LABELS), TEST_LABELS, testImages);
    int classes = Math.max(largest(trainLabels), largest(testLabels)) + 1;
    return new ImageData(
        name,
        dataSet(trainImages, trainLabels, classes),
        dataSet(testImages, testLabels, classes),
        1,
        trainImages.shape()[1],
        trainImages.shape()[2],
        classNames == null ? Pixels.numberedClasses(classes) : classNames);
  }

  private static IdxFile requireImages(IdxFile file, String name) {
    if (file.shape().length != 3 || Arrays.stream(file.shape()).anyMatch(size -> size == 0)) {
      throw new IllegalArgumentException(
          name + " must have shape [images, height, width], not " + Arrays.toString(file.shape()));
    }
    return file;
  }

  private static IdxFile requireLabels(IdxFile file, String name, IdxFile images) {
    if (file.shape().length != 1 || file.shape()[0] != images.shape()[0]) {
      throw new IllegalArgumentException(
          "%s must have one label for each of the %s images, not shape %s"
              .formatted(name, images.shape()[0], Arrays.toString(file.shape())));
    }
    return file;
  }

  private static int largest(IdxFile labels) {
    int largest = 0;
    for (byte label : labels.values()) {
      largest = Math.max(largest, label & 0xff);
    }
    return largest;
  }

  private static DataSet dataSet(IdxFile images, IdxFile labels, int classes) {
    return Pixels.dataSet(images.values(), labels.values(), classes);
  }
}
