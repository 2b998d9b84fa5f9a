package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.collapse4j.Examples;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/** Rows that are in parts, each evaluated by what came through a stream of bytes. */
@Tag("slow")
class RowPartsTest {
  private static final double DOUBLE = 1e-12;
  private static final double SINGLE = 1e-6;

  private static final int CLASSES = 5;
  private static final int ROWS = 700;

  /** The first seven are of two classes. */
  private final Examples examples =
      Examples.of(CLASSES, 2, IntStream.range(0, ROWS).map(i -> i % (i < 7 ? 2 : CLASSES)), 3);

  private final int[] clean = examples.labels().toIntVector();
  private final int[] given = given();

  private int[] given() {
    Random random = new Random(9);
    return Arrays.stream(clean)
        .map(c -> random.nextInt(5) == 0 ? random.nextInt(CLASSES) : c)
        .toArray();
  }

  private static Classifier classifier() {
    INDArray weights = Nd4j.createFromArray(new Random(2).doubles(10, -1, 1).toArray());
    return Classifier.of(weights.reshape(CLASSES, 2), Nd4j.createFromArray(1, 0, -1, 0, 0.5));
  }

  /** Rows of a data set from one on, in batches of seven. */
  private static final class Part implements RowSource<String> {
    private final INDArray features;
    private final int[] labels;
    private final int[] cleanLabels;
    private final int from;
    private final int to;

    Part(INDArray features, int[] labels, int[] cleanLabels, int from, int to) {
      this.features = features;
      this.labels = labels;
      this.cleanLabels = cleanLabels;
      this.from = from;
      this.to = to;
    }

    @Override
    public void forEach(Receiver<? super String> receiver) {
      for (int at = from; at < to; at += 7) {
        int first = at;
        int last = Math.min(to, at + 7);
        receiver.accept("features", () -> rows(first, last));
      }
    }

    private LabelledRows rows(int first, int last) {
      INDArray rows = features.get(NDArrayIndex.interval(first, last), NDArrayIndex.all());
      return LabelledRows.of(rows, Arrays.copyOfRange(labels, first, last), null, CLASSES)
          .withOrigins(
              new RowOrigins() {
                @Override
                public long firstPosition() {
                  return first;
                }

                @Override
                public long[] indices() {
                  return LongStream.range(first, last).toArray();
                }

                @Override
                public Optional<int[]> cleanClasses() {
                  return Optional.ofNullable(cleanLabels)
                      .map(all -> Arrays.copyOfRange(all, first, last));
                }
              });
    }

    @Override
    public Classifier classifier(String point) {
      return RowPartsTest.classifier();
    }

    @Override
    public String describe(String point) {
      return "the " + point;
    }
  }

  /** Parts between some places, in which nothing but bytes is exchanged. */
  private record Remote(List<Part> parts, long seed) implements RowParts<String> {
    @Override
    public <R extends Mergeable<R>> R run(Pass<String, R> pass) {
      List<R> found = new ArrayList<>();
      for (Part part : parts) {
        found.add(sent(sent(pass).over(part)));
      }
      Random random = new Random(seed);
      while (found.size() > 1) {
        Collections.shuffle(found, random);
        found.add(sent(found.remove(0).merge(found.remove(0))));
      }
      return found.get(0);
    }

    @Override
    public Classifier classifier(String point) {
      return RowPartsTest.classifier();
    }

    @Override
    public String describe(String point) {
      return "the " + point;
    }
  }

