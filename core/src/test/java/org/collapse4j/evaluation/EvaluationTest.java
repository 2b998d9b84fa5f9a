package org.collapse4j.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.collapse4j.Examples;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.GlobalMean;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class EvaluationTest {
  private static final int CLASSES = 3;

  private final Examples examples = Examples.of(CLASSES, 4, 60, 2);
  private final Classifier classifier =
      Classifier.of(Nd4j.eye(4).getRows(0, 1, 2).castTo(DataType.DOUBLE), null);

  /** Batches of points, of which each is a failure or what is given; counts how often it is run. */
  private final class Batches implements RowSource<String> {
    private final List<Map.Entry<String, LabelledRows>> batches = new ArrayList<>();
    private final List<String> asked = new ArrayList<>();
    private int runs;

    Batches with(String point, LabelledRows rows) {
      batches.add(Map.entry(point, rows));
      return this;
    }

    @Override
    public void forEach(Receiver<? super String> receiver) {
      runs++;
      batches.forEach(
          batch ->
              receiver.accept(
                  batch.getKey(),
                  () -> {
                    asked.add(batch.getKey());
                    return batch.getValue();
                  }));
    }

    @Override
    public Classifier classifier(String point) {
      return classifier;
    }
  }

  private LabelledRows rows() {
    return LabelledRows.of(examples.features(), examples.labels().toIntVector(), null, CLASSES);
  }

  private static LabelledRows rows(int count, int classes) {
    return LabelledRows.of(Nd4j.rand(DataType.DOUBLE, count, 4), new int[count], null, classes);
  }

  private static Attempt recorder(List<String> told) {
    return (purpose, step) -> {
      try {
        step.run();
        return true;
      } catch (RuntimeException e) {
        told.add(purpose + ": " + e.getMessage());
        return false;
      }
    };
  }

  @Test
  void everyMetricOfAPointIsMeasured() {
    ClassStatistics statistics = examples.statistics();
    INDArray outside = Nd4j.createFromArray(1.0, -2, 0, 1);
    Evaluation.Result result =
        Evaluation.builder(new Batches().with("a", rows()))
            .globalMean(GlobalMean.CLASS)
            .heldOut(true)
            .outOfDistributionMeans(Map.of("a", outside))
            .build()
            .measure()
            .get("a");
    Measurements all = result.measurements();
    List<Measurements> expected =
        List.of(
            NeuralCollapse.ofFeatures(statistics, GlobalMean.CLASS),
            NeuralCollapse.ofClassifier(statistics, classifier, GlobalMean.CLASS),
            NeuralCollapse.ofOutOfDistribution(statistics, outside),
            Dilation.of(statistics));
    for (Measurements some : expected) {
      for (Metric metric : some.metrics()) {
        assertEquals(some.value(metric), all.value(metric), 1e-9, metric.key());
      }
    }
    assertTrue(all.has(Metric.NC4_MISMATCH) && all.has(Metric.ECE));
    assertEquals(60, result.statistics().totalCount());
  }

  @Test
  void whatIsNotAskedForIsNotMeasured() {
    ArrayRows rows =
        ArrayRows.of("a", examples.features(), examples.labels().toIntVector(), CLASSES);
    Measurements values = Evaluation.builder(rows).build().measure().get("a").measurements();
    assertTrue(values.has(Metric.NC1_PINV));
    for (Metric metric :
        List.of(
            Metric.DILATION_RELATIVE,
            Metric.NC5_ORTHOGONALITY,
            Metric.NC3_DUALITY,
            Metric.NC4_MISMATCH,
            Metric.ACCURACY,
            Metric.ECE)) {
      assertFalse(values.has(metric), metric.key());
    }
  }

  @Test
  void aPointWhoseRowsAreWrongCostsNoOther() {
    List<String> told = new ArrayList<>();
    Batches source =
        new Batches()
            .with("bad", rows())
            .with("good", rows())
            .with("bad", rows(2, 5))
            .with("bad", rows())
            .with("none", rows(0, CLASSES));
    Evaluation<String> evaluation = Evaluation.builder(source).attempt(recorder(told)).build();
    assertEquals(Set.of("good"), evaluation.measure().keySet());
    String failure =
        "measure the rows of \"bad\": All batches must have the same number of classes, but there"
            + " were 3 and are 5 now";
    assertEquals(List.of(failure), told);
    assertEquals(Set.of("bad"), evaluation.failedPoints());
    assertEquals(
        List.of("bad", "good", "bad", "none"), source.asked, "not asked for once it has failed");
    assertEquals(Set.of("good"), evaluation.statistics().keySet());
    source.batches.remove(2);
    assertEquals(List.of("bad", "good"), List.copyOf(evaluation.measure().keySet()));
    assertEquals(Set.of(), evaluation.failedPoints());
    source.with("bad", rows(2, 5));
    evaluation.measure();
    assertEquals(Set.of("bad"), evaluation.failedPoints());
    source.batches.remove(source.batches.size() - 1);
    evaluation.statistics();
    assertEquals(Set.of(), evaluation.failedPoints());
  }

  @Test
  void withoutAnAttemptAFailureEndsIt() {
    Evaluation<String> evaluation =
        Evaluation.builder(new Batches().with("bad", rows()).with("bad", rows(2, 5))).build();
    assertThrows(IllegalArgumentException.class, evaluation::measure);
    assertThrows(IllegalArgumentException.class, evaluation::statistics);
    assertEquals(Set.of("bad"), evaluation.failedPoints());
  }

  /** Logits of another width than the classes are found in the second pass. */
  @Test
  void aFailureOfTheSecondPassCostsItsPointOnly() {
    List<String> told = new ArrayList<>();
    Batches source =
        new Batches()
            .with("bad", rows().withLogits(Nd4j.ones(DataType.DOUBLE, 60, 2)))
            .with("good", rows().withLogits(Nd4j.ones(DataType.DOUBLE, 60, 3)));
    Evaluation<String> evaluation = Evaluation.builder(source).attempt(recorder(told)).build();
    Map<String, Evaluation.Result> results = evaluation.measure();
    assertEquals(Set.of("good"), results.keySet());
    assertEquals(1 / 3.0, results.get("good").measurements().value(Metric.ACCURACY), 1e-12);
    assertEquals(Set.of("bad"), evaluation.failedPoints());
    assertEquals(1, told.size());
  }

  @Test
  void fewRowsAreRunThroughOnceAndManyTwice() {
    Batches few = new Batches().with("a", rows());
    Evaluation<String> twice = Evaluation.builder(few).build();
    Measurements first = twice.measure().get("a").measurements();
    assertEquals(1, few.runs);
    assertEquals(first, twice.measure().get("a").measurements(), "the source is run anew");
    assertEquals(2, few.runs);
    INDArray features = Nd4j.rand(DataType.FLOAT, 512, 4096);
    LabelledRows large = LabelledRows.of(features, new int[512], null, 1);
    Batches many = new Batches();
    for (int i = 0; i < 8; i++) {
      many.with("a", large);
    }
    Evaluation<String> evaluation = Evaluation.builder(many).covarianceLimit(0).build();
    assertThrows(IllegalArgumentException.class, evaluation::measure, "the classifier is another");
    assertEquals(1, many.runs, "2^24 features are kept");
    many.with("a", large);
    assertThrows(IllegalArgumentException.class, evaluation::measure);
    assertEquals(2 + 1, many.runs);
  }

  @Test
  void optionsAreNotNull() {
    Evaluation.Builder<String> builder = Evaluation.builder(new Batches());
    assertThrows(NullPointerException.class, () -> Evaluation.builder(null));
    assertThrows(NullPointerException.class, () -> builder.globalMean(null));
    assertThrows(NullPointerException.class, () -> builder.evidence(null));
    assertThrows(NullPointerException.class, () -> builder.attempt(null));
    assertSame(builder, builder.heldOut(true).covarianceLimit(3).attempt(Attempt.ONLY));
    assertEquals(Map.of(), builder.build().measure());
  }

  @Test
  void theCovarianceIsGatheredUpToTheLimit() {
    for (int limit : new int[] {3, 4}) {
      ClassStatistics gathered =
          Evaluation.builder(new Batches().with("a", rows()))
              .covarianceLimit(limit)
              .build()
              .statistics()
              .get("a");
      assertEquals(limit == 4, gathered.hasWithinClassCovariance());
    }
  }
}
