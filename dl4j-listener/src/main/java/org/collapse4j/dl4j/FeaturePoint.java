package org.collapse4j.dl4j;

/**
 * A place in a network where features are measured.
 *
 * @param layer the name under which it is reported: that of the layer, or its index
 * @param output the index of the network's output whose labels belong to the features
 * @param classified whether the features are the input of that output layer, so that its weights
 *     are the classifier on top of them
 */
record FeaturePoint(String layer, int output, boolean classified) {}
