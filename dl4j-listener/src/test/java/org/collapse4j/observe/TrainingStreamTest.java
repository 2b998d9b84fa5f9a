package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.collapse4j.dl4j.RecordedWarnings;
import org.collapse4j.dl4j.Training;
import org.collapse4j.evaluation.FeatureStatistics;
import org.collapse4j.evaluation.LabelledRows;
import org.collapse4j.stats.ClassLabels;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.dataset.DataSet;
import org.slf4j.LoggerFactory;

class TrainingStreamTest {
  private static final FixedModel.Point FIRST = new FixedModel.Point("first");
  private static final FixedModel.Point SECOND = new FixedModel.Point("second");

  private final MeasuringGuard guard =
      new MeasuringGuard(LoggerFactory.getLogger("org.collapse4j.streamed"), false);
  private final TrainingStream stream = new TrainingStream(100, guard);

  private static LabelledRows rows(int count) {
    DataSet data = Training.clusters(count, 1);
    LabelledRows rows =
        LabelledRows.of(
            data.getFeatures(), data.getLabels().argMax(1).toIntVector(), null, FixedModel.CLASSES);
    return rows.withLogits(new FixedModel().classifier(FIRST).logits(rows.features()));
  }

  private static LabelledRows failing() {
    throw new IllegalArgumentException("no classes");
  }

  private Map<MeasuredPoint, Long> drained() {
    return stream.drain().entrySet().stream()
        .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().features().totalCount()));
  }

  @Test
  void whatAllPartsHaveGatheredIsOne() {
    TrainingStream.Part one = stream.newPart();
    TrainingStream.Part other = stream.newPart();
    one.observe(FIRST, () -> rows(30));
    one.observe(FIRST, () -> rows(6));
    one.observe(SECOND, () -> rows(3));
    other.observe(FIRST, () -> rows(12));
    assertEquals(Map.of(FIRST, 48L, SECOND, 3L), drained());
    assertEquals(Map.of(), drained(), "it is gathered anew");
    one.observe(FIRST, () -> rows(30));
    other.observe(FIRST, () -> rows(12));
    stream.remove(other);
    assertEquals(Map.of(FIRST, 30L), drained());
  }

  @Test
  void decisionsAreComparedWithTheCentresOfTheDrainBefore() {
    TrainingStream.Part part = stream.newPart();
    for (boolean known : new boolean[] {false, true}) {
      part.observe(FIRST, () -> rows(30));
      FeatureStatistics gathered = stream.drain().get(FIRST);
      assertEquals(known, gathered.decisions().hasCentres());
    }
  }

  @Test
  void aBatchThatFailsCostsItsPointUntilTheNextDrain() {
    TrainingStream.Part part = stream.newPart();
    try (RecordedWarnings log = new RecordedWarnings()) {
      part.observe(FIRST, () -> rows(30));
      part.observe(SECOND, () -> rows(30));
      part.observe(FIRST, TrainingStreamTest::failing);
      part.observe(FIRST, TrainingStreamTest::failing);
      part.observe(FIRST, () -> rows(30));
      assertEquals(1, guard.failures(), "the second is not asked for");
      assertTrue(log.warnings().get(0).contains("measure \"first\": no classes"));
      assertEquals(Set.of(SECOND), drained().keySet());
      part.observe(FIRST, () -> rows(30));
      assertEquals(Map.of(FIRST, 30L), drained());
    }
  }

  @Test
  void aBatchWithoutALabelIsNone() {
    TrainingStream.Part part = stream.newPart();
    LabelledRows rows = rows(3);
    int[] none = {ClassLabels.NONE, ClassLabels.NONE, ClassLabels.NONE};
    part.observe(FIRST, () -> LabelledRows.of(rows.features(), none, null, FixedModel.CLASSES));
    assertEquals(Map.of(), drained());
    assertFalse(guard.failures() > 0);
  }
}
