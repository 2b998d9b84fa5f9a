package org.collapse4j.dl4j;

import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * A data set that the network is run over in inference mode.
 *
 * @param split the name it is reported under
 * @param role what its examples are to the training
 * @param data its batches, read from the start each time
 */
record Probe(String split, Role role, MultiDataSetIterator data) {
  /** A probe over data sets of one input and one output. */
  static Probe of(String split, Role role, DataSetIterator data) {
    return new Probe(split, role, new MultiDataSetIteratorAdapter(data));
  }

  /** What examples are to the training. */
  enum Role {
    /** Labelled examples of the classes. */
    LABELLED,
    /** Labelled examples that take no part in training, for dilation. */
    HELD_OUT,
    /** Examples of no class. */
    OUT_OF_DISTRIBUTION
  }

  Probe {
    if (!data.resetSupported()) {
      throw new IllegalArgumentException(
          "The probe \""
              + split
              + "\" is read at every observation, so its iterator must support reset(), which "
              + data.getClass().getName()
              + " does not");
    }
  }
}
