package org.collapse4j.dl4j;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** The rows of features of a batch of a probe, and which examples they are of. */
final class ProbeRows {
  private final FeatureRows rows;
  private final DataSet labels;
  private final long firstPosition;

  /**
   * The rows of a batch.
   *
   * @param output the index of the output whose labels the rows have
   * @param firstPosition the position of the batch's first example in the probe
   */
  ProbeRows(FeatureRows rows, MultiDataSet batch, int output, long firstPosition) {
    this.rows = rows;
    this.firstPosition = firstPosition;
    // Not the batch itself, whose inputs would be kept as long as these rows are.
    this.labels = new DataSet(null, labels(batch, output), null, batch.getLabelsMaskArray(output));
    this.labels.setExampleMetaData(batch.getExampleMetaData());
  }

  private static INDArray labels(MultiDataSet batch, int output) {
    return output < batch.numLabelsArrays() ? batch.getLabels(output) : null;
  }

  FeatureRows rows() {
    return rows;
  }

  /**
   * What the example of each row carries along, if the examples of the batch do.
   *
   * @throws IllegalArgumentException if what they carry is not theirs
   */
  Optional<List<LabelledExample>> examples() {
    return LabelledExamples.of(labels)
        .map(all -> IntStream.of(examplesOfRows()).mapToObj(all::get).toList());
  }

  /**
   * The index of the example of each row: the one it carries, or else its position in the probe.
   *
   * @throws IllegalArgumentException if what the examples carry is not theirs, or a label is not of
   *     a whole example
   */
  long[] indices() {
    return examples()
        .map(carried -> carried.stream().mapToLong(LabelledExample::index).toArray())
        .orElseGet(
            () -> IntStream.of(examplesOfRows()).mapToLong(i -> firstPosition + i).toArray());
  }

  /** The number in the batch of the example of each row. */
  private int[] examplesOfRows() {
    INDArray of = labels.getLabels();
    if (of.rank() != 2) {
      throw new IllegalArgumentException(
          "Examples are told apart where each has one label, not one a time step or pixel as in"
              + " labels of shape "
              + Arrays.toString(of.shape()));
    }
    return rows.sources();
  }
}
