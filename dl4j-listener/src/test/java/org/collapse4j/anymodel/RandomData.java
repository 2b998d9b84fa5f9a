package org.collapse4j.anymodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Batches of overlapping classes, some of them rare and some without an example. Every number is
 * one of float32, so that the type that holds it makes no difference.
 */
final class RandomData {
  /** What an input is. */
  enum Shape {
    VECTORS,
    IMAGES,
    IMAGES_CHANNELS_LAST,
    SEQUENCES
  }

  /**
   * The labels of an output.
   *
   * @param classes K
   * @param single whether they are a column of zeros and ones
   * @param perStep whether each time step has one
   * @param masked whether some are masked
   */
  record Labels(int classes, boolean single, boolean perStep, boolean masked) {}

  private static final double SEPARATION = 1.2;

  private final Random random;
  private final Shape shape;
  private final int[] inputs;
  private final int channels;
  private final int side;
  private final int steps;
  private final boolean masks;
  private final List<Labels> outputs;
  private final DataType dataType;
  private final DataType labelType;
  private final DataType maskType;
  private final double[][] shares;
  private final boolean[] absent;
  private final double offset;

  RandomData(
      Random random,
      Shape shape,
      int inputCount,
      int channels,
      boolean masks,
      List<Labels> outputs,
      DataType networkType) {
    this.random = random;
    this.shape = shape;
    this.inputs = IntStream.range(0, inputCount).toArray();
    this.channels = channels;
    this.side = 5;
    this.steps = 3 + random.nextInt(4);
    this.masks = masks;
    this.outputs = outputs;
    DataType other = networkType == DataType.DOUBLE ? DataType.FLOAT : DataType.DOUBLE;
    this.dataType = random.nextInt(3) == 0 ? other : networkType;
    this.labelType = random.nextInt(4) == 0 ? other : dataType;
    this.maskType = random.nextInt(4) == 0 ? other : dataType;
    this.shares = outputs.stream().map(this::shares).toArray(double[][]::new);
    this.absent = new boolean[outputs.get(0).classes()];
    this.offset = random.nextInt(4) == 0 ? 3 : 0;
  }

  int side() {
    return side;
  }

  int steps() {
    return steps;
  }

  String description() {
    return "data "
        + dataType
        + ", labels "
        + labelType
        + (masks ? ", masks " + maskType : "")
        + (offset > 0 ? ", far from the origin" : "");
  }

  /** How frequent each class is: all the same, or each half as frequent as the one before. */
  private double[] shares(Labels labels) {
    double[] shares = new double[labels.classes()];
    double ratio = random.nextInt(3) == 0 ? 0.5 : 1;
    for (int c = 0; c < shares.length; c++) {
      shares[c] = c == 0 ? 1 : shares[c - 1] * ratio;
    }
    return shares;
  }

  /** Leaves classes of the first output without an example from now on, but for two. */
  void leaveOut(int classes) {
    for (int i = 0; i < classes && i < absent.length - 2; i++) {
      absent[absent.length - 1 - i] = true;
    }
  }

  private int drawClass(int output) {
    double[] share = shares[output];
    double sum = 0;
    for (int c = 0; c < share.length; c++) {
      sum += output == 0 && absent[c] ? 0 : share[c];
    }
    double left = random.nextDouble() * sum;
    for (int c = 0; c < share.length; c++) {
      left -= output == 0 && absent[c] ? 0 : share[c];
      if (left < 0) {
        return c;
      }
    }
    return 0;
  }

  /** Batches of so many examples, the last one smaller unless it comes out even. */
  List<MultiDataSet> batches(int examples, int size) {
    List<MultiDataSet> batches = new ArrayList<>();
    // The first two examples are of two classes, so that there is something to tell apart.
    int first = 0;
    for (int from = 0; from < examples; from += size) {
      batches.add(batch(Math.min(size, examples - from), first));
      first = 2;
    }
    return batches;
  }

