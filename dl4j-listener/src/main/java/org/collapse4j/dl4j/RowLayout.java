package org.collapse4j.dl4j;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What of a batch has a label of its own, and so is a row of features: an example, a time step, a
 * pixel or a voxel. Arrays of any such shape become matrices of rows in the same order. Steps are
 * ordered with the example running fastest, as everywhere in DL4J.
 *
 * @param unit what has a label
 * @param channelsLast whether labels have their classes in the last dimension instead of the second
 */
record RowLayout(Unit unit, boolean channelsLast) {
  static final RowLayout EXAMPLES = new RowLayout(Unit.EXAMPLE, false);

  /** What has a label, with the rank of labels and activations that have one each. */
  enum Unit {
    EXAMPLE(2),
    STEP(3),
    PIXEL(4),
    VOXEL(5);

    final int rank;

    Unit(int rank) {
      this.rank = rank;
    }
  }

  /**
   * Labels as rows.
   *
   * @param labels of this layout, or rows already; not modified
   * @return {@code [rows, columns]}
   */
  INDArray labelRows(INDArray labels) {
    if (labels.rank() == 1) {
      return labels.reshape(labels.length(), 1);
    }
    return labels.rank() == 2 ? labels : placesAsRows(labels, channelsLast);
  }

  /**
   * Activations as rows of features.
   *
   * @param activations of any layer; not modified
   * @param last whether their channels are in the last dimension
   * @param examples the number of examples in the batch
   * @param maps what to do with places that have no label each
   * @return {@code [rows, d]}
   */
  INDArray featureRows(INDArray activations, boolean last, long examples, FeatureMaps maps) {
    if (unit != Unit.EXAMPLE && activations.rank() == unit.rank) {
      return placesAsRows(activations, last);
    }
    INDArray rows = activations.rank() == 2 ? activations : reduce(activations, last, maps);
    boolean perStep = rows.size(0) != examples && examples > 0 && rows.size(0) % examples == 0;
    return unit == Unit.EXAMPLE && perStep ? stepsTogether(rows, examples, maps) : rows;
  }

  private static INDArray reduce(INDArray activations, boolean last, FeatureMaps maps) {
    if (maps == FeatureMaps.FLATTENED) {
      return activations.dup('c').reshape('c', activations.size(0), -1);
    }
    int channels = last ? activations.rank() - 1 : 1;
    return activations.mean(
        IntStream.range(1, activations.rank()).filter(i -> i != channels).toArray());
  }

  /** Rows of a layer that sees each time step as an example, brought together by example. */
  private static INDArray stepsTogether(INDArray rows, long examples, FeatureMaps maps) {
    INDArray steps = rows.dup('c').reshape('c', rows.size(0) / examples, examples, rows.size(1));
    return maps == FeatureMaps.CHANNEL_MEANS
        ? steps.mean(0)
        : steps.permute(1, 0, 2).dup('c').reshape('c', examples, -1);
  }

  private static INDArray placesAsRows(INDArray array, boolean last) {
    INDArray ordered =
        switch (array.rank()) {
          case 3 -> last ? array.permute(1, 0, 2) : array.permute(2, 0, 1);
          case 4 -> last ? array : array.permute(0, 2, 3, 1);
          default -> last ? array : array.permute(0, 2, 3, 4, 1);
        };
    return ordered.dup('c').reshape('c', -1, ordered.size(ordered.rank() - 1));
  }

  /**
   * Which rows a mask keeps.
   *
   * @param mask one number an example, a step or a place, or one an output, of which any keeps the
   *     row; dimensions of places may be 1 for all of them; not modified
   * @param labels the labels it belongs to, as they came
   * @return one number a row, 0 for a row that is left out
   */
  double[] maskRows(INDArray mask, INDArray labels) {
    long rows = labelRows(labels).size(0);
    INDArray perRow =
        switch (unit) {
          case EXAMPLE -> anyColumn(mask);
          case STEP -> stepMask(mask, rows);
          case PIXEL, VOXEL -> placeMask(mask, labels);
        };
    if (perRow.length() != rows) {
      throw new IllegalArgumentException(
          "A label mask must have one element for each of the %s labelled rows, not shape %s"
              .formatted(rows, Arrays.toString(mask.shape())));
    }
    return perRow.dup('c').reshape(rows).toDoubleVector();
  }

  private static INDArray anyColumn(INDArray mask) {
    return mask.rank() == 2 && mask.size(1) > 1 ? mask.max(1) : mask;
  }

  /** RnnOutputLayer keeps its mask as a column with the example running fastest. */
  private INDArray stepMask(INDArray mask, long rows) {
    if (mask.rank() == 3) {
      return anyColumn(placesAsRows(mask, channelsLast));
    }
    return mask.size(0) == rows ? anyColumn(mask) : mask.permute(1, 0);
  }

  private INDArray placeMask(INDArray mask, INDArray labels) {
    int channels = channelsLast ? labels.rank() - 1 : 1;
    long[] places =
        IntStream.range(0, labels.rank())
            .filter(i -> i != channels)
            .mapToLong(labels::size)
            .toArray();
    INDArray perPlace = mask;
    if (mask.rank() == labels.rank()) {
      perPlace = mask.max(channels);
    } else if (mask.rank() == 2 && mask.length() == places[0]) {
      long[] shape = new long[places.length];
      Arrays.fill(shape, 1);
      shape[0] = places[0];
      perPlace = mask.dup('c').reshape('c', shape);
    }
    return perPlace.length() == Arrays.stream(places).reduce(1, (a, b) -> a * b)
        ? perPlace
        : perPlace.broadcast(places);
  }
}
