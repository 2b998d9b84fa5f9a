package org.collapse4j.dl4j;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.dl4j.MeasuredNetwork.Activations;
import org.collapse4j.measure.FeatureMeasures;
import org.collapse4j.measure.MeasuringGuard;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Runs a network over a {@link Probe} in inference mode and measures its features exactly: once for
 * the class statistics, once more for the decisions, which need the class means.
 */
final class ProbeMeasurement {
  /** Features of up to this many elements are kept for the second time instead of run again. */
  private static final long KEPT_ELEMENTS = 1 << 24;

  private final MeasuredNetwork network;
  private final List<FeaturePoint> points;
  private final Refusal refusal;
  private final Probe probe;
  private final FeatureMaps maps;
  private final int covarianceLimit;
  private final MeasuringGuard guard;

  ProbeMeasurement(
      MeasuredNetwork network,
      List<FeaturePoint> points,
      Probe probe,
      FeatureMaps maps,
      int covarianceLimit,
      Refusal refusal,
      MeasuringGuard guard) {
    this.network = network;
    this.points = new ArrayList<>(points);
    this.refusal = refusal;
    this.probe = probe;
    this.maps = maps;
    this.covarianceLimit = covarianceLimit;
    this.guard = guard;
  }

  /**
   * What was measured at every point.
   *
   * @param measurements of the features
   * @param statistics of the features
   */
  record Result(
      Map<FeaturePoint, Measurements> measurements, Map<FeaturePoint, ClassStatistics> statistics) {
    static final Result EMPTY = new Result(Map.of(), Map.of());
  }

