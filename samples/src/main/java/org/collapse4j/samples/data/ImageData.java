package org.collapse4j.samples.data;

import org.nd4j.linalg.dataset.DataSet;

/**
 * Images to train on and images to test with. Features are pixels from 0 to 1, {@code [N, channels
 * * height * width]}; labels are one-hot, {@code [N, classes]}.
 *
 * @param name what it is called in logs
 * @param train the training images
 * @param heldOut images that take no part in training
 * @param channels 1 for grey, 3 for colours
 * @param height in pixels
 * @param width in pixels
 */
public record ImageData(
    String name, DataSet train, DataSet heldOut, int channels, int height, int width) {

  /** The number of classes. */
  public int numClasses() {
    return train.numOutcomes();
  }

  /** The number of pixels of an image, over all channels. */
  public int numPixels() {
    return channels * height * width;
  }
}
