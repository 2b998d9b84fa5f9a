package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.collapse4j.stats.ClassLabels;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

class TrainingSampleTest {
  private static final long MUCH = 1 << 30;
  private static final int BATCH = 40;

  /** A float of input and a float of label. */
  private static final int BYTES = 8;

  private static final double SLACK = 1.25;

  /** A batch whose examples have their number as the input and as the label. */
  private static MultiDataSet batch(int first, int size) {
    INDArray numbers = Nd4j.create(DataType.FLOAT, size, 1);
    for (int i = 0; i < size; i++) {
      numbers.putScalar(i, 0, first + i);
    }
    return new MultiDataSet(numbers, numbers.dup());
  }

  /** A sample of examples, of which each twentieth is of class 1, and the others of class 0. */
  private static TrainingSample offered(TrainingSample sample, int examples) {
    for (int first = 0; first < examples; first += BATCH) {
      int from = first;
      sample.offer(
          batch(first, BATCH), IntStream.range(0, BATCH).map(i -> classOf(from + i)).toArray());
    }
    return sample;
  }

  private static int classOf(int example) {
    return example % 20 == 0 ? 1 : 0;
  }

  private static List<Integer> sizes(TrainingSample sample) {
    List<Integer> sizes = new ArrayList<>();
    sample.forEach(batch -> sizes.add((int) batch.getFeatures(0).size(0)));
    return sizes;
  }

  private static List<Integer> kept(TrainingSample sample) {
    List<Integer> kept = new ArrayList<>();
    sample.forEach(
        batch -> {
          int[] numbers = batch.getFeatures(0).toIntVector();
          assertEquals(batch.getFeatures(0), batch.getLabels(0));
          Arrays.stream(numbers).forEach(kept::add);
        });
    return kept;
  }

  @Test
  void allOfFewExamplesAreKeptInTheirOrder() {
    TrainingSample sample = new TrainingSample(1000, MUCH, 1);
    assertTrue(sample.isEmpty());
    sample.complete();
    assertFalse(sample.isComplete(), "there is no example yet");
    offered(sample, 200);
    assertFalse(sample.isEmpty());
    assertEquals(5, sample.iterations());
    sample.complete();
    assertTrue(sample.isComplete());
    assertEquals(IntStream.range(0, 200).boxed().toList(), kept(sample));
    offered(sample, 40);
    assertEquals(200, kept(sample).size(), "nothing is added any more");
    assertEquals(5, sample.iterations());
  }

  @Test
  void ofManyExamplesAsManyAreDrawnAsAreWantedAndFiftyOfEachClass() {
    TrainingSample sample = offered(new TrainingSample(300, MUCH, 1), 2000);
    sample.complete();
    List<Integer> kept = kept(sample);
    long rare = kept.stream().filter(i -> classOf(i) == 1).count();
    assertEquals(TrainingSample.LEAST_OF_A_CLASS, rare);
    long common = kept.size() - rare;
    assertTrue(common > 265 && common < 300, "300 of all, of which some are of the rare class");
    assertEquals(kept.stream().sorted().toList(), kept);
    double mean = kept.stream().mapToInt(i -> i).average().orElseThrow();
    assertEquals(1000, mean, 125, "from the first to the last");
    assertEquals(kept, kept(sample), "the same each time");
    TrainingSample same = offered(new TrainingSample(300, MUCH, 1), 2000);
    same.complete();
    assertEquals(kept, kept(same));
    TrainingSample other = offered(new TrainingSample(300, MUCH, 2), 2000);
    other.complete();
    assertNotEquals(kept, kept(other));
  }

  @Test
  void whileItGrowsItIsCutWhenItIsAQuarterTooLarge() {
    TrainingSample sample = new TrainingSample(160, MUCH, 1);
    int[] unlabelled = new int[BATCH];
    Arrays.fill(unlabelled, ClassLabels.NONE);
    for (int first = 0; first < 200; first += BATCH) {
      sample.offer(batch(first, BATCH), unlabelled);
    }
    assertEquals(200, kept(sample).size());
    sample.offer(batch(200, BATCH), unlabelled);
    assertEquals(160, kept(sample).size());
  }

