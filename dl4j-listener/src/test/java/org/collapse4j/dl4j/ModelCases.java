package org.collapse4j.dl4j;

import java.util.List;
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
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.lossfunctions.impl.LossSparseMCXENT;

/** The models and ways of training that the contract is run over, and that docs/models.md lists. */
final class ModelCases {
  private static final int K = CaseData.CLASSES;
  private static final int IN = CaseData.INPUTS;
  private static final int D = 8;

  private static final Fit EPOCHS =
      (model, data, observer) -> network(model).fit(data.iterator(), ModelCase.EPOCHS);
  private static final Fit GRAPH =
      (model, data, observer) -> graph(model).fit(data.multiIterator(), ModelCase.EPOCHS);

  private ModelCases() {}

  static Stream<ModelCase> all() {
    return Stream.of(
            waysOfTraining(),
            dense(),
            outputLayers(),
            convolutional(),
            recurrent(),
            graphs(),
            frozen(),
            types())
        .flatMap(List::stream);
  }

  private static MultiLayerNetwork network(Model model) {
    return (MultiLayerNetwork) model;
  }

  private static ComputationGraph graph(Model model) {
    return (ComputationGraph) model;
  }

  // Ways of training, on the same dense network.

  private static List<ModelCase> waysOfTraining() {
    String kind = "Ways of training";
    return List.of(
        trained(kind, "`fit(DataSetIterator, epochs)`", EPOCHS),
        trained(
            kind,
            "`fit(DataSetIterator)`",
            (model, data, observer) -> {
              for (int epoch = 0; epoch < ModelCase.EPOCHS; epoch++) {
                network(model).fit(data.iterator());
              }
            }),
        trained(
            kind,
            "`fit(DataSet)` with `observe`",
            (model, data, observer) ->
                eachBatch(data, observer, batch -> network(model).fit(batch))),
        trained(
            kind,
            "`fit(INDArray, INDArray)` with `observe`",
            (model, data, observer) ->
                eachBatch(
                    data,
                    observer,
                    batch -> network(model).fit(batch.getFeatures(), batch.getLabels()))),
        trained(
            kind,
            "`fit(MultiDataSetIterator)`",
            (model, data, observer) -> network(model).fit(data.multiIterator(), ModelCase.EPOCHS)),
        trained(
            kind,
            "`EarlyStoppingTrainer`",
            (model, data, observer) ->
                new EarlyStoppingTrainer(
                        ModelCases.<MultiLayerNetwork>stopping(data),
                        network(model),
                        data.iterator())
                    .fit()),
        ModelCase.of(
            kind,
            "`EarlyStoppingGraphTrainer`",
            () -> denseGraph(),
            CaseData.dense(),
            (model, data, observer) ->
                new EarlyStoppingGraphTrainer(
                        ModelCases.<ComputationGraph>stopping(data), graph(model), data.iterator())
                    .fit(),
            Output.rows("out", "features", K)),
        ModelCase.of(
            kind,
            "graph, `fit(DataSet)` with `observe`",
            () -> denseGraph(),
            CaseData.dense(),
            (model, data, observer) -> eachBatch(data, observer, batch -> graph(model).fit(batch)),
            Output.rows("out", "features", K)),
        ModelCase.of(
            kind,
            "conjugate gradient and other line searches",
            () ->
                sequential(
                    c -> c.optimizationAlgo(OptimizationAlgorithm.CONJUGATE_GRADIENT),
                    hidden(IN),
                    softmax(D)),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "without workspaces",
            () ->
                sequential(
                    c ->
                        c.trainingWorkspaceMode(WorkspaceMode.NONE)
                            .inferenceWorkspaceMode(WorkspaceMode.NONE),
                    hidden(IN),
                    softmax(D)),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)));
  }

  private static ModelCase trained(String kind, String name, Fit fit) {
    return ModelCase.of(
        kind,
        name,
        () -> sequential(hidden(IN), softmax(D)),
        CaseData.dense(),
        fit,
        Output.rows("layer1", 1, K));
  }

  private static <T extends Model> EarlyStoppingConfiguration<T> stopping(ModelCase data) {
    return new EarlyStoppingConfiguration.Builder<T>()
        .epochTerminationConditions(new MaxEpochsTerminationCondition(ModelCase.EPOCHS))
        .scoreCalculator(new DataSetLossCalculator(data.iterator(), true))
        .modelSaver(new InMemoryModelSaver<T>())
        .build();
  }

  private static void eachBatch(ModelCase data, Runnable observer, Consumer<DataSet> fit) {
    for (int epoch = 0; epoch < ModelCase.EPOCHS; epoch++) {
      data.dataSets().forEach(fit);
      observer.run();
    }
  }

  // Parts of models.

  private static NeuralNetConfiguration.Builder seeded() {
    return new NeuralNetConfiguration.Builder()
        .seed(7)
        .activation(Activation.TANH)
        .updater(new Nesterovs(0.05, 0.9));
  }

  private static MultiLayerNetwork sequential(Layer... layers) {
    return sequential(c -> {}, layers);
  }

  private static MultiLayerNetwork sequential(
      Consumer<NeuralNetConfiguration.Builder> change, Layer... layers) {
    return sequential(change, null, layers);
  }

  private static MultiLayerNetwork sequential(InputType input, Layer... layers) {
    return sequential(c -> {}, input, layers);
  }

  private static MultiLayerNetwork sequential(
      Consumer<NeuralNetConfiguration.Builder> change, InputType input, Layer... layers) {
    NeuralNetConfiguration.Builder configuration = seeded();
    change.accept(configuration);
    NeuralNetConfiguration.ListBuilder list = configuration.list(layers);
    if (input != null) {
      list.setInputType(input);
    }
    MultiLayerNetwork network = new MultiLayerNetwork(list.build());
    network.init();
    return network;
  }

  private static DenseLayer hidden(int in) {
    return new DenseLayer.Builder().nIn(in).nOut(D).build();
  }

  private static OutputLayer softmax(int in) {
    return softmax(in, K);
  }

  private static OutputLayer softmax(int in, int classes) {
    return new OutputLayer.Builder(LossFunction.MCXENT)
        .nIn(in)
        .nOut(classes)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static LSTM lstm(int in) {
    return new LSTM.Builder().nIn(in).nOut(D).build();
  }

  private static RnnOutputLayer eachStep(int in) {
    return eachStep(in, RNNFormat.NCW);
  }

  private static RnnOutputLayer eachStep(int in, RNNFormat format) {
    return new RnnOutputLayer.Builder(LossFunction.MCXENT)
        .dataFormat(format)
        .nIn(in)
        .nOut(K)
        .activation(Activation.SOFTMAX)
        .build();
  }

  private static ComputationGraph graphOf(GraphBuilder configuration) {
    ComputationGraph graph = new ComputationGraph(configuration.build());
    graph.init();
    return graph;
  }

  private static ComputationGraph denseGraph() {
    return graphOf(
        seeded()
            .graphBuilder()
            .addInputs("in")
            .addLayer("features", hidden(IN), "in")
            .addLayer("out", softmax(D), "features")
            .setOutputs("out"));
  }

  // Models.

  private static List<ModelCase> dense() {
    String kind = "Dense";
    return List.of(
        ModelCase.of(
            kind,
            "batch normalisation, dropout, drop-connect",
            () ->
                sequential(
                    hidden(IN),
                    new BatchNormalization.Builder().nIn(D).nOut(D).build(),
                    new DropoutLayer(0.8),
                    new DenseLayer.Builder()
                        .nIn(D)
                        .nOut(D)
                        .weightNoise(new DropConnect(0.9))
                        .build(),
                    softmax(D)),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer4", 4, K)),
        ModelCase.of(
            kind,
            "dropout on the output layer",
            () ->
                sequential(
                    hidden(IN),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(D)
                        .nOut(K)
                        .dropOut(0.7)
                        .activation(Activation.SOFTMAX)
                        .build()),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "an output layer alone",
            () -> sequential(softmax(IN)),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer0", 0, K)),
        ModelCase.of(
            kind,
            "label masks",
            () -> sequential(hidden(IN), softmax(D)),
            CaseData.denseMasked(),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "embedding of one token",
            () ->
                sequential(
                    new EmbeddingLayer.Builder().nIn(10).nOut(D).build(), hidden(D), softmax(D)),
            CaseData.tokens(1),
            EPOCHS,
            Output.rows("layer2", 2, K)));
  }

  private static List<ModelCase> outputLayers() {
    String kind = "Output layers and losses";
    return List.of(
        ModelCase.of(
            kind,
            "`LossLayer`",
            () ->
                sequential(
                    hidden(IN),
                    new DenseLayer.Builder().nIn(D).nOut(K).activation(Activation.IDENTITY).build(),
                    new LossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer2", 2, K)),
        ModelCase.of(
            kind,
            "`CenterLossOutputLayer`",
            () ->
                sequential(
                    hidden(IN),
                    new CenterLossOutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(D)
                        .nOut(K)
                        .activation(Activation.SOFTMAX)
                        .build()),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "sparse labels (`LossSparseMCXENT`)",
            () ->
                sequential(
                    hidden(IN),
                    new OutputLayer.Builder(new LossSparseMCXENT())
                        .nIn(D)
                        .nOut(K)
                        .activation(Activation.SOFTMAX)
                        .build()),
            CaseData.denseIndices(K),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "squared error to one-hot labels",
            () ->
                sequential(
                    hidden(IN),
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(D)
                        .nOut(K)
                        .activation(Activation.IDENTITY)
                        .build()),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "without bias",
            () ->
                sequential(
                    hidden(IN),
                    new OutputLayer.Builder(LossFunction.NEGATIVELOGLIKELIHOOD)
                        .nIn(D)
                        .nOut(K)
                        .hasBias(false)
                        .activation(Activation.SOFTMAX)
                        .build()),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)),
        ModelCase.of(
            kind,
            "one sigmoid unit, as two classes",
            () ->
                sequential(
                    hidden(IN),
                    new OutputLayer.Builder(LossFunction.XENT)
                        .nIn(D)
                        .nOut(1)
                        .activation(Activation.SIGMOID)
                        .build()),
            CaseData.denseIndices(2),
            EPOCHS,
            Output.rows("layer1", 1, 2)));
  }

  private static List<ModelCase> convolutional() {
    String kind = "Convolutional";
    return List.of(
        images(kind, "NCHW, flattened before the output layer", CNN2DFormat.NCHW),
        images(kind, "NHWC", CNN2DFormat.NHWC),
        ModelCase.of(
            kind,
            "global pooling",
            () ->
                sequential(
                    InputType.convolutional(6, 6, 2),
                    convolution(CNN2DFormat.NCHW, D),
                    new GlobalPoolingLayer(PoolingType.AVG),
                    softmax(D)),
            CaseData.images(false),
            EPOCHS,
            Output.rows("layer2", 2, K)),
        pixels(kind, "`CnnLossLayer` with pixel masks, NCHW", CNN2DFormat.NCHW, K),
        pixels(kind, "`CnnLossLayer`, NHWC", CNN2DFormat.NHWC, K),
        pixels(kind, "`CnnLossLayer` with one sigmoid channel", CNN2DFormat.NCHW, 1),
        ModelCase.of(
            kind,
            "`Cnn3DLossLayer`",
            () ->
                sequential(
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
                        .build()),
            CaseData.voxels(),
            EPOCHS,
            Output.laidOut("layer1", 1, "NCDHW", "NCDHW", K)));
  }

  private static ConvolutionLayer convolution(CNN2DFormat format, int out) {
    return new ConvolutionLayer.Builder(3, 3).dataFormat(format).nOut(out).build();
  }

  private static ModelCase images(String kind, String name, CNN2DFormat format) {
    return ModelCase.of(
        kind,
        name,
        () ->
            sequential(
                InputType.convolutional(6, 6, 2, format),
                convolution(format, 4),
                new SubsamplingLayer.Builder(2, 2).dataFormat(format).stride(2, 2).build(),
                new OutputLayer.Builder(LossFunction.MCXENT)
                    .nOut(K)
                    .activation(Activation.SOFTMAX)
                    .build()),
        CaseData.images(format == CNN2DFormat.NHWC),
        EPOCHS,
        Output.rows("layer2", 2, K).flat());
  }

  private static ModelCase pixels(String kind, String name, CNN2DFormat format, int channels) {
    String layout = format == CNN2DFormat.NCHW ? "NCHW" : "NHWC";
    return ModelCase.of(
        kind,
        name,
        () ->
            sequential(
                InputType.convolutional(6, 6, 2, format),
                new ConvolutionLayer.Builder(1, 1)
                    .dataFormat(format)
                    .nOut(channels)
                    .activation(Activation.IDENTITY)
                    .build(),
                new CnnLossLayer.Builder(channels == 1 ? LossFunction.XENT : LossFunction.MCXENT)
                    .format(format)
                    .activation(channels == 1 ? Activation.SIGMOID : Activation.SOFTMAX)
                    .build()),
        CaseData.pixels(format == CNN2DFormat.NHWC, channels == 1),
        EPOCHS,
        Output.laidOut(
            "layer1",
            1,
            layout,
            format == CNN2DFormat.NCHW ? "NCHW" : "NHW",
            Math.max(2, channels)));
  }

  private static List<ModelCase> recurrent() {
    String kind = "Recurrent";
    return List.of(
        ModelCase.of(
            kind,
            "LSTM, `RnnOutputLayer`, label masks and varying lengths",
            () -> sequential(lstm(IN), eachStep(D)),
            CaseData.sequences(false),
            EPOCHS,
            Output.laidOut("layer1", 1, "NCW", "NW", K)),
        ModelCase.of(
            kind,
            "NWC",
            () ->
                sequential(
                    InputType.recurrent(IN, CaseData.STEPS, RNNFormat.NWC),
                    lstm(IN),
                    eachStep(D, RNNFormat.NWC)),
            CaseData.sequences(true),
            EPOCHS,
            Output.laidOut("layer1", 1, "NWC", "NW", K)),
        ModelCase.of(
                kind,
                "truncated back-propagation with masks",
                () -> truncated(),
                CaseData.sequences(false),
                EPOCHS,
                Output.laidOut("layer1", 1, "NCW", "NW", K))
            .passedAs(CaseData.windows(CaseData.sequences(false), 2)),
        ModelCase.of(
            kind,
            "bidirectional, last time step",
            () ->
                sequential(
                    new Bidirectional(Bidirectional.Mode.CONCAT, lstm(IN)),
                    new LastTimeStep(new SimpleRnn.Builder().nIn(2 * D).nOut(D).build()),
                    softmax(D)),
            CaseData.labelledSequences(),
            EPOCHS,
            Output.rows("layer2", 2, K)),
        ModelCase.of(
            kind,
            "embedded sequence, global pooling",
            () ->
                sequential(
                    new EmbeddingSequenceLayer.Builder().nIn(10).nOut(D).inputLength(4).build(),
                    lstm(D),
                    new GlobalPoolingLayer(PoolingType.MAX),
                    softmax(D)),
            CaseData.tokens(4),
            EPOCHS,
            Output.rows("layer3", 3, K)),
        ModelCase.of(
            kind,
            "one-dimensional convolution, `RnnLossLayer`",
            () ->
                sequential(
                    InputType.recurrent(IN, CaseData.STEPS),
                    new Convolution1DLayer.Builder(1, 1)
                        .nOut(K)
                        .activation(Activation.IDENTITY)
                        .build(),
                    new RnnLossLayer.Builder(LossFunction.MCXENT)
                        .activation(Activation.SOFTMAX)
                        .build()),
            CaseData.sequences(false),
            EPOCHS,
            Output.laidOut("layer1", 1, "NCW", "NW", K)));
  }

  private static MultiLayerNetwork truncated() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            seeded()
                .list(lstm(IN), eachStep(D))
                .backpropType(BackpropType.TruncatedBPTT)
                .tBPTTLength(2)
                .build());
    network.init();
    return network;
  }

  private static List<ModelCase> graphs() {
    String kind = "`ComputationGraph`";
    Output first = Output.rows("first", "joined", K);
    Output second = Output.rows("second", "side", 2).at(1);
    return List.of(
        ModelCase.of(
            kind,
            "several inputs and outputs, merge and element-wise vertices before the output",
            () ->
                graphOf(
                    seeded()
                        .graphBuilder()
                        .addInputs("a", "b")
                        .addLayer("left", hidden(IN), "a")
                        .addLayer("right", hidden(IN), "b")
                        .addVertex(
                            "sum", new ElementWiseVertex(ElementWiseVertex.Op.Add), "left", "right")
                        .addVertex("joined", new MergeVertex(), "sum", "right")
                        .addLayer("side", hidden(D), "sum")
                        .addLayer("first", softmax(2 * D), "joined")
                        .addLayer("second", softmax(D, 2), "side")
                        .setOutputs("first", "second")),
            CaseData.twoInputsAndOutputs(),
            GRAPH,
            first,
            second),
        ModelCase.of(
            kind,
            "several layers into one output layer",
            () ->
                graphOf(
                    seeded()
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("a", hidden(IN), "in")
                        .addLayer("b", hidden(IN), "in")
                        .addLayer("out", softmax(2 * D), "a", "b")
                        .setOutputs("out")),
            CaseData.dense(),
            GRAPH,
            Output.rows("out", "out-merge", K)),
        ModelCase.of(
            kind,
            "last time step and reversed sequences, feature masks",
            () ->
                graphOf(
                    seeded()
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("forward", lstm(IN), "in")
                        .addVertex("reversed", new ReverseTimeSeriesVertex("in"), "in")
                        .addLayer("backward", lstm(IN), "reversed")
                        .addVertex("last", new LastTimeStepVertex("in"), "forward")
                        .addVertex("first", new LastTimeStepVertex("in"), "backward")
                        .addLayer("features", hidden(2 * D), "last", "first")
                        .addLayer("out", softmax(D), "features")
                        .setOutputs("out")),
            CaseData.labelledSequences(),
            GRAPH,
            Output.rows("out", "features", K)),
        ModelCase.of(
            kind,
            "convolutional, preprocessor before the output layer, dropout on it",
            () ->
                graphOf(
                    seeded()
                        .graphBuilder()
                        .addInputs("in")
                        .addLayer("maps", convolution(CNN2DFormat.NCHW, 4), "in")
                        .addLayer(
                            "out",
                            new OutputLayer.Builder(LossFunction.MCXENT)
                                .nOut(K)
                                .dropOut(0.8)
                                .activation(Activation.SOFTMAX)
                                .build(),
                            "maps")
                        .setOutputs("out")
                        .setInputTypes(InputType.convolutional(6, 6, 2))),
            CaseData.images(false),
            GRAPH,
            Output.rows("out", "maps", K).flat()),
        ModelCase.of(
                kind,
                "recurrent, truncated back-propagation with masks",
                () ->
                    graphOf(
                        seeded()
                            .graphBuilder()
                            .addInputs("in")
                            .addLayer("lstm", lstm(IN), "in")
                            .addLayer("out", eachStep(D), "lstm")
                            .setOutputs("out")
                            .backpropType(BackpropType.TruncatedBPTT)
                            .tBPTTLength(2)),
                CaseData.sequences(false),
                GRAPH,
                new Output("out", 0, "lstm", "NCW", "NCW", "NW", K))
            .passedAs(CaseData.windows(CaseData.sequences(false), 2)),
        ModelCase.of(
            kind,
            "a regression beside the classifier",
            () ->
                graphOf(
                    seeded()
                        .graphBuilder()
                        .addInputs("a", "b")
                        .addLayer("features", hidden(IN), "a")
                        .addVertex("both", new MergeVertex(), "features", "b")
                        .addLayer("out", softmax(D), "features")
                        .addLayer(
                            "amount",
                            new OutputLayer.Builder(LossFunction.MSE)
                                .nIn(D + IN)
                                .nOut(1)
                                .activation(Activation.IDENTITY)
                                .build(),
                            "both")
                        .setOutputs("out", "amount")),
            withAmounts(),
            GRAPH,
            Output.rows("out", "features", K)));
  }

  private static List<MultiDataSet> withAmounts() {
    return CaseData.twoInputsAndOutputs().stream()
        .map(
            batch ->
                (MultiDataSet)
                    new org.nd4j.linalg.dataset.MultiDataSet(
                        batch.getFeatures(),
                        new org.nd4j.linalg.api.ndarray.INDArray[] {
                          batch.getLabels(0), batch.getFeatures(0).sum(true, 1)
                        }))
        .toList();
  }

  private static List<ModelCase> frozen() {
    String kind = "Frozen layers";
    return List.of(
        ModelCase.of(
            kind,
            "transfer learning",
            () ->
                new TransferLearning.Builder(sequential(hidden(IN), hidden(D), softmax(D, 5)))
                    .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder()
                            .seed(3)
                            .updater(new Nesterovs(0.05, 0.9))
                            .build())
                    .setFeatureExtractor(0)
                    .removeOutputLayer()
                    .addLayer(softmax(D))
                    .build(),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer2", 2, K)),
        ModelCase.of(
            kind,
            "transfer learning of a graph",
            () ->
                new TransferLearning.GraphBuilder(denseGraph())
                    .fineTuneConfiguration(
                        new FineTuneConfiguration.Builder()
                            .seed(3)
                            .updater(new Nesterovs(0.05, 0.9))
                            .build())
                    .setFeatureExtractor("features")
                    .build(),
            CaseData.dense(),
            GRAPH,
            Output.rows("out", "features", K)),
        ModelCase.of(
            kind,
            "a frozen output layer",
            () -> sequential(hidden(IN), new FrozenLayerWithBackprop(softmax(D))),
            CaseData.dense(),
            EPOCHS,
            Output.rows("layer1", 1, K)));
  }

  private static List<ModelCase> types() {
    String kind = "Number types";
    return List.of(
        typed(kind, "float64", DataType.DOUBLE).within(ModelCase.DOUBLE),
        typed(kind, "float16", DataType.FLOAT16).within(ModelCase.HALF));
  }

  private static ModelCase typed(String kind, String name, DataType type) {
    return ModelCase.of(
        kind,
        name,
        () -> sequential(c -> c.dataType(type), hidden(IN), softmax(D)),
        CaseData.dense(type),
        EPOCHS,
        Output.rows("layer1", 1, K));
  }
}
