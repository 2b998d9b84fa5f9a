package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.Stream;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class HeldOutScoreCalculatorTest {
  private static final int EPOCHS = 40;

  private static DataSetIterator heldOut() {
    return new ExistingDataSetIterator(Training.clusters(300, 9).batchBy(64));
  }

  static Stream<HeldOutScoreCalculator<MultiLayerNetwork>> calculators() {
    return Stream.of(
        HeldOutScoreCalculator.dilation(heldOut()), HeldOutScoreCalculator.nc1(heldOut()));
  }

  private static EarlyStoppingResult<MultiLayerNetwork> train(
      HeldOutScoreCalculator<MultiLayerNetwork> calculator, long seed) {
    EarlyStoppingConfiguration<MultiLayerNetwork> configuration =
        new EarlyStoppingConfiguration.Builder<MultiLayerNetwork>()
            .scoreCalculator(calculator)
            .epochTerminationConditions(new MaxEpochsTerminationCondition(EPOCHS))
            .build();
    return new EarlyStoppingTrainer(configuration, Training.wide(seed), Training.noisy(seed)).fit();
  }

  @ParameterizedTest
  @MethodSource("calculators")
  void anEarlierEpochThanTheLastIsKeptOnNoisyData(
      HeldOutScoreCalculator<MultiLayerNetwork> calculator) {
    for (long seed = 1; seed <= 2; seed++) {
      EarlyStoppingResult<MultiLayerNetwork> result = train(calculator, seed);
      assertEquals(EPOCHS, result.getTotalEpochs());
      assertTrue(
          result.getBestModelEpoch() < EPOCHS / 2, "epoch " + result.getBestModelEpoch() + " kept");
      double last = result.getScoreVsEpoch().get(EPOCHS - 1);
      double kept = result.getScoreVsEpoch().get(result.getBestModelEpoch());
      assertTrue(kept < last, kept + " kept, " + last + " last");
      assertEquals(kept, calculator.calculateScore(result.getBestModel()), 1e-6 * kept);
    }
  }

  @ParameterizedTest
  @MethodSource("calculators")
  void theScoreIsTheMetricOfTheHeldOutProbe(HeldOutScoreCalculator<MultiLayerNetwork> calculator) {
    MultiLayerNetwork network = Training.wide(1);
    float[] before = network.params().dup().data().asFloat();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().heldOutProbe(heldOut()).sink(o -> {}).build();
    Measurements measured = listener.observe(network).get(0).measurements();
    double expected = measured.value(calculator.metric());
    // The listener's second pass needs no covariance, which rounds otherwise.
    assertEquals(expected, calculator.calculateScore(network), 1e-12 * expected);
    assertTrue(calculator.minimizeScore());
    assertArrayEquals(before, network.params().data().asFloat());
  }

  @Test
  void aGraphIsScoredToo() {
    HeldOutScoreCalculator<ComputationGraph> calculator =
        HeldOutScoreCalculator.dilation(heldOut());
    assertEquals(Metric.DILATION_RELATIVE, calculator.metric());
    double score = calculator.calculateScore(Training.graph());
    assertTrue(score > 0 && score < Double.POSITIVE_INFINITY);
  }

  @ParameterizedTest
  @MethodSource("calculators")
  void aModelWhoseScoreIsUndefinedIsTheWorst(HeldOutScoreCalculator<MultiLayerNetwork> calculator) {
    MultiLayerNetwork network = Training.wide(1);
    network.params().assign(0);
    assertEquals(Double.POSITIVE_INFINITY, calculator.calculateScore(network));
    network.params().assign(Double.NaN);
    assertEquals(Double.POSITIVE_INFINITY, calculator.calculateScore(network));
  }

  @Test
  void aHeldOutSetOfOneClassIsRefused() {
    DataSet one = Training.clusters(30, 1).filterBy(new int[] {1});
    HeldOutScoreCalculator<MultiLayerNetwork> calculator =
        HeldOutScoreCalculator.nc1(new ExistingDataSetIterator(List.of(one)));
    assertRefused(
        "A held-out set to score models by must have examples of at least two classes, not of 1",
        calculator);
    assertRefused(
        "A held-out set to score models by must not be empty",
        HeldOutScoreCalculator.dilation(new ExistingDataSetIterator(List.<DataSet>of())));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            HeldOutScoreCalculator.nc1(
                new ExistingDataSetIterator(
                    List.of(new DataSet(Nd4j.zeros(1, 1), Nd4j.zeros(1, 1))).iterator())));
  }

  private static void assertRefused(
      String message, HeldOutScoreCalculator<MultiLayerNetwork> calculator) {
    MultiLayerNetwork network = Training.wide(1);
    assertEquals(
        message,
        assertThrows(IllegalArgumentException.class, () -> calculator.calculateScore(network))
            .getMessage());
  }
}
