package org.collapse4j.dl4j.loss;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.deeplearning4j.gradientcheck.GradientCheckUtil;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.distribution.NormalDistribution;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.buffer.util.DataTypeUtil;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.NoOp;

/** DL4J's own check of backpropagated gradients against finite differences of the score. */
@Tag("slow")
class LossGradientCheckTest {
  private static final int CLASSES = 3;
  private static final int EXAMPLES = 4;
  private static final double STEP = 1e-5;
  private static final double RELATIVE_ERROR = 1e-4;
  private static final double ABSOLUTE_ERROR = 1e-8;

  private static final INDArray WEIGHTS = Nd4j.createFromArray(0.5, 1, 3);

  @BeforeAll
  static void checksAreInFloat64() {
    DataTypeUtil.setDTypeForContext(DataType.DOUBLE);
  }

  @AfterAll
  static void backToFloat32() {
    DataTypeUtil.setDTypeForContext(DataType.FLOAT);
  }

  static Stream<SoftmaxLoss> losses() {
    return Stream.of(
        new LossLabelSmoothing(0),
        new LossLabelSmoothing(0.1),
        LossLabelSmoothing.builder(0.3)
            .weights(WEIGHTS)
            .prior(Nd4j.createFromArray(0.2, 0.5, 0.3))
            .build(),
        new LossLabelRelaxation(0.1),
        LossLabelRelaxation.builder(0.05).weights(WEIGHTS).build());
  }

  private static NeuralNetConfiguration.Builder network(double spread) {
    return new NeuralNetConfiguration.Builder()
        .seed(12345)
        .dataType(DataType.DOUBLE)
        .updater(new NoOp())
        .activation(Activation.TANH)
        .weightInit(new NormalDistribution(0, spread));
  }

  private static INDArray input(long... shape) {
    Random random = new Random(3);
    INDArray input = Nd4j.create(DataType.DOUBLE, shape);
    for (long i = 0; i < input.length(); i++) {
      input.putScalar(i, random.nextGaussian());
    }
    return input;
  }

  /** One-hot along dimension 1. */
  private static INDArray labels(long... shape) {
    Random random = new Random(4);
    INDArray rows = Nd4j.zeros(DataType.DOUBLE, Nd4j.zeros(shape).length() / shape[1], shape[1]);
    for (int i = 0; i < rows.rows(); i++) {
      rows.putScalar(i, random.nextInt((int) shape[1]), 1);
    }
    return LossBatch.shapedLike(Nd4j.zeros(shape), rows).dup('c');
  }

  private static void assertChecks(
      MultiLayerNetwork network, INDArray input, INDArray labels, INDArray mask) {
    network.init();
    assertTrue(
        GradientCheckUtil.checkGradients(
            new GradientCheckUtil.MLNConfig()
                .net(network)
                .input(input)
                .labels(labels)
                .labelMask(mask)
                .epsilon(STEP)
                .maxRelError(RELATIVE_ERROR)
                .minAbsoluteError(ABSOLUTE_ERROR)
                .print(GradientCheckUtil.PrintMode.FAILURES_ONLY)));
  }

  private static MultiLayerNetwork of(double spread, Layer... layers) {
    return new MultiLayerNetwork(network(spread).list(layers).build());
  }

  private static Layer output(SoftmaxLoss loss) {
    return new OutputLayer.Builder(loss)
        .nIn(5)
        .nOut(CLASSES)
        .activation(Activation.SOFTMAX)
        .build();
  }

  @ParameterizedTest
  @MethodSource("losses")
  void dense(SoftmaxLoss loss) {
    MultiLayerNetwork network =
        of(1, new DenseLayer.Builder().nIn(4).nOut(5).build(), output(loss));
    assertChecks(network, input(EXAMPLES, 4), labels(EXAMPLES, CLASSES), null);
    INDArray mask = Nd4j.createFromArray(1.0, 0, 1, 1).reshape(EXAMPLES, 1);
    assertChecks(network, input(EXAMPLES, 4), labels(EXAMPLES, CLASSES), mask);
  }

