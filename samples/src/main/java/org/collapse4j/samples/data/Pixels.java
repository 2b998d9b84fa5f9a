package org.collapse4j.samples.data;

import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Images and labels as unsigned bytes, made into data sets. */
final class Pixels {
  /** How many images are converted at a time, so that no second copy of all of them is made. */
  private static final int CHUNK = 1000;

  private Pixels() {}

  /**
   * A data set: pixels over 255 as rows, labels one-hot.
   *
   * @param pixels unsigned, image after image, each channel after channel
   * @param labels unsigned, from 0 to classes - 1, one an image
   */
  static DataSet dataSet(byte[] pixels, byte[] labels, int classes) {
    int count = labels.length;
    int size = pixels.length / count;
    INDArray features = Nd4j.createUninitialized(DataType.FLOAT, count, size);
    INDArray oneHot = Nd4j.zeros(DataType.FLOAT, count, classes);
    for (int from = 0; from < count; from += CHUNK) {
      int to = Math.min(count, from + CHUNK);
      float[] chunk = new float[(to - from) * size];
      for (int i = 0; i < chunk.length; i++) {
        chunk[i] = (pixels[from * size + i] & 0xff) / 255f;
      }
      features
          .get(NDArrayIndex.interval(from, to), NDArrayIndex.all())
          .assign(Nd4j.createFromArray(chunk).reshape(to - from, size));
    }
    for (int i = 0; i < count; i++) {
      oneHot.putScalar(i, labels[i] & 0xff, 1);
    }
    return new DataSet(features, oneHot);
  }

  /**
   * A data set: pixels over 255 as rows, labels one-hot.
   *
   * @param images the pixels of each, unsigned
   * @param labels from 0 to classes - 1, one an image
   */
  static DataSet dataSet(List<byte[]> images, int[] labels, int classes) {
    int size = images.get(0).length;
    INDArray features = Nd4j.createUninitialized(DataType.FLOAT, images.size(), size);
    INDArray oneHot = Nd4j.zeros(DataType.FLOAT, images.size(), classes);
    float[] row = new float[size];
    for (int i = 0; i < labels.length; i++) {
      for (int p = 0; p < size; p++) {
        row[p] = (images.get(i)[p] & 0xff) / 255f;
      }
      features.putRow(i, Nd4j.createFromArray(row));
      oneHot.putScalar(i, labels[i], 1);
    }
    return new DataSet(features, oneHot);
  }

  /** Names for classes that have none. */
  static List<String> numberedClasses(int classes) {
    return IntStream.range(0, classes).mapToObj(String::valueOf).toList();
  }
}
