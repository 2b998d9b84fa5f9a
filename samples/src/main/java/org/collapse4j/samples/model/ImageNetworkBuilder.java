package org.collapse4j.samples.model;

/** A builder of networks for images of one size, which come as rows of pixels. */
abstract class ImageNetworkBuilder<B extends ImageNetworkBuilder<B>> extends NetworkBuilder<B> {
  final int channels;
  final int height;
  final int width;

  /**
   * Starts a network.
   *
   * @param kind what it is called in a message
   * @param least pixels of height and of width
   * @throws IllegalArgumentException if the images are smaller
   */
  ImageNetworkBuilder(String kind, int least, int channels, int height, int width, int classes) {
    super(classes);
    if (Math.min(height, width) < least) {
      throw new IllegalArgumentException(
          "A %s network is for images of at least %s x %s pixels, not of %s x %s"
              .formatted(kind, least, least, height, width));
    }
    this.channels = channels;
    this.height = height;
    this.width = width;
  }
}
