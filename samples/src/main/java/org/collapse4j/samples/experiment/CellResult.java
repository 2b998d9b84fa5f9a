package org.collapse4j.samples.experiment;

import org.collapse4j.metric.Measurements;

/**
 * What was measured after the last epoch of a training.
 *
 * @param cell the training
 * @param train of the training examples
 * @param heldOut of examples that took no part in it
 */
public record CellResult(Hyperparameters cell, Measurements train, Measurements heldOut) {}
