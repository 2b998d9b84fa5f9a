package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Metric;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.listeners.ScoreIterationListener;
import org.deeplearning4j.util.ModelSerializer;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/** A listener measures one model, its copies included, and refuses any other. */
class OneListenerOneModelTest {
  private final DataSet data = Training.clusters(48, 1);
  private final List<Observation> observations = new ArrayList<>();

  private DataSetIterator batches() {
    return Training.batches(data, 16);
  }

  private NeuralCollapseListener listener(boolean failFast) {
    return NeuralCollapseListener.builder().stream(true)
        .sample(0)
        .failFast(failFast)
        .sink(observations::add)
        .build();
  }

  private List<Long> iterations() {
    return observations.stream().map(Observation::iteration).toList();
  }

  @Test
  void aModelOfAnotherConfigurationIsRefused() {
    NeuralCollapseListener listener = listener(true);
    MultiLayerNetwork first = Training.multiLayerNetwork();
    first.setListeners(listener);
    first.fit(batches());
    ComputationGraph second = Training.graph();
    second.setListeners(listener);
    IllegalArgumentException refused =
        assertThrows(IllegalArgumentException.class, () -> second.fit(batches()));
    assertEquals(
        "A listener measures one model, and this one measures a model at iteration 2, but was"
            + " called by another of another configuration; give each model a listener of its own",
        refused.getMessage());
    assertThrows(IllegalArgumentException.class, () -> listener.requireMeasurable(second));
  }

  @Test
  void aFreshModelOfTheSameConfigurationIsRefusedAndLeavesTheFirstAlone() {
    NeuralCollapseListener listener = listener(false);
    MultiLayerNetwork first = Training.multiLayerNetwork();
    MultiLayerNetwork second = Training.multiLayerNetwork();
    first.setListeners(listener);
    second.setListeners(listener);
    first.fit(batches(), 2);
    second.fit(batches(), 2);
    first.fit(batches(), 1);
    assertEquals(List.of(3L, 6L, 9L), iterations());
    assertEquals(48, observations.get(2).measurements().value(Metric.EXAMPLES));
    assertEquals(1, listener.failureCount());
  }

  @Test
  void twoModelsTrainedInTurnAreRefused() {
    NeuralCollapseListener listener = listener(true);
    MultiLayerNetwork first = Training.multiLayerNetwork();
    MultiLayerNetwork second = Training.multiLayerNetwork();
    first.setListeners(listener);
    second.setListeners(listener);
    first.fit(data);
    second.fit(data);
    assertThrows(IllegalArgumentException.class, () -> first.fit(data));
  }

  @Test
  void theRefusedModelTrainsAsWithout() {
    MultiLayerNetwork alone = Training.multiLayerNetwork();
    alone.fit(data);
    NeuralCollapseListener listener = listener(false);
    ComputationGraph other = Training.graph();
    other.setListeners(listener);
    other.fit(data);
    MultiLayerNetwork shared = Training.multiLayerNetwork();
    shared.setListeners(listener);
    org.nd4j.linalg.factory.Nd4j.getRandom().setSeed(1);
    shared.fit(data);
    MultiLayerNetwork again = Training.multiLayerNetwork();
    org.nd4j.linalg.factory.Nd4j.getRandom().setSeed(1);
    again.fit(data);
    assertArrayEquals(again.params().toFloatVector(), shared.params().toFloatVector());
  }

  /** ComputationGraph.clone() shares its listeners, MultiLayerNetwork.clone() has none. */
  @Test
  void aCloneBehavesAsWithOtherListeners() {
    ComputationGraph graph = Training.graph();
    graph.setListeners(new ScoreIterationListener(1000), listener(true));
    graph.fit(batches());
    ComputationGraph clone = graph.clone();
    assertEquals(graph.getListeners(), clone.getListeners());
    clone.fit(batches());
    assertEquals(2, observations.size());
    assertTrue(observations.get(1).measurements().has(Metric.NC4_NCC_ACCURACY));
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(new ScoreIterationListener(1000), listener(true));
    assertTrue(network.clone().getListeners().isEmpty());
  }

  @Test
  void aModelReadBackGoesOnWithTheListener() throws Exception {
    NeuralCollapseListener listener = listener(true);
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(new ScoreIterationListener(1000), listener);
    network.fit(batches(), 2);
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    ModelSerializer.writeModel(network, file, true);
    MultiLayerNetwork restored =
        ModelSerializer.restoreMultiLayerNetwork(new ByteArrayInputStream(file.toByteArray()));
    assertTrue(restored.getListeners().isEmpty());
    assertEquals(network.params(), restored.params());
    restored.setListeners(listener);
    restored.fit(batches());
    assertEquals(List.of(3L, 6L, 9L), iterations());
    assertTrue(observations.get(2).measurements().has(Metric.NC4_NCC_ACCURACY));
  }

  @Test
  void aModelIsSerializedWithoutItsListeners() throws Exception {
    ComputationGraph graph = Training.graph();
    graph.setListeners(new ScoreIterationListener(1000), listener(true));
    graph.fit(batches());
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(graph);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      ComputationGraph read = (ComputationGraph) in.readObject();
      assertEquals(graph.params(), read.params());
      assertTrue(read.getListeners() == null || read.getListeners().isEmpty());
    }
  }
}
