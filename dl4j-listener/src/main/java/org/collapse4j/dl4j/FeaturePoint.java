package org.collapse4j.dl4j;

import org.collapse4j.observe.MeasuredPoint;

/**
 * A place in a network where features are measured.
 *
 * @param name the name under which it is reported
 * @param layer the name of the layer
 * @param index the position of the layer in the network
 * @param output the index of the network's output whose labels belong to the features
 * @param classified whether the features are the input of that output layer, so that its weights
 *     are the classifier on top of them
 */
record FeaturePoint(String name, String layer, int index, int output, boolean classified)
    implements MeasuredPoint {}
