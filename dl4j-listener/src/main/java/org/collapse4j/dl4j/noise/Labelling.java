package org.collapse4j.dl4j.noise;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.ToLongFunction;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.NoisyLabels;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A rule by which examples get their given and their clean label. At most one of the components is
 * not null; without any, labels stay as they are.
 *
 * @param noise that corrupts labels, which are clean before
 * @param known given and clean labels by index
 * @param replaced labels that are replaced, by index
 */
record Labelling(LabelNoise noise, NoisyLabels known, Suspects replaced) {
  static Labelling corrupting(LabelNoise noise) {
    return new Labelling(Objects.requireNonNull(noise, "noise"), null, null);
  }

  static Labelling annotating(NoisyLabels labels) {
    return new Labelling(null, Objects.requireNonNull(labels, "labels"), null);
  }

  static Labelling indexing() {
    return new Labelling(null, null, null);
  }

  static Labelling replacing(Suspects suspects) {
    return new Labelling(null, null, suspects);
  }

  private boolean changesLabels() {
    return noise != null || replaced != null;
  }

  /** The number of label columns that come out where so many go in. */
  int numLabels(int columns) {
    return noise == null || columns == 1 ? columns : noise.numLabels();
  }

  /**
   * A batch with labels by this rule, which shares no array with the other: DL4J shuffles examples
   * in place, and would shuffle what features and labels have in common apart.
   *
   * @param data not modified
   * @param firstIndex the index of the first example, if indices are positions
   * @param indices of the metadata that examples carry, or null
   */
  DataSet label(DataSet data, long firstIndex, ToLongFunction<Serializable> indices) {
    int[] classes = LabelledExamples.classes(data.getLabels());
    boolean[] unlabelled = new boolean[classes.length];
    if (noise != null) {
      requireColumns(data.getLabels());
      unlabelled = unlabelled(data.getLabels());
    }
    List<Serializable> before = data.getExampleMetaData();
    List<LabelledExample> examples = new ArrayList<>(classes.length);
    for (int i = 0; i < classes.length; i++) {
      Serializable carried =
          before == null || before.size() != classes.length ? null : before.get(i);
      examples.add(example(classes[i], unlabelled[i], carried, firstIndex + i, indices));
    }
    if (data.getLabels().columns() > 1) {
      requireClasses(examples, numLabels(data.getLabels().columns()));
    }
    DataSet labelled;
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      labelled = data.copy();
    }
    if (changesLabels()) {
      labelled.setLabels(changed(data.getLabels(), classes, examples));
    }
    labelled.setExampleMetaData(examples);
    labelled.setLabelNames(data.getLabelNamesList());
    return labelled;
  }

  private void requireClasses(List<LabelledExample> examples, int numClasses) {
    for (LabelledExample example : examples) {
      if (known != null) {
        requireClass("clean label", example, example.clean(), numClasses);
      }
      if (replaced != null) {
        requireClass("label that replaces another", example, example.given(), numClasses);
      }
    }
  }

  private static void requireClass(
      String what, LabelledExample example, int label, int numClasses) {
    if (label >= numClasses) {
      throw new IllegalArgumentException(
          "A %s must be a class index from 0 to %s, but that of example %s is %s"
              .formatted(what, numClasses - 1, example.index(), label));
    }
  }

  private void requireColumns(INDArray labels) {
    if (labels.columns() != 1 && labels.columns() != noise.numClasses()) {
      throw new IllegalArgumentException(
          String.format(
              "Noise over %s classes corrupts labels of %s columns, or of one with class indices,"
                  + " not of %s",
              noise.numClasses(), noise.numClasses(), labels.columns()));
    }
  }

  /** Which rows of one-hot labels are all zeros: examples without a label, which stay so. */
  private static boolean[] unlabelled(INDArray labels) {
    boolean[] unlabelled = new boolean[labels.rows()];
    if (labels.columns() > 1) {
      try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        double[] largest = labels.amax(1).toDoubleVector();
        for (int i = 0; i < largest.length; i++) {
          unlabelled[i] = largest[i] == 0;
        }
      }
    }
    return unlabelled;
  }

  private LabelledExample example(
      int atHand,
      boolean unlabelled,
      Serializable carried,
      long position,
      ToLongFunction<Serializable> indices) {
    LabelledExample before = carried instanceof LabelledExample labelled ? labelled : null;
    long index = position;
    if (before != null) {
      index = before.index();
    } else if (indices != null) {
      index = indices.applyAsLong(carried);
    }
    Serializable source = before == null ? carried : before.source();
    boolean cleanKnown = before != null && before.isCleanKnown();
    if (noise != null) {
      int given = unlabelled ? atHand : noise.corrupt(index, atHand);
      return new LabelledExample(index, given, cleanKnown ? before.clean() : atHand, source);
    }
    if (known != null) {
      return new LabelledExample(index, atHand, knownClean(index, atHand), source);
    }
    int given = replaced == null ? atHand : replaced.replacement(index, atHand);
    return new LabelledExample(
        index, given, cleanKnown ? before.clean() : LabelledExample.UNKNOWN, source);
  }

  private int knownClean(long index, int atHand) {
    if (index >= known.size()) {
      throw new IllegalArgumentException(
          String.format(
              "Clean labels must be of the examples of the data, but there are %s and an example"
                  + " has index %s",
              known.size(), index));
    }
    if (known.given((int) index) != atHand) {
      throw new IllegalArgumentException(
          String.format(
              "Clean labels must be of the examples of the data, but example %s has label %s there"
                  + " and %s in the data",
              index, known.given((int) index), atHand));
    }
    return known.clean((int) index);
  }

  /** The labels with the rows of examples replaced that are given another one. */
  private INDArray changed(INDArray labels, int[] classes, List<LabelledExample> examples) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      boolean indices = labels.columns() == 1;
      int columns = numLabels(labels.columns());
      double[] from = labels.dup('c').reshape(labels.length()).toDoubleVector();
      double[] to = new double[classes.length * columns];
      for (int i = 0; i < classes.length; i++) {
        int given = examples.get(i).given();
        if (indices) {
          to[i] = given;
        } else if (given == classes[i]) {
          System.arraycopy(from, i * labels.columns(), to, i * columns, labels.columns());
        } else {
          to[i * columns + given] = 1;
        }
      }
      return Nd4j.createFromArray(to)
          .castTo(labels.dataType())
          .reshape('c', classes.length, columns);
    }
  }
}
