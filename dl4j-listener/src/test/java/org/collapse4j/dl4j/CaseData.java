package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Batches of overlapping classes in every shape. All seeded. */
final class CaseData {
  static final int CLASSES = 3;
  static final int INPUTS = 6;
  static final int STEPS = 5;
  static final int SIDE = 6;

  private final Random random = new Random(11);

  private double noisy(int feature, int label) {
    return random.nextGaussian() + (feature % CLASSES == label ? 2 : 0);
  }

  private static MultiDataSet batch(INDArray features, INDArray labels, INDArray labelsMask) {
    return new org.nd4j.linalg.dataset.MultiDataSet(
        new INDArray[] {features},
        new INDArray[] {labels},
        null,
        labelsMask == null ? null : new INDArray[] {labelsMask});
  }

  /** Three batches, the last of them small. */
  private interface Maker {
    MultiDataSet make(int examples);
  }

  private static List<MultiDataSet> three(Maker maker) {
    return List.of(maker.make(16), maker.make(16), maker.make(5));
  }

  /** {@code [N, 6]} and one-hot {@code [N, 3]}. */
  static List<MultiDataSet> dense() {
    return dense(DataType.FLOAT);
  }

  static List<MultiDataSet> dense(DataType type) {
    CaseData data = new CaseData();
    return three(
        examples -> {
          INDArray features = Nd4j.create(type, examples, INPUTS);
          INDArray labels = Nd4j.create(type, examples, CLASSES);
          for (int i = 0; i < examples; i++) {
            int label = data.random.nextInt(CLASSES);
            labels.putScalar(i, label, 1);
            for (int j = 0; j < INPUTS; j++) {
              features.putScalar(i, j, data.noisy(j, label));
            }
          }
          return batch(features, labels, null);
        });
  }

  /** As {@link #dense}, labels being {@code [N, 1]} class indices below a number of classes. */
  static List<MultiDataSet> denseIndices(int classes) {
    List<MultiDataSet> batches = new ArrayList<>();
    for (MultiDataSet one : dense()) {
      INDArray indices = one.getLabels(0).argMax(1).castTo(DataType.FLOAT);
      for (int i = 0; i < indices.length(); i++) {
        indices.putScalar(i, Math.min(classes - 1, indices.getInt(i)));
      }
      batches.add(batch(one.getFeatures(0), indices.reshape(indices.length(), 1), null));
    }
    return batches;
  }

  /** As {@link #dense}, a quarter of the labels being masked. */
  static List<MultiDataSet> denseMasked() {
    List<MultiDataSet> batches = new ArrayList<>();
    for (MultiDataSet one : dense()) {
      INDArray mask = Nd4j.ones(one.getFeatures(0).size(0), 1);
      for (int i = 0; i < mask.length(); i += 4) {
        mask.putScalar(i, 0, 0);
      }
      batches.add(batch(one.getFeatures(0), one.getLabels(0), mask));
    }
    return batches;
  }

