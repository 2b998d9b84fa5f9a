package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.learning.config.Sgd;
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;

/**
 * Behind a layer of dead rectified units every example has the same features: no class differs from
 * another, so that nothing is collapsed and everything that is divided by differences is undefined.
 */
class ConstantFeaturesTest {
  private static final int D = 7;

  private static final List<Metric> UNDEFINED =
      List.of(
          Metric.NC1_PINV,
          Metric.NC1_QUOTIENT,
          Metric.NC1_CDNV,
          Metric.NC2_NORM_CV_MEANS,
          Metric.NC2_ANGLE_STD_MEANS,
          Metric.NC2_ANGLE_GAP_MEANS,
          Metric.NC2_ETF_MEANS,
          Metric.NC2_UNIFORMITY_DISTANCE_MEAN,
          Metric.NC2_UNIFORMITY_DISTANCE_VARIANCE,
          Metric.NC2_UNIFORMITY_LOG_MEAN,
          Metric.NC2_UNIFORMITY_LOG_VARIANCE,
          Metric.NC3_DUALITY,
          Metric.NC3_ALIGNMENT,
          Metric.NC3_COSINE);

  private static final List<Metric> UNDEFINED_HELD_OUT =
      List.of(
          Metric.DILATION_NC1,
          Metric.DILATION_QUOTIENT,
          Metric.DILATION_CDNV,
          Metric.DILATION_RELATIVE);

  private static MultiLayerNetwork dead(DataType type) {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .seed(7)
                .dataType(type)
                .updater(new Sgd(0.05))
                .list(
                    new DenseLayer.Builder()
                        .nIn(Training.INPUTS)
                        .nOut(12)
                        .activation(Activation.RELU)
                        .biasInit(-1000)
                        .build(),
                    new DenseLayer.Builder()
                        .nIn(12)
                        .nOut(D)
                        .activation(Activation.TANH)
                        .biasInit(0.3)
                        .build(),
                    new OutputLayer.Builder(LossFunction.MCXENT)
                        .nIn(D)
                        .nOut(Training.CLASSES)
                        .activation(Activation.SOFTMAX)
                        .build())
                .build());
    network.init();
    return network;
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"FLOAT", "DOUBLE"})
  void whatIsDividedByDifferencesIsUndefined(DataType type) {
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true)
            .trainProbe(Training.batches(Training.clusters(100, 1), 16))
            .heldOutProbe(Training.batches(Training.clusters(53, 2), 7))
            .failFast(true)
            .sink(observations::add)
            .build();
    MultiLayerNetwork network = dead(type);
    network.setListeners(listener);
    network.fit(Training.batches(Training.clusters(100, 1), 16), 2);
    for (Observation observation : observations) {
      // The stream's features move with the weights; they are constant in inference mode only.
      if (!observation.split().equals(Observation.STREAM)) {
        assertUndefined(observation);
      }
    }
    assertEquals(2, observations.stream().filter(o -> o.split().equals("heldout")).count());
  }

  private static void assertUndefined(Observation observation) {
    Measurements measured = observation.measurements();
    List<String> numbers = new ArrayList<>();
    List<Metric> undefined = new ArrayList<>(UNDEFINED);
    if (observation.split().equals("heldout")) {
      undefined.addAll(UNDEFINED_HELD_OUT);
    }
    for (Metric metric : undefined) {
      if (!Double.isNaN(measured.value(metric))) {
        numbers.add(metric.key() + "=" + measured.value(metric));
      }
    }
    assertEquals(List.of(), numbers, observation.split());
    assertEquals(
        Training.CLASSES, measured.value(Metric.CLASSES_PRESENT), "all classes have examples");
  }
}
