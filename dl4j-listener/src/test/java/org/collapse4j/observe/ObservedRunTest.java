package org.collapse4j.observe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.collapse4j.log.Observation;
import org.collapse4j.log.RunHistory;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.verdict.VerdictRules;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ObservedRunTest {
  private static final int LAYERS = 30;

  @Test
  void saysWhatTheLogSays() {
    List<Observation> logged = IntStream.rangeClosed(1, 60).boxed().flatMap(this::moment).toList();
    ObservedRun run = new ObservedRun();
    IntStream.rangeClosed(1, 60).forEach(epoch -> run.add(moment(epoch).toList()));
    assertEquals(VerdictRules.ofRun(RunHistory.of(logged).get(0)), run.verdicts());
  }

  @Test
  @Tag("slow")
  void holdsNoMoreHoweverLongTheRunIs() {
    ObservedRun run = new ObservedRun();
    int largest = 0;
    for (int epoch = 1; epoch <= 10_000; epoch++) {
      run.add(moment(epoch).toList());
      largest = Math.max(largest, run.observations().size());
    }
    assertTrue(largest <= 2048, () -> "observations held: " + run.observations().size());
    List<Integer> epochs =
        run.observations().stream().map(Observation::epoch).distinct().sorted().toList();
    assertEquals(10_000, epochs.get(epochs.size() - 1));
    assertTrue(epochs.size() > 500, epochs::toString);
    assertEquals(0, run.observations().get(0).measurements().classValues(Metric.NC1_CDNV).length);
  }

  /** A run whose classes collapse, measured at many layers. */
  private Stream<Observation> moment(int epoch) {
    return Stream.of("train", "heldout")
        .flatMap(
            split ->
                IntStream.rangeClosed(1, LAYERS)
                    .mapToObj(
                        layer ->
                            new Observation(
                                "run",
                                epoch,
                                10L * epoch,
                                split,
                                "layer" + layer,
                                measurements(epoch, layer == LAYERS))));
  }

  private static Measurements measurements(int epoch, boolean isLast) {
    Measurements.Builder values =
        Measurements.builder()
            .put(Metric.EXAMPLES, 1000)
            .put(Metric.CLASSES_PRESENT, 10)
            .put(Metric.NC1_PINV, 1.0 / epoch)
            .putClassValues(Metric.NC1_CDNV, new double[1000]);
    if (isLast) {
      values.put(Metric.ACCURACY, 1 - 0.5 / epoch).put(Metric.NC3_DUALITY, 2.0 / epoch);
    }
    return values.build();
  }
}
