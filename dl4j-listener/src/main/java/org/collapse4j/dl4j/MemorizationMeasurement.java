package org.collapse4j.dl4j;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.collapse4j.dl4j.noise.LabelledExample;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Memorization;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.MemorizationAccumulator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Measures the memorization of a probe whose examples carry clean labels, against the class means
 * of the held-out probe.
 */
final class MemorizationMeasurement implements RowEvidence {
  private final MeasuredNetwork network;
  private final Probe probe;
  private final Map<FeaturePoint, ClassStatistics> heldOut;
  private final Map<FeaturePoint, MemorizationAccumulator> accumulators = new HashMap<>();
  private final Map<FeaturePoint, Measurements> measurements = new HashMap<>();
  private Boolean cleanKnown;

  /**
   * A measurement of one probe.
   *
   * @param heldOut statistics of the held-out probe; of a point that is missing the distances are
   *     undefined
   */
  MemorizationMeasurement(
      MeasuredNetwork network, Probe probe, Map<FeaturePoint, ClassStatistics> heldOut) {
    this.network = network;
    this.probe = probe;
    this.heldOut = heldOut;
  }

  @Override
  public String purpose() {
    return "measure the memorization of the probe \"" + probe.split() + "\"";
  }

  @Override
  public void begin(Map<FeaturePoint, ClassStatistics> statistics) {
    statistics.forEach(
        (point, of) -> {
          Classifier classifier = point.classified() ? network.head(point).classifier() : null;
          ClassStatistics reference = heldOut.get(point);
          accumulators.put(
              point,
              MemorizationAccumulator.of(
                  reference == null
                      ? ClassStatistics.empty(of.numClasses(), of.dimension())
                      : reference,
                  classifier));
        });
  }

  @Override
  public void observe(FeaturePoint point, ProbeRows rows) {
    Optional<List<LabelledExample>> examples =
        rows.examples().filter(all -> all.stream().anyMatch(LabelledExample::isCleanKnown));
    requireAllOrNone(
        examples.isPresent(),
        examples.stream().flatMap(List::stream).allMatch(LabelledExample::isCleanKnown));
    if (examples.isPresent()) {
      int[] clean = examples.get().stream().mapToInt(LabelledExample::clean).toArray();
      accumulators
          .get(point)
          .observe(rows.rows().features(), rows.rows().labels(), Nd4j.createFromArray(clean));
    }
  }

  private void requireAllOrNone(boolean any, boolean all) {
    if (!all || (cleanKnown != null && cleanKnown != any)) {
      throw new IllegalArgumentException(
          "The clean labels must be known of all examples of a probe or of none, but of \""
              + probe.split()
              + "\" they are known of some");
    }
    cleanKnown = any;
  }

  @Override
  public void finish() {
    if (cleanKnown != null && cleanKnown) {
      accumulators.forEach((point, of) -> measurements.put(point, Memorization.of(of.snapshot())));
    }
  }

  /** The memorization at a point; empty if no clean label is known or it could not be measured. */
  Measurements of(FeaturePoint point) {
    return measurements.getOrDefault(point, Measurements.empty());
  }

  /** Whether distances are missing for want of a held-out probe. */
  boolean lacksReference() {
    return heldOut.isEmpty() && !measurements.isEmpty();
  }
}
