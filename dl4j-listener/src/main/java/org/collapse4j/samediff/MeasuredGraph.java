package org.collapse4j.samediff;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.observe.ExampleOrigins;
import org.collapse4j.observe.MeasuredModel;
import org.collapse4j.observe.MeasuredPoint;
import org.collapse4j.observe.RandomState;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.Classifier;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;
import org.nd4j.autodiff.samediff.VariableType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/** A SameDiff graph as something that is measured, at the variable of its features. */
final class MeasuredGraph implements MeasuredModel {
  private final SameDiff graph;
  private final GraphVariables names;
  private final Variable point;

  /** The number of features d of the rows that came last; 0 before any came. */
  private long dimension;

  /**
   * The view of a graph.
   *
   * @throws IllegalArgumentException if the graph has not the variables
   */
  MeasuredGraph(SameDiff graph, GraphVariables names) {
    names.requireIn(graph);
    this.graph = graph;
    this.names = names;
    this.point = new Variable(names.features());
  }

  /** A variable of a graph. */
  private record Variable(String name) implements MeasuredPoint {}

  SameDiff graph() {
    return graph;
  }

  MeasuredPoint point() {
    return point;
  }

  @Override
  public List<MeasuredPoint> points() {
    return List.of(point);
  }

  @Override
  public void rows(
      MultiDataSet batch,
      long firstPosition,
      boolean labelled,
      RowSource.Receiver<MeasuredPoint> receiver) {
    INDArray features = infer(batch);
    receiver.accept(
        point,
        () -> {
          if (!labelled) {
            return LabelledRows.ofOneClass(matrix(features));
          }
          LabelledRows rows = rows(features, batch);
          return rows.withOrigins(new ExampleOrigins(rows, batch, labelIndex(), firstPosition));
        });
  }

  private int labelIndex() {
    return names.labelIndex(graph);
  }

  /** Features as they are in inference mode, for a batch as it comes from an iterator. */
  private INDArray infer(MultiDataSet batch) {
    Map<String, INDArray> placeholders = new HashMap<>();
    TrainingConfig config = graph.getTrainingConfig();
    put(placeholders, config.getDataSetFeatureMapping(), batch.getFeatures());
    put(placeholders, config.getDataSetLabelMapping(), batch.getLabels());
    put(placeholders, config.getDataSetFeatureMaskMapping(), batch.getFeaturesMaskArrays());
    put(placeholders, config.getDataSetLabelMaskMapping(), batch.getLabelsMaskArrays());
    return placeholders.containsKey(names.features())
        ? placeholders.get(names.features())
        : output(placeholders, names.features());
  }

  private INDArray output(Map<String, INDArray> placeholders, String variable) {
    try (RandomState ignored = RandomState.keep()) {
      return graph.output(placeholders, List.of(variable)).get(variable);
    }
  }

  private static void put(
      Map<String, INDArray> placeholders, List<String> names, INDArray[] arrays) {
    for (int i = 0; names != null && arrays != null && i < arrays.length; i++) {
      if (arrays[i] != null) {
        placeholders.put(names.get(i), arrays[i]);
      }
    }
  }

  /** The features, if they are an input of the graph themselves; else null. */
  INDArray placeholder(MultiDataSet batch) {
    List<String> inputs = graph.getTrainingConfig().getDataSetFeatureMapping();
    int index = inputs == null ? -1 : inputs.indexOf(names.features());
    return index < 0 ? null : batch.getFeatures(index);
  }

  /** The rows of the batch in training, with logits if there is a classifier. */
  LabelledRows trainingRows(INDArray activation, MultiDataSet batch) {
    if (activation == null) {
      throw new IllegalArgumentException(
          "The features must have an array in training, but SameDiff hands over none for \""
              + names.features()
              + "\": where it is the output of an identity, name what goes into that");
    }
    LabelledRows rows = rows(activation, batch);
    Classifier classifier = classifier(point);
    return classifier == null || rows.size() == 0
        ? rows
        : rows.withLogits(classifier.logits(rows.features()));
  }

