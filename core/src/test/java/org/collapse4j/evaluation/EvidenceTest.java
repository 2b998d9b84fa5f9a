package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.collapse4j.Examples;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

class EvidenceTest {
  private static final int CLASSES = 3;
  private static final int ROWS = 900;

  private final Examples examples = Examples.of(CLASSES, 2, ROWS, 6);
  private final int[] clean = examples.labels().toIntVector();
  private final int[] given =
      IntStream.range(0, ROWS)
          .map(i -> i % 10 == 0 ? (clean[i] + 1) % CLASSES : clean[i])
          .toArray();
  private final Classifier nearest = nearest(examples.statistics().classMeans());

  /** The classifier that decides for the nearest centre. */
  private static Classifier nearest(INDArray centres) {
    return Classifier.of(centres, centres.mul(centres).sum(1).mul(-0.5));
  }

  private ArrayRows rows() {
    return ArrayRows.of("rows", examples.features(), given, CLASSES)
        .withClean(clean)
        .withClassifier(nearest);
  }

  private static Measurements measure(RowParts<String> rows, Evidence<String, ?> evidence) {
    return Evaluation.builder(rows).evidence(evidence).build().measure().get("rows").measurements();
  }

  /** Rows with origins of their own, in two batches. */
  private RowSource<String> withOrigins(RowOrigins first, RowOrigins second) {
    int half = ROWS / 2;
    return new RowSource<>() {
      @Override
      public void forEach(Receiver<? super String> receiver) {
        receiver.accept("rows", () -> part(0, half, first));
        receiver.accept("rows", () -> part(half, ROWS, second));
      }

      @Override
      public Classifier classifier(String point) {
        return nearest;
      }
    };
  }

  private LabelledRows part(int from, int to, RowOrigins origins) {
    INDArray part = examples.features().get(NDArrayIndex.interval(from, to), NDArrayIndex.all());
    return LabelledRows.of(part, Arrays.copyOfRange(given, from, to), null, CLASSES)
        .withOrigins(origins);
  }

  @SuppressWarnings("ArrayRecordComponent") // Compared by nobody.
  private record Origins(long firstPosition, long[] indices, Optional<int[]> cleanClasses)
      implements RowOrigins {}

  @Test
  void aSampleOfAPlaneHasItsLabelsCentresAndClassifier() {
    PlaneEvidence<String> planes = new PlaneEvidence<>("rows");
    Evaluation<String> evaluation = Evaluation.builder(rows()).evidence(planes).build();
    ClassStatistics statistics = evaluation.measure().get("rows").statistics();
    FeaturePlane plane = planes.plane("rows").orElseThrow();
    assertEquals(FeaturePlane.MOST_EXAMPLES, plane.examples().size());
    int row = -1;
    for (FeaturePlane.Example example : plane.examples()) {
      do {
        row++;
      } while (examples.features().getDouble(row, 0) != example.x());
      assertEquals(
          new FeaturePlane.Example(
              example.x(), examples.features().getDouble(row, 1), given[row], clean[row]),
          example);
    }
    for (int c = 0; c < CLASSES; c++) {
      INDArray mean = statistics.classMeans().getRow(c);
      assertEquals(
          new FeaturePlane.Centre(mean.getDouble(0), mean.getDouble(1)), plane.centres().get(c));
      INDArray weights = nearest.weights().getRow(c);
      assertEquals(
          new FeaturePlane.ClassifierRow(
              weights.getDouble(0), weights.getDouble(1), nearest.bias().getDouble(c)),
          plane.classifier().get(c));
    }
    assertTrue(row > 0.95 * ROWS, "examples are from the first to the last");
    evaluation.measure();
    assertEquals(plane, planes.plane("rows").orElseThrow(), "the same rows are drawn");
    assertEquals("keep features of rows for a picture", planes.purpose());
  }

  /** What a row draws hangs on its place alone, and not on the batches before it. */
  @Test
  void theSampleIsTheSameInOtherPartsOfTheSameBatches() {
    PlaneEvidence<String> here = new PlaneEvidence<>("rows");
    PlaneEvidence<String> there = new PlaneEvidence<>("rows");
    measure(withOrigins(null, null), here);
    measure(
        withOrigins(
            new Origins(0, null, Optional.empty()),
            new Origins(ROWS / 2, null, Optional.of(unknown(ROWS / 2)))),
        there);
    assertEquals(here.plane("rows"), there.plane("rows"));
  }

  private static int[] unknown(int count) {
    int[] classes = new int[count];
    Arrays.fill(classes, ClassLabels.NONE);
    return classes;
  }

