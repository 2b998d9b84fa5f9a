package org.collapse4j.samples.experiment;

/**
 * What can be known of a network at the end of an epoch when it is to be decided which epoch to
 * keep, and what keeping this one is worth.
 *
 * @param epoch from 1
 * @param clean on the scoring half of the held-out images
 * @param noisy on the same images with labels as noisy as those trained on
 * @param train on the training images with the labels they are trained on, for which no held-out
 *     image is needed
 * @param testAccuracy on the other half of the held-out images, with clean labels, by which nothing
 *     is decided
 */
public record EpochScores(
    int epoch, HeldOutScores clean, HeldOutScores noisy, TrainScores train, double testAccuracy) {

  /**
   * Scores on held-out images.
   *
   * @param dilation relative dilation; NaN if it is undefined
   * @param accuracy share of images predicted as their label
   */
  public record HeldOutScores(double dilation, double accuracy) {}

  /**
   * Scores on training images, of whose labels some look wrong.
   *
   * @param accuracy share of images predicted as their label
   * @param suspectsShare share of labels that look wrong
   * @param memorizationEstimated share of those that are predicted; NaN if no label looks wrong
   * @param score as {@link org.collapse4j.dl4j.TrainingScoreCalculator} scores the epoch
   */
  public record TrainScores(
      double accuracy, double suspectsShare, double memorizationEstimated, double score) {}
}
