package org.collapse4j.observe;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.evaluation.RowOrigins;
import org.collapse4j.stats.ClassLabels;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * The examples that the rows of a batch are of: those that carry a {@link LabelledExample} along
 * are known by it, others by their position in the data set.
 */
public final class ExampleOrigins implements RowOrigins {
  private final DataSet labels;
  private final int[] positions;
  private final long firstPosition;

  /**
   * The origins of rows.
   *
   * @param rows of the batch
   * @param batch of which the labels are kept, and not the inputs
   * @param output the index of the labels that the rows have
   * @param firstPosition the position of the batch's first example in the data set
   */
  public ExampleOrigins(LabelledRows rows, MultiDataSet batch, int output, long firstPosition) {
    this.positions = rows.positions();
    this.firstPosition = firstPosition;
    this.labels =
        new DataSet(null, batch.getLabels(output), null, batch.getLabelsMaskArray(output));
    this.labels.setExampleMetaData(batch.getExampleMetaData());
  }

  @Override
  public long firstPosition() {
    return firstPosition;
  }

  @Override
  public long[] indices() {
    requireOneLabelEach();
    return carried()
        .map(all -> IntStream.of(positions).mapToLong(i -> all.get(i).index()).toArray())
        .orElseGet(() -> IntStream.of(positions).mapToLong(i -> firstPosition + i).toArray());
  }

  @Override
  public Optional<int[]> cleanClasses() {
    Optional<List<LabelledExample>> carried = carried();
    if (carried.stream().flatMap(List::stream).noneMatch(LabelledExample::isCleanKnown)) {
      return Optional.empty();
    }
    requireOneLabelEach();
    return carried.map(all -> IntStream.of(positions).map(i -> clean(all.get(i))).toArray());
  }

  private static int clean(LabelledExample example) {
    return example.isCleanKnown() ? example.clean() : ClassLabels.NONE;
  }

  private Optional<List<LabelledExample>> carried() {
    return LabelledExamples.of(labels);
  }

  private void requireOneLabelEach() {
    INDArray given = labels.getLabels();
    if (given.rank() != 2) {
      throw new IllegalArgumentException(
          "Examples are told apart where each has one label, not one a time step or pixel as in"
              + " labels of shape "
              + Arrays.toString(given.shape()));
    }
  }
}
