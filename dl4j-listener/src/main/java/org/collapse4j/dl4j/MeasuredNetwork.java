package org.collapse4j.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.evaluation.RowSource;
import org.collapse4j.observe.ExampleOrigins;
import org.collapse4j.observe.MeasuredModel;
import org.collapse4j.observe.MeasuredPoint;
import org.collapse4j.observe.Moment;
import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;

/**
 * A network as something that is measured, of either kind that DL4J has. For the packages of this
 * project; not meant to be used on its own, and free to change.
 */
public abstract class MeasuredNetwork implements MeasuredModel {
  private List<FeaturePoint> points;

  /** For the two kinds of network, whose classes are in this package. */
  MeasuredNetwork() {}

  /**
   * The view of a model.
   *
   * @param selection of the layers that are measured
   * @throws IllegalArgumentException if it is neither a MultiLayerNetwork nor a ComputationGraph,
   *     is not initialised, has no output layer with classes, or a layer chosen does not exist
   */
  public static MeasuredNetwork of(Model model, LayerSelection selection) {
    MeasuredNetwork network = ofAnyKind(model, selection.maps());
    network.points = selection.isOutputs() ? network.outputs() : network.layers(selection);
    return network;
  }

  private static MeasuredNetwork ofAnyKind(Model model, FeatureMaps maps) {
    if (model instanceof MultiLayerNetwork network) {
      requireInitialised(network.isInitCalled());
      return new MeasuredMultiLayerNetwork(network, maps);
    }
    if (model instanceof ComputationGraph graph) {
      requireInitialised(graph.getVertices() != null && graph.params() != null);
      return new MeasuredComputationGraph(graph, maps);
    }
    throw new IllegalArgumentException(
        "A MultiLayerNetwork or a ComputationGraph can be measured, not a "
            + (model == null ? "null" : model.getClass().getName()));
  }

  private static void requireInitialised(boolean initialised) {
    if (!initialised) {
      throw new IllegalArgumentException(
          "A network must be initialised to be measured: call its init() before");
    }
  }

  /** The underlying model. */
  public abstract Model model();

  /** Where its training is, as DL4J counts it, between two epochs. */
  public final Moment moment() {
    return new Moment(Epochs.completed(model()), Epochs.iterations(model()), true);
  }

  /** The inputs of the output layers that have classes. */
  abstract List<FeaturePoint> outputs();

  /** Why some outputs are not measured; empty if all are. */
  public abstract List<String> refusedOutputs();

  /**
   * The layers chosen.
   *
   * @throws IllegalArgumentException if one does not exist; the message has the names that do
   */
  abstract List<FeaturePoint> layers(LayerSelection selection);

  /** The output layer that the labels of a point are for. */
  abstract ClassifierHead head(FeaturePoint point);

  /**
   * The features of a point among the activations of a forward pass.
   *
   * @return {@code [rows, d]}, a copy
   */
  abstract INDArray features(FeaturePoint point, Activations activations);

  /** Runs the network in inference mode up to the output layers. */
  abstract Activations infer(MultiDataSet batch);

  /**
   * Whether activations of layers within the network are measured. In inference DL4J's
   * ActivationLayer writes over its input, also through layers that hand on what they were given,
   * so that these have to be copied as they come.
   */
  final boolean measuresWithin() {
    return points.stream().anyMatch(point -> !point.classified());
  }

  /**
   * The batch in training, in its backward pass: inputs, labels and masks as they were given, whose
   * first dimension is that of the examples. Nothing is copied.
   *
   * @throws IllegalArgumentException if DL4J does not let them be known
   */
  abstract MultiDataSet trainingBatch();

  /** Activations of one forward pass, by position or by name as DL4J hands them over. */
  record Activations(List<INDArray> byPosition, Map<String, INDArray> byName, long examples) {}

  @Override
  public final List<? extends MeasuredPoint> points() {
    return points;
  }

  @Override
  public final Classifier classifier(MeasuredPoint point) {
    FeaturePoint here = (FeaturePoint) point;
    return here.classified() ? head(here).classifier() : null;
  }

  @Override
  public final void rows(
      MultiDataSet batch,
      long firstPosition,
      boolean labelled,
      RowSource.Receiver<MeasuredPoint> receiver) {
    Activations activations = infer(batch);
    for (FeaturePoint point : points) {
      receiver.accept(
          point,
          () ->
              labelled
                  ? rows(point, features(point, activations), batch, firstPosition)
                  : LabelledRows.ofOneClass(features(point, activations)));
    }
  }

  private LabelledRows rows(
      FeaturePoint point, INDArray features, MultiDataSet batch, long firstPosition) {
    int output = requireLabels(point, batch);
    ClassifierHead head = head(point);
    LabelledRows rows =
        head.rows(
            features,
            point.classified(),
            batch.getLabels(output),
            batch.getLabelsMaskArray(output));
    LabelledRows known = rows.withOrigins(new ExampleOrigins(rows, batch, output, firstPosition));
    return point.classified() && head.isLossOnly() && rows.size() > 0
        ? known.withLogits(head.logits(rows.features()))
        : known;
  }

  private static int requireLabels(FeaturePoint point, MultiDataSet batch) {
    int output = point.output();
    if (batch.numLabelsArrays() <= output) {
      throw new IllegalArgumentException(
          "There must be labels for each output of the network, but there are none for output "
              + output);
    }
    return output;
  }

  /**
   * The rows of the batch in training, in its backward pass, with logits where the point has any.
   *
   * @param features of the point in its forward pass
   */
  final LabelledRows trainingRows(FeaturePoint point, INDArray features) {
    ClassifierHead head = head(point);
    LabelledRows rows = head.rows(features, point.classified(), head.labels(), head.labelMask());
    INDArray logits = point.classified() && rows.size() > 0 ? head.logits(rows.features()) : null;
    return rows.withLogits(logits);
  }

  /** The features of every point in a forward pass of training, in copies. */
  final Map<FeaturePoint, INDArray> allFeatures(Activations activations) {
    Map<FeaturePoint, INDArray> features = new HashMap<>();
    for (FeaturePoint point : points) {
      features.put(point, features(point, activations));
    }
    return features;
  }

  @Override
  public final int[] classes(MultiDataSet batch) {
    FeaturePoint point = points.get(0);
    int output = requireLabels(point, batch);
    return head(point).classes(batch.getLabels(output));
  }
}
