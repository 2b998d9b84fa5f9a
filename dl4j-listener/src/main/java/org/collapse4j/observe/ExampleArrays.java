package org.collapse4j.observe;

import java.util.Arrays;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.INDArrayIndex;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * The arrays of some examples, an example a row of each.
 *
 * @param arrays inputs, labels, masks of inputs, masks of labels; null where there is none
 * @param inputs how many of the arrays are inputs, and as many masks of inputs
 * @param outputs how many are labels, and as many masks of labels
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
record ExampleArrays(INDArray[] arrays, int inputs, int outputs) {
  static ExampleArrays of(MultiDataSet batch) {
    int inputs = batch.numFeatureArrays();
    int outputs = batch.numLabelsArrays();
    INDArray[] arrays = new INDArray[2 * (inputs + outputs)];
    for (int i = 0; i < inputs; i++) {
      arrays[i] = batch.getFeatures(i);
      arrays[inputs + outputs + i] = batch.getFeaturesMaskArray(i);
    }
    for (int i = 0; i < outputs; i++) {
      arrays[inputs + i] = batch.getLabels(i);
      arrays[2 * inputs + outputs + i] = batch.getLabelsMaskArray(i);
    }
    return new ExampleArrays(arrays, inputs, outputs);
  }

  int examples() {
    return (int) arrays[0].size(0);
  }

  double bytesOfAnExample() {
    double bytes = 0;
    for (INDArray array : arrays) {
      bytes += array == null ? 0 : (double) array.length() * array.dataType().width();
    }
    return bytes / Math.max(1, examples());
  }

  String shapeOfAnExample() {
    StringBuilder shape = new StringBuilder();
    for (INDArray array : arrays) {
      shape.append(
          array == null
              ? "none"
              : array.dataType()
                  + Arrays.toString(Arrays.copyOfRange(array.shape(), 1, array.rank())));
    }
    return shape.toString();
  }

  ExampleArrays copyOf(int[] examples) {
    INDArray[] copies = new INDArray[arrays.length];
    for (int i = 0; i < copies.length; i++) {
      copies[i] = arrays[i] == null ? null : copyOf(arrays[i], examples);
    }
    return new ExampleArrays(copies, inputs, outputs);
  }

  private static INDArray copyOf(INDArray array, int[] examples) {
    if (examples.length == array.size(0)) {
      return array.dup('c');
    }
    long[] shape = array.shape().clone();
    shape[0] = examples.length;
    INDArray copy = Nd4j.createUninitialized(array.dataType(), shape, 'c');
    INDArrayIndex[] example = new INDArrayIndex[array.rank()];
    INDArrayIndex[] place = new INDArrayIndex[array.rank()];
    Arrays.fill(example, NDArrayIndex.all());
    Arrays.fill(place, NDArrayIndex.all());
    for (int i = 0; i < examples.length; i++) {
      example[0] = NDArrayIndex.interval(examples[i], examples[i] + 1L);
      place[0] = NDArrayIndex.interval(i, i + 1L);
      copy.get(place).assign(array.get(example));
    }
    return copy;
  }

  /** One for the examples of all of them, whose arrays are freed. */
  static ExampleArrays concatenated(List<ExampleArrays> parts) {
    ExampleArrays one = parts.get(0);
    INDArray[] together = new INDArray[one.arrays.length];
    for (int i = 0; i < together.length; i++) {
      int at = i;
      together[i] =
          one.arrays[i] == null
              ? null
              : Nd4j.concat(
                  0, parts.stream().map(part -> part.arrays[at]).toArray(INDArray[]::new));
    }
    parts.forEach(ExampleArrays::close);
    return new ExampleArrays(together, one.inputs, one.outputs);
  }

  MultiDataSet toDataSet() {
    return new org.nd4j.linalg.dataset.MultiDataSet(
        Arrays.copyOfRange(arrays, 0, inputs),
        Arrays.copyOfRange(arrays, inputs, inputs + outputs),
        masks(inputs + outputs, 2 * inputs + outputs),
        masks(2 * inputs + outputs, arrays.length));
  }

  private INDArray[] masks(int from, int to) {
    INDArray[] masks = Arrays.copyOfRange(arrays, from, to);
    return Arrays.stream(masks).allMatch(mask -> mask == null) ? null : masks;
  }

  void close() {
    for (INDArray array : arrays) {
      if (array != null) {
        array.close();
      }
    }
  }
}
