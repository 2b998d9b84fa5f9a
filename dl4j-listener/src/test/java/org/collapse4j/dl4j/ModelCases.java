package org.collapse4j.dl4j;

import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.collapse4j.dl4j.ModelCase.Fit;
import org.collapse4j.dl4j.ModelCase.Output;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.scorecalc.DataSetLossCalculator;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.OptimizationAlgorithm;
import org.deeplearning4j.nn.conf.BackpropType;
import org.deeplearning4j.nn.conf.CNN2DFormat;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration.GraphBuilder;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration.ListBuilder;
import org.deeplearning4j.nn.conf.RNNFormat;
import org.deeplearning4j.nn.conf.WorkspaceMode;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.MergeVertex;
import org.deeplearning4j.nn.conf.graph.rnn.LastTimeStepVertex;
import org.deeplearning4j.nn.conf.graph.rnn.ReverseTimeSeriesVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.CenterLossOutputLayer;
import org.deeplearning4j.nn.conf.layers.Cnn3DLossLayer;
import org.deeplearning4j.nn.conf.layers.CnnLossLayer;
import org.deeplearning4j.nn.conf.layers.Convolution1DLayer;
import org.deeplearning4j.nn.conf.layers.Convolution3D;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingLayer;
import org.deeplearning4j.nn.conf.layers.EmbeddingSequenceLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.LSTM;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.LossLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.conf.layers.RnnLossLayer;
import org.deeplearning4j.nn.conf.layers.RnnOutputLayer;
import org.deeplearning4j.nn.conf.layers.SubsamplingLayer;
import org.deeplearning4j.nn.conf.layers.misc.FrozenLayerWithBackprop;
import org.deeplearning4j.nn.conf.layers.recurrent.Bidirectional;
import org.deeplearning4j.nn.conf.layers.recurrent.LastTimeStep;
import org.deeplearning4j.nn.conf.layers.recurrent.SimpleRnn;
import org.deeplearning4j.nn.conf.weightnoise.DropConnect;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.transferlearning.FineTuneConfiguration;
import org.deeplearning4j.nn.transferlearning.TransferLearning;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/** The models and ways of training that the contract is run over, and that docs/models.md lists. */
final class ModelCases {
  private static final int K = CaseData.CLASSES;
  private static final int IN = CaseData.INPUTS;
  private static final int D = 8;

  private ModelCases() {}

  static Stream<ModelCase> all() {
    return Stream.of(
            kind("Ways of training", waysOfTraining()),
            kind("Dense", dense()),
            kind("Output layers and losses", outputLayers()),
            kind("Convolutional", convolutional()),
            kind("Recurrent", recurrent()),
            kind("`ComputationGraph`", graphs()),
            kind("Frozen layers", frozen()),
            kind("Number types", types()))
        .flatMap(cases -> cases);
  }

  private static Stream<ModelCase> kind(String kind, List<ModelCase> cases) {
    return cases.stream().map(one -> one.ofKind(kind));
  }

  // A case is a network of these layers, or a graph, trained by fit(iterator, epochs) on dense data
  // of K classes, whose output is the last layer; what differs is said at the case.

  private static ModelCase network(String name, Layer... layers) {
    return network(name, c -> {}, list -> {}, layers);
  }

  private static ModelCase network(String name, InputType input, Layer... layers) {
    return network(name, c -> {}, list -> list.setInputType(input), layers);
  }

  private static ModelCase network(
      String name,
      Consumer<NeuralNetConfiguration.Builder> settings,
      Consumer<ListBuilder> list,
      Layer... layers) {
    return new ModelCase(
        name,
        () -> sequential(settings, list, layers),
        CaseData.dense(),
        Output.layer(layers.length - 1, K));
  }

  private static ModelCase denseNetwork(String name) {
    return network(name, hidden(IN), softmax(D));
  }

  private static ModelCase denseNetwork(
      String name, Consumer<NeuralNetConfiguration.Builder> settings) {
    return network(name, settings, list -> {}, hidden(IN), softmax(D));
  }

  private static ModelCase graph(String name, Consumer<GraphBuilder> vertices, Output... outputs) {
    return new ModelCase(name, () -> graph(vertices), CaseData.dense(), outputs);
  }

  private static ModelCase denseGraph(String name) {
    return graph(name, ModelCases::addDense, Output.vertex("out", "features", K));
  }

