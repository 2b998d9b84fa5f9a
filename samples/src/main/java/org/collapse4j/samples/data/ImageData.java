package org.collapse4j.samples.data;

import java.util.List;
import java.util.stream.IntStream;
import java.util.zip.CRC32;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Images to train on and images to test with. Features are pixels from 0 to 1, {@code [N, channels
 * * height * width]}; labels are one-hot, {@code [N, classes]}. Rows of a table are taken for
 * images of one channel and one pixel's height, whose pixels are the scaled columns.
 *
 * @param name what it is called in logs
 * @param train the training images
 * @param heldOut images that take no part in training
 * @param channels 1 for grey, 3 for colours
 * @param height in pixels
 * @param width in pixels
 * @param classNames what to call each class
 * @param sources of the training images
 */
public record ImageData(
    String name,
    DataSet train,
    DataSet heldOut,
    int channels,
    int height,
    int width,
    List<String> classNames,
    ExampleSources sources) {

  /** Copies the names. */
  public ImageData {
    classNames = List.copyOf(classNames);
  }

  /** Images that have no names of their own: they are numbered. */
  public ImageData(
      String name,
      DataSet train,
      DataSet heldOut,
      int channels,
      int height,
      int width,
      List<String> classNames) {
    this(
        name,
        train,
        heldOut,
        channels,
        height,
        width,
        classNames,
        ExampleSources.numbered(train.numExamples()));
  }

  /** The number of classes. */
  public int numClasses() {
    return train.numOutcomes();
  }

  /** The number of pixels of an image, over all channels. */
  public int numPixels() {
    return channels * height * width;
  }

  /**
   * The images of some classes, in the order they have here.
   *
   * @param classes numbered anew, from 0, in the order of this list
   * @throws IllegalArgumentException if a class is not among those here, or named twice
   */
  public ImageData ofClasses(List<Integer> classes) {
    for (int c : classes) {
      if (c < 0 || c >= numClasses() || classes.indexOf(c) != classes.lastIndexOf(c)) {
        throw new IllegalArgumentException(
            "classes must be different ones from 0 to " + (numClasses() - 1) + ", not " + classes);
      }
    }
    int[] rows = rowsOf(train, classes);
    return with(
        select(train, rows, classes),
        select(heldOut, rowsOf(heldOut, classes), classes),
        classes.stream().map(classNames::get).toList(),
        sources.of(rows));
  }

  /** The same images under another name. */
  ImageData named(String newName) {
    return new ImageData(newName, train, heldOut, channels, height, width, classNames, sources);
  }

  /** A checksum of all pixels and labels, eight hexadecimal digits. */
  String checksum() {
    CRC32 sum = new CRC32();
    for (DataSet data : List.of(train, heldOut)) {
      sum.update(data.getFeatures().data().asNio());
      for (int label : data.getLabels().argMax(1).toIntVector()) {
        sum.update(label);
      }
    }
    return String.format("%08x", sum.getValue());
  }

  /**
   * The same images, of which some training images are left or have other labels.
   *
   * @param rows which training images are left
   * @param remark what was done, for those who read
   */
  ImageData withTraining(DataSet newTrain, int[] rows, String remark) {
    return with(newTrain, heldOut, classNames, sources.of(rows).with(remark));
  }

  private ImageData with(
      DataSet newTrain, DataSet newHeldOut, List<String> names, ExampleSources newSources) {
    return new ImageData(name, newTrain, newHeldOut, channels, height, width, names, newSources);
  }

  private static int[] rowsOf(DataSet data, List<Integer> classes) {
    int[] labels = data.getLabels().argMax(1).toIntVector();
    return IntStream.range(0, labels.length).filter(i -> classes.contains(labels[i])).toArray();
  }

  private static DataSet select(DataSet data, int[] rows, List<Integer> classes) {
    int[] labels = data.getLabels().argMax(1).toIntVector();
    INDArray oneHot = Nd4j.zeros(DataType.FLOAT, rows.length, classes.size());
    for (int i = 0; i < rows.length; i++) {
      oneHot.putScalar(i, classes.indexOf(labels[rows[i]]), 1);
    }
    return new DataSet(Nd4j.pullRows(data.getFeatures(), 1, rows), oneHot);
  }

  /**
   * All held-out images, but of the training images only the first of each class.
   *
   * @param count how many of each class, at least 1
   * @throws IllegalArgumentException if a class has fewer
   */
  public ImageData firstOfEachClass(int count) {
    int[] labels = train.getLabels().argMax(1).toIntVector();
    int[] taken = new int[numClasses()];
    int[] rows =
        IntStream.range(0, labels.length).filter(i -> taken[labels[i]]++ < count).toArray();
    for (int c = 0; c < taken.length; c++) {
      if (taken[c] < count) {
        throw new IllegalArgumentException(
            "examples-per-class must be at most the %s training images of class %s, not %s"
                .formatted(taken[c], c, count));
      }
    }
    return with(
        new DataSet(
            Nd4j.pullRows(train.getFeatures(), 1, rows), Nd4j.pullRows(train.getLabels(), 1, rows)),
        heldOut,
        classNames,
        sources.of(rows));
  }
}
