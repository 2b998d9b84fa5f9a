package org.collapse4j.dl4j;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.collapse4j.log.Observation;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.deeplearning4j.optimize.api.TrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/** One bad batch of a probe costs one observation of that probe, and nothing else. */
class OneFaultOneObservationTest {
  private static final int EPOCHS = 4;

  /** The bad batch is there at this epoch only. */
  private static final int BAD = 2;

  private final DataSet data = Training.clusters(48, 1);
  private final List<MultiDataSet> heldOut =
      List.of(Training.clusters(9, 3).toMultiDataSet(), Training.clusters(6, 4).toMultiDataSet());

  record Fault(String name, INDArray labels) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Fault> faults() {
    INDArray good = Training.clusters(9, 5).getLabels();
    INDArray half = good.dup();
    half.getRow(4).muli(0.5);
    INDArray notANumber = good.dup();
    notANumber.getRow(4).assign(Double.NaN);
    return Stream.of(
        new Fault("another number of classes", Nd4j.eye(9).getColumns(0, 1, 2, 3)),
        new Fault("no labels", null),
        new Fault("a row that adds up to a half", half),
        new Fault("a row that is not a number", notANumber),
        new Fault("fewer labels than examples", Training.clusters(5, 5).getLabels()));
  }

  /** Batches of which the last is bad at one epoch. */
  private static final class SometimesBad extends BatchesIterator {
    private static final long serialVersionUID = 1L;
    private final transient List<MultiDataSet> good;
    private final transient MultiDataSet bad;
    private final transient int[] epoch;
    private int position;

    SometimesBad(List<MultiDataSet> good, MultiDataSet bad, int[] epoch) {
      super(good);
      this.good = good;
      this.bad = bad;
      this.epoch = epoch;
    }

    @Override
    public boolean hasNext() {
      return position < good.size() + (epoch[0] == BAD ? 1 : 0);
    }

    @Override
    public MultiDataSet next() {
      position++;
      return position > good.size() ? bad : good.get(position - 1);
    }

    @Override
    public void reset() {
      position = 0;
    }
  }

  private static final class CountsEpochs extends BaseTrainingListener {
    private final int[] epoch;

    CountsEpochs(int[] epoch) {
      this.epoch = epoch;
    }

    @Override
    public void onEpochEnd(Model model) {
      epoch[0]++;
    }
  }

  @ParameterizedTest
  @MethodSource("faults")
  void aBadHeldOutBatchCostsOneObservationOfThatSplit(Fault fault) {
    int[] epoch = new int[1];
    INDArray features = Training.clusters(9, 5).getFeatures();
    MultiDataSet bad = new org.nd4j.linalg.dataset.MultiDataSet(features, fault.labels());
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(false)
            .trainProbe(Training.batches(data, 16))
            .heldOutProbe(new SometimesBad(heldOut, bad, epoch))
            .sink(observations::add)
            .build();
    float[] without = train();
    try (RecordedWarnings log = new RecordedWarnings()) {
      assertArrayEquals(without, train(new CountsEpochs(epoch), listener));
      List<String> told = log.lines().stream().filter(l -> l.contains("could not")).toList();
      assertEquals(1, told.size(), log.lines().toString());
      assertTrue(told.get(0).contains("\"heldout\""), told.get(0));
    }
    assertEquals(1, listener.failureCount());
    assertEquals(List.of(1, 2, 3, 4), epochs(observations, "train"));
    assertEquals(List.of(1, 3, 4), epochs(observations, "heldout"));
  }

  /** A batch in training with one bad label is not in the stream; later epochs are. */
  @Test
  void aBadTrainingBatchCostsOneObservationOfTheStream() {
    List<DataSet> first = new ArrayList<>(data.batchBy(16));
    INDArray half = first.get(1).getLabels().dup();
    half.getRow(4).muli(0.5);
    first.set(1, new DataSet(first.get(1).getFeatures(), half));
    List<Observation> observations = new ArrayList<>();
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder().stream(true)
            .trainProbe(Training.batches(data, 16))
            .sink(observations::add)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listener);
    try (RecordedWarnings log = new RecordedWarnings()) {
      network.fit(new ExistingDataSetIterator(first), 1);
      network.fit(Training.batches(data, 16), 2);
      List<String> told = log.lines().stream().filter(l -> l.contains("could not")).toList();
      assertEquals(1, told.size(), log.lines().toString());
    }
    assertEquals(List.of(1, 2, 3), epochs(observations, "train"));
    List<Integer> streamed = epochs(observations, "stream");
    assertTrue(streamed.containsAll(List.of(2, 3)), streamed.toString());
  }

  private float[] train(TrainingListener... listeners) {
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.setListeners(listeners);
    network.fit(Training.batches(data, 16), EPOCHS);
    return network.params().toFloatVector();
  }

  private static List<Integer> epochs(List<Observation> observations, String split) {
    return observations.stream()
        .filter(o -> o.split().equals(split))
        .map(Observation::epoch)
        .toList();
  }
}
