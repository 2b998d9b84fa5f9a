package org.collapse4j.dl4j;

import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.api.layers.IOutputLayer;
import org.deeplearning4j.nn.conf.layers.BaseOutputLayer;
import org.deeplearning4j.nn.conf.layers.objdetect.Yolo2OutputLayer;
import org.deeplearning4j.nn.conf.ocnn.OCNNOutputLayer;
import org.deeplearning4j.nn.layers.wrapper.BaseWrapperLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.activations.IActivation;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationSigmoid;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * An output layer as a classifier: what has a label, which class a label is, and the logits.
 *
 * <p>A single output unit with sigmoid activation is measured as two classes (see {@link
 * Classifier#ofUnit}).
 */
final class ClassifierHead {
  private final String name;
  private final Layer layer;
  private final OutputLayerKind kind;
  private final IActivation activation;
  private final int units;

  private ClassifierHead(String name, Layer layer) {
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    this.name = name;
    this.layer = layer;
    this.kind = OutputLayerKind.of(conf);
    this.activation =
        conf instanceof org.deeplearning4j.nn.conf.layers.BaseLayer base
            ? base.getActivationFn()
            : null;
    this.units = conf instanceof BaseOutputLayer output ? (int) output.getNOut() : -1;
  }

  /**
   * The classifier in an output layer.
   *
   * @param name of the layer, for messages
   * @throws IllegalArgumentException if the layer has no classes
   */
  static ClassifierHead of(String name, Layer outputLayer) {
    Layer layer = unwrap(outputLayer);
    org.deeplearning4j.nn.conf.layers.Layer conf = layer.conf().getLayer();
    if (!(layer instanceof IOutputLayer)
        || conf instanceof OCNNOutputLayer
        || conf instanceof Yolo2OutputLayer) {
      throw new IllegalArgumentException(
          "An output must be an output layer with classes to be measured, but \"%s\" is a %s"
              .formatted(name, conf.getClass().getSimpleName()));
    }
    ClassifierHead head = new ClassifierHead(name, layer);
    if (head.units == 1) {
      head.requireSigmoid();
    }
    return head;
  }

  private static Layer unwrap(Layer layer) {
    return layer instanceof BaseWrapperLayer wrapper ? unwrap(wrapper.getUnderlying()) : layer;
  }

  private void requireSigmoid() {
    if (!(activation instanceof ActivationSigmoid)) {
      throw new IllegalArgumentException(
          String.format(
              "A single output unit is measured as two classes if its activation is sigmoid, but"
                  + " that of \"%s\" is %s: a regression has no classes to measure",
              name, activation));
    }
  }

  RowLayout layout() {
    return kind.layout();
  }

  /** Whether the layer has no weights: its logits are the features. */
  boolean isLossOnly() {
    return kind.isLossOnly();
  }

  /**
   * The classes of the labels of a batch, where no features are at hand to tell how many there are.
   *
   * @throws IllegalArgumentException if there are no labels, or they are no classes
   */
  int[] classes(INDArray labels) {
    boolean indices = labels != null && layout().labelRows(labels).columns() == 1;
    boolean unknown = indices && units < 1 && !(activation instanceof ActivationSigmoid);
    return classes(labels, unknown ? Integer.MAX_VALUE : numClasses(labels, columns(labels)));
  }

  private int columns(INDArray labels) {
    return labels == null ? 0 : layout().labelRows(labels).columns();
  }

  /**
   * The number of classes.
   *
   * @param labels as they came: they tell where the layer does not, one of a user's own
   * @param dimension the number of features: a layer that is a loss only has one for each class
   * @throws IllegalArgumentException if there are no labels
   */
  int numClasses(INDArray labels, int dimension) {
    if (labels == null) {
      throw new IllegalArgumentException("There are no labels at \"" + name + "\" to measure by");
    }
    int outputs =
        units > 0 ? units : isLossOnly() ? dimension : layout().labelRows(labels).columns();
    return outputs == 1 ? 2 : outputs;
  }

  /** Weights, one row a class, and bias as they are now; null if the layer has no such weights. */
  Classifier classifier() {
    INDArray weights = weights();
    if (weights == null) {
      return null;
    }
    INDArray rows = weights.transpose();
    return units == 1 ? Classifier.ofUnit(rows, bias()) : Classifier.of(rows, bias());
  }

  /**
   * The logits of rows of features, {@code [rows, K]}; null if the layer does something else with
   * them than a product with weights. Of a layer that is a loss only they are the features; where
   * these are probabilities already (cross-entropy without activation), their logarithms.
   */
  INDArray logits(INDArray features) {
    INDArray weights = weights();
    if (weights == null && !isLossOnly()) {
      return null;
    }
    INDArray outputs = features;
    if (weights != null) {
      // Data and network may be of different types; DL4J trains them all the same.
      DataType type = widest(features.dataType(), weights.dataType());
      outputs = product(features.castTo(type), weights.castTo(type));
      INDArray bias = bias();
      outputs = bias == null ? outputs : outputs.addiRowVector(bias.castTo(type));
    }
    if (outputs.columns() == 1) {
      return Classifier.unitLogits(outputs);
    }
    boolean probabilities = activation instanceof ActivationIdentity && has(LossMCXENT.class);
    return probabilities
        ? Transforms.log(Transforms.max(wide(outputs), Float.MIN_NORMAL), false)
        : outputs;
  }

  /** A product in the order of rows; {@code mmul} takes it in that of columns and copies it. */
  private static INDArray product(INDArray rows, INDArray columns) {
    INDArray target = Nd4j.createUninitialized(rows.dataType(), rows.rows(), columns.columns());
    return Nd4j.gemm(rows, columns, target, false, false, 1, 0);
  }

  private boolean has(Class<? extends ILossFunction> loss) {
    return kind.loss().filter(loss::isInstance).isPresent();
  }

  /** Float64 if either type is; else float32, since products of 16-bit arrays are taken in it. */
  private static DataType widest(DataType one, DataType other) {
    return one == DataType.DOUBLE || other == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
  }

  /** An array of 16 bits becomes one of float32. */
  private static INDArray wide(INDArray array) {
    return array.dataType() == DataType.DOUBLE ? array : array.castTo(DataType.FLOAT);
  }

  /** The weights as DL4J has them, {@code [d, K]}; null if the layer has no such weights. */
  private INDArray weights() {
    if (isLossOnly() || units < 1) {
      return null;
    }
    INDArray weights = layer.paramTable(false).get(DefaultParamInitializer.WEIGHT_KEY);
    return weights == null || weights.rank() != 2 ? null : weights;
  }

  private INDArray bias() {
    return layer.paramTable(false).get(DefaultParamInitializer.BIAS_KEY);
  }

  /**
   * The labelled rows of a batch.
   *
   * @param features {@code [N, d]}; not copied
   * @param areInput whether they are the input of this layer, and not of another before it
   * @param labels of the batch, as they came; not modified
   * @param mask of the labels, or null; not modified
   * @throws IllegalArgumentException if the labels are no classes, or are not as many as the rows
   */
  LabelledRows rows(INDArray features, boolean areInput, INDArray labels, INDArray mask) {
    int numClasses = numClasses(labels, areInput ? features.columns() : columns(labels));
    int[] classes = classes(labels, numClasses);
    if (classes.length != features.rows()) {
      throw new IllegalArgumentException(
          String.format(
              "A layer must have one row of features for each of the %s labels, not %s; its steps"
                  + " or places are not those of the labels",
              classes.length, features.rows()));
    }
    double[] kept = mask == null ? null : layout().maskRows(mask, labels);
    return LabelledRows.of(features, classes, kept, numClasses);
  }

  /** The labels of the batch in training; null before the backward pass. */
  INDArray labels() {
    return ((IOutputLayer) layer).getLabels();
  }

  /** The label mask of the batch in training, or null. */
  INDArray labelMask() {
    return layer.getMaskArray();
  }

  /**
   * The class of every row.
   *
   * @param labels as they came: one-hot or soft, or class indices in a single column; not modified
   * @param numClasses K
   * @return class indices; {@link ClassLabels#NONE} for a row of zeros
   * @throws IllegalArgumentException if the labels are no classes
   */
  int[] classes(INDArray labels, int numClasses) {
    INDArray rows = layout().labelRows(labels);
    ClassLabels classes = ClassLabels.of(name);
    if (rows.columns() > 1) {
      return classes.soft(rows, numClasses);
    }
    if (numClasses > 2 || units > 1) {
      return classes.indices(rows, numClasses);
    }
    requireSigmoid();
    return classes.binary(rows, has(LossBinaryXENT.class));
  }
}
