package org.collapse4j.samples.model;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;

/**
 * The residual network of 18 layers (He, Zhang, Ren, Sun 2016) in its form for small images: it
 * begins with a convolution by 3 x 3 of stride 1 and without pooling, as is usual for 32 x 32.
 * Images come as rows of pixels, channel by channel.
 */
public final class ResNet18 extends ImageNetworkBuilder<ResNet18> {
  private static final int STAGES = 4;

  private int filters = 64;

  private ResNet18(int channels, int height, int width, int classes) {
    super("residual", 8, channels, height, width, classes);
  }

  /** Starts a network for images of this size, at least 8 x 8, and so many classes. */
  public static ResNet18 builder(int channels, int height, int width, int classes) {
    return new ResNet18(channels, height, width, classes);
  }

  @Override
  ResNet18 self() {
    return this;
  }

  /**
   * The filters of the first stage, 64 unless set; the penultimate features are eight times as
   * many.
   */
  public ResNet18 filters(int number) {
    filters = number;
    return this;
  }

  /** Builds and initialises the network. */
  public ComputationGraph build() {
    GraphBuilder graph =
        configuration(WeightInit.RELU)
            .convolutionMode(ConvolutionMode.Same)
            .graphBuilder()
            .addInputs("input")
            .setInputTypes(InputType.convolutionalFlat(height, width, channels));
    String last =
        activated(graph, "stem", convolution(graph, "stem", "input", channels, filters, 3, 1));
    int before = filters;
    for (int stage = 0; stage < STAGES; stage++) {
      int after = filters << stage;
      for (int block = 0; block < 2; block++) {
        int stride = stage > 0 && block == 0 ? 2 : 1;
        last = block(graph, "stage" + (stage + 1) + "-" + (block + 1), last, before, after, stride);
        before = after;
      }
    }
    graph.addLayer(
        "pool", new GlobalPoolingLayer.Builder().poolingType(PoolingType.AVG).build(), last);
    graph.addLayer("output", output(before), "pool").setOutputs("output");
    ComputationGraph network = new ComputationGraph(graph.build());
    network.init();
    return network;
  }

  /** A convolution without bias, normalised over the batch. */
  private static String convolution(
      GraphBuilder graph, String name, String from, int before, int after, int size, int stride) {
    graph.addLayer(
        name + "-convolution",
        new ConvolutionLayer.Builder(size, size)
            .stride(stride, stride)
            .nIn(before)
            .nOut(after)
            .hasBias(false)
            .activation(Activation.IDENTITY)
            .build(),
        from);
    graph.addLayer(name + "-norm", DecayedBatchNormalization.of(after), name + "-convolution");
    return name + "-norm";
  }

  private String activated(GraphBuilder graph, String name, String from) {
    graph.addLayer(name + "-activation", new ActivationLayer(activation()), from);
    return name + "-activation";
  }

  private String block(
      GraphBuilder graph, String name, String from, int before, int after, int stride) {
    String first =
        activated(
            graph, name + "a", convolution(graph, name + "a", from, before, after, 3, stride));
    String second = convolution(graph, name + "b", first, after, after, 3, 1);
    String shortcut =
        stride == 1 && before == after
            ? from
            : convolution(graph, name + "-shortcut", from, before, after, 1, stride);
    graph.addVertex(
        name + "-sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), second, shortcut);
    return activated(graph, name, name + "-sum");
  }
}
