package org.collapse4j.observe;

import java.util.Objects;
import java.util.function.Consumer;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * A data set that a model is run over in inference mode, read from the start each time. A pass
 * leaves its iterator exhausted, so that it shows if somebody else has reset it since.
 */
public final class Probe {
  private final String split;
  private final Role role;
  private final MultiDataSetIterator data;
  private boolean exhausted;

  /** What the examples of a split are to the training. */
  public enum Role {
    /** Labelled examples of the classes. */
    LABELLED,
    /** Labelled examples that take no part in training, for dilation. */
    HELD_OUT,
    /** Examples of no class. */
    OUT_OF_DISTRIBUTION
  }

  private Probe(String split, Role role, MultiDataSetIterator data) {
    this.split = split;
    this.role = role;
    this.data = data;
  }

  /**
   * A probe over data sets of one input and one output.
   *
   * @throws NullPointerException if the iterator is null
   * @throws IllegalArgumentException if it cannot be reset
   */
  public static Probe of(String split, Role role, DataSetIterator data) {
    requireData(split, data);
    requireReset(split, data, data.resetSupported());
    return new Probe(split, role, new MultiDataSetIteratorAdapter(data));
  }

  /**
   * A probe over data sets of several inputs or outputs.
   *
   * @throws NullPointerException if the iterator is null
   * @throws IllegalArgumentException if it cannot be reset
   */
  public static Probe of(String split, Role role, MultiDataSetIterator data) {
    requireData(split, data);
    requireReset(split, data, data.resetSupported());
    return new Probe(split, role, data);
  }

  private static void requireData(String split, Object data) {
    Objects.requireNonNull(
        data, () -> "The probe \"" + split + "\" must have an iterator, but it is null");
  }

  private static void requireReset(String split, Object data, boolean supported) {
    if (!supported) {
      throw new IllegalArgumentException(
          "The probe \""
              + split
              + "\" is read at every observation, so its iterator must support reset(), which "
              + data.getClass().getName()
              + " does not");
    }
  }

  /** The name it is reported under. */
  public String split() {
    return split;
  }

  Role role() {
    return role;
  }

  /**
   * Whether somebody has reset the iterator since the last pass, such as the training it belongs
   * to.
   */
  boolean isUsedByAnother() {
    return exhausted && data.hasNext();
  }

  void forEach(Consumer<MultiDataSet> consumer) {
    data.reset();
    while (data.hasNext()) {
      consumer.accept(data.next());
    }
    exhausted = true;
  }
}
