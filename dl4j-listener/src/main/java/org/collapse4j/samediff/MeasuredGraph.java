package org.collapse4j.samediff;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.measure.RandomState;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.Classifier;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The variables of a SameDiff graph that make a classifier, by name.
 *
 * @param features {@code [.., d]}, one vector of features a label
 * @param labels the placeholder of the labels
 * @param weights {@code [d, K]} or {@code [K, d]}, or null
 * @param bias {@code [K]}, or null
 */
record MeasuredGraph(String features, String labels, String weights, String bias) {

  /**
   * Checks that the graph has these variables.
   *
   * @throws IllegalArgumentException if it has not, or the labels are none of its training's
   */
  void requireIn(SameDiff graph) {
    requireVariable(graph, "features", features);
    requireVariable(graph, "labels", labels);
    requireVariable(graph, "weights", weights);
    requireVariable(graph, "bias", bias);
    labelIndex(graph);
  }

  private static void requireVariable(SameDiff graph, String what, String name) {
    if (name != null && !graph.hasVariable(name)) {
      throw new IllegalArgumentException(
          "There is no variable \""
              + name
              + "\" for the "
              + what
              + "; the variables are "
              + String.join(", ", graph.variables().stream().map(SDVariable::name).toList()));
    }
  }

  /** Which of a data set's label arrays belongs to the placeholder. */
  private int labelIndex(SameDiff graph) {
    TrainingConfig config = graph.getTrainingConfig();
    List<String> names = config == null ? null : config.getDataSetLabelMapping();
    int index = names == null ? -1 : names.indexOf(labels);
    if (index < 0) {
      throw new IllegalArgumentException(
          "The labels must be a placeholder in the data set label mapping of the training"
              + " configuration, which \""
              + labels
              + "\" is not: the mapping is "
              + names);
    }
    return index;
  }

  /** Features as they are in inference mode, for a batch as it comes from an iterator. */
  INDArray infer(SameDiff graph, MultiDataSet batch) {
    Map<String, INDArray> placeholders = new HashMap<>();
    TrainingConfig config = graph.getTrainingConfig();
    put(placeholders, config.getDataSetFeatureMapping(), batch.getFeatures());
    put(placeholders, config.getDataSetLabelMapping(), batch.getLabels());
    put(placeholders, config.getDataSetFeatureMaskMapping(), batch.getFeaturesMaskArrays());
    put(placeholders, config.getDataSetLabelMaskMapping(), batch.getLabelsMaskArrays());
    if (placeholders.containsKey(features)) {
      return placeholders.get(features);
    }
    try (RandomState ignored = RandomState.keep()) {
      return graph.output(placeholders, List.of(features)).get(features);
    }
  }

  private static void put(
      Map<String, INDArray> placeholders, List<String> names, INDArray[] arrays) {
    for (int i = 0; names != null && arrays != null && i < arrays.length; i++) {
      placeholders.put(names.get(i), arrays[i]);
    }
  }

  /** The features, if they are an input of the graph themselves; else null. */
  INDArray placeholder(SameDiff graph, MultiDataSet batch) {
    List<String> names = graph.getTrainingConfig().getDataSetFeatureMapping();
    int index = names == null ? -1 : names.indexOf(features);
    return index < 0 ? null : batch.getFeatures(index);
  }

  /**
   * The rows of a batch that have a label, in copies.
   *
   * @param activation of the features variable; not modified
   */
  Rows rows(SameDiff graph, INDArray activation, MultiDataSet batch) {
    INDArray rows = matrix(activation);
    INDArray given = batch.getLabels(labelIndex(graph));
    if (given == null) {
      throw new IllegalArgumentException("There are no labels for \"" + labels + "\"");
    }
    int numClasses = numClasses(graph, rows, given);
    int[] classes = classes(graph, given, rows.rows(), numClasses);
    INDArray mask = batch.getLabelsMaskArray(labelIndex(graph));
    return Rows.labelled(rows, classes, mask, numClasses);
  }

  static INDArray matrix(INDArray activation) {
    long dimension = activation.size(activation.rank() - 1);
    return activation.dup('c').reshape('c', -1, dimension);
  }

  private int numClasses(SameDiff graph, INDArray rows, INDArray given) {
    Classifier classifier = classifier(graph, rows.columns());
    if (classifier != null) {
      return classifier.numClasses();
    }
    long last = given.size(given.rank() - 1);
    if (given.length() == rows.rows()) {
      throw new IllegalArgumentException(
          "How many classes the indices of \""
              + labels
              + "\" are of is known from the classifier's weights, which must be given then");
    }
    return (int) last;
  }

  private int[] classes(SameDiff graph, INDArray given, int rows, int numClasses) {
    ClassLabels names = ClassLabels.of(labels);
    if (given.length() == (long) rows * numClasses) {
      return names.soft(given.dup('c').reshape('c', rows, numClasses), numClasses);
    }
    if (given.length() != rows) {
      throw new IllegalArgumentException(
          "Labels must be as many as the "
              + rows
              + " rows of features, or "
              + numClasses
              + " times as many, not "
              + given.length());
    }
    return isUnit(graph) ? names.binary(given, false) : names.indices(given, numClasses);
  }

  private boolean isUnit(SameDiff graph) {
    INDArray array = weights == null ? null : graph.getArrForVarName(weights);
    return array != null && (array.rank() == 1 || array.size(0) == 1 || array.size(1) == 1);
  }

  /** Weights and bias as they are now; null if no weights were named. */
  Classifier classifier(SameDiff graph, int dimension) {
    if (weights == null) {
      return null;
    }
    INDArray array = graph.getArrForVarName(weights);
    INDArray rows =
        array.rank() == 1 ? array.reshape(1, array.length()) : classRows(array, dimension);
    INDArray b = bias == null ? null : graph.getArrForVarName(bias);
    return rows.rows() == 1 ? Classifier.ofUnit(rows, b) : Classifier.of(rows, b);
  }

  private INDArray classRows(INDArray array, int dimension) {
    if (array.rank() != 2 || (array.size(0) != dimension && array.size(1) != dimension)) {
      throw new IllegalArgumentException(
          "The weights \""
              + weights
              + "\" must have shape ["
              + dimension
              + ", classes], or that transposed, to go with the features, not "
              + Arrays.toString(array.shape()));
    }
    return array.size(0) == dimension ? array.transpose() : array;
  }

  /** The logits of rows, in float64. */
  static INDArray logits(Classifier classifier, INDArray rows) {
    INDArray wide = rows.castTo(DataType.DOUBLE);
    return Nd4j.gemm(wide, classifier.weights(), false, true).addiRowVector(classifier.bias());
  }
}
