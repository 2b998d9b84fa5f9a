package org.collapse4j.dl4j.noise;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.noise.NoisyLabels;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.datasets.iterator.utilty.ListDataSetIterator;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.AsyncDataSetIterator;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.SplitTestAndTrain;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

class NoisyDataSetIteratorTest {
  private static final int EXAMPLES = 203;
  private static final int CLASSES = 4;
  private static final LabelNoise NOISE = LabelNoise.uniform(CLASSES, 0.5).withSeed(11);

  /** Example i has the single feature i, masks i, and class i mod K. */
  private static DataSet numbered() {
    INDArray features = Nd4j.create(DataType.FLOAT, EXAMPLES, 1);
    INDArray labels = Nd4j.create(DataType.FLOAT, EXAMPLES, CLASSES);
    for (int i = 0; i < EXAMPLES; i++) {
      features.putScalar(i, 0, i);
      labels.putScalar(i, i % CLASSES, 1);
    }
    return new DataSet(features, labels);
  }

  private static DataSetIterator batches(DataSet data, int batch) {
    return new ExistingDataSetIterator(data.batchBy(batch));
  }

  /** Checks that whatever has become of the examples, each carries what is its own. */
  private static int requireOwn(DataSet data) {
    List<LabelledExample> examples = LabelledExamples.of(data).orElseThrow();
    assertEquals(data.numExamples(), examples.size());
    int[] given = data.getLabels().argMax(1).toIntVector();
    for (int i = 0; i < examples.size(); i++) {
      LabelledExample example = examples.get(i);
      assertEquals(data.getFeatures().getInt(i, 0), example.index());
      assertEquals(example.index() % CLASSES, example.clean());
      assertEquals(NOISE.corrupt(example.index(), example.clean()), example.given());
      assertEquals(example.given(), given[i]);
      assertEquals(1, data.getLabels().getRow(i).sumNumber().intValue());
    }
    return examples.size();
  }

  private static int requireOwn(DataSetIterator data) {
    int count = 0;
    data.reset();
    while (data.hasNext()) {
      count += requireOwn(data.next());
    }
    return count;
  }

  @Test
  void aBatchThatIsShuffledLeavesTheDataAsTheyAre() {
    DataSet data = numbered();
    NoisyLabels own =
        NoisyLabels.of(
            data.getLabels().argMax(1).toIntVector(), data.getLabels().argMax(1).toIntVector());
    for (DataSetIterator wrapped :
        List.of(
            NoisyDataSetIterator.corrupting(whole(data), NOISE),
            NoisyDataSetIterator.annotating(whole(data), own),
            NoisyDataSetIterator.indexing(whole(data)))) {
      wrapped.next().shuffle(5);
      assertEquals(numbered().getFeatures(), data.getFeatures());
      assertEquals(numbered().getLabels(), data.getLabels());
    }
  }

  private static DataSetIterator whole(DataSet data) {
    return new ExistingDataSetIterator(List.of(data));
  }

  @Test
  void anExampleWithoutALabelStaysWithoutOne() {
    DataSet data = numbered();
    for (int i = 0; i < EXAMPLES; i += 2) {
      data.getLabels().getRow(i).assign(0);
    }
    INDArray labels = LabelledExamples.corrupt(data, NOISE).getLabels();
    for (int i = 0; i < EXAMPLES; i++) {
      assertEquals(i % 2, labels.getRow(i).sumNumber().intValue());
    }
  }

  @Test
  void whatIsNoLabellingOrNoClassIsRefused() {
    DataSetIterator data = batches(numbered(), 7);
    assertThrows(NullPointerException.class, () -> NoisyDataSetIterator.corrupting(data, null));
    assertThrows(NullPointerException.class, () -> NoisyDataSetIterator.annotating(data, null));
    NoisyLabels more = NoisyLabels.of(new int[EXAMPLES + 1], new int[EXAMPLES + 1]);
    assertThrows(IllegalArgumentException.class, () -> LabelledExamples.annotate(numbered(), more));
    DataSet fraction =
        new DataSet(numbered().getFeatures(), Nd4j.valueArrayOf(new long[] {EXAMPLES, 1}, 1.7));
    assertThrows(IllegalArgumentException.class, () -> LabelledExamples.corrupt(fraction, NOISE));
  }

