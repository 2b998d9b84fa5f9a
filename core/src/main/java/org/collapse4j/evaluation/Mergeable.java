package org.collapse4j.evaluation;

import java.io.Serializable;

/**
 * What was found in a part of some rows, which merges with what was found in other parts, in any
 * order.
 *
 * @param <R> the type itself
 */
public interface Mergeable<R extends Mergeable<R>> extends Serializable {
  /**
   * What was found in both parts.
   *
   * @param other of other rows; neither it nor this is to be used afterwards
   */
  R merge(R other);
}