  /** Logits 20 and more apart in every row. */
  @ParameterizedTest
  @MethodSource("losses")
  void saturated(SoftmaxLoss loss) {
    MultiLayerNetwork network =
        of(40, new DenseLayer.Builder().nIn(4).nOut(5).build(), output(loss));
    network.init();
    INDArray logits = network.feedForward(input(EXAMPLES, 4)).get(1).mmul(network.getParam("1_W"));
    assertTrue(logits.max(1).sub(logits.min(1)).minNumber().doubleValue() > 20);
    assertChecks(network, input(EXAMPLES, 4), labels(EXAMPLES, CLASSES), null);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void lossLayer(SoftmaxLoss loss) {
    assertChecks(
        of(
            1,
            new DenseLayer.Builder().nIn(4).nOut(CLASSES).activation(Activation.IDENTITY).build(),
            new LossLayer.Builder(loss).activation(Activation.SOFTMAX).build()),
        input(EXAMPLES, 4),
        labels(EXAMPLES, CLASSES),
        null);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void convolutional(SoftmaxLoss loss) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            network(1)
                .list(
                    new ConvolutionLayer.Builder(2, 2).nOut(2).build(),
                    new OutputLayer.Builder(loss)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(3, 3, 1))
                .build());
    assertChecks(network, input(EXAMPLES, 1, 3, 3), labels(EXAMPLES, CLASSES), null);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everyPixel(SoftmaxLoss loss) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            network(1)
                .list(
                    new ConvolutionLayer.Builder(2, 2)
                        .convolutionMode(ConvolutionMode.Same)
                        .nOut(CLASSES)
                        .activation(Activation.IDENTITY)
                        .build(),
                    new CnnLossLayer.Builder(loss)
                        .format(CNN2DFormat.NCHW)
                        .activation(Activation.SOFTMAX)
                        .build())
                .setInputType(InputType.convolutional(2, 4, 1))
                .build());
    INDArray input = input(EXAMPLES, 1, 2, 4);
    INDArray labels = labels(EXAMPLES, CLASSES, 2, 4);
    assertChecks(network, input, labels, null);
    INDArray perExample = Nd4j.createFromArray(1.0, 0, 1, 1).reshape(EXAMPLES, 1);
    assertChecks(network, input, labels, perExample);
    INDArray perPixel = Nd4j.ones(DataType.DOUBLE, EXAMPLES, 1, 2, 4);
    perPixel.putScalar(new int[] {1, 0, 1, 2}, 0);
    assertChecks(network, input, labels, perPixel);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void everyVoxel(SoftmaxLoss loss) {
    for (Convolution3D.DataFormat format : Convolution3D.DataFormat.values()) {
      boolean first = format == Convolution3D.DataFormat.NCDHW;
      MultiLayerNetwork network =
          new MultiLayerNetwork(
              network(1)
                  .list(
                      new Convolution3D.Builder(1, 1, 1)
                          .dataFormat(format)
                          .nOut(CLASSES)
                          .activation(Activation.IDENTITY)
                          .build(),
                      new Cnn3DLossLayer.Builder(format)
                          .lossFunction(loss)
                          .activation(Activation.SOFTMAX)
                          .build())
                  .setInputType(InputType.convolutional3D(format, 2, 2, 3, 2))
                  .build());
      INDArray labels = labels(EXAMPLES, CLASSES, 2, 2, 3);
      assertChecks(
          network,
          first ? input(EXAMPLES, 2, 2, 2, 3) : input(EXAMPLES, 2, 2, 3, 2),
          first ? labels : labels.permute(0, 2, 3, 4, 1).dup('c'),
          null);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void recurrent(SoftmaxLoss loss) {
    INDArray perStep = Nd4j.ones(DataType.DOUBLE, EXAMPLES, 5);
    perStep.putScalar(1, 4, 0);
    perStep.putScalar(2, 3, 0);
    perStep.putScalar(2, 4, 0);
    for (RNNFormat format : RNNFormat.values()) {
      boolean stepsLast = format == RNNFormat.NCW;
      MultiLayerNetwork network =
          of(
              1,
              new LSTM.Builder().nIn(1).nOut(2).dataFormat(format).build(),
              new RnnOutputLayer.Builder(loss)
                  .nIn(2)
                  .nOut(CLASSES)
                  .dataFormat(format)
                  .activation(Activation.SOFTMAX)
                  .build());
      INDArray input = stepsLast ? input(EXAMPLES, 1, 5) : input(EXAMPLES, 5, 1);
      INDArray labels = labels(EXAMPLES, CLASSES, 5);
      labels = stepsLast ? labels : labels.permute(0, 2, 1).dup('c');
      assertChecks(network, input, labels, null);
      assertChecks(network, input, labels, perStep);
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void recurrentLossLayer(SoftmaxLoss loss) {
    INDArray perStep = Nd4j.ones(DataType.DOUBLE, EXAMPLES, 5);
    perStep.putScalar(1, 4, 0);
    MultiLayerNetwork network =
        of(
            1,
            new LSTM.Builder().nIn(2).nOut(CLASSES).build(),
            new RnnLossLayer.Builder(loss).activation(Activation.SOFTMAX).build());
    assertChecks(network, input(EXAMPLES, 2, 5), labels(EXAMPLES, CLASSES, 5), null);
    assertChecks(network, input(EXAMPLES, 2, 5), labels(EXAMPLES, CLASSES, 5), perStep);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void graph(SoftmaxLoss loss) {
    ComputationGraphConfiguration configuration =
        network(1)
            .graphBuilder()
            .addInputs("a", "b")
            .addLayer("x", new DenseLayer.Builder().nIn(3).nOut(2).build(), "a")
            .addLayer("y", new DenseLayer.Builder().nIn(2).nOut(3).build(), "b")
            .addVertex("both", new MergeVertex(), "x", "y")
            .addLayer("one", output(loss), "both")
            .addLayer("two", output(new LossLabelSmoothing(0.2)), "both")
            .setOutputs("one", "two")
            .build();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    INDArray mask = Nd4j.createFromArray(1.0, 0, 1, 1).reshape(EXAMPLES, 1);
    for (INDArray[] masks : List.of(new INDArray[0], new INDArray[] {mask, mask})) {
      assertTrue(
          GradientCheckUtil.checkGradients(
              new GradientCheckUtil.GraphConfig()
                  .net(graph)
                  .inputs(new INDArray[] {input(EXAMPLES, 3), input(EXAMPLES, 2)})
                  .labels(new INDArray[] {labels(EXAMPLES, CLASSES), labels(EXAMPLES, CLASSES)})
                  .labelMask(masks.length == 0 ? null : masks)
                  .epsilon(STEP)
                  .maxRelError(RELATIVE_ERROR)
                  .minAbsoluteError(ABSOLUTE_ERROR)
                  .print(GradientCheckUtil.PrintMode.FAILURES_ONLY)));
    }
  }
}