  private LabelledRows rows(INDArray activation, MultiDataSet batch) {
    INDArray rows = matrix(activation);
    dimension = rows.columns();
    INDArray given = labels(batch);
    int numClasses = numClasses(rows, given);
    int[] classes = classes(given, rows.rows(), numClasses);
    INDArray mask = batch.getLabelsMaskArray(labelIndex());
    return LabelledRows.of(rows, classes, mask == null ? null : numbers(mask), numClasses);
  }

  private INDArray labels(MultiDataSet batch) {
    INDArray given = batch.numLabelsArrays() > labelIndex() ? batch.getLabels(labelIndex()) : null;
    if (given == null) {
      throw new IllegalArgumentException("There are no labels for \"" + names.labels() + "\"");
    }
    return given;
  }

  private static double[] numbers(INDArray mask) {
    return mask.dup('c').reshape(mask.length()).toDoubleVector();
  }

  /** Rows of the last dimension, in a copy. */
  private static INDArray matrix(INDArray activation) {
    long dimension = activation.size(activation.rank() - 1);
    return activation.dup('c').reshape('c', -1, dimension);
  }

  private int numClasses(INDArray rows, INDArray given) {
    INDArray weights = weights();
    if (weights != null) {
      return classifier(weights, rows.columns()).numClasses();
    }
    if (given.length() == rows.rows()) {
      throw new IllegalArgumentException(
          "How many classes the indices of \""
              + names.labels()
              + "\" are of is known from the classifier's weights, which must be given then");
    }
    return (int) given.size(given.rank() - 1);
  }

  private int[] classes(INDArray given, int rows, int numClasses) {
    ClassLabels labels = ClassLabels.of(names.labels());
    if (given.length() == (long) rows * numClasses) {
      return labels.soft(given.dup('c').reshape('c', rows, numClasses), numClasses);
    }
    if (given.length() != rows) {
      throw new IllegalArgumentException(
          "Labels must be as many as the %s rows of features, or %s times as many, not %s"
              .formatted(rows, numClasses, given.length()));
    }
    return isUnit(weights()) ? labels.binary(given, false) : labels.indices(given, numClasses);
  }

  @Override
  public int[] classes(MultiDataSet batch) {
    INDArray given = labels(batch);
    INDArray weights = weights();
    long last = given.rank() > 1 ? given.size(given.rank() - 1) : 1;
    boolean oneHot =
        last > 1
            && (weights == null || Arrays.stream(weights.shape()).anyMatch(size -> size == last));
    return oneHot
        ? classes(given, (int) (given.length() / last), (int) last)
        : ClassLabels.of(names.labels()).indices(given, Integer.MAX_VALUE);
  }

  private static boolean isUnit(INDArray weights) {
    return weights != null && (weights.rank() == 1 || weights.size(0) == 1 || weights.size(1) == 1);
  }

  /** The weights as they are now; null if none were named. */
  private INDArray weights() {
    return names.weights() == null ? null : array(names.weights());
  }

  /** The array of a variable, which an operation may have to be run for. */
  private INDArray array(String name) {
    boolean calculated = graph.getVariable(name).getVariableType() == VariableType.ARRAY;
    INDArray array = calculated ? output(Map.of(), name) : graph.getArrForVarName(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "The classifier's variable \"" + name + "\" must have an array, but it has none");
    }
    return array;
  }

  /** The classifier for features as wide as those that came last. */
  @Override
  public Classifier classifier(MeasuredPoint measured) {
    INDArray weights = weights();
    return weights == null
        ? null
        : classifier(weights, dimension > 0 ? dimension : weights.size(0));
  }

  private Classifier classifier(INDArray array, long dimension) {
    INDArray rows =
        array.rank() == 1 ? array.reshape(1, array.length()) : classRows(array, dimension);
    INDArray bias = names.bias() == null ? null : array(names.bias());
    return rows.rows() == 1 ? Classifier.ofUnit(rows, bias) : Classifier.of(rows, bias);
  }

  private INDArray classRows(INDArray array, long dimension) {
    if (array.rank() != 2 || (array.size(0) != dimension && array.size(1) != dimension)) {
      throw new IllegalArgumentException(
          String.format(
              "The weights \"%s\" must have shape [%s, classes], or that transposed, to go with"
                  + " the features, not %s",
              names.weights(), dimension, Arrays.toString(array.shape())));
    }
    return array.size(0) == dimension ? array.transpose() : array;
  }
}