  @Test
  void memoryIsALimit() {
    int most = 100;
    TrainingSample sample =
        offered(new TrainingSample(1000, (long) (most * BYTES * SLACK), 1), 2000);
    sample.complete();
    List<Integer> kept = kept(sample);
    long rare = kept.stream().filter(i -> classOf(i) == 1).count();
    assertEquals(most / 2, rare, "half of the room is for each of two classes");
    assertTrue(kept.size() > most && kept.size() <= most * SLACK + TrainingSample.LEAST_OF_A_CLASS);
    TrainingSample least = offered(new TrainingSample(1000, 1, 1), 80);
    least.complete();
    assertEquals(1, kept(least).size());
  }

  /** Of images whose pixels are labelled there are as many labels with fewer examples. */
  @Test
  void ofExamplesWithManyLabelsFewerAreKept() {
    TrainingSample sample = new TrainingSample(600, MUCH, 1);
    assertTrue(sample.hasOneLabelEach());
    for (int i = 0; i < 20; i++) {
      sample.offer(batch(BATCH * i, BATCH), new int[3 * BATCH]);
    }
    assertFalse(sample.hasOneLabelEach());
    sample.complete();
    assertEquals(200, kept(sample).size());
    TrainingSample wide = new TrainingSample(600, MUCH, 1);
    for (int i = 0; i < 20; i++) {
      wide.offer(batch(BATCH * i, BATCH), new int[100 * BATCH]);
    }
    wide.complete();
    assertEquals(128, kept(wide).size(), "at the least");
  }

  @Test
  void examplesComeInBatchesAsLargeAsInTraining() {
    TrainingSample sample = offered(new TrainingSample(200, MUCH, 1), 1000);
    sample.complete();
    List<Integer> sizes = sizes(sample);
    assertTrue(sizes.stream().allMatch(size -> size <= BATCH), sizes::toString);
    assertTrue(sizes.size() <= 9, sizes::toString);
    TrainingSample whole = offered(new TrainingSample(200, MUCH, 1), 120);
    assertEquals(List.of(40, 40, 40), sizes(whole));
  }

  @Test
  void examplesOfOtherShapesStayApart() {
    TrainingSample sample = new TrainingSample(1000, MUCH, 1);
    for (int size : new int[] {2, 5, 2}) {
      INDArray input = Nd4j.ones(DataType.FLOAT, 3, size);
      sample.offer(new MultiDataSet(input, Nd4j.ones(DataType.FLOAT, 3, 1)), new int[3]);
    }
    sample.offer(batch(0, BATCH), new int[BATCH]);
    assertEquals(List.of(6, 3, 40), sizes(sample));
  }

  @Test
  void dataHaveComeRoundWithTheVeryBatchThatWasFirst() {
    TrainingSample sample = new TrainingSample(1000, MUCH, 1);
    MultiDataSet first = batch(0, BATCH);
    assertFalse(sample.hasComeRound(first));
    assertFalse(sample.hasComeRound(batch(0, BATCH)), "equal numbers in another place");
    INDArray part = first.getFeatures(0).getRows(0, 1);
    assertFalse(sample.hasComeRound(new MultiDataSet(part, part)));
    assertTrue(sample.hasComeRound(first));
  }

  @Test
  void classesThatComeLateAreKeptToo() {
    TrainingSample sample = new TrainingSample(200, MUCH, 1);
    int[] ones = new int[BATCH];
    Arrays.fill(ones, 1);
    for (int first = 0; first < 1000; first += BATCH) {
      sample.offer(batch(first, BATCH), ones);
    }
    int[] twos = new int[BATCH];
    Arrays.fill(twos, 2);
    sample.offer(batch(1000, BATCH), new int[BATCH]);
    sample.offer(batch(1000 + BATCH, BATCH), twos);
    sample.complete();
    assertEquals(2 * BATCH, kept(sample).stream().filter(i -> i >= 1000).count());
  }

  @Test
  void smallBatchesComeTogetherToOneAsLargeAsTheLargest() {
    TrainingSample sample = new TrainingSample(1000, MUCH, 1);
    sample.offer(batch(0, BATCH), new int[BATCH]);
    sample.offer(batch(40, BATCH / 2), new int[BATCH / 2]);
    sample.offer(batch(60, BATCH / 2), new int[BATCH / 2]);
    assertEquals(List.of(BATCH, BATCH), sizes(sample));
  }
}
