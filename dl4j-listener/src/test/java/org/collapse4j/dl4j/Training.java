package org.collapse4j.dl4j;

import java.util.List;
import java.util.Random;
import org.collapse4j.dl4j.noise.NoisyDataSetIterator;
import org.collapse4j.noise.LabelNoise;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.MultiLayerConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.DropoutLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** Small networks and data that train in a moment. */
public final class Training {
  public static final int CLASSES = 3;
  public static final int INPUTS = 6;
  public static final int FEATURES = 8;
  private static final int WIDTH = 96;

  private Training() {}

  /** Three overlapping clusters. */
  public static DataSet clusters(int examples, long seed) {
    Random random = new Random(seed);
    INDArray features = Nd4j.create(examples, INPUTS);
    INDArray labels = Nd4j.create(examples, CLASSES);
    for (int i = 0; i < examples; i++) {
      int c = i % CLASSES;
      labels.putScalar(i, c, 1);
      for (int j = 0; j < INPUTS; j++) {
        features.putScalar(i, j, random.nextGaussian() + (j % CLASSES == c ? 2 : 0));
      }
    }
    return new DataSet(features, labels);
  }

  public static DataSetIterator batches(DataSet data, int batch) {
    return new ListDataSetIterator<>(List.copyOf(data.asList()), batch);
  }

  /** Dense, batch normalisation, dropout, dense, output. */
  public static MultiLayerNetwork multiLayerNetwork() {
    MultiLayerConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(7)
            .weightInit(WeightInit.XAVIER)
            .updater(new Nesterovs(0.05, 0.9))
            .list()
            .layer(
                new DenseLayer.Builder().nIn(INPUTS).nOut(12).activation(Activation.RELU).build())
            .layer(new BatchNormalization.Builder().nIn(12).nOut(12).build())
            .layer(new DropoutLayer(0.8))
            .layer(
                new DenseLayer.Builder()
                    .name("features")
                    .nIn(12)
                    .nOut(FEATURES)
                    .activation(Activation.RELU)
                    .build())
            .layer(
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(FEATURES)
                    .nOut(CLASSES)
                    .activation(Activation.SOFTMAX)
                    .build())
            .build();
    MultiLayerNetwork network = new MultiLayerNetwork(configuration);
    network.init();
    return network;
  }

  /** The same as a graph, with dropout on the output layer too. */
  public static ComputationGraph graph() {
    ComputationGraphConfiguration configuration =
        new NeuralNetConfiguration.Builder()
            .seed(7)
            .weightInit(WeightInit.XAVIER)
            .updater(new Nesterovs(0.05, 0.9))
            .graphBuilder()
            .addInputs("in")
            .addLayer(
                "dense",
                new DenseLayer.Builder().nIn(INPUTS).nOut(12).activation(Activation.RELU).build(),
                "in")
            .addLayer("norm", new BatchNormalization.Builder().nIn(12).nOut(12).build(), "dense")
            .addLayer(
                "features",
                new DenseLayer.Builder()
                    .nIn(12)
                    .nOut(FEATURES)
                    .dropOut(0.8)
                    .activation(Activation.RELU)
                    .build(),
                "norm")
            .addLayer(
                "out",
                new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                    .nIn(FEATURES)
                    .nOut(CLASSES)
                    .dropOut(0.9)
                    .activation(Activation.SOFTMAX)
                    .build(),
                "features")
            .setOutputs("out")
            .build();
    ComputationGraph graph = new ComputationGraph(configuration);
    graph.init();
    return graph;
  }

  /** Two layers that are wide enough to memorize, which {@link #noisy} has it do. */
  public static MultiLayerNetwork wide(long seed) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(seed)
                .weightInit(WeightInit.RELU)
                .updater(new Nesterovs(0.05, 0.9))
                .list()
                .layer(dense(INPUTS))
                .layer(dense(WIDTH))
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(WIDTH)
                        .nOut(CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  private static DenseLayer dense(int inputs) {
    return new DenseLayer.Builder().nIn(inputs).nOut(WIDTH).activation(Activation.RELU).build();
  }

  /** Batches of 240 examples, of whose labels three in ten are wrong. */
  public static DataSetIterator noisy(long seed) {
    return NoisyDataSetIterator.corrupting(
        new ExistingDataSetIterator(clusters(240, seed).batchBy(32)),
        LabelNoise.symmetric(CLASSES, 0.3).withSeed(seed));
  }
}
