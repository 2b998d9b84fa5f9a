package org.collapse4j.stats;

/**
 * Which point is the centre of all classes. The two differ when the classes have different numbers
 * of examples.
 */
public enum GlobalMean {
  /** The mean over examples, as in the memorization-dilation authors' code. */
  SAMPLE,
  /** The mean of the class means, as in most neural collapse libraries. */
  CLASS
}
