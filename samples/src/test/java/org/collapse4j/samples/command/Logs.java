package org.collapse4j.samples.command;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;

/** Logs of trainings that did not take place. */
final class Logs {
  private Logs() {}

  /** Appends an observation of held-out accuracy and NC1. */
  static void append(Path file, String run, int epoch, double accuracy, double nc1)
      throws IOException {
    Measurements values =
        Measurements.builder()
            .put(Metric.ACCURACY, accuracy)
            .put(Metric.NC1_PINV, nc1)
            .put(Metric.EXAMPLES, 100)
            .build();
    new JsonLinesSink(file)
        .write(
            new Observation(run, epoch, 10L * epoch, "heldout", "output", values)
                .withParameters(Map.of("seed", "1")));
  }
}
