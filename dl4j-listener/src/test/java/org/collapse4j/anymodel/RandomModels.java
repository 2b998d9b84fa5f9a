package org.collapse4j.anymodel;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.collapse4j.anymodel.RandomData.Labels;
import org.collapse4j.anymodel.RandomData.Shape;
import org.collapse4j.anymodel.RandomModel.Head;
import org.collapse4j.anymodel.RandomModel.Unit;
import org.collapse4j.dl4j.loss.LossLabelRelaxation;
import org.collapse4j.dl4j.loss.LossLabelSmoothing;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.dropout.GaussianNoise;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.ScaleVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.ILossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossBinaryXENT;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Draws models and data that nobody chose; the same for the same seed. */
final class RandomModels {
  private static final List<Activation> ACTIVATIONS =
      List.of(
          Activation.TANH,
          Activation.RELU,
          Activation.SIGMOID,
          Activation.LEAKYRELU,
          Activation.ELU,
          Activation.IDENTITY);

  private final long seed;
  private final Random random;
  private final StringBuilder description = new StringBuilder();
  private final List<String> hidden = new ArrayList<>();
  private final DataType type;
  private final int classes;
  private final Shape shape;
  private int layers;

  private RandomModels(long seed) {
    this.seed = seed;
    this.random = new Random(seed * 0x9E3779B97F4A7C15L);
    this.type = oneIn(3) ? DataType.DOUBLE : DataType.FLOAT;
    this.classes = 2 + random.nextInt(6);
    this.shape = oneOf(List.of(Shape.values()));
  }

  /** The model of a seed. */
  static RandomModel draw(long seed) {
    RandomModels drawing = new RandomModels(seed);
    return drawing.oneIn(2) ? drawing.sequential() : drawing.graph();
  }

  private boolean oneIn(int n) {
    return random.nextInt(n) == 0;
  }

