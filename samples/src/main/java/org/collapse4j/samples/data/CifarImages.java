package org.collapse4j.samples.data;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.dataset.DataSet;

/**
 * CIFAR-10 and CIFAR-100 (Krizhevsky 2009) in their binary version: for each image one byte with
 * its class, in CIFAR-100 one with its coarse class before that, then 3 x 32 x 32 bytes of pixels.
 */
record CifarImages(Path directory, int labelBytes, int classes) {
  private static final int SIDE = 32;
  private static final int PIXELS = 3 * SIDE * SIDE;

  /** {@code data_batch_1.bin} to {@code data_batch_5.bin}, and {@code test_batch.bin}. */
  static ImageData cifar10(Path directory) throws IOException {
    List<String> train =
        IntStream.rangeClosed(1, 5).mapToObj(i -> "data_batch_" + i + ".bin").toList();
    return new CifarImages(directory, 1, 10).read(train, "test_batch.bin", "batches.meta.txt");
  }

  /** {@code train.bin} and {@code test.bin}; classes are the fine ones. */
  static ImageData cifar100(Path directory) throws IOException {
    return new CifarImages(directory, 2, 100)
        .read(List.of("train.bin"), "test.bin", "fine_label_names.txt");
  }

  private ImageData read(List<String> train, String test, String names) throws IOException {
    return new ImageData(
        ImageDirectory.name(directory),
        dataSet(train),
        dataSet(List.of(test)),
        3,
        SIDE,
        SIDE,
        names(directory.resolve(names)));
  }

  private List<String> names(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Pixels.numberedClasses(classes);
    }
    List<String> names = Files.readAllLines(file).stream().filter(line -> !line.isBlank()).toList();
    if (names.size() != classes) {
      throw new IllegalArgumentException(
          file + " must have " + classes + " names of classes, not " + names.size());
    }
    return names;
  }

  private DataSet dataSet(List<String> files) throws IOException {
    int record = labelBytes + PIXELS;
    byte[][] contents = new byte[files.size()][];
    int count = 0;
    for (int f = 0; f < contents.length; f++) {
      Path file = ImageDirectory.require(directory, files.get(f), ImageDirectory.WHERE_CIFAR);
      contents[f] = Files.readAllBytes(file);
      if (contents[f].length == 0 || contents[f].length % record != 0) {
        throw new IllegalArgumentException(
            file + " must have " + record + " bytes an image, but has " + contents[f].length);
      }
      count += contents[f].length / record;
    }
    byte[] pixels = new byte[Math.multiplyExact(count, PIXELS)];
    byte[] labels = new byte[count];
    int image = 0;
    for (byte[] content : contents) {
      for (int from = 0; from < content.length; from += record) {
        labels[image] = label(content[from + labelBytes - 1] & 0xff);
        System.arraycopy(content, from + labelBytes, pixels, image * PIXELS, PIXELS);
        image++;
      }
    }
    return Pixels.dataSet(pixels, labels, classes);
  }

  private byte label(int label) {
    if (label >= classes) {
      throw new IllegalArgumentException(
          String.format(
              "Labels in %s must be from 0 to %d, but one is %d", directory, classes - 1, label));
    }
    return (byte) label;
  }
}