  @Test
  void whateverTheBatchSize() {
    for (int batch : new int[] {1, 7, 64, 500}) {
      DataSetIterator noisy = NoisyDataSetIterator.corrupting(batches(numbered(), batch), NOISE);
      for (int epoch = 0; epoch < 3; epoch++) {
        assertEquals(EXAMPLES, requireOwn(noisy));
      }
    }
  }

  @Test
  void theDataWrappedAreNotModified() {
    List<DataSet> batches = numbered().batchBy(50);
    DataSetIterator noisy =
        NoisyDataSetIterator.corrupting(new ExistingDataSetIterator(batches), NOISE);
    requireOwn(noisy);
    DataSet merged = DataSet.merge(batches);
    assertEquals(numbered(), merged);

    DataSet data = numbered();
    LabelledExamples.corrupt(data, NOISE).shuffle(3);
    LabelledExamples.index(data).shuffle(3);
    assertEquals(numbered(), data);
    assertFalse(LabelledExamples.of(data).isPresent());
  }

  @Test
  void throughShuffling() {
    DataSet noisy = LabelledExamples.corrupt(numbered(), NOISE);
    for (long seed = 0; seed < 5; seed++) {
      noisy.shuffle(seed);
      assertEquals(EXAMPLES, requireOwn(noisy));
    }
    assertFalse(LabelledExamples.of(noisy).orElseThrow().get(0).index() == 0);
  }

  @Test
  void throughMergingAndSplitting() {
    DataSet noisy = LabelledExamples.corrupt(numbered(), NOISE);
    List<DataSet> singles = new ArrayList<>(noisy.asList());
    Collections.shuffle(singles, new Random(5));
    DataSet merged = DataSet.merge(singles);
    assertEquals(EXAMPLES, requireOwn(merged));
    SplitTestAndTrain split = merged.splitTestAndTrain(0.7);
    assertEquals(EXAMPLES, requireOwn(split.getTrain()) + requireOwn(split.getTest()));
    split = merged.splitTestAndTrain(50, new Random(2));
    assertEquals(EXAMPLES, requireOwn(split.getTrain()) + requireOwn(split.getTest()));
    assertEquals(EXAMPLES, merged.batchBy(16).stream().mapToInt(d -> requireOwn(d)).sum());
    assertEquals(EXAMPLES, requireOwn(new ListDataSetIterator<>(merged.asList(), 16)));
  }

  @Test
  void throughAsynchronousPrefetch() {
    DataSetIterator noisy = NoisyDataSetIterator.corrupting(batches(numbered(), 16), NOISE);
    AsyncDataSetIterator prefetched = new AsyncDataSetIterator(noisy, 4);
    for (int epoch = 0; epoch < 3; epoch++) {
      assertEquals(EXAMPLES, requireOwn(prefetched));
    }
    prefetched.shutdown();
  }

  @Test
  void throughSavingAndLoading() {
    ByteArrayOutputStream saved = new ByteArrayOutputStream();
    LabelledExamples.corrupt(numbered(), NOISE).save(saved);
    DataSet loaded = new DataSet();
    loaded.load(new ByteArrayInputStream(saved.toByteArray()));
    assertEquals(EXAMPLES, requireOwn(loaded));
  }

  @Test
  void throughAnIteratorThatShufflesWhatCarriesItsIndex() {
    List<DataSet> singles = new ArrayList<>(LabelledExamples.index(numbered()).asList());
    for (int epoch = 0; epoch < 3; epoch++) {
      Collections.shuffle(singles, new Random(epoch));
      DataSetIterator noisy =
          NoisyDataSetIterator.corrupting(new ListDataSetIterator<>(singles, 16), NOISE);
      assertEquals(EXAMPLES, requireOwn(noisy));
    }
  }

