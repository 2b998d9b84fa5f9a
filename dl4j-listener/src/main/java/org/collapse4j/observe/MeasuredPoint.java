package org.collapse4j.observe;

/** A place in a model where features are measured, fit to be a key of a map. */
public interface MeasuredPoint {
  /** The name under which it is reported. */
  String name();
}
