package org.collapse4j.dl4j.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.collapse4j.dl4j.HeldOutScoreCalculator;
import org.collapse4j.dl4j.MemorizationTerminationCondition;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.TrainingScoreCalculator;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.noise.SuspectLabelsAccumulator;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.lossfunctions.LossFunctions;

/** The examples of README and Javadoc on label noise, word for word. */
class NoiseExamplesTest {
  private static final int EXAMPLES = 200;

  private final DataSetIterator trainBatches = batches();
  private final DataSetIterator probeBatches = batches();
  private final DataSetIterator testBatches = batches();
  private final DataSetIterator heldOutBatches = batches();

  private static DataSetIterator batches() {
    Nd4j.getRandom().setSeed(1);
    DataSet data = new DataSet(Nd4j.randn(EXAMPLES, 4), Nd4j.eye(10).repeat(0, EXAMPLES / 10));
    return new ExistingDataSetIterator(data.batchBy(10));
  }

  private static MultiLayerNetwork network() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(
                    new OutputLayer.Builder(LossFunctions.LossFunction.MCXENT)
                        .nIn(4)
                        .nOut(10)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  @Test
  void corruptedLabels() {
    LabelNoise noise = LabelNoise.uniform(10, 0.2).withSeed(7);
    NoisyLabels labels = noise.corrupt(new int[] {3, 1, 4, 1, 5, 9});
    assertEquals(6, labels.size());
  }

  @Test
  void corruptedOnTheFly() {
    DataSetIterator noisy =
        NoisyDataSetIterator.corrupting(trainBatches, LabelNoise.uniform(10, 0.2).withSeed(7));
    assertTrue(LabelledExamples.of(noisy.next()).isPresent());
  }

  @Test
  void measuringAndSuspecting() {
    MultiLayerNetwork network = network();
    LabelNoise noise = LabelNoise.uniform(10, 0.2).withSeed(7);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .trainProbe(NoisyDataSetIterator.corrupting(probeBatches, noise))
            .heldOutProbe(testBatches)
            .suspectLabels(true)
            .build();
    network.addListeners(listener);
    network.fit(NoisyDataSetIterator.corrupting(trainBatches, noise), 20);
    SuspectLabels labels = listener.suspectLabels();
    for (SuspectLabel suspect : labels.suspects()) {
      assertTrue(suspect.index() >= 0 && suspect.epochs() == 20);
    }
    assertEquals(EXAMPLES, labels.ranking().size());
    assertEquals(0, listener.failureCount());
    assertTrue(
        listener.lastObservation("train").orElseThrow().measurements().has(Metric.NOISE_RATE));
  }

  @Test
  void suspectsLeftOutOrReplaced() {
    SuspectLabels labels = SuspectLabelsAccumulator.forClasses(10).snapshot();
    DataSetIterator cleaner = NoisyDataSetIterator.dropping(trainBatches, labels.suspects());
    DataSetIterator corrected = NoisyDataSetIterator.replacing(trainBatches, labels.suspects());
    assertEquals(cleaner.next().getLabels(), corrected.next().getLabels());
  }

  @Test
  void earlyStopping() {
    MultiLayerNetwork network = network();
    NeuralCollapseListener listener = new NeuralCollapseListener();
    network.addListeners(listener);
    EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .scoreCalculator(TrainingScoreCalculator.of(listener))
            .epochTerminationConditions(
                new MemorizationTerminationCondition(listener),
                new MaxEpochsTerminationCondition(60))
            .build();
    MultiLayerNetwork kept =
        new EarlyStoppingTrainer(configuration, network, trainBatches).fit().getBestModel();
    assertEquals(network.numParams(), kept.numParams());
    assertEquals(0, listener.failureCount());
  }

  @Test
  void earlyStoppingOnHeldOutExamples() {
    EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .scoreCalculator(HeldOutScoreCalculator.dilation(heldOutBatches))
            .epochTerminationConditions(new MaxEpochsTerminationCondition(60))
            .build();
    assertTrue(configuration.getScoreCalculator().minimizeScore());
  }
}
