package org.collapse4j.dl4j.noise;

import java.util.List;
import java.util.Objects;
import org.nd4j.linalg.dataset.api.DataSetPreProcessor;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** An iterator over what another one has: all that is not about its batches is the other's. */
@SuppressWarnings("serial") // Serializable by inheritance only, as most of DL4J's iterators.
abstract class WrappingDataSetIterator implements DataSetIterator {
  final DataSetIterator data;

  WrappingDataSetIterator(DataSetIterator data) {
    this.data = Objects.requireNonNull(data, "data");
  }

  @Override
  public boolean hasNext() {
    return data.hasNext();
  }

  @Override
  public void reset() {
    data.reset();
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
