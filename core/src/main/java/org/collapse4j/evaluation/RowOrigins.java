package org.collapse4j.evaluation;

import java.util.Optional;

/**
 * Which examples the rows of a batch are of. It is asked only by evidence on single examples, so
 * that what is wrong with the answer costs that evidence and no metric.
 */
public interface RowOrigins {
  /** How many examples of the data set came before those of the batch. */
  long firstPosition();

  /**
   * The index of the example of each row in its data set.
   *
   * @throws IllegalArgumentException if rows are not of one example each
   */
  long[] indices();

  /**
   * The clean class of each row, {@link org.collapse4j.stats.ClassLabels#NONE} where it is not
   * known; empty if it is known of none.
   *
   * @throws IllegalArgumentException if rows are not of one example each
   */
  Optional<int[]> cleanClasses();
}
