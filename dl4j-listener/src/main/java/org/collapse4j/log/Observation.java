package org.collapse4j.log;

import java.time.Instant;
import java.util.AbstractMap;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.collapse4j.metric.Measurements;

/**
 * What was measured of one set of examples at one layer at one moment of a training run. Immutable.
 *
 * @param run the name of the training run, so that several can share a destination
 * @param epoch the number of epochs completed, from 1; 0 before the first has ended
 * @param iteration the number of parameter updates so far, over all epochs
 * @param split which examples: {@link #STREAM} for those the network trained on as it did so, else
 *     the name of a probe, such as {@link #TRAIN}, {@link #HELD_OUT} or {@link
 *     #OUT_OF_DISTRIBUTION}
 * @param layer the name of the layer whose input or activations were measured
 * @param measurements the values
 * @param parameters the hyperparameters of the run, such as {@code loss}, {@code alpha}, {@code
 *     noise.rate} or {@code seed}, in the order they were given; empty if none are known
 * @param examples what is known of single examples
 * @param time when it was observed; empty if that is not known, as of the logs of version 0.1.0
 * @param started when the training began that it was observed in, as far as the observer saw it: of
 *     one that was stopped and went on, when it went on. Empty if that is not known
 */
public record Observation(
    String run,
    int epoch,
    long iteration,
    String split,
    String layer,
    Measurements measurements,
    Map<String, String> parameters,
    Examples examples,
    Optional<Instant> time,
    Optional<Instant> started) {

  /** The split of the examples that the network trains on, measured in passes of their own. */
  public static final String TRAIN = "train";

  /** The split of examples of the same classes that the network does not train on. */
  public static final String HELD_OUT = "heldout";

  /** The split of examples that are of none of the classes. */
  public static final String OUT_OF_DISTRIBUTION = "ood";

  /** The split of what is gathered from the training forward passes themselves. */
  public static final String STREAM = "stream";

  /** Checks that nothing is null, and copies the parameters. */
  public Observation {
    Objects.requireNonNull(run, "run");
    Objects.requireNonNull(split, "split");
    Objects.requireNonNull(layer, "layer");
    Objects.requireNonNull(measurements, "measurements");
    Objects.requireNonNull(examples, "examples");
    Objects.requireNonNull(time, "time");
    Objects.requireNonNull(started, "started");
    parameters = copy(parameters);
  }

  /** An observation of a run whose hyperparameters are not known. */
  public Observation(
      String run,
      int epoch,
      long iteration,
      String split,
      String layer,
      Measurements measurements) {
    this(run, epoch, iteration, split, layer, measurements, Map.of());
  }

  /** An observation that tells nothing of single examples. */
  public Observation(
      String run,
      int epoch,
      long iteration,
      String split,
      String layer,
      Measurements measurements,
      Map<String, String> parameters) {
    this(run, epoch, iteration, split, layer, measurements, parameters, Examples.none());
  }

  /** An observation of which it is not known when it was made. */
  public Observation(
      String run,
      int epoch,
      long iteration,
      String split,
      String layer,
      Measurements measurements,
      Map<String, String> parameters,
      Examples examples) {
    this(
        run,
        epoch,
        iteration,
        split,
        layer,
        measurements,
        parameters,
        examples,
        Optional.empty(),
        Optional.empty());
  }

  /** The same of a run with these hyperparameters. */
  public Observation withParameters(Map<String, String> known) {
    return with(measurements, known, examples, time, started);
  }

  /** The same with what is known of single examples. */
  public Observation withExamples(Examples known) {
    return with(measurements, parameters, known, time, started);
  }

  /** The same made at a time, in a training that began at another, as far as they are known. */
  public Observation withTimes(Optional<Instant> made, Optional<Instant> trainingStarted) {
    return with(measurements, parameters, examples, made, trainingStarted);
  }

  /** The same that tells nothing of single classes, pairs of them, and examples. */
  public Observation withNumbersOnly() {
    Measurements.Builder numbers = Measurements.builder();
    measurements.metrics().forEach(metric -> numbers.put(metric, measurements.value(metric)));
    return withDetails(numbers.build(), Examples.none());
  }

  /** The same with other measurements, and what is known of single examples. */
  Observation withDetails(Measurements measured, Examples known) {
    return with(measured, parameters, known, time, started);
  }

  private Observation with(
      Measurements values,
      Map<String, String> known,
      Examples single,
      Optional<Instant> made,
      Optional<Instant> begun) {
    return new Observation(run, epoch, iteration, split, layer, values, known, single, made, begun);
  }

  /** Parameters that are copied already, so that the observations of a run share them. */
  private static final class Parameters extends AbstractMap<String, String> {
    private final Map<String, String> byKey;

    Parameters(Map<String, String> byKey) {
      this.byKey = Collections.unmodifiableMap(byKey);
    }

    @Override
    public Set<Map.Entry<String, String>> entrySet() {
      return byKey.entrySet();
    }

    @Override
    public boolean containsKey(Object key) {
      return byKey.containsKey(key);
    }

    @Override
    public String get(Object key) {
      return byKey.get(key);
    }
  }

  private static Map<String, String> copy(Map<String, String> parameters) {
    if (parameters instanceof Parameters) {
      return parameters;
    }
    Map<String, String> copy = new LinkedHashMap<>();
    parameters.forEach(
        (key, value) ->
            copy.put(
                Objects.requireNonNull(key, "parameter key"),
                Objects.requireNonNull(value, () -> "value of the parameter " + key)));
    return new Parameters(copy);
  }
}
