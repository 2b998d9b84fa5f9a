package org.collapse4j.dl4j;

import java.util.Optional;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.layers.BaseRecurrentLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.Upsampling2D;
import org.deeplearning4j.nn.conf.layers.ZeroPaddingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.wrapper.BaseWrapperLayer;

/** Whether a layer's activations have their channels in the last dimension. */
final class LayerFormats {
  private LayerFormats() {}

  /** Empty for a layer that takes any, such as an activation: it goes on as its input came. */
  static Optional<Boolean> channelsLast(Layer layer) {
    if (layer instanceof FrozenLayer frozen) {
      return channelsLast(frozen.getLayer());
    }
    if (layer instanceof BaseWrapperLayer wrapper) {
      return channelsLast(wrapper.getUnderlying());
    }
    if (layer instanceof Bidirectional bidirectional) {
      return channelsLast(bidirectional.getFwd());
    }
    return recurrent(layer).or(() -> convolutional(layer));
  }

  private static Optional<Boolean> recurrent(Layer layer) {
    if (layer instanceof BaseRecurrentLayer recurrent) {
      return Optional.of(recurrent.getRnnDataFormat() == RNNFormat.NWC);
    }
    if (layer instanceof EmbeddingSequenceLayer embedding) {
      return Optional.of(embedding.getOutputFormat() == RNNFormat.NWC);
    }
    return layer instanceof Convolution1DLayer convolution
        ? Optional.of(convolution.getRnnDataFormat() == RNNFormat.NWC)
        : Optional.empty();
  }

  private static Optional<Boolean> convolutional(Layer layer) {
    if (layer instanceof Convolution3D convolution) {
      return Optional.of(convolution.getDataFormat() == Convolution3D.DataFormat.NDHWC);
    }
    if (layer instanceof ConvolutionLayer convolution) {
      return Optional.of(convolution.getCnn2dDataFormat() == CNN2DFormat.NHWC);
    }
    if (layer instanceof SubsamplingLayer pooling) {
      return Optional.of(pooling.getCnn2dDataFormat() == CNN2DFormat.NHWC);
    }
    if (layer instanceof BatchNormalization normalization) {
      return Optional.of(normalization.getCnn2DFormat() == CNN2DFormat.NHWC);
    }
    if (layer instanceof Upsampling2D upsampling) {
      return Optional.of(upsampling.getFormat() == CNN2DFormat.NHWC);
    }
    return layer instanceof ZeroPaddingLayer padding
        ? Optional.of(padding.getDataFormat() == CNN2DFormat.NHWC)
        : Optional.empty();
  }
}
