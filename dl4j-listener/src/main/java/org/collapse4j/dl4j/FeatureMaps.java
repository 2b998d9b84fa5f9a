package org.collapse4j.dl4j;

/**
 * How the activations of a layer become one vector of features an example, where the layer has a
 * map or a sequence of them: {@code [channels, height, width]}, {@code [channels, steps]}. The
 * input of an output layer, and layers measured against labels a step or a pixel, are not
 * concerned.
 */
public enum FeatureMaps {
  /** All of them, side by side: d is channels times places. */
  FLATTENED,
  /** The mean of each channel over all places: d is the number of channels. */
  CHANNEL_MEANS
}
