package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.log.MetricSink;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class SuspectEvidenceTest {
  private static final double SINGLE = 1e-4;
  private static final MetricSink NOWHERE = observation -> {};
  private static final DataSet NOISY =
      LabelledExamples.corrupt(
          Training.clusters(300, 1), LabelNoise.symmetric(Training.CLASSES, 0.2).withSeed(2));

  private static NeuralCollapseListener.Builder listener(DataSetIterator probe) {
    return NeuralCollapseListener.builder()
        .trainProbe(probe)
        .suspectLabels(true)
        .sink(NOWHERE)
        .failFast(true);
  }

  private static DataSetIterator shuffledBatches(long seed) {
    List<DataSet> singles = new ArrayList<>(NOISY.asList());
    Collections.shuffle(singles, new Random(seed));
    return new ListDataSetIterator<>(singles, 32);
  }

  @Test
  void theMarginsAreThoseOfInferenceAveragedOverTheEpochs() {
    NeuralCollapseListener listener = listener(shuffledBatches(5)).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(listener);
    List<LabelledExample> examples = LabelledExamples.of(NOISY).orElseThrow();
    Map<Long, Double> sums = new HashMap<>();
    for (int epoch = 0; epoch < 3; epoch++) {
      network.fit(shuffledBatches(epoch), 1);
      INDArray h = network.feedForwardToLayer(3, NOISY.getFeatures(), false).get(4);
      INDArray logits = h.mmul(network.getParam("4_W")).addiRowVector(network.getParam("4_b"));
      for (int i = 0; i < examples.size(); i++) {
        int given = examples.get(i).given();
        INDArray row = logits.getRow(i).dup();
        double own = row.getDouble(given);
        row.putScalar(given, Double.NEGATIVE_INFINITY);
        sums.merge(examples.get(i).index(), own - row.maxNumber().doubleValue(), Double::sum);
      }
    }
    SuspectLabels labels = listener.suspectLabels();
    assertEquals(300, labels.ranking().size());
    for (SuspectLabel suspect : labels.ranking()) {
      assertEquals(sums.get(suspect.index()) / 3, suspect.margin(), SINGLE);
      assertEquals(3, suspect.epochs());
      assertTrue(suspect.distanceRatio() > 0);
    }
  }

  @Test
  void wrongLabelsRankFirst() {
    NeuralCollapseListener listener = listener(shuffledBatches(5)).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(listener);
    network.fit(shuffledBatches(1), 8);
    Map<Long, LabelledExample> byIndex = new HashMap<>();
    LabelledExamples.of(NOISY).orElseThrow().forEach(e -> byIndex.put(e.index(), e));
    SuspectLabels labels = listener.suspectLabels();
    double auroc = labels.auroc(index -> byIndex.get(index).isCorrupted());
    assertTrue(auroc > 0.95, "AUROC " + auroc);
    SuspectLabel first = labels.ranking().get(0);
    assertEquals(byIndex.get(first.index()).clean(), first.sitsWith());
    assertTrue(first.distanceRatio() > 1);
  }

  @Test
  void howManyLabelsLookWrongIsMeasured() {
    NeuralCollapseListener listener = listener(shuffledBatches(5)).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(listener);
    network.fit(shuffledBatches(1), 4);
    Measurements measured = listener.lastObservation("train").orElseThrow().measurements();
    SuspectLabels labels = listener.suspectLabels();
    assertTrue(labels.estimatedCount() > 0);
    assertEquals(labels.estimatedCount(), measured.value(Metric.SUSPECTS_COUNT));
    assertEquals(labels.estimatedCount() / 300.0, measured.value(Metric.SUSPECTS_SHARE));
    assertEquals(labels.memorizationEstimated(), measured.value(Metric.MEMORIZATION_ESTIMATED));
  }

  @Test
  void withoutMetadataTheIndexIsThePositionInTheProbe() {
    List<DataSet> batches = Training.clusters(90, 1).batchBy(16);
    INDArray mask = Nd4j.ones(16, 1);
    mask.putScalar(3, 0, 0);
    batches.get(1).setLabelsMaskArray(mask);
    NeuralCollapseListener listener = listener(new ExistingDataSetIterator(batches)).build();
    listener.observe(Training.multiLayerNetwork());
    List<Long> indices =
        listener.suspectLabels().ranking().stream().map(SuspectLabel::index).sorted().toList();
    assertEquals(89, indices.size());
    assertTrue(!indices.contains(19L) && indices.contains(0L) && indices.contains(89L));
  }

  @Test
  void anEpochCountsWholeOrNotAtAll() {
    List<DataSet> batches = new ArrayList<>(Training.clusters(90, 1).batchBy(16));
    NeuralCollapseListener listener =
        listener(new ExistingDataSetIterator(batches)).failFast(false).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    listener.observe(network);
    Collections.swap(batches, 3, 4);
    listener.observe(network);
    assertEquals(1, listener.failureCount());
    for (SuspectLabel suspect : listener.suspectLabels().ranking()) {
      assertEquals(1, suspect.epochs());
    }
    assertTrue(listener.lastObservation("train").isPresent());
  }

  @Test
  void examplesWithTheSameIndexAreRefused() {
    DataSet data = Training.clusters(90, 1);
    List<DataSet> twice =
        List.of(LabelledExamples.index(data), LabelledExamples.index(data.copy()));
    NeuralCollapseListener listener = listener(new ExistingDataSetIterator(twice)).build();
    String message =
        assertThrows(
                IllegalArgumentException.class,
                () -> listener.observe(Training.multiLayerNetwork()))
            .getMessage();
    assertEquals(
        "Each example of the training probe must have an index of its own, but 180 examples have 90"
            + " indices",
        message);
  }

  @Test
  void aCopyOfTheModelGoesOnAndAnotherModelIsRefused() {
    NeuralCollapseListener listener = listener(shuffledBatches(1)).build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    listener.observe(network);
    listener.observe(network.clone());
    assertEquals(2, listener.suspectLabels().ranking().get(0).epochs());
    assertThrows(IllegalArgumentException.class, () -> listener.observe(Training.graph()));
    assertEquals(2, listener.suspectLabels().ranking().get(0).epochs());
  }

  @Test
  void whatCannotBeFoundIsSaid() {
    assertThrows(IllegalStateException.class, () -> new NeuralCollapseListener().suspectLabels());
    assertThrows(
        IllegalArgumentException.class,
        () -> NeuralCollapseListener.builder().suspectLabels(true).build());
    assertTrue(listener(shuffledBatches(1)).build().suspectLabels().ranking().isEmpty());
    NeuralCollapseListener inner = listener(shuffledBatches(1)).layers("features").build();
    assertThrows(IllegalArgumentException.class, () -> inner.observe(Training.multiLayerNetwork()));
  }
}
