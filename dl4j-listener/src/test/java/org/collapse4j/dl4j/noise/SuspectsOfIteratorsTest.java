package org.collapse4j.dl4j.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Random;
import java.util.function.LongPredicate;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.noise.SuspectLabelsAccumulator;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What becomes of data sets from which suspect labels are dropped, or in which they are replaced.
 */
class SuspectsOfIteratorsTest {
  private static final int EXAMPLES = 203;
  private static final int CLASSES = 4;
  private static final List<String> NAMES = List.of("a", "b", "c", "d");
  private static final LabelNoise NOISE = LabelNoise.symmetric(CLASSES, 0.5).withSeed(11);

  /** Example i has the features i and -i, i as its masks, and class i mod K. */
  private static DataSet numbered() {
    INDArray features = Nd4j.create(DataType.FLOAT, EXAMPLES, 1, 2);
    INDArray labels = Nd4j.create(DataType.DOUBLE, EXAMPLES, CLASSES);
    INDArray mask = Nd4j.create(DataType.FLOAT, EXAMPLES, 1);
    for (int i = 0; i < EXAMPLES; i++) {
      features.putScalar(i, 0, 0, i);
      features.putScalar(i, 0, 1, -i);
      labels.putScalar(i, i % CLASSES, 1);
      mask.putScalar(i, 0, i);
    }
    return named(new DataSet(features, labels, mask, mask.dup()));
  }

  private static DataSet named(DataSet data) {
    data.setLabelNames(NAMES);
    return data;
  }

  private static DataSet noisy() {
    return LabelledExamples.corrupt(numbered(), NOISE);
  }

  /** Suspects among the noisy examples, each of which sits with its true class. */
  private static List<SuspectLabel> suspects(LongPredicate chosen) {
    return LabelledExamples.of(noisy()).orElseThrow().stream()
        .filter(example -> chosen.test(example.index()))
        .map(e -> new SuspectLabel(e.index(), e.given(), e.clean(), -1, Double.NaN, 3))
        .toList();
  }

  private static List<SuspectLabel> wrong() {
    return suspects(i -> NOISE.corrupt(i, (int) (i % CLASSES)) != i % CLASSES);
  }

  /** Batches with the names of the classes, which DL4J takes off what it divides or merges. */
  private static DataSetIterator batches(DataSet data, int batch) {
    List<DataSet> batches = data.batchBy(batch);
    batches.forEach(SuspectsOfIteratorsTest::named);
    return new ExistingDataSetIterator(batches);
  }

  /** All that an iterator hands on after a reset, and then nothing more. */
  private static List<LabelledExample> all(DataSetIterator data) {
    List<LabelledExample> all = handedOn(data);
    assertThrows(NoSuchElementException.class, data::next);
    return all;
  }

  /** All that an iterator hands on after a reset, each example of which must be its own. */
  private static List<LabelledExample> handedOn(DataSetIterator data) {
    List<LabelledExample> all = new ArrayList<>();
    data.reset();
    while (data.hasNext()) {
      assertTrue(data.hasNext());
      DataSet batch = data.next();
      requireOwn(batch);
      all.addAll(LabelledExamples.of(batch).orElseThrow());
    }
    return all;
  }

  private static void requireOwn(DataSet batch) {
    List<LabelledExample> examples = LabelledExamples.of(batch).orElseThrow();
    assertEquals(examples.size(), batch.numExamples());
    assertEquals(NAMES, batch.getLabelNamesList());
    assertEquals(DataType.DOUBLE, batch.getLabels().dataType());
    for (int i = 0; i < examples.size(); i++) {
      long index = examples.get(i).index();
      assertEquals(index, batch.getFeatures().getInt(i, 0, 0));
      assertEquals(-index, batch.getFeatures().getInt(i, 0, 1));
      assertEquals(index, batch.getFeaturesMaskArray().getInt(i, 0));
      assertEquals(index, batch.getLabelsMaskArray().getInt(i, 0));
      assertEquals(1, batch.getLabels().getRow(i).sumNumber().intValue());
      assertEquals(index % CLASSES, examples.get(i).clean());
    }
  }

  @Test
  void whatIsDroppedIsGoneAndTheRestIsWhatItWas() {
    List<LabelledExample> right =
        LabelledExamples.of(noisy()).orElseThrow().stream().filter(e -> !e.isCorrupted()).toList();
    assertTrue(right.size() > 80 && right.size() < 120, right.size() + " are right");
    for (int batch : new int[] {1, 7, 64, 500}) {
      DataSetIterator cleaner = NoisyDataSetIterator.dropping(batches(noisy(), batch), wrong());
      for (int epoch = 0; epoch < 3; epoch++) {
        assertEquals(right, all(cleaner));
      }
    }
    DataSet cleaner = LabelledExamples.drop(noisy(), wrong());
    requireOwn(cleaner);
    assertEquals(right, LabelledExamples.of(cleaner).orElseThrow());
  }