  @Test
  void anEmptyClassHasNoCentreAndRowsThatAreNotFiniteAreNotPictured() {
    INDArray features = Nd4j.createFromArray(new double[][] {{1, 2}, {3, 4}, {5, 6}, {7, 8}});
    features.putScalar(0, 0, Double.NaN);
    features.putScalar(1, 1, Double.POSITIVE_INFINITY);
    PlaneEvidence<String> planes = new PlaneEvidence<>("rows");
    measure(ArrayRows.of("rows", features, new int[] {0, 2, 0, 2}, CLASSES), planes);
    FeaturePlane plane = planes.plane("rows").orElseThrow();
    assertEquals(
        List.of(new FeaturePlane.Example(5, 6, 0, 0), new FeaturePlane.Example(7, 8, 2, 2)),
        plane.examples());
    assertEquals(new FeaturePlane.Centre(5, 6), plane.centres().get(0));
    assertNull(plane.centres().get(1));
    assertEquals(List.of(), plane.classifier());
    ArrayRows wide =
        ArrayRows.of("rows", Examples.of(CLASSES, 3, ROWS, 6).features(), given, CLASSES);
    measure(wide, planes);
    assertEquals(Optional.empty(), planes.plane("rows"), "three features are no plane");
  }

  @Test
  void aPlaneHasABound() {
    List<FeaturePlane.Example> most =
        Collections.nCopies(FeaturePlane.MOST_EXAMPLES, new FeaturePlane.Example(1, 2, 0, 0));
    assertEquals(most, new FeaturePlane(most, List.of(), List.of()).examples());
    List<FeaturePlane.Example> tooMany = new ArrayList<>(most);
    tooMany.add(most.get(0));
    assertEquals(
        "At most 400 examples are kept, not 401",
        assertThrows(
                IllegalArgumentException.class,
                () -> new FeaturePlane(tooMany, List.of(), List.of()))
            .getMessage());
  }

  @Test
  void suspectsOfTheSameRowsAreCounted() {
    SuspectEvidence<String> counted = SuspectEvidence.ofSameRows();
    SuspectEvidence<String> ranked = SuspectEvidence.ofExamples();
    assertEquals(Measurements.empty(), counted.measurements("rows"));
    assertFalse(counted.isAt("rows"));
    for (int epoch = 1; epoch <= 2; epoch++) {
      Measurements values = measure(rows(), counted);
      assertEquals(90, values.value(Metric.SUSPECTS_COUNT), 9);
      assertEquals(
          values.value(Metric.SUSPECTS_COUNT) / ROWS, values.value(Metric.SUSPECTS_SHARE), 1e-12);
      assertEquals(0, values.value(Metric.MEMORIZATION_ESTIMATED));
      assertEquals(
          values.value(Metric.SUSPECTS_COUNT),
          measure(rows(), ranked).value(Metric.SUSPECTS_COUNT));
      assertEquals(epoch, ranked.snapshot().ranking().get(0).epochs());
      assertEquals(epoch, counted.snapshot().ranking().get(ROWS - 1).epochs());
    }
    assertTrue(counted.isAt("rows") && !counted.isAt("others"));
    assertEquals(Measurements.empty(), counted.measurements("others"));
    SuspectLabel first = ranked.snapshot().ranking().get(0);
    assertEquals(0, first.index() % 10, "its label is wrong");
    assertEquals(clean[(int) first.index()], first.sitsWith());
    assertTrue(first.distanceRatio() > 1);
    assertEquals("gather evidence on suspect labels", counted.purpose());
  }

  @Test
  void anExampleIsKnownByItsIndexOrElseByItsPosition() {
    long[] indices = IntStream.range(0, ROWS / 2).mapToLong(i -> 5000 + i).toArray();
    SuspectEvidence<String> carried = SuspectEvidence.ofExamples();
    measure(withOrigins(null, new Origins(0, indices, Optional.empty())), carried);
    List<Long> known =
        carried.snapshot().ranking().stream().map(SuspectLabel::index).sorted().toList();
    assertEquals(
        List.of(0L, 449L, 5000L, 5449L),
        List.of(known.get(0), known.get(449), known.get(450), known.get(899)));
    SuspectEvidence<String> twice = SuspectEvidence.ofExamples();
    Origins same = new Origins(0, indices, Optional.empty());
    assertEquals(
        "Each example of the training probe must have an index of its own, but 900 examples have"
            + " 450 indices",
        assertThrows(IllegalArgumentException.class, () -> measure(withOrigins(same, same), twice))
            .getMessage());
    assertTrue(twice.snapshot().ranking().isEmpty());
  }

  @Test
  void withoutAClassifierSuspectsCannotBeToldApartAndAreNotCounted() {
    ArrayRows none = rows().withClassifier(null);
    SuspectEvidence<String> counted = SuspectEvidence.ofSameRows();
    assertFalse(measure(none, counted).has(Metric.SUSPECTS_COUNT));
    assertTrue(counted.snapshot().ranking().isEmpty());
    assertEquals(
        "Suspect labels are found by the logits, so an output layer with weights must be among the"
            + " layers measured",
        assertThrows(
                IllegalArgumentException.class, () -> measure(none, SuspectEvidence.ofExamples()))
            .getMessage());
  }

