package org.collapse4j.samediff;

import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.autodiff.samediff.TrainingConfig;

/**
 * The names of the variables of a SameDiff graph that make a classifier.
 *
 * @param features {@code [.., d]}, one vector of features a label
 * @param labels the placeholder of the labels
 * @param weights {@code [d, K]} or {@code [K, d]}, or null
 * @param bias {@code [K]}, or null
 */
record GraphVariables(String features, String labels, String weights, String bias) {
  /**
   * Checks that a graph has these variables.
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
  int labelIndex(SameDiff graph) {
    TrainingConfig config = graph.getTrainingConfig();
    List<String> names = config == null ? null : config.getDataSetLabelMapping();
    int index = names == null ? -1 : names.indexOf(labels);
    if (index < 0) {
      throw new IllegalArgumentException(
          String.format(
              "The labels must be a placeholder in the data set label mapping of the training"
                  + " configuration, which \"%s\" is not: the mapping is %s",
              labels, names));
    }
    return index;
  }
}