  @Test
  void whatIsLeftCanBeShuffled() {
    DataSet all = noisy();
    DataSet ofOneType = new DataSet(all.getFeatures(), all.getLabels().castTo(DataType.FLOAT));
    ofOneType.setExampleMetaData(all.getExampleMetaData());
    DataSet left = LabelledExamples.drop(ofOneType, wrong());
    List<LabelledExample> before = List.copyOf(LabelledExamples.of(left).orElseThrow());
    left.shuffle(5);
    List<LabelledExample> after = LabelledExamples.of(left).orElseThrow();
    for (int i = 0; i < after.size(); i++) {
      assertEquals(after.get(i).index(), left.getFeatures().getInt(i, 0, 0));
    }
    assertFalse(before.equals(after));
    assertTrue(after.containsAll(before));
  }

  @Test
  void whatIsReplacedHasTheClassItSitsWith() {
    DataSet data = noisy();
    data.getLabels()
        .getRow(0)
        .assign(Nd4j.createFromArray(0.7, 0.1, 0.1, 0.1)); // soft, not suspect
    for (int batch : new int[] {1, 7, 500}) {
      DataSetIterator corrected = NoisyDataSetIterator.replacing(batches(noisy(), batch), wrong());
      for (int epoch = 0; epoch < 3; epoch++) {
        List<LabelledExample> all = all(corrected);
        assertEquals(EXAMPLES, all.size());
        assertTrue(all.stream().noneMatch(LabelledExample::isCorrupted));
      }
    }
    assertEquals(numbered().getLabels(), LabelledExamples.replace(noisy(), wrong()).getLabels());
  }

  @Test
  void aSoftLabelThatIsNotSuspectStaysAsItIs() {
    DataSet data = numbered();
    INDArray soft = Nd4j.createFromArray(0.7, 0.1, 0.1, 0.1);
    data.getLabels().putRow(0, soft);
    SuspectLabel suspect = new SuspectLabel(1, 1, 3, -1, 1, 1);
    INDArray labels = LabelledExamples.replace(data, List.of(suspect)).getLabels();
    assertEquals(soft, labels.getRow(0));
    assertEquals(3, labels.getRow(1).argMax().getInt(0));
    assertEquals(1, data.getLabels().getRow(1).argMax().getInt(0));
  }

  @Test
  void batchesOfWhichNothingIsLeftArePassedOver() {
    List<SuspectLabel> first = suspects(i -> i < 50);
    DataSetIterator cleaner = NoisyDataSetIterator.dropping(batches(noisy(), 20), first);
    assertTrue(cleaner.hasNext());
    assertEquals(10, cleaner.next().numExamples());
    assertEquals(20, cleaner.next().numExamples());
    assertTrue(cleaner.hasNext()); // which reads ahead
    assertEquals(EXAMPLES - 50, all(cleaner).size());
    assertEquals(
        170,
        all(NoisyDataSetIterator.dropping(batches(noisy(), 20), suspects(i -> i >= 170))).size());

    DataSetIterator nothing =
        NoisyDataSetIterator.dropping(batches(noisy(), 20), suspects(i -> true));
    assertFalse(nothing.hasNext());
    assertEquals(List.of(), all(nothing));
    assertRefused(
        "Of the examples some must be left, but the labels of all 203 are suspect",
        () -> LabelledExamples.drop(noisy(), suspects(i -> true)));
  }

  @Test
  void whatIsWrappedIsNotModified() {
    for (List<SuspectLabel> suspects : List.of(wrong(), List.<SuspectLabel>of())) {
      List<DataSet> batches = noisy().batchBy(20);
      for (DataSetIterator wrapped :
          List.of(
              NoisyDataSetIterator.dropping(new ExistingDataSetIterator(batches), suspects),
              NoisyDataSetIterator.replacing(new ExistingDataSetIterator(batches), suspects))) {
        while (wrapped.hasNext()) {
          DataSet batch = wrapped.next();
          batch.getFeatures().assign(9);
          batch.getLabels().assign(9);
          batch.getFeaturesMaskArray().assign(9);
        }
        List<DataSet> untouched = noisy().batchBy(20);
        assertEquals(untouched, batches);
        for (int i = 0; i < batches.size(); i++) {
          assertEquals(LabelledExamples.of(untouched.get(i)), LabelledExamples.of(batches.get(i)));
        }
      }
    }
  }

