package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.collapse4j.log.Observation;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.parallelism.ParallelWrapper;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** The examples of docs/models.md on ways of training, word for word. */
class TrainingExamplesTest {
  private final List<Observation> observations = new ArrayList<>();
  private final MultiLayerNetwork network = Training.multiLayerNetwork();
  private final List<DataSet> batches = Training.clusters(90, 1).batchBy(30);
  private final DataSetIterator trainBatches = Training.batches(Training.clusters(90, 1), 30);
  private final int epochs = 2;

  private NeuralCollapseListener listener() {
    return NeuralCollapseListener.builder().failFast(true).sink(observations::add).build();
  }

  private void assertEpochsObserved(String split) {
    assertEquals(
        IntStream.rangeClosed(1, epochs).boxed().toList(),
        observations.stream().map(Observation::epoch).toList());
    assertEquals(
        split,
        observations.stream().map(Observation::split).distinct().collect(Collectors.joining()));
  }

  @Test
  void theStream() {
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true).sample(0).build();
    network.addListeners(listener);
    network.fit(trainBatches, 1);
    assertEquals(1, listener.lastObservations().size());
    assertEquals("stream", listener.lastObservations().get(0).split());
  }

  @Test
  void withoutEpochEvents() {
    NeuralCollapseListener listener = listener();
    network.addListeners(listener);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      for (DataSet batch : batches) {
        network.fit(batch);
      }
      listener.observe(network, epoch);
    }
    assertEpochsObserved("train");
  }

  @Test
  void parallelWrapper() throws Exception {
    NeuralCollapseListener listener = listener();
    network.addListeners(listener);
    try (ParallelWrapper wrapper = new ParallelWrapper.Builder<>(network).workers(2).build()) {
      for (int epoch = 1; epoch <= epochs; epoch++) {
        wrapper.fit(trainBatches);
        listener.observe(network, epoch);
      }
    }
    assertEpochsObserved("train");
  }
}
