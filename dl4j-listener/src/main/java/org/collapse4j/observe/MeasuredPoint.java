package org.collapse4j.observe;

import java.io.Serializable;

/** A place in a model where features are measured, fit to be a key of a map, in any process. */
public interface MeasuredPoint extends Serializable {
  /** The name under which it is reported. */
  String name();
}
