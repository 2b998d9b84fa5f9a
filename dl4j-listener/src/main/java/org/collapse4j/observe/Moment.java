package org.collapse4j.observe;

/**
 * A moment of a training.
 *
 * @param epoch the number of epochs completed
 * @param iteration the number of parameter updates
 * @param betweenEpochs whether no batch of an epoch is still to come, so that nobody else reads
 *     data
 */
public record Moment(int epoch, long iteration, boolean betweenEpochs) {}
