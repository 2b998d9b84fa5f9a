package org.collapse4j.dl4j.noise;

import java.util.NoSuchElementException;
import org.nd4j.linalg.dataset.DataSet;

/**
 * Hands on what suspect labels leave of the batches of another iterator, whose examples carry their
 * indices. A batch of which nothing is left is passed over, so the next one is read ahead.
 */
@SuppressWarnings("serial") // Serializable by inheritance only, as most of DL4J's iterators.
final class DroppingDataSetIterator extends WrappingDataSetIterator {
  private final Suspects suspects;
  private DataSet ahead;

  DroppingDataSetIterator(NoisyDataSetIterator data, Suspects suspects) {
    super(data);
    this.suspects = suspects;
  }

  @Override
  public boolean hasNext() {
    return hasNext(data.batch());
  }

  private boolean hasNext(int num) {
    while (ahead == null && data.hasNext()) {
      DataSet batch = num == data.batch() ? data.next() : data.next(num);
      ahead = LabelledExamples.keep(batch, suspects).orElse(null);
    }
    return ahead != null;
  }

  @Override
  public DataSet next() {
    return next(data.batch());
  }

  /** What is left of the next batch of so many examples, unless it has been read ahead. */
  @Override
  public DataSet next(int num) {
    if (!hasNext(num)) {
      throw new NoSuchElementException("There is no batch left");
    }
    DataSet next = ahead;
    ahead = null;
    return next;
  }

  @Override
  public void reset() {
    super.reset();
    ahead = null;
  }
}
