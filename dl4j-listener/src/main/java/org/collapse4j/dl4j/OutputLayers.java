package org.collapse4j.dl4j;

import org.collapse4j.stats.Classifier;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.FeedForwardLayer;
import org.deeplearning4j.nn.params.DefaultParamInitializer;
import org.nd4j.linalg.api.ndarray.INDArray;

/** The classifier in an output layer. */
final class OutputLayers {
  private OutputLayers() {}

  /** The number of classes, or -1 if only the labels tell. */
  static int numClasses(Layer layer) {
    return layer.conf().getLayer() instanceof FeedForwardLayer conf ? (int) conf.getNOut() : -1;
  }

  /** Weights, one row a class, and bias; null if the layer has no weights of its own. */
  static Classifier classifier(Layer layer) {
    INDArray weights = weights(layer);
    return weights == null ? null : Classifier.of(weights.transpose(), bias(layer));
  }

  /** The logits of rows of features; null if the layer has no weights of its own. */
  static INDArray logits(Layer layer, INDArray features) {
    INDArray weights = weights(layer);
    if (weights == null) {
      return null;
    }
    INDArray logits = features.mmul(weights);
    INDArray bias = bias(layer);
    return bias == null ? logits : logits.addiRowVector(bias);
  }

  /** {@code [d, K]}. */
  private static INDArray weights(Layer layer) {
    INDArray weights = layer.paramTable(false).get(DefaultParamInitializer.WEIGHT_KEY);
    return weights == null || weights.rank() != 2 ? null : weights;
  }

  private static INDArray bias(Layer layer) {
    return layer.paramTable(false).get(DefaultParamInitializer.BIAS_KEY);
  }
}