  /** Goes on after a failure, of which it tells the purpose. */
  private static Attempt telling(List<String> told) {
    return (purpose, step) -> {
      try {
        step.run();
        return true;
      } catch (IllegalArgumentException e) {
        told.add(purpose);
        return false;
      }
    };
  }

  @Test
  void evidenceThatFailsCostsNoMetricAndNoOtherEvidence() {
    List<String> told = new ArrayList<>();
    PlaneEvidence<String> planes = new PlaneEvidence<>("rows");
    Measurements values =
        Evaluation.builder(rows().withClassifier(null))
            .evidence(SuspectEvidence.ofExamples())
            .evidence(planes)
            .attempt(telling(told))
            .build()
            .measure()
            .get("rows")
            .measurements();
    assertEquals(List.of("gather evidence on suspect labels"), told);
    assertTrue(values.has(Metric.NC1_PINV) && planes.plane("rows").isPresent());
  }

  @Test
  void memorizationIsMeasuredAgainstHeldOutExamples() {
    Map<String, ClassStatistics> heldOut =
        Map.of("rows", Examples.of(CLASSES, 2, 300, 6).statistics());
    MemorizationEvidence<String> evidence = new MemorizationEvidence<>("rows", heldOut);
    Measurements values = measure(rows(), evidence);
    assertEquals(0.1, values.value(Metric.NOISE_RATE), 1e-12);
    assertTrue(values.value(Metric.MEMORIZATION_FITTED) < 0.1);
    assertTrue(values.value(Metric.MEMORIZATION_RELATIVE) > 0);
    assertFalse(evidence.lacksReference());
    assertEquals("measure the memorization of rows", evidence.purpose());
    assertEquals(Measurements.empty(), evidence.measurements("others"));

    MemorizationEvidence<String> alone = new MemorizationEvidence<>("rows", Map.of());
    assertFalse(alone.lacksReference(), "nothing is measured yet");
    assertTrue(Double.isNaN(measure(rows(), alone).value(Metric.MEMORIZATION_RELATIVE)));
    assertTrue(alone.lacksReference());
    ArrayRows unknown = ArrayRows.of("rows", examples.features(), given, CLASSES);
    assertFalse(measure(unknown, alone).has(Metric.NOISE_RATE), "no clean class is known");
    assertFalse(alone.lacksReference(), "nothing was measured");
  }

  /** Tables of class means, as large as all else where classes are many. */
  @Test
  void memorizationPreparesNothingWhereNoCleanClassIsKnown() {
    List<String> asked = new ArrayList<>();
    RowSource<String> source =
        new RowSource<>() {
          @Override
          public void forEach(Receiver<? super String> receiver) {
            throw new AssertionError("the rows are handed over by the test");
          }

          @Override
          public Classifier classifier(String point) {
            asked.add(point);
            return nearest;
          }
        };
    Origins known = new Origins(0, null, Optional.of(clean));
    MemorizationEvidence.Reader<String> reader =
        new MemorizationEvidence<String>("rows", Map.of()).learner();
    reader.begin(Map.of("rows", examples.statistics()), source);
    reader.observe("rows", part(0, ROWS, new Origins(0, null, Optional.empty())));
    reader.end();
    assertEquals(List.of(), asked);

    MemorizationEvidence.Reader<String> knowing =
        new MemorizationEvidence<String>("rows", Map.of()).learner();
    knowing.begin(Map.of("rows", examples.statistics()), source);
    knowing.observe("rows", part(0, ROWS, known));
    knowing.observe("rows", part(0, ROWS, known));
    knowing.end();
    assertEquals(List.of("rows"), asked);
  }

  @Test
  void cleanClassesAreKnownOfAllOrOfNone() {
    Origins known = new Origins(0, null, Optional.of(Arrays.copyOf(clean, ROWS / 2)));
    Origins none = new Origins(0, null, Optional.empty());
    Origins some = new Origins(0, null, Optional.of(unknown(ROWS / 2)));
    for (Origins[] both : new Origins[][] {{known, none}, {none, known}, {known, some}}) {
      MemorizationEvidence<String> evidence = new MemorizationEvidence<>("rows", Map.of());
      assertEquals(
          "The clean labels must be known of all examples or of none, but of rows they are known"
              + " of some",
          assertThrows(
                  IllegalArgumentException.class,
                  () -> measure(withOrigins(both[0], both[1]), evidence))
              .getMessage());
    }
  }

  @Test
  void anEpochThatFailsIsNotMeasuredByTheOneBefore() {
    SuspectEvidence<String> evidence = SuspectEvidence.ofExamples();
    assertTrue(measure(rows(), evidence).has(Metric.SUSPECTS_COUNT));
    Measurements failed =
        Evaluation.builder(rows().withClassifier(null))
            .evidence(evidence)
            .attempt(telling(new ArrayList<>()))
            .build()
            .measure()
            .get("rows")
            .measurements();
    assertFalse(failed.has(Metric.SUSPECTS_COUNT));
    assertEquals(1, evidence.snapshot().ranking().get(0).epochs());
  }
}
