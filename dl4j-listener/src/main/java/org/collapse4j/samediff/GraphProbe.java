package org.collapse4j.samediff;

import java.util.Optional;
import java.util.function.BiConsumer;
import org.collapse4j.measure.FeatureMeasures;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.MultiDataSet;
import org.nd4j.linalg.dataset.api.iterator.MultiDataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A data set that a graph is run over in inference mode.
 *
 * @param split the name it is reported under
 * @param heldOut whether its examples take no part in training, so that dilation is measured
 * @param data its batches, read from the start each time
 */
record GraphProbe(String split, boolean heldOut, MultiDataSetIterator data) {
  GraphProbe {
    if (!data.resetSupported()) {
      throw new IllegalArgumentException(
          "The probe \""
              + split
              + "\" is read at every observation, so its iterator must support reset()");
    }
  }

  /** The exact measurements; empty if no example has a label. */
  Optional<Measurements> measure(
      SameDiff graph, MeasuredGraph names, INDArray outOfDistribution, GlobalMean globalMean) {
    Optional<ClassStatistics> gathered = statistics(graph, names);
    if (gathered.isEmpty()) {
      return Optional.empty();
    }
    ClassStatistics statistics = gathered.get();
    Classifier classifier = names.classifier(graph, statistics.dimension());
    DecisionAccumulator decisions = DecisionAccumulator.of(statistics, classifier);
    forEachBatch(
        (batch, features) -> {
          Rows rows = names.rows(graph, features, batch);
          if (!rows.isEmpty()) {
            decisions.observe(rows.features(), rows.classes());
          }
        },
        graph,
        names);
    Measurements values =
        FeatureMeasures.of(
            statistics, decisions.snapshot(), classifier, outOfDistribution, globalMean);
    return Optional.of(heldOut ? values.and(Dilation.of(statistics)) : values);
  }

  private Optional<ClassStatistics> statistics(SameDiff graph, MeasuredGraph names) {
    ClassStatisticsAccumulator[] accumulator = new ClassStatisticsAccumulator[1];
    forEachBatch(
        (batch, features) -> {
          Rows rows = names.rows(graph, features, batch);
          if (accumulator[0] == null) {
            accumulator[0] = ClassStatisticsAccumulator.forClasses(rows.numClasses());
          }
          if (!rows.isEmpty()) {
            accumulator[0].observe(rows.features(), rows.classes());
          }
        },
        graph,
        names);
    return accumulator[0] == null || accumulator[0].isEmpty()
        ? Optional.empty()
        : Optional.of(accumulator[0].snapshot());
  }

  /** The mean features, whatever the labels, {@code [d]}. */
  INDArray mean(SameDiff graph, MeasuredGraph names) {
    ClassStatisticsAccumulator all =
        ClassStatisticsAccumulator.builder(1).covarianceLimit(0).build();
    forEachBatch(
        (batch, features) -> {
          INDArray rows = MeasuredGraph.matrix(features);
          all.observe(rows, Nd4j.zeros(rows.rows(), 1));
        },
        graph,
        names);
    return all.snapshot().globalMean(GlobalMean.SAMPLE);
  }

  private void forEachBatch(
      BiConsumer<MultiDataSet, INDArray> consumer, SameDiff graph, MeasuredGraph names) {
    data.reset();
    while (data.hasNext()) {
      MultiDataSet batch = data.next();
      consumer.accept(batch, names.infer(graph, batch));
    }
    data.reset();
  }
}
