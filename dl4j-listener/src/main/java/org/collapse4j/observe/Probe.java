package org.collapse4j.observe;

import java.util.Objects;
import java.util.function.Consumer;
import org.collapse4j.evaluation.RowParts;
import org.nd4j.linalg.dataset.adapter.MultiDataSetIteratorAdapter;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * A data set that a model is run over in inference mode, from the start each time, wherever its
 * examples are.
 */
public final class Probe {
  private final String split;
  private final Role role;
  private final Data data;

  /** What the examples of a split are to the training. */
  public enum Role {
    /** Labelled examples of the classes. */
    LABELLED,
    /** Labelled examples that take no part in training, for dilation. */
    HELD_OUT,
    /** Examples of no class. */
    OUT_OF_DISTRIBUTION
  }

  /** Where the examples of a probe are. */
  @FunctionalInterface
  public interface Data {
    /**
     * The rows of a model that is run over them.
     *
     * @param name of the probe, for messages
     * @param labelled whether the labels are those of the classes; else they are not looked at
     */
    RowParts<MeasuredPoint> rows(MeasuredModel model, String name, boolean labelled);

    /**
     * Whether somebody else has read them since the last time, such as the training they belong to.
     */
    default boolean isUsedByAnother() {
      return false;
    }
  }

  private Probe(String split, Role role, Data data) {
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
    requireData(split, data, "an iterator");
    requireReset(split, data, data.resetSupported());
    return new Probe(split, role, new Batches(new MultiDataSetIteratorAdapter(data)));
  }

  /**
   * A probe over data sets of several inputs or outputs.
   *
   * @throws NullPointerException if the iterator is null
   * @throws IllegalArgumentException if it cannot be reset
   */
  public static Probe of(String split, Role role, MultiDataSetIterator data) {
    requireData(split, data, "an iterator");
    requireReset(split, data, data.resetSupported());
    return new Probe(split, role, new Batches(data));
  }

  /**
   * A probe over examples that are elsewhere.
   *
   * @throws NullPointerException if the data is null
   */
  public static Probe of(String split, Role role, Data data) {
    requireData(split, data, "data to run over");
    return new Probe(split, role, data);
  }

  private static void requireData(String split, Object data, String what) {
    Objects.requireNonNull(
        data, () -> "The probe \"" + split + "\" must have " + what + ", but it is null");
  }

  private static void requireReset(String split, Object data, boolean supported) {
    if (!supported) {
      throw new IllegalArgumentException(
          String.format(
              "The probe \"%s\" is read at every observation, so its iterator must support"
                  + " reset(), which %s does not",
              split, data.getClass().getName()));
    }
  }

  /** The name it is reported under. */
  public String split() {
    return split;
  }

  Role role() {
    return role;
  }

  /** What it is called in messages. */
  String describe() {
    return "the probe \"" + split + "\"";
  }

  /** The rows of a model that is run over it. */
  public RowParts<MeasuredPoint> rows(MeasuredModel model) {
    return data.rows(model, describe(), role != Role.OUT_OF_DISTRIBUTION);
  }

  boolean isUsedByAnother() {
    return data.isUsedByAnother();
  }

  /**
   * Examples that an iterator has. A pass leaves it exhausted, so that it shows if somebody else
   * has reset it since.
   */
  private static final class Batches implements Data {
    private final MultiDataSetIterator iterator;
    private boolean exhausted;

    Batches(MultiDataSetIterator iterator) {
      this.iterator = iterator;
    }

    @Override
    public RowParts<MeasuredPoint> rows(MeasuredModel model, String name, boolean labelled) {
      return new SplitRows(model, name, labelled, 0, this::forEach);
    }

    private void forEach(Consumer<MultiDataSet> consumer) {
      iterator.reset();
      while (iterator.hasNext()) {
        consumer.accept(iterator.next());
      }
      exhausted = true;
    }

    @Override
    public boolean isUsedByAnother() {
      return exhausted && iterator.hasNext();
    }
  }
}
