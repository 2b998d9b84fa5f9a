package org.collapse4j.evaluation;

import java.io.Serializable;

/**
 * Something that is found out by running through labelled rows once. It can be serialized before it
 * has run, so that each part of a data set is run through where it is.
 *
 * @param <P> what tells the points apart
 * @param <R> what is found
 */
public interface Pass<P, R extends Mergeable<R>> extends Serializable {
  /**
   * Runs through rows; called once.
   *
   * @param rows of a data set, or of a part of one
   */
  R over(RowSource<P> rows);
}
