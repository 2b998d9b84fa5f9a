/**
 * Losses that dilate the classes less than cross-entropy does, as drop-in losses of an output
 * layer.
 */
package org.collapse4j.dl4j.loss;
