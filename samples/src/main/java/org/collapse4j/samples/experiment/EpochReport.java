package org.collapse4j.samples.experiment;

import org.collapse4j.metric.Measurements;
import org.collapse4j.noise.SuspectLabels;

/**
 * What one epoch of training came to.
 *
 * @param epoch from 1
 * @param loss mean over the epoch's batches, without the penalty of the weights
 * @param train measured over the training examples in inference mode; empty if they were not
 * @param heldOut measured over examples that take no part in training; empty if they were not
 * @param suspects the training examples whose labels are probably wrong, by this epoch and those
 *     before; null unless they are looked for
 * @param seconds that training and measuring took
 */
public record EpochReport(
    int epoch,
    double loss,
    Measurements train,
    Measurements heldOut,
    SuspectLabels suspects,
    double seconds) {}
