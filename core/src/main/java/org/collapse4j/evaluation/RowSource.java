package org.collapse4j.evaluation;

import java.util.function.Supplier;
import org.collapse4j.stats.Classifier;

/**
 * Something that has labelled rows of features, at one point of a network or at several: a network
 * run over a data set, arrays from files, a part of a distributed data set. It can be run through
 * more than once and hands over the same rows each time.
 *
 * @param <P> what tells the points apart, fit to be a key of a map
 */
public interface RowSource<P> {
  /** Hands over all rows, batch by batch. */
  void forEach(Receiver<? super P> receiver);

  /** The linear classifier on top of the features of a point; null if there is none. */
  default Classifier classifier(P point) {
    return null;
  }

  /** The rows of a point, to complete the sentence "could not measure ...". */
  default String describe(P point) {
    return "the rows of \"" + point + "\"";
  }

  /**
   * What is done with the rows of a batch.
   *
   * @param <P> what tells the points apart
   */
  @FunctionalInterface
  interface Receiver<P> {
    /**
     * Takes the rows of a batch at a point.
     *
     * @param rows asked for at most once, and not for points of which no rows are wanted any more;
     *     throws an exception if the batch has no labelled rows of that point to give
     */
    void accept(P point, Supplier<LabelledRows> rows);
  }
}