  @Test
  void anExampleWithoutAnIndexIsKnownByItsPosition() {
    DataSet plain = noisy();
    plain.setExampleMetaData(null);
    List<Long> left = LongStream.range(0, EXAMPLES).filter(i -> i % 3 != 0).boxed().toList();
    DataSetIterator cleaner =
        NoisyDataSetIterator.dropping(batches(plain, 16), suspects(i -> i % 3 == 0));
    for (int epoch = 0; epoch < 2; epoch++) {
      List<Long> indices = new ArrayList<>();
      cleaner.reset();
      while (cleaner.hasNext()) {
        DataSet batch = cleaner.next();
        for (LabelledExample example : LabelledExamples.of(batch).orElseThrow()) {
          assertFalse(example.isCleanKnown());
          indices.add(example.index());
        }
      }
      assertEquals(left, indices);
    }
  }

  @Test
  void examplesThatCarryTheirIndexMayComeInAnyOrder() {
    List<DataSet> singles = new ArrayList<>(noisy().asList());
    Collections.shuffle(singles, new Random(4));
    DataSetIterator cleaner =
        NoisyDataSetIterator.dropping(batches(DataSet.merge(singles), 16), wrong());
    long[] kept = all(cleaner).stream().mapToLong(LabelledExample::index).sorted().toArray();
    long[] right =
        LongStream.range(0, EXAMPLES)
            .filter(i -> wrong().stream().noneMatch(s -> s.index() == i))
            .toArray();
    assertArrayEquals(right, kept);
    AsyncDataSetIterator prefetched = new AsyncDataSetIterator(cleaner, 4);
    assertEquals(kept.length, handedOn(prefetched).size());
    prefetched.shutdown();
  }

  @Test
  void classIndicesAreReplacedLikeOneHotLabels() {
    DataSet data = noisy();
    INDArray column = data.getLabels().argMax(1).reshape(EXAMPLES, 1).castTo(DataType.INT32);
    DataSet indices = new DataSet(data.getFeatures(), column);
    indices.setExampleMetaData(data.getExampleMetaData());
    INDArray replaced = LabelledExamples.replace(indices, wrong()).getLabels();
    assertEquals(DataType.INT32, replaced.dataType());
    assertArrayEquals(
        IntStream.range(0, EXAMPLES).map(i -> i % CLASSES).toArray(),
        replaced.reshape(EXAMPLES).toIntVector());
  }

  @Test
  void theSuspectsOfALabellingAreThoseItEstimates() {
    int[] given = noisy().getLabels().argMax(1).toIntVector();
    SuspectLabelsAccumulator accumulator = SuspectLabelsAccumulator.forClasses(CLASSES);
    INDArray logits = numbered().getLabels().mul(9);
    for (int epoch = 0; epoch < 5; epoch++) {
      accumulator.observe(LongStream.range(0, EXAMPLES).toArray(), logits, given);
      accumulator.endEpoch();
    }
    SuspectLabels labels = accumulator.snapshot();
    assertEquals(
        all(NoisyDataSetIterator.dropping(batches(noisy(), 9), labels.suspects())),
        all(NoisyDataSetIterator.dropping(batches(noisy(), 9), labels)));
    assertEquals(
        all(NoisyDataSetIterator.replacing(batches(noisy(), 9), labels.suspects())),
        all(NoisyDataSetIterator.replacing(batches(noisy(), 9), labels)));
  }

  @Test
  void suspectsOfOtherDataAreRefused() {
    List<SuspectLabel> others = List.of(new SuspectLabel(8, 3, 1, -1, 1, 1));
    String message =
        "Suspect labels must be of the examples of the data, but example 8 has label 3 there and 0"
            + " in the data";
    assertRefused(
        message, () -> NoisyDataSetIterator.dropping(batches(numbered(), 9), others).next());
    assertRefused(message, () -> LabelledExamples.replace(numbered(), others));
    SuspectLabel beyond = new SuspectLabel(8, 0, 4, -1, 1, 1);
    assertRefused(
        "A label that replaces another must be a class index from 0 to 3, but that of example 8 is"
            + " 4",
        () -> LabelledExamples.replace(numbered(), List.of(beyond)));
    assertRefused(
        "An example can be suspect once, but example 8 is twice",
        () ->
            NoisyDataSetIterator.replacing(batches(numbered(), 9), Arrays.asList(beyond, beyond)));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }
}