  @Test
  void whatDl4jLosesIsLostAndWhatItMixesUpIsRefused() {
    DataSet noisy = LabelledExamples.corrupt(numbered(), NOISE);
    assertFalse(LabelledExamples.of(noisy.copy()).isPresent());
    assertFalse(LabelledExamples.of(noisy.get(3)).isPresent());
    assertFalse(LabelledExamples.of(noisy.getRange(3, 9)).isPresent());
    assertFalse(LabelledExamples.of(noisy.sample(9)).isPresent());
    noisy.sortByLabel();
    String message =
        assertThrows(IllegalArgumentException.class, () -> LabelledExamples.of(noisy)).getMessage();
    assertTrue(message.startsWith("The labels carried along are those of other examples"), message);
  }

  @Test
  void anotherOrderThanInTheFirstPassIsRefused() {
    List<DataSet> singles = new ArrayList<>(numbered().asList());
    DataSetIterator noisy =
        NoisyDataSetIterator.corrupting(new ExistingDataSetIterator(singles), NOISE);
    requireOwn(noisy);
    Collections.swap(singles, 100, 101);
    String message =
        assertThrows(IllegalStateException.class, () -> requireOwn(noisy)).getMessage();
    assertTrue(message.contains("the label at position 100 was 0 and is 1 now"), message);
  }

  @Test
  void anIndexFromOtherMetaData() {
    List<DataSet> singles = new ArrayList<>();
    for (DataSet single : numbered().asList()) {
      single.setExampleMetaData(List.of("row " + single.getFeatures().getInt(0, 0)));
      singles.add(single);
    }
    Collections.shuffle(singles, new Random(1));
    DataSetIterator noisy =
        NoisyDataSetIterator.corrupting(new ListDataSetIterator<>(singles, 20), NOISE)
            .indexedBy(metaData -> Long.parseLong(metaData.toString().substring(4)));
    assertEquals(EXAMPLES, requireOwn(noisy));
    noisy.reset();
    LabelledExample first = LabelledExamples.of(noisy.next()).orElseThrow().get(0);
    assertEquals("row " + first.index(), first.source());
  }

  @Test
  void knownCleanLabelsAreSuppliedTheSameWay() {
    int[] clean = IntStream.range(0, EXAMPLES).map(i -> i % CLASSES).toArray();
    NoisyLabels labels = NOISE.corrupt(clean);
    INDArray oneHot = Nd4j.create(EXAMPLES, CLASSES);
    for (int i = 0; i < EXAMPLES; i++) {
      oneHot.putScalar(i, labels.given(i), 1);
    }
    DataSet own = new DataSet(numbered().getFeatures(), oneHot);
    assertEquals(EXAMPLES, requireOwn(LabelledExamples.annotate(own, labels)));
    assertEquals(EXAMPLES, requireOwn(NoisyDataSetIterator.annotating(batches(own, 10), labels)));
    LabelledExample unknown =
        LabelledExamples.of(NoisyDataSetIterator.indexing(batches(own, 10)).next())
            .orElseThrow()
            .get(9);
    assertEquals(new LabelledExample(9, labels.given(9), LabelledExample.UNKNOWN, null), unknown);
  }

  @Test
  void corruptingTwiceKeepsTheFirstCleanLabels() {
    LabelNoise next = LabelNoise.pairFlips(CLASSES, 1);
    DataSet twice = LabelledExamples.corrupt(LabelledExamples.corrupt(numbered(), NOISE), next);
    for (LabelledExample example : LabelledExamples.of(twice).orElseThrow()) {
      assertEquals(example.index() % CLASSES, example.clean());
      int once = NOISE.corrupt(example.index(), example.clean());
      assertEquals((once + 1) % CLASSES, example.given());
    }
  }

