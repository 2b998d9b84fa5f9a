package org.collapse4j.evaluation;

import java.util.function.Supplier;

/**
 * Something that has labelled rows of features at hand: a network run over a data set, arrays from
 * files, a part of a distributed data set. It can be run through more than once and hands over the
 * same rows each time.
 *
 * @param <P> what tells the points apart, fit to be a key of a map
 */
public interface RowSource<P> extends RowParts<P> {
  /** Hands over all rows, batch by batch. */
  void forEach(Receiver<? super P> receiver);

  /** They are one part. */
  @Override
  default <R extends Mergeable<R>> R run(Pass<P, R> pass) {
    return pass.over(this);
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