  private MultiDataSet batch(int n, int settled) {
    int[][] classes = new int[outputs.size()][n];
    int[][][] stepClasses = new int[outputs.size()][n][steps];
    for (int i = 0; i < n; i++) {
      for (int o = 0; o < classes.length; o++) {
        classes[o][i] = settled == 0 && i < 2 ? i : drawClass(o);
        for (int t = 0; t < steps; t++) {
          stepClasses[o][i][t] = settled == 0 && i < 2 ? i : drawClass(o);
        }
      }
    }
    int[] lengths = new int[n];
    for (int i = 0; i < n; i++) {
      lengths[i] = masks ? 1 + random.nextInt(steps) : steps;
    }
    INDArray[] features = new INDArray[inputs.length];
    INDArray[] featureMasks = new INDArray[inputs.length];
    for (int input : inputs) {
      features[input] = features(n, classes, stepClasses, lengths);
      featureMasks[input] = mask(lengths);
    }
    INDArray[] labels = new INDArray[outputs.size()];
    INDArray[] labelMasks = new INDArray[outputs.size()];
    boolean anyLabelMask = false;
    for (int o = 0; o < labels.length; o++) {
      labels[o] = labels(outputs.get(o), classes[o], stepClasses[o], lengths);
      labelMasks[o] = labelMask(outputs.get(o), lengths);
      anyLabelMask |= labelMasks[o] != null;
    }
    return new org.nd4j.linalg.dataset.MultiDataSet(
        features,
        labels,
        masks && shape == Shape.SEQUENCES ? featureMasks : null,
        anyLabelMask ? labelMasks : null);
  }

  private double element(int feature, int label) {
    double mean = offset + (feature % outputs.get(0).classes() == label ? SEPARATION : 0);
    return (float) (random.nextGaussian() + mean);
  }

  private INDArray features(int n, int[][] classes, int[][][] stepClasses, int[] lengths) {
    boolean perStep = outputs.get(0).perStep();
    return switch (shape) {
      case VECTORS -> {
        INDArray rows = Nd4j.create(dataType, n, channels);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < channels; j++) {
            rows.putScalar(i, j, element(j, classes[0][i]));
          }
        }
        yield rows;
      }
      case IMAGES, IMAGES_CHANNELS_LAST -> {
        INDArray maps = Nd4j.create(dataType, n, channels, side, side);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < channels; j++) {
            for (int place = 0; place < side * side; place++) {
              maps.putScalar(
                  new int[] {i, j, place / side, place % side}, element(place, classes[0][i]));
            }
          }
        }
        yield shape == Shape.IMAGES ? maps : maps.permute(0, 2, 3, 1).dup('c');
      }
      case SEQUENCES -> {
        INDArray sequences = Nd4j.create(dataType, n, channels, steps);
        for (int i = 0; i < n; i++) {
          for (int j = 0; j < channels; j++) {
            for (int t = 0; t < lengths[i]; t++) {
              int label = perStep ? stepClasses[0][i][t] : classes[0][i];
              sequences.putScalar(new int[] {i, j, t}, element(j, label));
            }
          }
        }
        yield sequences;
      }
    };
  }

  private INDArray mask(int[] lengths) {
    INDArray mask = Nd4j.create(maskType, lengths.length, steps);
    for (int i = 0; i < lengths.length; i++) {
      for (int t = 0; t < lengths[i]; t++) {
        mask.putScalar(i, t, 1);
      }
    }
    return mask;
  }

  private INDArray labels(Labels kind, int[] classes, int[][] stepClasses, int[] lengths) {
    int n = classes.length;
    if (kind.perStep()) {
      INDArray labels = Nd4j.create(labelType, n, kind.classes(), steps);
      for (int i = 0; i < n; i++) {
        for (int t = 0; t < lengths[i]; t++) {
          labels.putScalar(new int[] {i, stepClasses[i][t], t}, 1);
        }
      }
      return labels;
    }
    INDArray labels = Nd4j.create(labelType, n, kind.single() ? 1 : kind.classes());
    for (int i = 0; i < n; i++) {
      labels.putScalar(i, kind.single() ? 0 : classes[i], kind.single() ? classes[i] : 1);
    }
    return labels;
  }

  private INDArray labelMask(Labels kind, int[] lengths) {
    if (kind.perStep()) {
      INDArray mask = mask(lengths);
      // The first two sequences are kept whole, so that two classes remain.
      for (int i = 2; kind.masked() && i < lengths.length; i++) {
        mask.putScalar(i, random.nextInt(lengths[i]), 0);
      }
      return masks || kind.masked() ? mask : null;
    }
    if (!kind.masked()) {
      return null;
    }
    INDArray mask = Nd4j.ones(maskType, lengths.length, 1);
    for (int i = 2; i < lengths.length; i++) {
      mask.putScalar(i, 0, random.nextInt(4) == 0 ? 0 : 1);
    }
    return mask;
  }
}