  private <T> T oneOf(List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private void say(String what) {
    description.append(description.isEmpty() ? "" : ", ").append(what);
  }

  // Parts.

  private NeuralNetConfiguration.Builder configuration() {
    IUpdater updater = oneOf(List.of(new Sgd(0.1), new Nesterovs(0.05, 0.9), new Adam(0.01)));
    NeuralNetConfiguration.Builder configuration =
        new NeuralNetConfiguration.Builder()
            .seed(seed)
            .dataType(type)
            .convolutionMode(ConvolutionMode.Same)
            .updater(updater);
    if (oneIn(4)) {
      configuration.l2(1e-3);
    }
    if (oneIn(6)) {
      say("no workspaces");
      configuration
          .trainingWorkspaceMode(WorkspaceMode.NONE)
          .inferenceWorkspaceMode(WorkspaceMode.NONE);
    }
    return configuration;
  }

  private Activation activation() {
    return oneOf(ACTIVATIONS);
  }

  private String named(String kind) {
    return kind + layers++;
  }

  private int width() {
    return 1 + random.nextInt(10);
  }

  /** Some layers on top of vectors, each with its name set. */
  private List<Layer> dense(int atMost, int lastWidth) {
    List<Layer> stack = new ArrayList<>();
    int count = random.nextInt(atMost + 1);
    for (int i = 0; i < count; i++) {
      int width = i == count - 1 ? lastWidth : 2 + width();
      stack.add(denseLayer(width));
      if (oneIn(5)) {
        say("batch normalisation");
        stack.add(new BatchNormalization.Builder().name(named("norm")).build());
      }
      if (oneIn(5)) {
        say("dropout layer");
        stack.add(new DropoutLayer.Builder(0.7).name(named("drop")).build());
      }
      if (oneIn(6)) {
        say("activation layer");
        stack.add(
            new ActivationLayer.Builder()
                .activation(activation())
                .name(named("activation"))
                .build());
      }
    }
    return stack;
  }

  private DenseLayer denseLayer(int width) {
    Activation activation = activation();
    DenseLayer.Builder layer =
        new DenseLayer.Builder().name(named("dense")).nOut(width).activation(activation);
    say("dense " + width + " " + activation);
    drop(layer);
    return layer.build();
  }

  private void drop(org.deeplearning4j.nn.conf.layers.Layer.Builder<?> layer) {
    if (oneIn(3)) {
      say("dropped");
      layer.dropOut(0.5 + 0.4 * random.nextDouble());
    } else if (oneIn(6)) {
      say("Gaussian noise");
      layer.dropOut(new GaussianNoise(0.2));
    } else if (oneIn(8) && layer instanceof DenseLayer.Builder denseBuilder) {
      say("drop-connect");
      denseBuilder.weightNoise(new DropConnect(0.8));
    }
  }

  private ILossFunction loss() {
    return switch (random.nextInt(4)) {
      case 0 -> new LossLabelSmoothing(0.1);
      case 1 -> new LossLabelRelaxation(0.1);
      default -> new LossMCXENT();
    };
  }

  private Unit unit(int k) {
    if (k == 2 && oneIn(3)) {
      return Unit.SIGMOID;
    }
    return oneIn(8) ? Unit.LOSS_ONLY : Unit.SOFTMAX;
  }

  private Layer output(String name, Unit unit, int k) {
    say(name + " " + unit + " of " + k);
    if (unit == Unit.LOSS_ONLY) {
      return new LossLayer.Builder(loss()).name(name).activation(Activation.SOFTMAX).build();
    }
    boolean bias = !oneIn(4);
    say(bias ? "with bias" : "without bias");
    OutputLayer.Builder layer =
        new OutputLayer.Builder(unit == Unit.SIGMOID ? new LossBinaryXENT() : loss())
            .name(name)
            .nOut(unit == Unit.SIGMOID ? 1 : k)
            .hasBias(bias)
            .activation(unit == Unit.SIGMOID ? Activation.SIGMOID : Activation.SOFTMAX);
    drop(layer);
    return layer.build();
  }

  private boolean lastHasBias = true;

  private Layer stepOutput(String name, int k) {
    lastHasBias = !oneIn(3);
    say(name + " of each step, of " + k + (lastHasBias ? "" : ", without bias"));
    RnnOutputLayer.Builder layer =
        new RnnOutputLayer.Builder(loss())
            .name(name)
            .dataFormat(RNNFormat.NCW)
            .nOut(k)
            .hasBias(lastHasBias)
            .activation(Activation.SOFTMAX);
    drop(layer);
    return layer.build();
  }

  private CNN2DFormat format() {
    return shape == Shape.IMAGES ? CNN2DFormat.NCHW : CNN2DFormat.NHWC;
  }

  private ConvolutionLayer convolution(int channels) {
    Activation activation = activation();
    say("convolution " + channels + " " + activation);
    ConvolutionLayer.Builder layer =
        new ConvolutionLayer.Builder(3, 3)
            .name(named("convolution"))
            .dataFormat(format())
            .nOut(channels)
            .activation(activation);
    // DL4J cannot drop inputs of a convolution whose channels are last.
    if (shape == Shape.IMAGES && oneIn(4)) {
      say("dropped");
      layer.dropOut(0.7);
    }
    return layer.build();
  }

  private SubsamplingLayer pooling() {
    say("pooling");
    return new SubsamplingLayer.Builder(2, 2)
        .name(named("pooling"))
        .poolingType(
            oneOf(List.of(SubsamplingLayer.PoolingType.MAX, SubsamplingLayer.PoolingType.AVG)))
        .dataFormat(format())
        .stride(2, 2)
        .build();
  }

  private GlobalPoolingLayer globalPooling() {
    PoolingType pooling = oneOf(List.of(PoolingType.AVG, PoolingType.MAX, PoolingType.SUM));
    say("global pooling " + pooling);
    return new GlobalPoolingLayer.Builder(pooling).name(named("global")).build();
  }

  private Layer recurrent(int width) {
    int kind = random.nextInt(4);
    String name = named("recurrent");
    if (kind == 0) {
      say("simple recurrent " + width);
      return new SimpleRnn.Builder().name(name).nOut(width).activation(Activation.TANH).build();
    }
    LSTM.Builder lstm = new LSTM.Builder().nOut(width).activation(Activation.TANH);
    if (oneIn(4)) {
      say("dropped");
      lstm.dropOut(0.7);
    }
    if (kind == 1) {
      say("bidirectional " + width);
      Bidirectional both = new Bidirectional(Bidirectional.Mode.CONCAT, lstm.build());
      both.setLayerName(name);
      return both;
    }
    say("LSTM " + width);
    return lstm.name(name).build();
  }

  private InputType inputType(RandomData data, int channels) {
    return switch (shape) {
      case VECTORS -> InputType.feedForward(channels);
      case SEQUENCES -> InputType.recurrent(channels, data.steps());
      default -> InputType.convolutional(data.side(), data.side(), channels, format());
    };
  }

  /** The number of channels of an input. */
  private int channels() {
    return shape == Shape.VECTORS || shape == Shape.SEQUENCES
        ? 2 + random.nextInt(7)
        : 1 + random.nextInt(2);
  }

  // Networks.

  private RandomModel sequential() {
    boolean perStep = shape == Shape.SEQUENCES && oneIn(2);
    Unit unit = perStep ? Unit.SOFTMAX : unit(classes);
    say(type + " network of " + shape);
    NeuralNetConfiguration.ListBuilder list = configuration().list();
    List<Layer> stack = perStep ? steps() : trunk(unit);
    for (Layer layer : stack) {
      hidden.add(layer.getLayerName());
      list.layer(layer);
    }
    String source = stack.isEmpty() ? "" : stack.get(stack.size() - 1).getLayerName();
    list.layer(perStep ? stepOutput("out", classes) : output("out", unit, classes));
    // DL4J cannot truncate what runs through a sequence in both directions.
    boolean oneWay = description.indexOf("bidirectional") < 0;
    if (perStep && oneIn(4) && oneWay) {
      say("truncated back-propagation");
      list.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(2);
    }
    int channels = unit == Unit.LOSS_ONLY && stack.isEmpty() ? classes : channels();
    RandomData data = data(1, channels, List.of(labels(unit, classes, perStep)));
    list.setInputType(inputType(data, channels));
    Head head = new Head("out", 0, source, unit, classes, perStep, !perStep || lastHasBias);
    MultiLayerConfiguration configuration = list.build();
    return model(configuration, null, List.of(head), data);
  }

  /** Layers up to the output layer of examples. */
  private List<Layer> trunk(Unit unit) {
    List<Layer> stack = new ArrayList<>();
    if (shape == Shape.IMAGES || shape == Shape.IMAGES_CHANNELS_LAST) {
      stack.add(convolution(1 + random.nextInt(4)));
      if (oneIn(3)) {
        say("batch normalisation");
        stack.add(
            new BatchNormalization.Builder().name(named("norm")).dataFormat(format()).build());
      }
      if (oneIn(2)) {
        stack.add(pooling());
      }
      if (oneIn(3)) {
        stack.add(globalPooling());
      }
    }
    if (shape == Shape.SEQUENCES) {
      if (oneIn(2)) {
        stack.add(recurrent(2 + width()));
      }
      if (oneIn(2)) {
        say("last step of");
        stack.add(new LastTimeStep(recurrent(2 + width())));
      } else {
        stack.add(recurrent(2 + width()));
        stack.add(globalPooling());
      }
    }
    stack.addAll(dense(2, width()));
    if (unit == Unit.LOSS_ONLY) {
      say("dense to the classes");
      stack.add(
          new DenseLayer.Builder()
              .name(named("logits"))
              .nOut(classes)
              .activation(Activation.IDENTITY)
              .build());
    }
    return stack;
  }

  private List<Layer> steps() {
    List<Layer> stack = new ArrayList<>();
    int count = 1 + random.nextInt(2);
    for (int i = 0; i < count; i++) {
      stack.add(recurrent(1 + width()));
    }
    return stack;
  }

  private Labels labels(Unit unit, int k, boolean perStep) {
    boolean masked = oneIn(4);
    say(masked ? "masked labels" : "all labels");
    return new Labels(k, unit == Unit.SIGMOID, perStep, masked);
  }

  // Graphs.

  private RandomModel graph() {
    say(type + " graph of " + shape);
    int inputCount = oneIn(3) ? 2 : 1;
    NeuralNetConfiguration.Builder general = configuration();
    GraphBuilder builder = general.graphBuilder();
    String[] inputs = inputCount == 2 ? new String[] {"a", "b"} : new String[] {"a"};
    builder.addInputs(inputs);
    boolean perStep = shape == Shape.SEQUENCES && oneIn(2);
    String[] branches = new String[inputCount == 2 || oneIn(2) ? 2 : 1];
    int width = 2 + width();
    Graph graph = new Graph(builder);
    for (int i = 0; i < branches.length; i++) {
      branches[i] = graph.branch(inputs[i % inputCount], width);
    }
    String joined = graph.join(branches);
    if (!perStep) {
      joined = graph.vectors(joined, inputs[0]);
    }
    List<Head> heads = new ArrayList<>();
    List<Labels> labels = new ArrayList<>();
    Unit unit = perStep ? Unit.SOFTMAX : unit(classes);
    heads.add(graph.head("out", 0, joined, unit, classes, perStep));
    labels.add(labels(unit, classes, perStep));
    if (oneIn(3)) {
      int others = 2 + random.nextInt(4);
      boolean steps = shape == Shape.SEQUENCES && oneIn(2);
      String source = steps ? branches[0] : perStep ? graph.vectors(joined, inputs[0]) : joined;
      Unit other = steps ? Unit.SOFTMAX : unit(others);
      heads.add(graph.head("other", 1, source, other, others, steps));
      labels.add(labels(other, others, steps));
    }
    builder.setOutputs(heads.stream().map(Head::layer).toArray(String[]::new));
    int channels = channels();
    RandomData data = data(inputCount, channels, labels);
    InputType[] types = new InputType[inputCount];
    java.util.Arrays.fill(types, inputType(data, channels));
    builder.setInputTypes(types);
    ComputationGraphConfiguration configuration = builder.build();
    // One output that DL4J cannot activate keeps it from activating the others.
    boolean activates = heads.stream().allMatch(Head::activates);
    List<Head> known = heads.stream().map(head -> head.activating(activates)).toList();
    return model(null, configuration, known, data);
  }

  /** A graph that is being drawn. */
  private final class Graph {
    private final GraphBuilder builder;

    Graph(GraphBuilder builder) {
      this.builder = builder;
    }

    private String add(Layer layer, String... inputs) {
      String name = layer.getLayerName();
      builder.addLayer(name, layer, inputs);
      hidden.add(name);
      return name;
    }

    /** Layers after an input; all branches end in the same width. */
    String branch(String input, int width) {
      return switch (shape) {
        case VECTORS -> {
          String last = add(denseLayer(width), input);
          if (oneIn(4)) {
            say("batch normalisation");
            last = add(new BatchNormalization.Builder().name(named("norm")).build(), last);
          }
          yield last;
        }
        case SEQUENCES -> {
          LSTM.Builder lstm =
              new LSTM.Builder().name(named("lstm")).nOut(width).activation(Activation.TANH);
          say("LSTM " + width);
          drop(lstm);
          yield add(lstm.build(), input);
        }
        default -> add(convolution(2), input);
      };
    }

    String join(String[] branches) {
      if (branches.length == 1) {
        return branches[0];
      }
      String name = named("joined");
      boolean sequence = shape == Shape.SEQUENCES;
      // DL4J merges maps whose channels are last along the wrong dimension.
      if (oneIn(3) && shape != Shape.IMAGES_CHANNELS_LAST) {
        say("merged");
        MergeVertex merge = new MergeVertex();
        builder.addVertex(name, merge, branches);
      } else {
        ElementWiseVertex.Op op =
            oneOf(
                sequence
                    ? List.of(ElementWiseVertex.Op.Add, ElementWiseVertex.Op.Subtract)
                    : List.of(
                        ElementWiseVertex.Op.Add,
                        ElementWiseVertex.Op.Product,
                        ElementWiseVertex.Op.Average,
                        ElementWiseVertex.Op.Max));
        say("element-wise " + op);
        builder.addVertex(name, new ElementWiseVertex(op), branches);
      }
      return name;
    }

    /** From maps or sequences to vectors, and some layers on them. */
    String vectors(String source, String maskedInput) {
      String last = source;
      if (shape == Shape.SEQUENCES) {
        if (oneIn(2)) {
          say("last step");
          last = named("last");
          builder.addVertex(last, new LastTimeStepVertex(maskedInput), source);
        } else {
          last = add(globalPooling(), source);
        }
      } else if (shape != Shape.VECTORS && oneIn(3)) {
        last = add(globalPooling(), source);
      }
      for (Layer layer : dense(2, width())) {
        last = add(layer, last);
      }
      if (shape != Shape.IMAGES && shape != Shape.IMAGES_CHANNELS_LAST && oneIn(5)) {
        say("scaled");
        String scaled = named("scaled");
        builder.addVertex(scaled, new ScaleVertex(0.5), last);
        last = scaled;
      }
      return last;
    }

    Head head(String name, int index, String source, Unit unit, int k, boolean perStep) {
      String before = source;
      if (unit == Unit.LOSS_ONLY) {
        say("dense to the classes");
        before =
            add(
                new DenseLayer.Builder()
                    .name(named("logits"))
                    .nOut(k)
                    .activation(Activation.IDENTITY)
                    .build(),
                source);
      }
      builder.addLayer(name, perStep ? stepOutput(name, k) : output(name, unit, k), before);
      boolean activates = !perStep || lastHasBias;
      return new Head(name, index, before, unit, k, perStep, activates);
    }
  }

  // Data.

  private RandomData data(int inputCount, int channels, List<Labels> labels) {
    boolean masks = shape == Shape.SEQUENCES && !oneIn(4);
    return new RandomData(random, shape, inputCount, channels, masks, labels, type);
  }

  private RandomModel model(
      MultiLayerConfiguration sequential,
      ComputationGraphConfiguration graph,
      List<Head> heads,
      RandomData data) {
    say(data.description());
    if (oneIn(4)) {
      say("a class absent everywhere");
      data.leaveOut(1);
    }
    int batch = 5 + random.nextInt(12);
    // A mask of a single example is taken for one of outputs by DL4J, so the last batch has two.
    var training = data.batches(2 * batch + 2 + random.nextInt(batch - 2), batch);
    if (oneIn(4)) {
      say("two classes absent from the held-out data");
      data.leaveOut(2);
    }
    var heldOut = data.batches(15 + random.nextInt(11), 13);
    var other = data.batches(6 + random.nextInt(8), 5);
    return new RandomModel(
        seed,
        description.toString(),
        sequential,
        graph,
        type,
        heads,
        List.copyOf(hidden),
        training,
        heldOut,
        other);
  }
}
