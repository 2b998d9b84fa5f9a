package org.collapse4j.dl4j.noise;

import java.util.List;
import java.util.NoSuchElementException;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Hands on what suspect labels leave of the batches of another iterator, whose examples carry their
 * indices. A batch of which nothing is left is passed over, so the next one is read ahead.
 */
@SuppressWarnings("serial") // Serializable by inheritance only, as most of DL4J's iterators.
final class DroppingDataSetIterator implements DataSetIterator {
  private final NoisyDataSetIterator data;
  private final Suspects suspects;
  private DataSet ahead;

  DroppingDataSetIterator(NoisyDataSetIterator data, Suspects suspects) {
    this.data = data;
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
    data.reset();
    ahead = null;
  }

  @Override
  public boolean resetSupported() {
    return data.resetSupported();
  }

  @Override
  public boolean asyncSupported() {
    return data.asyncSupported();
  }

  @Override
  public int inputColumns() {
    return data.inputColumns();
  }

  @Override
  public int totalOutcomes() {
    return data.totalOutcomes();
  }

  @Override
  public int batch() {
    return data.batch();
  }

  @Override
  public void setPreProcessor(DataSetPreProcessor preProcessor) {
    data.setPreProcessor(preProcessor);
  }

  @Override
  public DataSetPreProcessor getPreProcessor() {
    return data.getPreProcessor();
  }

  @Override
  public List<String> getLabels() {
    return data.getLabels();
  }
}
