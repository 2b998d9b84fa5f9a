package org.collapse4j.dl4j.noise;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Attaches {@link LabelledExample}s to data sets as DL4J example metadata, and reads them.
 *
 * <p>An example that carries one already keeps its index and, if it is known, its clean label;
 * otherwise its index is its row. Every function returns a new data set with arrays of its own; the
 * old one is not modified.
 *
 * <p>DL4J carries metadata through {@code shuffle}, {@code merge}, {@code asList}, {@code batchBy},
 * {@code splitTestAndTrain}, {@code save} and {@code load}, and through iterators made of these. It
 * loses metadata in {@code copy}, {@code get}, {@code getRange} and {@code sample}, hence in {@code
 * ViewIterator}, {@code KFoldIterator} and {@code SamplingDataSetIterator}, and leaves it behind,
 * with the wrong examples, in {@code sortByLabel}, {@code addRow} and {@code filterAndStrip}.
 * {@link #of} finds the latter by the given labels, which then differ from the data set's own.
 * (DL4J's {@code shuffle} ends the whole process where features and labels have different data
 * types; the labels made here have the type of those they replace.)
 */
public final class LabelledExamples {
  private LabelledExamples() {}

  /**
   * Corrupts the labels of a data set; the labels it has are the clean ones.
   *
   * @param data labels one-hot {@code [N, K]}, or class indices {@code [N, 1]}
   * @param noise of K classes. The label of a corrupted example is one-hot in the new data set,
   *     with {@link LabelNoise#numLabels} columns
   * @return the data set with {@link LabelledExample}s
   * @throws IllegalArgumentException if the labels do not fit
   */
  public static DataSet corrupt(DataSet data, LabelNoise noise) {
    return Labelling.corrupting(noise).label(data, 0, null);
  }

  /**
   * Attaches known clean labels to a data set whose labels are those of training.
   *
   * @param data labels one-hot {@code [N, K]}, or class indices {@code [N, 1]}
   * @param labels of example i of the data set at index i
   * @return the data set with {@link LabelledExample}s
   * @throws IllegalArgumentException if the given labels are not those of the data set, or there
   *     are not as many as an index needs
   */
  public static DataSet annotate(DataSet data, NoisyLabels labels) {
    Labelling known = Labelling.annotating(labels);
    if (of(data).isEmpty() && labels.size() != data.numExamples()) {
      throw new IllegalArgumentException(
          "Clean labels must be of the examples of the data, but there are %s of %s examples"
              .formatted(labels.size(), data.numExamples()));
    }
    return known.label(data, 0, null);
  }

  /**
   * Attaches indices to the examples of a data set whose clean labels are not known.
   *
   * @param data labels one-hot {@code [N, K]}, or class indices {@code [N, 1]}
   * @return the data set with {@link LabelledExample}s
   * @throws IllegalArgumentException if the labels do not fit
   */
  public static DataSet index(DataSet data) {
    return Labelling.indexing().label(data, 0, null);
  }

  /**
   * Leaves out the examples whose label is suspect.
   *
   * @param data labels one-hot {@code [N, K]}, or class indices {@code [N, 1]}; an example that
   *     carries no index is known by its row
   * @param suspects of the same data, such as {@link SuspectLabels#suspects}
   * @return the others, with {@link LabelledExample}s
   * @throws IllegalArgumentException if the label of a suspect is not that of the example with its
   *     index, or no example is left
   */
  public static DataSet drop(DataSet data, Collection<SuspectLabel> suspects) {
    return keep(index(data), new Suspects(suspects))
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "Of the examples some must be left, but the labels of all %s are suspect"
                        .formatted(data.numExamples())));
  }

  /**
   * Replaces each suspect label by the class that its example sits with.
   *
   * @param data labels one-hot {@code [N, K]}, or class indices {@code [N, 1]}; an example that
   *     carries no index is known by its row
   * @param suspects of the same data, such as {@link SuspectLabels#suspects}
   * @return the data set with {@link LabelledExample}s
   * @throws IllegalArgumentException if the label of a suspect is not that of the example with its
   *     index, or it sits with a class that the labels have no column for
   */
  public static DataSet replace(DataSet data, Collection<SuspectLabel> suspects) {
    return Labelling.replacing(new Suspects(suspects)).label(data, 0, null);
  }

  /**
   * The examples whose label is not suspect.
   *
   * @param data whose examples carry an index; not modified
   * @return the data itself if all are; empty if none is
   */
  static Optional<DataSet> keep(DataSet data, Suspects suspects) {
    List<LabelledExample> examples = of(data).orElseThrow();
    int[] kept = suspects.others(examples);
    if (kept.length == 0 || kept.length == examples.size()) {
      return Optional.of(data).filter(all -> kept.length > 0);
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      DataSet others =
          new DataSet(
              rows(data.getFeatures(), kept),
              rows(data.getLabels(), kept),
              rows(data.getFeaturesMaskArray(), kept),
              rows(data.getLabelsMaskArray(), kept));
      // DL4J shuffles the list in place.
      others.setExampleMetaData(
          new ArrayList<>(IntStream.of(kept).mapToObj(examples::get).toList()));
      others.setLabelNames(data.getLabelNamesList());
      return Optional.of(others);
    }
  }

  private static INDArray rows(INDArray array, int[] kept) {
    return array == null ? null : Matrices.rows(array, kept);
  }

  /**
   * What the examples of a data set carry along.
   *
   * @param data of any kind; not modified
   * @return one for each example; empty if the data set has no metadata, or metadata of other types
   * @throws IllegalArgumentException if some examples carry one and others do not, or a given label
   *     is not that of the data set
   */
  public static Optional<List<LabelledExample>> of(org.nd4j.linalg.dataset.api.DataSet data) {
    List<Serializable> metaData = data.getExampleMetaData();
    if (metaData == null || metaData.stream().noneMatch(LabelledExample.class::isInstance)) {
      return Optional.empty();
    }
    List<LabelledExample> examples = new ArrayList<>();
    for (Serializable item : metaData) {
      if (item instanceof LabelledExample example) {
        examples.add(example);
      }
    }
    if (examples.size() != data.numExamples()) {
      throw new IllegalArgumentException(
          "Either all examples carry their index and labels or none, but %s of %s do"
              .formatted(examples.size(), data.numExamples()));
    }
    requireSameLabels(examples, classes(data.getLabels()));
    return Optional.of(examples);
  }

  private static void requireSameLabels(List<LabelledExample> examples, int[] atHand) {
    for (int i = 0; i < atHand.length; i++) {
      LabelledExample example = examples.get(i);
      if (example.given() != atHand[i]) {
        throw new IllegalArgumentException(
            String.format(
                "The labels carried along are those of other examples: row %s carries the given"
                    + " label %s of example %s, but its label is %s",
                i, example.given(), example.index(), atHand[i]));
      }
    }
  }

  /** The class of each label; the arrays made for it live in no workspace. */
  static int[] classes(INDArray labels) {
    if (labels == null || labels.rank() != 2) {
      throw new IllegalArgumentException(
          "Labels of single examples must be one-hot [examples, classes] or class indices"
              + " [examples, 1], not "
              + (labels == null ? "missing" : Arrays.toString(labels.shape())));
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return labels.columns() == 1
          ? indices(labels.dup('c').reshape(labels.length()).toDoubleVector())
          : labels.argMax(1).toIntVector();
    }
  }

  private static int[] indices(double[] labels) {
    int[] indices = new int[labels.length];
    for (int i = 0; i < labels.length; i++) {
      indices[i] = (int) labels[i];
      if (indices[i] != labels[i] || indices[i] < 0) {
        throw new IllegalArgumentException(
            "A label must be a class index, an integer from 0 on, but label %s is %s"
                .formatted(i, labels[i]));
      }
    }
    return indices;
  }
}