  /**
   * Measures every point.
   *
   * @param evidence what else is to be learnt from the rows; each fails on its own
   */
  Result measure(
      Map<FeaturePoint, INDArray> outOfDistributionMeans,
      GlobalMean globalMean,
      List<RowEvidence> evidence) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      KeptRows kept = new KeptRows();
      Map<FeaturePoint, ClassStatistics> statistics = gather(kept);
      Map<FeaturePoint, Measurements> measurements = new LinkedHashMap<>();
      Map<FeaturePoint, DecisionAccumulator> decisions = decide(statistics, kept, evidence);
      statistics.forEach(
          (point, of) ->
              measurements.put(
                  point,
                  measurements(
                      of,
                      decisions.get(point),
                      classifier(point),
                      outOfDistributionMeans.get(point),
                      globalMean)));
      return new Result(measurements, statistics);
    }
  }

  /** The class statistics of every point, and nothing else. */
  Map<FeaturePoint, ClassStatistics> statistics() {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return gather(new KeptRows());
    }
  }

  private Measurements measurements(
      ClassStatistics statistics,
      DecisionAccumulator decisions,
      Classifier classifier,
      INDArray outOfDistributionMean,
      GlobalMean globalMean) {
    Measurements values =
        FeatureMeasures.of(
            statistics, decisions.snapshot(), classifier, outOfDistributionMean, globalMean);
    return probe.role() == Probe.Role.HELD_OUT ? values.and(Dilation.of(statistics)) : values;
  }

  private Classifier classifier(FeaturePoint point) {
    return point.classified() ? network.head(point).classifier() : null;
  }

  private Map<FeaturePoint, ClassStatistics> gather(KeptRows kept) {
    Map<FeaturePoint, ClassStatisticsAccumulator> accumulators = new LinkedHashMap<>();
    forEachBatch(
        (point, rows) -> {
          kept.add(point, rows);
          INDArray labels = rows.rows().labels();
          accumulators
              .computeIfAbsent(point, p -> accumulator(rows.rows().numClasses()))
              .observe(rows.rows().features(), labels);
        });
    Map<FeaturePoint, ClassStatistics> statistics = new LinkedHashMap<>();
    accumulators.keySet().retainAll(points);
    accumulators.forEach((point, accumulator) -> statistics.put(point, accumulator.snapshot()));
    points.stream().filter(point -> !statistics.containsKey(point)).forEach(this::tellOfNone);
    return statistics;
  }

  private void tellOfNone(FeaturePoint point) {
    guard.noteOnce(
        "the probe \""
            + probe.split()
            + "\" has no labelled example for \""
            + point.name()
            + "\", so that nothing is measured there");
  }

  private ClassStatisticsAccumulator accumulator(int numClasses) {
    return ClassStatisticsAccumulator.builder(numClasses).covarianceLimit(covarianceLimit).build();
  }

  private Map<FeaturePoint, DecisionAccumulator> decide(
      Map<FeaturePoint, ClassStatistics> statistics, KeptRows kept, List<RowEvidence> evidence) {
    Map<FeaturePoint, DecisionAccumulator> decisions = new HashMap<>();
    statistics.forEach((point, centres) -> decisions.put(point, decisions(point, centres)));
    List<RowEvidence> learning = new ArrayList<>(evidence);
    learning.removeIf(of -> fails(of, () -> of.begin(statistics)));
    RowConsumer decide =
        (point, rows) -> {
          if (decisions.containsKey(point)) {
            decide(point, rows.rows(), decisions.get(point));
            learning.removeIf(of -> fails(of, () -> of.observe(point, rows)));
          }
        };
    if (kept.isComplete()) {
      kept.forEach(decide);
    } else {
      forEachBatch(decide);
    }
    learning.forEach(of -> fails(of, of::finish));
    return decisions;
  }

  private DecisionAccumulator decisions(FeaturePoint point, ClassStatistics centres) {
    return decidesByFeatures(point)
        ? DecisionAccumulator.ofLogits(centres.numClasses(), centres)
        : DecisionAccumulator.of(centres, classifier(point));
  }

  private void decide(FeaturePoint point, FeatureRows rows, DecisionAccumulator decisions) {
    if (decidesByFeatures(point)) {
      INDArray logits = network.head(point).logits(rows.features());
      decisions.observe(rows.features(), logits, rows.labels());
    } else {
      decisions.observe(rows.features(), rows.labels());
    }
  }

  /** Whether the features are the logits, as before a layer that is a loss only. */
  private boolean decidesByFeatures(FeaturePoint point) {
    return point.classified() && network.head(point).isLossOnly();
  }

  private boolean fails(RowEvidence evidence, MeasuringGuard.Step step) {
    return guard.call(
        evidence.purpose(),
        true,
        () -> {
          step.run();
          return false;
        });
  }

  /** The mean features of a probe whose labels mean nothing, {@code [d]} for every point. */
  Map<FeaturePoint, INDArray> means() {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      Map<FeaturePoint, ClassStatisticsAccumulator> accumulators = new LinkedHashMap<>();
      forEachBatch(
          (point, rows) ->
              accumulators
                  .computeIfAbsent(
                      point, p -> ClassStatisticsAccumulator.builder(1).covarianceLimit(0).build())
                  .observe(rows.rows().features(), Nd4j.zeros(rows.rows().features().size(0), 1)));
      Map<FeaturePoint, INDArray> means = new HashMap<>();
      accumulators.forEach(
          (point, accumulator) ->
              means.put(point, accumulator.snapshot().globalMean(GlobalMean.SAMPLE)));
      return means;
    }
  }

  private void forEachBatch(RowConsumer consumer) {
    long position = 0;
    probe.data().reset();
    while (probe.data().hasNext()) {
      MultiDataSet batch = probe.data().next();
      Activations activations = network.infer(batch, points);
      for (FeaturePoint point : List.copyOf(points)) {
        FeatureRows rows = rows(point, batch, network.features(point, activations, maps));
        if (rows != null && !rows.isEmpty()) {
          consumer.accept(point, new ProbeRows(rows, batch, point.output(), position));
        }
      }
      position += batch.getFeatures(0).size(0);
    }
    probe.data().reset();
  }

  private FeatureRows rows(FeaturePoint point, MultiDataSet batch, INDArray features) {
    if (probe.role() == Probe.Role.OUT_OF_DISTRIBUTION) {
      return FeatureRows.unlabelled(features);
    }
    try {
      return labelledRows(point, batch, features);
    } catch (IllegalArgumentException e) {
      points.remove(point);
      refusal.refuse(point, e);
      return null;
    }
  }

  private FeatureRows labelledRows(FeaturePoint point, MultiDataSet batch, INDArray features) {
    int output = point.output();
    if (batch.numLabelsArrays() <= output) {
      throw new IllegalArgumentException(
          "The probe \""
              + probe.split()
              + "\" must have labels for each output of the network, but has none for output "
              + output);
    }
    return FeatureRows.of(
        features, batch.getLabels(output), batch.getLabelsMaskArray(output), network.head(point));
  }

  /** What is done about a point whose labels are no classes. */
  @FunctionalInterface
  interface Refusal {
    void refuse(FeaturePoint point, IllegalArgumentException reason);
  }

  /** What is done with the rows of a batch at a point. */
  @FunctionalInterface
  private interface RowConsumer {
    void accept(FeaturePoint point, ProbeRows rows);
  }

  /** The rows of a small probe, so that the network need not run twice. */
  private static final class KeptRows {
    private final List<Map.Entry<FeaturePoint, ProbeRows>> batches = new ArrayList<>();
    private long elements;

    void add(FeaturePoint point, ProbeRows rows) {
      elements += rows.rows().features().length();
      if (isComplete()) {
        batches.add(Map.entry(point, rows));
      } else {
        batches.clear();
      }
    }

    boolean isComplete() {
      return elements <= KEPT_ELEMENTS;
    }

    void forEach(RowConsumer consumer) {
      batches.forEach(batch -> consumer.accept(batch.getKey(), batch.getValue()));
    }
  }
}
