package org.collapse4j.samediff;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Adam;

/** What small graphs are made of and trained on; the same for the same seed. */
final class SmallData {
  static final int INPUTS = 6;

  private SmallData() {}

  /** Overlapping classes, a batch of each size. */
  static List<DataSet> clusters(int seed, int classes, int... sizes) {
    Random random = new Random(seed);
    List<DataSet> batches = new ArrayList<>();
    for (int size : sizes) {
      INDArray features = Nd4j.create(DataType.FLOAT, size, INPUTS);
      INDArray labels = Nd4j.create(DataType.FLOAT, size, classes);
      for (int i = 0; i < size; i++) {
        int label = random.nextInt(classes);
        labels.putScalar(i, label, 1);
        for (int j = 0; j < INPUTS; j++) {
          features.putScalar(i, j, random.nextGaussian() + (j % classes == label ? 2 : 0));
        }
      }
      batches.add(new DataSet(features, labels));
    }
    return batches;
  }

  /** Weights to begin with. */
  static INDArray initial(int rows, int columns, int seed) {
    Random random = new Random(seed);
    INDArray values = Nd4j.create(DataType.FLOAT, rows, columns);
    for (int i = 0; i < rows * columns; i++) {
      values.putScalar(i / columns, i % columns, random.nextGaussian() * 0.4);
    }
    return values;
  }

  /** Makes a graph with the placeholders {@code in} and {@code labels} fit to be trained. */
  static void configure(SameDiff graph) {
    graph.setTrainingConfig(
        new TrainingConfig.Builder()
            .updater(new Adam(0.05))
            .dataSetFeatureMapping("in")
            .dataSetLabelMapping("labels")
            .build());
  }
}