  @SuppressWarnings("unchecked") // What is read is what was written.
  private static <T extends Serializable> T sent(T object) {
    try {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
        out.writeObject(object);
      }
      return (T) new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray())).readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError(e);
    }
  }

  private Part all(INDArray features, int[] labels) {
    return new Part(features, labels, clean, 0, ROWS);
  }

  /** One part is empty, and one lacks classes. */
  private Remote remote(INDArray features, int[] labels, int[] cleanLabels, long seed) {
    int[] places = {0, 0, 7, 203, 350, 693, ROWS};
    return new Remote(
        IntStream.range(1, places.length)
            .mapToObj(i -> new Part(features, labels, cleanLabels, places[i - 1], places[i]))
            .toList(),
        seed);
  }

  /** Everything that can be measured. */
  private static final class All {
    final PlaneEvidence<String> planes = new PlaneEvidence<>("rows");
    final SuspectEvidence<String> suspects = SuspectEvidence.ofExamples();
    final MemorizationEvidence<String> memorization;
    final Evaluation<String> evaluation;

    All(RowParts<String> rows, Map<String, ClassStatistics> heldOut) {
      memorization = new MemorizationEvidence<>("rows", heldOut);
      evaluation =
          Evaluation.builder(rows)
              .heldOut(true)
              .outOfDistributionMeans(Map.of("features", Nd4j.createFromArray(1.0, -2.0)))
              .evidence(planes)
              .evidence(suspects)
              .evidence(memorization)
              .build();
    }

    List<FeaturePlane.Example> drawn() {
      return planes.plane("features").orElseThrow().examples();
    }

    Measurements measure() {
      return evaluation.measure().get("features").measurements();
    }
  }

  private static Map<String, ClassStatistics> heldOut() {
    return Map.of("features", Examples.of(CLASSES, 2, 90, 4).statistics());
  }

  private static void assertSame(Measurements expected, Measurements actual, double tolerance) {
    assertEquals(expected.metrics(), actual.metrics());
    for (Metric metric : expected.metrics()) {
      double value = expected.value(metric);
      double size = Double.isNaN(value) ? 1 : Math.max(1, Math.abs(value));
      assertEquals(value, actual.value(metric), tolerance * size, metric.key());
    }
    for (Metric metric : expected.classMetrics()) {
      assertArrayEquals(
          expected.classValues(metric), actual.classValues(metric), tolerance, metric.key());
    }
  }

  private static void assertSameRanking(SuspectLabels expected, SuspectLabels actual) {
    assertEquals(expected.ranking().size(), actual.ranking().size());
    for (int i = 0; i < expected.ranking().size(); i++) {
      SuspectLabel here = expected.ranking().get(i);
      SuspectLabel there = actual.ranking().get(i);
      assertEquals(here.index(), there.index());
      assertEquals(here.epochs(), there.epochs());
      assertEquals(here.sitsWith(), there.sitsWith());
      assertEquals(here.margin(), there.margin(), DOUBLE);
      assertEquals(here.distanceRatio(), there.distanceRatio(), SINGLE * here.distanceRatio());
    }
    assertEquals(expected.estimatedCount(), actual.estimatedCount());
    assertEquals(expected.frozenAt(), actual.frozenAt());
  }

  @ParameterizedTest
  @EnumSource(names = {"DOUBLE", "FLOAT"})
  void partsGiveWhatTheWholeGives(DataType type) {
    INDArray features = examples.features().castTo(type);
    All whole = new All(all(features, given), heldOut());
    for (long seed = 0; seed < 5; seed++) {
      All parts = new All(remote(features, given, clean, seed), heldOut());
      double tolerance = type == DataType.DOUBLE ? DOUBLE : SINGLE;
      Measurements expected = new All(all(features, given), heldOut()).measure();
      assertSame(expected, parts.measure(), tolerance);
      assertTrue(expected.has(Metric.MEMORIZATION_FRACTION));
      assertTrue(expected.value(Metric.SUSPECTS_COUNT) > 0);
      assertTrue(expected.has(Metric.NC5_ORTHOGONALITY));
    }
    whole.measure();
    All parts = new All(remote(features, given, clean, 7), heldOut());
    parts.measure();
    List<FeaturePlane.Example> drawn = parts.drawn();
    assertEquals(FeaturePlane.MOST_EXAMPLES, drawn.size());
    assertEquals(whole.drawn(), drawn);
    assertSameRanking(whole.suspects.snapshot(), parts.suspects.snapshot());
  }

  @Test
  void evidenceOfSuspectsAddsUpOverEpochs() {
    All whole = new All(all(examples.features(), given), heldOut());
    All parts = new All(remote(examples.features(), given, clean, 1), heldOut());
    for (int epoch = 0; epoch < 3; epoch++) {
      assertSame(whole.measure(), parts.measure(), DOUBLE);
    }
    assertEquals(3, parts.suspects.snapshot().ranking().get(0).epochs());
    assertSameRanking(whole.suspects.snapshot(), parts.suspects.snapshot());
  }

  @Test
  void withoutHeldOutExamplesDistancesAreUndefinedInPartsToo() {
    All whole = new All(all(examples.features(), given), Map.of());
    All parts = new All(remote(examples.features(), given, clean, 1), Map.of());
    Measurements measured = parts.measure();
    assertSame(whole.measure(), measured, DOUBLE);
    assertTrue(Double.isNaN(measured.value(Metric.MEMORIZATION_RELATIVE)));
    assertTrue(measured.value(Metric.MEMORIZATION_FITTED) > 0);
    assertTrue(parts.memorization.lacksReference());
  }

  @Test
  void whatIsWrongInOnePartIsToldOnceAndCostsThatPoint() {
    int[] wrong = given.clone();
    wrong[600] = CLASSES;
    List<String> told = new ArrayList<>();
    Evaluation<String> evaluation =
        Evaluation.builder(remote(examples.features(), wrong, clean, 2))
            .attempt(recorder(told))
            .build();
    assertTrue(evaluation.measure().isEmpty());
    assertEquals(List.of("measure the features: IllegalArgumentException"), told);
    assertEquals(java.util.Set.of("features"), evaluation.failedPoints());
    assertThrows(
        IllegalArgumentException.class,
        () -> Evaluation.builder(remote(examples.features(), wrong, clean, 2)).build().measure());
  }

  private static Attempt recorder(List<String> told) {
    return (purpose, step) -> {
      try {
        step.run();
        return true;
      } catch (RuntimeException e) {
        told.add(purpose + ": " + e.getClass().getSimpleName());
        return false;
      }
    };
  }

  @Test
  void evidenceThatFailsInOnePartCostsNoMetric() {
    int[] known = clean.clone();
    known[650] = ClassLabels.NONE;
    List<String> told = new ArrayList<>();
    MemorizationEvidence<String> memorization = new MemorizationEvidence<>("rows", heldOut());
    Evaluation<String> evaluation =
        Evaluation.builder(remote(examples.features(), given, known, 2))
            .evidence(memorization)
            .attempt(recorder(told))
            .build();
    Measurements values = evaluation.measure().get("features").measurements();
    assertTrue(values.has(Metric.NC4_MISMATCH));
    assertFalse(values.has(Metric.MEMORIZATION_MEAN));
    assertEquals(List.of("measure the memorization of rows: IllegalArgumentException"), told);
  }

  @Test
  void cleanLabelsOfSomePartsOnlyAreRefused() {
    Remote all = remote(examples.features(), given, clean, 2);
    List<Part> parts = new ArrayList<>(all.parts());
    Part last = parts.remove(parts.size() - 1);
    parts.add(new Part(last.features, given, null, last.from, last.to));
    All mixed = new All(new Remote(parts, 2), heldOut());
    assertThrows(IllegalArgumentException.class, mixed::measure);
  }

  @Test
  void statisticsAreAsLargeAsTheClassesThatArePresent() throws IOException {
    ClassStatistics few = Examples.of(3, 50, 30, 1).statistics();
    Examples sparse = new Examples(Examples.of(3, 50, 30, 1).features(), null, 1000);
    ClassStatistics many =
        Evaluation.builder(
                ArrayRows.of(
                    "rows",
                    sparse.features(),
                    IntStream.range(0, 30).map(i -> i % 3).toArray(),
                    1000))
            .build()
            .statistics()
            .get("rows");
    assertEquals(size(few), size(many));
    assertNotEquals(size(few), size(few.withoutCovariance()));
    assertEquals(few.classMeans(), sent(few).classMeans());
    assertEquals(few.withinClassCovariance(), sent(few).withinClassCovariance());
    assertEquals(few.withinClassTrace(), sent(few).withoutCovariance().withinClassTrace());
  }

  private static int size(Serializable object) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    }
    return bytes.size();
  }
}
