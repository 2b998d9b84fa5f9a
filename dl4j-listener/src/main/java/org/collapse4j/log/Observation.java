package org.collapse4j.log;

import java.util.Objects;
import org.collapse4j.metric.Measurements;

/**
 * What was measured of one set of examples at one layer at one moment of a training run. Immutable.
 *
 * @param run the name of the training run, so that several can share a destination
 * @param epoch the number of epochs completed, from 1; 0 before the first has ended
 * @param iteration the number of parameter updates so far, over all epochs
 * @param split which examples: {@code stream} for those the network trained on as it did so, else
 *     the name of a probe, such as {@code train}, {@code heldout} or {@code ood}
 * @param layer the name of the layer whose input or activations were measured
 * @param measurements the values
 */
public record Observation(
    String run, int epoch, long iteration, String split, String layer, Measurements measurements) {

  /** The split of what is gathered from the training forward passes themselves. */
  public static final String STREAM = "stream";

  /** Checks that nothing is null. */
  public Observation {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(measurements, "measurements");
  }
}