  /** Two inputs {@code [N, 6]} and two labels: one-hot of 3 classes, and of 2. */
  static List<MultiDataSet> twoInputsAndOutputs() {
    List<MultiDataSet> batches = new ArrayList<>();
    for (MultiDataSet one : dense()) {
      INDArray first = one.getFeatures(0);
      INDArray second = Nd4j.create(first.size(0), 2);
      for (int i = 0; i < first.size(0); i++) {
        second.putScalar(i, one.getLabels(0).getInt(i, 0) == 1 ? 0 : 1, 1);
      }
      batches.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              new INDArray[] {first, first.mul(0.5).addi(1)},
              new INDArray[] {one.getLabels(0), second}));
    }
    return batches;
  }

  /** As {@link #twoInputsAndOutputs}, the second output being an amount {@code [N, 1]}. */
  static List<MultiDataSet> classesAndAmounts() {
    List<MultiDataSet> batches = new ArrayList<>();
    for (MultiDataSet one : twoInputsAndOutputs()) {
      INDArray amounts = one.getFeatures(0).sum(true, 1);
      batches.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              one.getFeatures(), new INDArray[] {one.getLabels(0), amounts}));
    }
    return batches;
  }

  /** Maps {@code [N, 2, 6, 6]} or channels last, and one-hot labels of the whole. */
  static List<MultiDataSet> images(boolean channelsLast) {
    CaseData data = new CaseData();
    return three(
        examples -> {
          INDArray features = Nd4j.create(examples, 2, SIDE, SIDE);
          INDArray labels = Nd4j.create(examples, CLASSES);
          for (int i = 0; i < examples; i++) {
            int label = data.random.nextInt(CLASSES);
            labels.putScalar(i, label, 1);
            for (int j = 0; j < 2 * SIDE * SIDE; j++) {
              features.putScalar(
                  new int[] {i, j / 36, j / 6 % 6, j % 6}, data.noisy(j % 6 / 2, label));
            }
          }
          return batch(channelsLast ? last(features) : features, labels, null);
        });
  }

  private static INDArray last(INDArray maps) {
    return maps.permute(0, 2, 3, 1).dup('c');
  }

  /**
   * Maps with a one-hot label, or one number of two classes, and a mask for each pixel; none with
   * channels last, where DL4J's CnnLossLayer takes masks and scores for channels first.
   */
  static List<MultiDataSet> pixels(boolean channelsLast, boolean binary) {
    CaseData data = new CaseData();
    return three(
        examples -> {
          int columns = binary ? 1 : CLASSES;
          INDArray features = Nd4j.create(examples, 2, SIDE, SIDE);
          INDArray labels = Nd4j.create(examples, columns, SIDE, SIDE);
          INDArray mask = Nd4j.ones(examples, 1, SIDE, SIDE);
          for (int i = 0; i < examples * SIDE * SIDE; i++) {
            int n = i / 36;
            int label = data.random.nextInt(binary ? 2 : CLASSES);
            if (!binary || label == 1) {
              labels.putScalar(new int[] {n, binary ? 0 : label, i / 6 % 6, i % 6}, 1);
            }
            for (int c = 0; c < 2; c++) {
              features.putScalar(new int[] {n, c, i / 6 % 6, i % 6}, data.noisy(c, label));
            }
            if (data.random.nextInt(5) == 0) {
              mask.putScalar(new int[] {n, 0, i / 6 % 6, i % 6}, 0);
            }
          }
          return channelsLast
              ? batch(last(features), last(labels), null)
              : batch(features, labels, mask);
        });
  }

  /** Volumes {@code [N, 2, 2, 3, 3]} with a one-hot label for each voxel. */
  static List<MultiDataSet> voxels() {
    CaseData data = new CaseData();
    return three(
        examples -> {
          INDArray features = Nd4j.create(examples, 2, 2, 3, 3);
          INDArray labels = Nd4j.create(examples, CLASSES, 2, 3, 3);
          for (int i = 0; i < examples * 18; i++) {
            int label = data.random.nextInt(CLASSES);
            int[] at = {i / 18, label, i / 9 % 2, i / 3 % 3, i % 3};
            labels.putScalar(at, 1);
            for (int c = 0; c < 2; c++) {
              at[1] = c;
              features.putScalar(at, data.noisy(c, label));
            }
          }
          return batch(features, labels, null);
        });
  }

  /**
   * Sequences {@code [N, 6, 5]} of varying length, padded with zeros, each step with a one-hot
   * label, with masks of features and labels.
   */
  static List<MultiDataSet> sequences(boolean channelsLast) {
    CaseData data = new CaseData();
    return three(
        examples -> {
          INDArray features = Nd4j.create(examples, INPUTS, STEPS);
          INDArray labels = Nd4j.create(examples, CLASSES, STEPS);
          INDArray mask = Nd4j.create(examples, STEPS);
          for (int i = 0; i < examples; i++) {
            int length = 1 + data.random.nextInt(STEPS);
            for (int t = 0; t < length; t++) {
              int label = data.random.nextInt(CLASSES);
              labels.putScalar(i, label, t, 1);
              mask.putScalar(i, t, 1);
              for (int j = 0; j < INPUTS; j++) {
                features.putScalar(i, j, t, data.noisy(j, label));
              }
            }
          }
          return new org.nd4j.linalg.dataset.MultiDataSet(
              new INDArray[] {channelsLast ? features.permute(0, 2, 1).dup('c') : features},
              new INDArray[] {channelsLast ? labels.permute(0, 2, 1).dup('c') : labels},
              new INDArray[] {mask},
              new INDArray[] {mask.dup()});
        });
  }

  /** The windows of time that truncated back-propagation passes one after the other. */
  static List<MultiDataSet> windows(List<MultiDataSet> sequences, int length) {
    List<MultiDataSet> windows = new ArrayList<>();
    for (MultiDataSet one : sequences) {
      for (int from = 0; from < STEPS; from += length) {
        int to = Math.min(STEPS, from + length);
        windows.add(
            batch(
                steps(one.getFeatures(0), from, to),
                steps(one.getLabels(0), from, to),
                one.getLabelsMaskArray(0)
                    .get(NDArrayIndex.all(), NDArrayIndex.interval(from, to))
                    .dup()));
      }
    }
    return windows;
  }

  private static INDArray steps(INDArray sequence, int from, int to) {
    return sequence
        .get(NDArrayIndex.all(), NDArrayIndex.all(), NDArrayIndex.interval(from, to))
        .dup();
  }

  /** Masked sequences with one label each. */
  static List<MultiDataSet> labelledSequences() {
    CaseData data = new CaseData();
    List<MultiDataSet> batches = new ArrayList<>();
    for (MultiDataSet one : sequences(false)) {
      INDArray labels = Nd4j.create(one.getFeatures(0).size(0), CLASSES);
      for (int i = 0; i < labels.rows(); i++) {
        labels.putScalar(i, data.random.nextInt(CLASSES), 1);
      }
      batches.add(
          new org.nd4j.linalg.dataset.MultiDataSet(
              one.getFeatures(), new INDArray[] {labels}, one.getFeaturesMaskArrays(), null));
    }
    return batches;
  }

  /** Tokens {@code [N, steps]} from 0 to 9, and a one-hot label that goes with the first. */
  static List<MultiDataSet> tokens(int steps) {
    CaseData data = new CaseData();
    return three(
        examples -> {
          INDArray features = Nd4j.create(examples, steps);
          INDArray labels = Nd4j.create(examples, CLASSES);
          for (int i = 0; i < examples; i++) {
            for (int t = 0; t < steps; t++) {
              features.putScalar(i, t, data.random.nextInt(10));
            }
            labels.putScalar(i, features.getInt(i, 0) % CLASSES, 1);
          }
          return batch(features, labels, null);
        });
  }

  private CaseData() {}
}
