package org.collapse4j.samples.model;

import java.util.List;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;

/**
 * A convolutional network in the manner of LeNet (LeCun, Bottou, Bengio, Haffner 1998): twice a
 * convolution by 5 x 5 and a maximum over 2 x 2, of 20 and 50 channels, then fully connected
 * layers. Images come as rows of pixels, channel by channel.
 */
public final class Cnn extends ImageNetworkBuilder<Cnn> {
  private static final int[] CHANNELS = {20, 50};

  private List<Integer> widths = List.of(500);
  private boolean batchNorm = true;

  private Cnn(int channels, int height, int width, int classes) {
    super("convolutional", 4, channels, height, width, classes);
  }

  /** Starts a network for images of this size, at least 4 x 4, and so many classes. */
  public static Cnn builder(int channels, int height, int width, int classes) {
    return new Cnn(channels, height, width, classes);
  }

  @Override
  Cnn self() {
    return this;
  }

  /** The units of each fully connected layer; the last are the penultimate features. */
  public Cnn widths(List<Integer> units) {
    widths = List.copyOf(units);
    return this;
  }

  /** Whether every hidden layer is normalised over the batch before its activation. */
  public Cnn batchNorm(boolean enabled) {
    batchNorm = enabled;
    return this;
  }

  /** Builds and initialises the network. */
  public MultiLayerNetwork build() {
    NeuralNetConfiguration.ListBuilder layers = configuration(WeightInit.UNIFORM).list();
    int before = channels;
    for (int filters : CHANNELS) {
      layers.layer(
          new ConvolutionLayer.Builder(5, 5)
              .convolutionMode(ConvolutionMode.Same)
              .nIn(before)
              .nOut(filters)
              .activation(Activation.IDENTITY)
              .build());
      addActivation(layers, filters);
      layers.layer(new SubsamplingLayer.Builder().kernelSize(2, 2).stride(2, 2).build());
      before = filters;
    }
    before *= (height / 4) * (width / 4);
    for (int units : widths) {
      layers.layer(
          new DenseLayer.Builder().nIn(before).nOut(units).activation(Activation.IDENTITY).build());
      addActivation(layers, units);
      before = units;
    }
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            layers
                .layer(output(before))
                .setInputType(InputType.convolutionalFlat(height, width, channels))
                .build());
    network.init();
    return network;
  }

  private void addActivation(NeuralNetConfiguration.ListBuilder layers, int units) {
    if (batchNorm) {
      layers.layer(DecayedBatchNormalization.of(units));
    }
    layers.layer(new ActivationLayer(activation()));
  }
}