  private static void addDense(GraphBuilder graph) {
    graph
        .addInputs("in")
        .addLayer("features", hidden(IN), "in")
        .addLayer("out", softmax(D), "features")
        .setOutputs("out");
  }

  // Models and their parts.

  private static NeuralNetConfiguration.Builder seeded() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .activation(Activation.TANH)
        .updater(new Nesterovs(0.05, 0.9));
  }

  private static MultiLayerNetwork sequential(
      Consumer<NeuralNetConfiguration.Builder> settings,
      Consumer<ListBuilder> change,
      Layer... layers) {
    NeuralNetConfiguration.Builder configuration = seeded();
    settings.accept(configuration);
    ListBuilder list =
        configuration.list(Stream.of(layers).map(Layer::clone).toArray(Layer[]::new));
    change.accept(list);
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  private static ComputationGraph graph(Consumer<GraphBuilder> vertices) {
    GraphBuilder configuration = seeded().graphBuilder();
    vertices.accept(configuration);
    ComputationGraph graph = new ComputationGraph(configuration.build());
    graph.init();
    return graph;
  }

  private static DenseLayer hidden(int in) {
    return new DenseLayer.Builder().nIn(in).nOut(D).build();
  }

  private static OutputLayer softmax(int in) {
    return softmax(in, K);
  }

  private static OutputLayer softmax(int in, int classes) {
    return output(LossFunction.MCXENT, Activation.SOFTMAX).nIn(in).nOut(classes).build();
  }

  private static OutputLayer.Builder output(LossFunction loss, Activation activation) {
    return new OutputLayer.Builder(loss).nIn(D).nOut(K).activation(activation);
  }

  private static LSTM lstm(int in) {
    return new LSTM.Builder().nIn(in).nOut(D).build();
  }

  private static RnnOutputLayer eachStep(RNNFormat format) {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .dataFormat(format)
        .nIn(D)
        .nOut(K)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static ConvolutionLayer convolution(CNN2DFormat format, int out) {
    return new ConvolutionLayer.Builder(3, 3).dataFormat(format).nOut(out).build();
  }

  // The cases.

  private static List<ModelCase> waysOfTraining() {
    return List.of(
        denseNetwork("`fit(DataSetIterator, epochs)`"),
        denseNetwork("`fit(DataSetIterator)`")
            .trainedBy(
                (model, data, observer) -> {
                  for (int epoch = 0; epoch < ModelCase.EPOCHS; epoch++) {
                    ((MultiLayerNetwork) model).fit(data.iterator());
                  }
                }),
        denseNetwork("`fit(DataSet)` with `observe`")
            .trainedBy(byBatches((model, batch) -> ((MultiLayerNetwork) model).fit(batch))),
        denseNetwork("`fit(INDArray, INDArray)` with `observe`")
            .trainedBy(
                byBatches(
                    (model, batch) ->
                        ((MultiLayerNetwork) model).fit(batch.getFeatures(), batch.getLabels()))),
        denseNetwork("`fit(MultiDataSetIterator)`")
            .trainedBy(
                (model, data, observer) ->
                    ((MultiLayerNetwork) model).fit(data.multiIterator(), ModelCase.EPOCHS)),
        denseNetwork("`EarlyStoppingTrainer`")
            .trainedBy(
                (model, data, observer) ->
                    new EarlyStoppingTrainer(
                            stopping(data), (MultiLayerNetwork) model, data.iterator())
                        .fit()),
        denseGraph("`EarlyStoppingGraphTrainer`")
            .trainedBy(
                (model, data, observer) ->
                    new EarlyStoppingGraphTrainer(
                            stopping(data), (ComputationGraph) model, data.iterator())
                        .fit()),
        denseGraph("graph, `fit(DataSet)` with `observe`")
            .trainedBy(byBatches((model, batch) -> ((ComputationGraph) model).fit(batch))),
        denseNetwork(
            "conjugate gradient and other line searches",
            c -> c.optimizationAlgo(OptimizationAlgorithm.CONJUGATE_GRADIENT)),
        denseNetwork(
            "without workspaces",
            c ->
                c.trainingWorkspaceMode(WorkspaceMode.NONE)
                    .inferenceWorkspaceMode(WorkspaceMode.NONE)));
  }

  private static <T extends Model> EarlyStoppingConfiguration<T> stopping(ModelCase data) {
    return new EarlyStoppingConfiguration.Builder<T>()
        .epochTerminationConditions(new MaxEpochsTerminationCondition(ModelCase.EPOCHS))
        .scoreCalculator(new DataSetLossCalculator(data.iterator(), true))
        .modelSaver(new InMemoryModelSaver<T>())
        .build();
  }

  private static Fit byBatches(BiConsumer<Model, DataSet> fit) {
    return (model, data, observer) -> {
      for (int epoch = 0; epoch < ModelCase.EPOCHS; epoch++) {
        data.dataSets().forEach(batch -> fit.accept(model, batch));
        observer.run();
      }
    };
  }

  private static List<ModelCase> dense() {
    return List.of(
        network(
            "batch normalisation, dropout, drop-connect",
            hidden(IN),
            new BatchNormalization.Builder().nIn(D).nOut(D).build(),
            new DropoutLayer(0.8),
            new DenseLayer.Builder().nIn(D).nOut(D).weightNoise(new DropConnect(0.9)).build(),
            softmax(D)),
        network(
            "dropout on the output layer",
            hidden(IN),
            output(LossFunction.MCXENT, Activation.SOFTMAX).dropOut(0.7).build()),
        network("an output layer alone", softmax(IN)),
        denseNetwork("label masks").on(CaseData.denseMasked()),
        network(
                "embedding of one token",
                new EmbeddingLayer.Builder().nIn(10).nOut(D).build(),
                hidden(D),
                softmax(D))
            .on(CaseData.tokens(1)));
  }

  private static List<ModelCase> outputLayers() {
    return List.of(
        network(
            "`LossLayer`",
            hidden(IN),
            new DenseLayer.Builder().nIn(D).nOut(K).activation(Activation.IDENTITY).build(),
            new LossLayer.Builder(LossFunction.MCXENT).activation(Activation.SOFTMAX).build()),
        network(
            "`CenterLossOutputLayer`",
            hidden(IN),
            new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                .nIn(D)
                .nOut(K)
                .activation(Activation.SOFTMAX)
                .build()),
        network(
                "sparse labels (`LossSparseMCXENT`)",
                hidden(IN),
                output(LossFunction.MCXENT, Activation.SOFTMAX)
                    .lossFunction(new LossSparseMCXENT())
                    .build())
            .on(CaseData.denseIndices(K)),
        network(
            "squared error to one-hot labels",
            hidden(IN),
            output(LossFunction.MSE, Activation.IDENTITY).build()),
        network(
            "without bias",
            hidden(IN),
            output(LossFunction.NEGATIVELOGLIKELIHOOD, Activation.SOFTMAX).hasBias(false).build()),
        network(
                "one sigmoid unit, as two classes",
                hidden(IN),
                output(LossFunction.XENT, Activation.SIGMOID).nOut(1).build())
            .on(CaseData.denseIndices(2))
            .measuredAt(Output.layer(1, 2)));
  }

  private static List<ModelCase> convolutional() {
    return List.of(
        images("NCHW, flattened before the output layer", CNN2DFormat.NCHW),
        images("NHWC", CNN2DFormat.NHWC),
        network(
                "global pooling",
                InputType.convolutional(6, 6, 2),
                convolution(CNN2DFormat.NCHW, D),
                new GlobalPoolingLayer(PoolingType.AVG),
                softmax(D))
            .on(CaseData.images(false)),
        pixels("`CnnLossLayer` with pixel masks, NCHW", CNN2DFormat.NCHW, K),
        pixels("`CnnLossLayer`, NHWC", CNN2DFormat.NHWC, K),
        pixels("`CnnLossLayer` with one sigmoid channel", CNN2DFormat.NCHW, 1),
        network(
                "`Cnn3DLossLayer`",
                InputType.convolutional3D(Convolution3D.DataFormat.NCDHW, 2, 3, 3, 2),
                new Convolution3D.Builder(1, 1, 1)
                    .dataFormat(Convolution3D.DataFormat.NCDHW)
                    .nIn(2)
                    .nOut(K)
                    .activation(Activation.IDENTITY)
                    .build(),
                new Cnn3DLossLayer.Builder(Convolution3D.DataFormat.NCDHW)
                    .lossFunction(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .build())
            .on(CaseData.voxels())
            .measuredAt(Output.layer(1, K).laidOut("NCDHW", "NCDHW")));
  }

  private static ModelCase images(String name, CNN2DFormat format) {
    return network(
            name,
            InputType.convolutional(6, 6, 2, format),
            convolution(format, 4),
            new SubsamplingLayer.Builder(2, 2).dataFormat(format).stride(2, 2).build(),
            output(LossFunction.MCXENT, Activation.SOFTMAX).nIn(0).build())
        .on(CaseData.images(format == CNN2DFormat.NHWC))
        .measuredAt(Output.layer(2, K).flat());
  }

  private static ModelCase pixels(String name, CNN2DFormat format, int channels) {
    boolean isNchw = format == CNN2DFormat.NCHW;
    return network(
            name,
            InputType.convolutional(6, 6, 2, format),
            new ConvolutionLayer.Builder(1, 1)
                .dataFormat(format)
                .nOut(channels)
                .activation(Activation.IDENTITY)
                .build(),
            new CnnLossLayer.Builder(channels == 1 ? LossFunction.XENT : LossFunction.MCXENT)
                .format(format)
                .activation(channels == 1 ? Activation.SIGMOID : Activation.SOFTMAX)
                .build())
        .on(CaseData.pixels(!isNchw, channels == 1))
        .measuredAt(
            Output.layer(1, Math.max(2, channels))
                .laidOut(isNchw ? "NCHW" : "NHWC", isNchw ? "NCHW" : "NHW"));
  }

  private static List<ModelCase> recurrent() {
    Output eachStep = Output.layer(1, K).laidOut("NCW", "NW");
    return List.of(
        network(
                "LSTM, `RnnOutputLayer`, label masks and varying lengths",
                lstm(IN),
                eachStep(RNNFormat.NCW))
            .on(CaseData.sequences(false))
            .measuredAt(eachStep),
        network(
                "NWC",
                InputType.recurrent(IN, CaseData.STEPS, RNNFormat.NWC),
                lstm(IN),
                eachStep(RNNFormat.NWC))
            .on(CaseData.sequences(true))
            .measuredAt(Output.layer(1, K).laidOut("NWC", "NW")),
        network(
                "truncated back-propagation with masks",
                c -> {},
                list -> list.backpropType(BackpropType.TruncatedBPTT).tBPTTLength(2),
                lstm(IN),
                eachStep(RNNFormat.NCW))
            .on(CaseData.sequences(false))
            .passedAs(CaseData.windows(CaseData.sequences(false), 2))
            .measuredAt(eachStep),
        network(
                "bidirectional, last time step",
                new Bidirectional(Bidirectional.Mode.CONCAT, lstm(IN)),
                new LastTimeStep(new SimpleRnn.Builder().nIn(2 * D).nOut(D).build()),
                softmax(D))
            .on(CaseData.labelledSequences()),
        network(
                "embedded sequence, global pooling",
                new EmbeddingSequenceLayer.Builder().nIn(10).nOut(D).inputLength(4).build(),
                lstm(D),
                new GlobalPoolingLayer(PoolingType.MAX),
                softmax(D))
            .on(CaseData.tokens(4)),
        network(
                "one-dimensional convolution, `RnnLossLayer`",
                InputType.recurrent(IN, CaseData.STEPS),
                new Convolution1DLayer.Builder(1, 1)
                    .nOut(K)
                    .activation(Activation.IDENTITY)
                    .build(),
                new RnnLossLayer.Builder(LossFunction.MCXENT)
                    .activation(Activation.SOFTMAX)
                    .build())
            .on(CaseData.sequences(false))
            .measuredAt(eachStep));
  }

  private static List<ModelCase> graphs() {
    return List.of(
        graph(
                "several inputs and outputs, merge and element-wise vertices before the output",
                graph ->
                    graph
                        .addInputs("a", "b")
                        .addLayer("left", hidden(IN), "a")
                        .addLayer("right", hidden(IN), "b")
                        .addVertex(
                            "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                        .addVertex("joined", new MergeVertex(), "sum", "right")
                        .addLayer("side", hidden(D), "sum")
                        .addLayer("first", softmax(2 * D), "joined")
                        .addLayer("second", softmax(D, 2), "side")
                        .setOutputs("first", "second"),
                Output.vertex("first", "joined", K),
                Output.vertex("second", "side", 2).at(1))
            .on(CaseData.twoInputsAndOutputs()),
        graph(
            "several layers into one output layer",
            graph ->
                graph
                    .addInputs("in")
                    .addLayer("a", hidden(IN), "in")
                    .addLayer("b", hidden(IN), "in")
                    .addLayer("out", softmax(2 * D), "a", "b")
                    .setOutputs("out"),
            Output.vertex("out", "out-merge", K)),
        graph(
                "last time step and reversed sequences, feature masks",
                graph ->
                    graph
                        .addInputs("in")
                        .addLayer("forward", lstm(IN), "in")
                        .addVertex("reversed", new ReverseTimeSeriesVertex("in"), "in")
                        .addLayer("backward", lstm(IN), "reversed")
                        .addVertex("last", new LastTimeStepVertex("in"), "forward")
                        .addVertex("first", new LastTimeStepVertex("in"), "backward")
                        .addLayer("features", hidden(2 * D), "last", "first")
                        .addLayer("out", softmax(D), "features")
                        .setOutputs("out"),
                Output.vertex("out", "features", K))
            .on(CaseData.labelledSequences()),
        graph(
                "convolutional, preprocessor before the output layer, dropout on it",
                graph ->
                    graph
                        .addInputs("in")
                        .addLayer("maps", convolution(CNN2DFormat.NCHW, 4), "in")
                        .addLayer(
                            "out",
                            output(LossFunction.MCXENT, Activation.SOFTMAX)
                                .nIn(0)
                                .dropOut(0.8)
                                .build(),
                            "maps")
                        .setOutputs("out")
                        .setInputTypes(InputType.convolutional(6, 6, 2)),
                Output.vertex("out", "maps", K).flat())
            .on(CaseData.images(false)),
        graph(
                "recurrent, truncated back-propagation with masks",
                graph ->
                    graph
                        .addInputs("in")
                        .addLayer("lstm", lstm(IN), "in")
                        .addLayer("out", eachStep(RNNFormat.NCW), "lstm")
                        .setOutputs("out")
                        .backpropType(BackpropType.TruncatedBPTT)
                        .tBPTTLength(2),
                Output.vertex("out", "lstm", K).laidOut("NCW", "NW"))
            .on(CaseData.sequences(false))
            .passedAs(CaseData.windows(CaseData.sequences(false), 2)),
        graph(
                "a regression beside the classifier",
                graph ->
                    graph
                        .addInputs("a", "b")
                        .addLayer("features", hidden(IN), "a")
                        .addVertex("both", new MergeVertex(), "features", "b")
                        .addLayer("out", softmax(D), "features")
                        .addLayer(
                            "amount",
                            output(LossFunction.MSE, Activation.IDENTITY)
                                .nIn(D + IN)
                                .nOut(1)
                                .build(),
                            "both")
                        .setOutputs("out", "amount"),
                Output.vertex("out", "features", K))
            .on(CaseData.classesAndAmounts()));
  }

  private static List<ModelCase> frozen() {
    FineTuneConfiguration tuning =
        new FineTuneConfiguration.Builder().seed(3).updater(new Nesterovs(0.05, 0.9)).build();
    return List.of(
        network("transfer learning", hidden(IN), hidden(D), softmax(D, 5))
            .changedTo(
                network ->
                    new TransferLearning.Builder((MultiLayerNetwork) network)
                        .fineTuneConfiguration(tuning)
                        .setFeatureExtractor(0)
                        .removeOutputLayer()
                        .addLayer(softmax(D))
                        .build()),
        denseGraph("transfer learning of a graph")
            .changedTo(
                graph ->
                    new TransferLearning.GraphBuilder((ComputationGraph) graph)
                        .fineTuneConfiguration(tuning)
                        .setFeatureExtractor("features")
                        .build()),
        network("a frozen output layer", hidden(IN), new FrozenLayerWithBackprop(softmax(D))));
  }

  private static List<ModelCase> types() {
    return List.of(
        denseNetwork("float64", c -> c.dataType(DataType.DOUBLE))
            .on(CaseData.dense(DataType.DOUBLE))
            .within(ModelCase.DOUBLE),
        denseNetwork("float16", c -> c.dataType(DataType.FLOAT16))
            .on(CaseData.dense(DataType.FLOAT16))
            .within(ModelCase.HALF));
  }
}