  @Test
  void latentClassesAddColumnsAndNames() {
    List<DataSet> batches = numbered().batchBy(50);
    ListDataSetIterator<DataSet> data = new ListDataSetIterator<>(DataSet.merge(batches).asList());
    NoisyDataSetIterator noisy =
        NoisyDataSetIterator.corrupting(data, LabelNoise.latentClasses(CLASSES, 0.5));
    assertEquals(2 * CLASSES, noisy.totalOutcomes());
    assertEquals(2 * CLASSES, noisy.next().getLabels().columns());
    DataSet unseen = LabelledExamples.corrupt(numbered(), LabelNoise.latentClasses(CLASSES, 0));
    assertEquals(2 * CLASSES, unseen.getLabels().columns());
    assertArrayEquals(
        numbered().getLabels().argMax(1).toIntVector(), unseen.getLabels().argMax(1).toIntVector());
  }

  @Test
  void classIndicesAreCorruptedLikeOneHotLabels() {
    INDArray column = numbered().getLabels().argMax(1).reshape(EXAMPLES, 1).castTo(DataType.INT32);
    DataSet noisy = LabelledExamples.corrupt(new DataSet(numbered().getFeatures(), column), NOISE);
    assertEquals(DataType.INT32, noisy.getLabels().dataType());
    assertArrayEquals(
        LabelledExamples.corrupt(numbered(), NOISE).getLabels().argMax(1).toIntVector(),
        noisy.getLabels().reshape(EXAMPLES).toIntVector());
  }

  @Test
  void masksAndTypesAreHandedOn() {
    DataSet data = numbered();
    data.setLabels(data.getLabels().castTo(DataType.DOUBLE));
    data.setLabelsMaskArray(data.getFeatures());
    data.setFeaturesMaskArray(data.getFeatures());
    DataSet noisy = LabelledExamples.corrupt(data, NOISE);
    assertEquals(DataType.DOUBLE, noisy.getLabels().dataType());
    assertEquals(data.getLabelsMaskArray(), noisy.getLabelsMaskArray());
    assertEquals(data.getFeaturesMaskArray(), noisy.getFeaturesMaskArray());
  }

  @Test
  void labelsThatDoNotFitAreRefused() {
    assertRefused(
        "Noise over 3 classes corrupts labels of 3 columns, or of one with class indices, not of 4",
        () -> LabelledExamples.corrupt(numbered(), LabelNoise.uniform(3, 0.1)));
    assertRefused(
        "Labels of single examples must be one-hot [examples, classes] or class indices [examples,"
            + " 1], not [5, 4, 3]",
        () -> LabelledExamples.index(new DataSet(Nd4j.zeros(5, 1), Nd4j.zeros(5, 4, 3))));
    int[] clean = IntStream.range(0, EXAMPLES).map(i -> i % CLASSES).toArray();
    int[] other = clean.clone();
    other[5] = 3;
    assertRefused(
        "Clean labels must be of the examples of the data, but example 5 has label 3 there and 1 in"
            + " the data",
        () -> LabelledExamples.annotate(numbered(), NoisyLabels.of(other, clean)));
    assertRefused(
        "Clean labels must be of the examples of the data, but there are 2 of 203 examples",
        () ->
            LabelledExamples.annotate(
                numbered(), NoisyLabels.of(new int[] {0, 1}, new int[] {0, 1})));
    int[] beyond = clean.clone();
    beyond[6] = CLASSES;
    assertRefused(
        "A clean label must be a class index from 0 to 3, but that of example 6 is 4",
        () -> LabelledExamples.annotate(numbered(), NoisyLabels.of(clean, beyond)));
    assertRefused(
        "Index and classes of an example are at least 0 (its clean class -1 if unknown), not index"
            + " -1, given 0, clean 0",
        () -> new LabelledExample(-1, 0, 0, null));
    DataSet half = numbered();
    List<Serializable> metaData =
        new ArrayList<>(LabelledExamples.of(LabelledExamples.index(half)).orElseThrow());
    metaData.set(7, "something else");
    half.setExampleMetaData(metaData);
    assertRefused(
        "Either all examples carry their index and labels or none, but 202 of 203 do",
        () -> LabelledExamples.of(half));
  }

  private static void assertRefused(String message, Runnable call) {
    assertEquals(
        message, assertThrows(IllegalArgumentException.class, call::run, message).getMessage());
  }
}
