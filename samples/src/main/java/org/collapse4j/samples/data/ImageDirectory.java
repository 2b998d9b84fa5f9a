package org.collapse4j.samples.data;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A directory of images, in one of the forms in which they are published. */
public final class ImageDirectory {
  static final String WHERE_IDX =
      "Fashion-MNIST comes as Debian's package dataset-fashion-mnist, which puts it into"
          + " /usr/share/datasets/fashion-mnist, or from github.com/zalandoresearch/fashion-mnist;"
          + " MNIST from yann.lecun.com/exdb/mnist";
  static final String WHERE_CIFAR =
      "CIFAR-10 and CIFAR-100 come, as binary version, from www.cs.toronto.edu/~kriz/cifar.html";
  static final String WHERE_SVHN =
      "SVHN comes, as cropped digits, from ufldl.stanford.edu/housenumbers";

  private ImageDirectory() {}

  /**
   * Reads a directory by the files that are in it: the four IDX files of MNIST or Fashion-MNIST,
   * the binary version of CIFAR-10 or CIFAR-100, or the cropped digits of SVHN. The images are
   * called after the directory, with a checksum, so that a log tells them from others that lie in a
   * directory of the same name.
   *
   * @throws NotDirectoryException if there is no such directory; the message says where data come
   *     from
   * @throws FileNotFoundException if a file is missing; the message says where the data come from
   * @throws IllegalArgumentException if a file is not what its name says
   */
  public static ImageData read(Path directory) throws IOException {
    ImageData images = readFiles(directory);
    return images.named(images.name() + "-" + images.checksum());
  }

  private static ImageData readFiles(Path directory) throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + " is no directory. " + whereFrom());
    }
    if (has(directory, "(train|t10k)-(images|labels)-idx.-ubyte(\\.gz)?")) {
      return IdxImages.directory(directory);
    }
    if (has(directory, "(data_batch_.|test_batch)\\.bin")) {
      return CifarImages.cifar10(directory);
    }
    if (has(directory, "(train|test)\\.bin")) {
      return CifarImages.cifar100(directory);
    }
    if (has(directory, "(train|test)_32x32\\.mat")) {
      return SvhnImages.directory(directory);
    }
    throw new FileNotFoundException(
        directory + " has none of the data sets that can be read. " + whereFrom());
  }

  private static boolean has(Path directory, String pattern) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().matches(pattern));
    }
  }

  private static String whereFrom() {
    return WHERE_IDX + "; " + WHERE_CIFAR + "; " + WHERE_SVHN;
  }

  /** The name of the data in a directory: its own. */
  static String name(Path directory) {
    Path name = directory.toAbsolutePath().normalize().getFileName();
    return name == null ? "images" : name.toString();
  }

  /** A file of a directory. */
  static Path require(Path directory, String file, String whereFrom) throws IOException {
    Path path = directory.resolve(file);
    if (!Files.isRegularFile(path)) {
      throw new FileNotFoundException(directory + " has no file " + file + ". " + whereFrom);
    }
    return path;
  }
}
