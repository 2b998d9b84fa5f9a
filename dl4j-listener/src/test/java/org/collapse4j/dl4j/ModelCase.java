package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;

/**
 * A model and a way of training it: one entry of the table of docs/models.md.
 *
 * @param kind the row of the table
 * @param name what is particular, in the table's words
 * @param build makes the model anew, the same each time
 * @param batches what it is trained on each epoch
 * @param passes the parts of the batches that go through the network one by one; the batches
 *     themselves but for truncated back-propagation
 * @param fit trains for {@link #EPOCHS} epochs
 * @param outputs its outputs that have classes
 * @param tolerance relative, of the measured against the exact values
 */
record ModelCase(
    String kind,
    String name,
    Supplier<Model> build,
    List<MultiDataSet> batches,
    List<MultiDataSet> passes,
    Fit fit,
    List<Output> outputs,
    double tolerance) {

  static final int EPOCHS = 2;
  static final double FLOAT = 2e-4;
  static final double DOUBLE = 1e-9;

  /** Float16 keeps 11 bits of what float64 by hand keeps 53 of. */
  static final double HALF = 2e-2;

  /** A way of training. */
  @FunctionalInterface
  interface Fit {
    /** Trains; the observer is to be called after each epoch if no epoch event comes. */
    void fit(Model model, ModelCase data, Runnable observer) throws Exception;
  }

  /**
   * An output with classes.
   *
   * @param layer the name it is reported under
   * @param index among the outputs
   * @param source the vertex, or the position in the list of activations, of its features
   * @param features layout of the activations there, such as NCHW, or flat
   * @param labels layout of the labels
   * @param mask layout of the label mask
   * @param classes K
   */
  record Output(
      String layer,
      int index,
      String source,
      String features,
      String labels,
      String mask,
      int classes) {
    /** The layer of this number in a network without names, which has one row an example. */
    static Output layer(int number, int classes) {
      return vertex("layer" + number, String.valueOf(number), classes);
    }

    /** A layer of a graph, which has one row an example. */
    static Output vertex(String layer, String source, int classes) {
      return new Output(layer, 0, source, "NC", "NC", "NC", classes);
    }

    Output laidOut(String layout, String maskLayout) {
      return new Output(layer, index, source, layout, layout, maskLayout, classes);
    }

    Output at(int newIndex) {
      return new Output(layer, newIndex, source, features, labels, mask, classes);
    }

    Output flat() {
      return new Output(layer, index, source, "flat", labels, mask, classes);
    }
  }

  /** A model that is trained by {@code fit(iterator, epochs)}; its kind is to be said yet. */
  ModelCase(String name, Supplier<Model> build, List<MultiDataSet> batches, Output... outputs) {
    this("", name, build, batches, batches, ModelCase::fitEpochs, List.of(outputs), FLOAT);
  }

  private static void fitEpochs(Model model, ModelCase data, Runnable observer) {
    if (model instanceof ComputationGraph graph) {
      graph.fit(data.multiIterator(), EPOCHS);
    } else {
      ((MultiLayerNetwork) model).fit(data.iterator(), EPOCHS);
    }
  }

  ModelCase ofKind(String other) {
    return new ModelCase(other, name, build, batches, passes, fit, outputs, tolerance);
  }

  ModelCase changedTo(UnaryOperator<Model> change) {
    return new ModelCase(
        kind, name, () -> change.apply(build.get()), batches, passes, fit, outputs, tolerance);
  }

  ModelCase on(List<MultiDataSet> other) {
    return new ModelCase(kind, name, build, other, other, fit, outputs, tolerance);
  }

  ModelCase passedAs(List<MultiDataSet> parts) {
    return new ModelCase(kind, name, build, batches, parts, fit, outputs, tolerance);
  }

  ModelCase trainedBy(Fit other) {
    return new ModelCase(kind, name, build, batches, passes, other, outputs, tolerance);
  }

  ModelCase measuredAt(Output other) {
    return new ModelCase(kind, name, build, batches, passes, fit, List.of(other), tolerance);
  }

  ModelCase within(double other) {
    return new ModelCase(kind, name, build, batches, passes, fit, outputs, other);
  }

  List<DataSet> dataSets() {
    List<DataSet> dataSets = new ArrayList<>();
    for (MultiDataSet batch : batches) {
      dataSets.add(
          new DataSet(
              batch.getFeatures(0),
              batch.getLabels(0),
              batch.getFeaturesMaskArray(0),
              batch.getLabelsMaskArray(0)));
    }
    return dataSets;
  }

  DataSetIterator iterator() {
    return new ExistingDataSetIterator(dataSets());
  }

  MultiDataSetIterator multiIterator() {
    return new BatchesIterator(batches);
  }

  @Override
  public String toString() {
    return kind + ": " + name;
  }
}
