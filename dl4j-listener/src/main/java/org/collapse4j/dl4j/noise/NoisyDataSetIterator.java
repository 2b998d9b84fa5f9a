package org.collapse4j.dl4j.noise;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Hands on the batches of another iterator with a {@link LabelledExample} on every example, and
 * corrupts their labels on the fly, attaches clean ones that are known, or leaves out or replaces
 * suspect ones.
 *
 * <pre>{@code
 * DataSetIterator noisy =
 *     NoisyDataSetIterator.corrupting(trainBatches, LabelNoise.uniform(10, 0.2).withSeed(7));
 * }</pre>
 *
 * <p>The index of an example is the one it carries, in a {@link LabelledExample} or by {@link
 * #indexedBy}; else its position since the last reset. Positions identify examples only if every
 * pass has the same order. So an iterator that shuffles is wrapped before it does so, or its
 * examples carry their indices ({@link LabelledExamples#index}); a pass whose labels come in
 * another order than in the first is refused.
 *
 * <p>The batches of the other iterator are not modified and share no array with those handed on.
 * Reset and preprocessor go to the other iterator. Not for use by several threads at once.
 */
@SuppressWarnings("serial") // Serializable by inheritance only, as most of DL4J's iterators.
public final class NoisyDataSetIterator extends WrappingDataSetIterator {
  private static final int FIRST_CAPACITY = 1024;

  private final Labelling labelling;
  private final ToLongFunction<Serializable> indices;

  private int[] firstPass = new int[FIRST_CAPACITY];
  private int seen;
  private int position;

  private NoisyDataSetIterator(
      DataSetIterator data, Labelling labelling, ToLongFunction<Serializable> indices) {
    super(data);
    this.labelling = labelling;
    this.indices = indices;
  }

  /**
   * Corrupts labels on the fly; those of the data are the clean ones.
   *
   * @param data batches with labels one-hot {@code [N, K]} or class indices {@code [N, 1]}
   * @param noise of K classes; with latent classes 2K columns come out
   */
  public static NoisyDataSetIterator corrupting(DataSetIterator data, LabelNoise noise) {
    return new NoisyDataSetIterator(data, Labelling.corrupting(noise), null);
  }

  /**
   * Attaches clean labels that are known to data with the labels of training.
   *
   * @param data batches with labels one-hot {@code [N, K]} or class indices {@code [N, 1]}
   * @param labels of the example with index i at index i; given labels that are not those of the
   *     data are refused when the batch is read
   */
  public static NoisyDataSetIterator annotating(DataSetIterator data, NoisyLabels labels) {
    return new NoisyDataSetIterator(data, Labelling.annotating(labels), null);
  }

  /**
   * Attaches indices to data whose clean labels are not known.
   *
   * @param data batches with labels one-hot {@code [N, K]} or class indices {@code [N, 1]}
   */
  public static NoisyDataSetIterator indexing(DataSetIterator data) {
    return new NoisyDataSetIterator(data, Labelling.indexing(), null);
  }

  /**
   * Leaves out the examples whose label is suspect, so that batches are smaller than those of the
   * data; one of which nothing is left is passed over.
   *
   * <pre>{@code
   * DataSetIterator cleaner = NoisyDataSetIterator.dropping(trainBatches, labels.suspects());
   * }</pre>
   *
   * @param data batches with labels one-hot {@code [N, K]} or class indices {@code [N, 1]}
   * @param suspects of the same data, such as {@link SuspectLabels#suspects}; one whose label is
   *     not that of the example with its index is refused when the batch is read
   */
  public static DataSetIterator dropping(DataSetIterator data, Collection<SuspectLabel> suspects) {
    return new DroppingDataSetIterator(indexing(data), new Suspects(suspects));
  }

  /**
   * Leaves out the {@link SuspectLabels#suspects}, as {@link #dropping(DataSetIterator,
   * Collection)}.
   */
  public static DataSetIterator dropping(DataSetIterator data, SuspectLabels labels) {
    return dropping(data, labels.suspects());
  }

  /**
   * Replaces each suspect label by the class that its example {@linkplain SuspectLabel#sitsWith
   * sits with}.
   *
   * <pre>{@code
   * DataSetIterator corrected = NoisyDataSetIterator.replacing(trainBatches, labels.suspects());
   * }</pre>
   *
   * @param data batches with labels one-hot {@code [N, K]} or class indices {@code [N, 1]}
   * @param suspects of the same data, such as {@link SuspectLabels#suspects}; one whose label is
   *     not that of the example with its index is refused when the batch is read
   */
  public static NoisyDataSetIterator replacing(
      DataSetIterator data, Collection<SuspectLabel> suspects) {
    return new NoisyDataSetIterator(data, Labelling.replacing(new Suspects(suspects)), null);
  }

  /**
   * Replaces the {@link SuspectLabels#suspects}, as {@link #replacing(DataSetIterator,
   * Collection)}.
   */
  public static NoisyDataSetIterator replacing(DataSetIterator data, SuspectLabels labels) {
    return replacing(data, labels.suspects());
  }

  /**
   * The same over the same data, with the index of an example taken from the metadata it carries
   * instead of its position.
   *
   * @param index of an example's metadata, which is null where there is none; at least 0
   */
  public NoisyDataSetIterator indexedBy(ToLongFunction<Serializable> index) {
    return new NoisyDataSetIterator(data, labelling, Objects.requireNonNull(index, "index"));
  }

  /**
   * The next batch.
   *
   * @throws IllegalArgumentException if its labels do not fit the noise or the labels known
   * @throws IllegalStateException if the examples come in another order than in the first pass and
   *     carry no index
   */
  @Override
  public DataSet next() {
    return labelled(data.next());
  }

  /** The next examples, as {@link #next()}. */
  @Override
  public DataSet next(int num) {
    return labelled(data.next(num));
  }

  private DataSet labelled(DataSet batch) {
    if (indices == null && !carriesIndices(batch)) {
      requireOrder(LabelledExamples.classes(batch.getLabels()));
    }
    DataSet labelled = labelling.label(batch, position, indices);
    position += batch.numExamples();
    return labelled;
  }

  private static boolean carriesIndices(DataSet batch) {
    List<Serializable> metaData = batch.getExampleMetaData();
    return metaData != null
        && metaData.size() == batch.numExamples()
        && metaData.stream().allMatch(LabelledExample.class::isInstance);
  }

  private void requireOrder(int[] classes) {
    for (int i = 0; i < classes.length; i++) {
      int at = position + i;
      if (at < seen && firstPass[at] != classes[i]) {
        throw new IllegalStateException(
            String.format(
                "Examples are told apart by their position, so every pass must have the order of"
                    + " the first, but the label at position %s was %s and is %s now. Let the"
                    + " examples carry their index (LabelledExamples.index, or indexedBy), or wrap"
                    + " the data before they are shuffled",
                at, firstPass[at], classes[i]));
      }
      if (at == seen) {
        if (seen == firstPass.length) {
          firstPass = Arrays.copyOf(firstPass, 2 * seen);
        }
        firstPass[seen++] = classes[i];
      }
    }
  }

  @Override
  public void reset() {
    super.reset();
    position = 0;
  }

  @Override
  public int totalOutcomes() {
    return labelling.numLabels(data.totalOutcomes());
  }

  /** The names of the other iterator's labels; those of latent classes end in an asterisk. */
  @Override
  public List<String> getLabels() {
    List<String> names = data.getLabels();
    if (names == null || labelling.numLabels(names.size()) == names.size()) {
      return names;
    }
    List<String> all = new ArrayList<>(names);
    names.forEach(name -> all.add(name + "*"));
    return all;
  }
}
