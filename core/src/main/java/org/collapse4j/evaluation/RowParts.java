package org.collapse4j.evaluation;

import org.collapse4j.stats.Classifier;

/**
 * Labelled rows of features, at one point of a network or at several, in one part or in many. Each
 * part is run through where it is, which may be another machine; what is found there is merged.
 *
 * @param <P> what tells the points apart, fit to be a key of a map, and where parts are in other
 *     processes to be serialized
 */
public interface RowParts<P> {
  /**
   * Runs a pass over every part.
   *
   * @param pass over a part that is elsewhere runs a copy of it
   * @return what was found in all parts together
   */
  <R extends Mergeable<R>> R run(Pass<P, R> pass);

  /** The linear classifier on top of the features of a point; null if there is none. */
  default Classifier classifier(P point) {
    return null;
  }

  /** The rows of a point, to complete the sentence "could not measure ...". */
  default String describe(P point) {
    return "the rows of \"" + point + "\"";
  }
}
