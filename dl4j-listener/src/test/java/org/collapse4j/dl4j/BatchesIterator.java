package org.collapse4j.dl4j;

import java.util.List;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.MultiDataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/** A list of batches, in its order. */
public class BatchesIterator implements MultiDataSetIterator {
  private static final long serialVersionUID = 1L;

  private final transient List<MultiDataSet> batches;
  private int next;

  /** Begins before the first. */
  public BatchesIterator(List<MultiDataSet> batches) {
    this.batches = batches;
  }

  @Override
  public MultiDataSet next(int number) {
    return next();
  }

  @Override
  public MultiDataSet next() {
    return batches.get(next++);
  }

  @Override
  public boolean hasNext() {
    return next < batches.size();
  }

  @Override
  public void reset() {
    next = 0;
  }

  @Override
  public boolean resetSupported() {
    return true;
  }

  @Override
  public boolean asyncSupported() {
    return false;
  }

  @Override
  public void setPreProcessor(MultiDataSetPreProcessor preProcessor) {
    throw new UnsupportedOperationException();
  }

  @Override
  public MultiDataSetPreProcessor getPreProcessor() {
    return null;
  }
}
