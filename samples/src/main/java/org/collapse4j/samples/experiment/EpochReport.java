package org.collapse4j.samples.experiment;

import org.collapse4j.metric.Measurements;

/**
 * What one epoch of training came to.
 *
 * @param epoch from 1
 * @param loss mean over the epoch's batches
 * @param train measured over the training examples in inference mode
 * @param heldOut measured over examples that take no part in training
 * @param seconds that training and measuring took
 */
public record EpochReport(
    int epoch, double loss, Measurements train, Measurements heldOut, double seconds) {}
