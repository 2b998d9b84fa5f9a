package org.collapse4j.spark;

import org.collapse4j.dl4j.FeatureMaps;
import org.collapse4j.dl4j.LayerOptions;
import org.collapse4j.dl4j.LayerSelection;
import org.collapse4j.log.Observation;
import org.collapse4j.observe.ObservationOptions;
import org.collapse4j.observe.Probe;

/**
 * The options of a {@link SparkCollapse}. Each is checked when it is set. Probes of the driver's
 * own iterators, which are run over in the driver, may stand beside those that Spark has.
 */
public final class SparkOptions extends ObservationOptions<SparkOptions>
    implements LayerOptions<SparkOptions> {
  private LayerSelection layers = LayerSelection.OUTPUTS;

  /** Options as they are unless set. */
  public SparkOptions() {}

  @Override
  protected SparkOptions self() {
    return this;
  }

  LayerSelection layers() {
    return layers;
  }

  /** These options with a training probe beside; they stay as they are. */
  SparkOptions and(SparkExamples train) {
    try {
      return ((SparkOptions) clone()).trainProbe(train);
    } catch (CloneNotSupportedException e) {
      throw new AssertionError(e);
    }
  }

  /**
   * As {@link #trainProbe(org.nd4j.linalg.dataset.api.iterator.DataSetIterator)}, where Spark has
   * the examples.
   *
   * @throws IllegalArgumentException if there is a training probe
   */
  public SparkOptions trainProbe(SparkExamples examples) {
    return probe(Observation.TRAIN, examples);
  }

  /**
   * As {@link #heldOutProbe(org.nd4j.linalg.dataset.api.iterator.DataSetIterator)}, where Spark has
   * the examples.
   *
   * @throws IllegalArgumentException if there is a held-out probe
   */
  public SparkOptions heldOutProbe(SparkExamples examples) {
    return add(examples.probe(Observation.HELD_OUT, Probe.Role.HELD_OUT));
  }

  /**
   * As {@link #outOfDistributionProbe(org.nd4j.linalg.dataset.api.iterator.DataSetIterator)}, where
   * Spark has the examples.
   *
   * @throws IllegalArgumentException if there is such a probe
   */
  public SparkOptions outOfDistributionProbe(SparkExamples examples) {
    return add(examples.probe(Observation.OUT_OF_DISTRIBUTION, Probe.Role.OUT_OF_DISTRIBUTION));
  }

  /**
   * Measures labelled examples that Spark has under a name of your own.
   *
   * @param split the name; each can be used once
   * @throws IllegalArgumentException if the name is taken
   */
  public SparkOptions probe(String split, SparkExamples examples) {
    return add(examples.probe(split, Probe.Role.LABELLED));
  }

  @Override
  public SparkOptions layers(String... names) {
    layers = layers.and(names);
    return this;
  }

  @Override
  public SparkOptions layers(int... indices) {
    layers = layers.and(indices);
    return this;
  }

  @Override
  public SparkOptions allLayers() {
    layers = layers.andAll();
    return this;
  }

  @Override
  public SparkOptions featureMaps(FeatureMaps kind) {
    layers = layers.with(kind);
    return this;
  }
}
