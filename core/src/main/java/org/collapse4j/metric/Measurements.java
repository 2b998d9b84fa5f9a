package org.collapse4j.metric;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Values of metrics, and of some of them a value for each class or for pairs of classes. Immutable.
 * A metric that was not measured is absent; one that is undefined for the data is there as NaN.
 */
public final class Measurements {
  private static final Measurements EMPTY =
      new Measurements(
          new EnumMap<>(Metric.class), new EnumMap<>(Metric.class), new EnumMap<>(Metric.class));

  private final EnumMap<Metric, Double> values;
  private final EnumMap<Metric, double[]> classValues;
  private final EnumMap<Metric, List<ClassPair>> pairs;

  private Measurements(
      EnumMap<Metric, Double> values,
      EnumMap<Metric, double[]> classValues,
      EnumMap<Metric, List<ClassPair>> pairs) {
    this.values = values;
    this.classValues = classValues;
    this.pairs = pairs;
  }

  /** Nothing measured. */
  public static Measurements empty() {
    return EMPTY;
  }

  /** Starts an empty set of values. */
  public static Builder builder() {
    return new Builder();
  }

  /** Whether a metric was measured, be it as NaN. */
  public boolean has(Metric metric) {
    return values.containsKey(metric);
  }

  /** The value of a metric; NaN if it is undefined or was not measured. */
  public double value(Metric metric) {
    return values.getOrDefault(metric, Double.NaN);
  }

  /** The metrics that were measured, in the order of the vocabulary. */
  public Set<Metric> metrics() {
    return Collections.unmodifiableSet(values.keySet());
  }

  /** The metrics that have a value for each class. */
  public Set<Metric> classMetrics() {
    return Collections.unmodifiableSet(classValues.keySet());
  }

  /**
   * The values of a metric by class, index from 0 to K-1, NaN for a class without examples.
   *
   * @return a copy; of length 0 if there are none
   */
  public double[] classValues(Metric metric) {
    double[] perClass = classValues.get(metric);
    return perClass == null ? new double[0] : perClass.clone();
  }

  /** The metrics that have values for pairs of classes. */
  public Set<Metric> pairMetrics() {
    return Collections.unmodifiableSet(pairs.keySet());
  }

  /**
   * The pairs of classes with the highest values of a metric, the highest first: of {@code
   * nc1.cdnv} those that collide. At most {@value ClassDistances#PAIRS_KEPT}, which are all pairs
   * of up to ten classes, so that a log stays small however many classes there are.
   *
   * @return unmodifiable; empty if there are none
   */
  public List<ClassPair> pairs(Metric metric) {
    return pairs.getOrDefault(metric, List.of());
  }

  /** These values and the other's; where both have a metric, the other's counts. */
  public Measurements and(Measurements other) {
    return new Builder().add(this).add(other).build();
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof Measurements other
        && values.equals(other.values)
        && pairs.equals(other.pairs)
        && classValues.keySet().equals(other.classValues.keySet())
        && classValues.keySet().stream()
            .allMatch(m -> Arrays.equals(classValues.get(m), other.classValues.get(m)));
  }

  @Override
  public int hashCode() {
    int hash = Objects.hash(values, pairs);
    for (Map.Entry<Metric, double[]> entry : classValues.entrySet()) {
      hash = Objects.hash(hash, entry.getKey(), Arrays.hashCode(entry.getValue()));
    }
    return hash;
  }

  @Override
  public String toString() {
    return values.toString();
  }

  /** Collects values. */
  public static final class Builder {
    private final EnumMap<Metric, Double> values = new EnumMap<>(Metric.class);
    private final EnumMap<Metric, double[]> classValues = new EnumMap<>(Metric.class);
    private final EnumMap<Metric, List<ClassPair>> pairs = new EnumMap<>(Metric.class);

    private Builder() {}

    /** Sets the value of a metric; NaN, or an infinity from a zero denominator, is undefined. */
    public Builder put(Metric metric, double value) {
      values.put(metric, Double.isInfinite(value) ? Double.NaN : value);
      return this;
    }

    /** Sets the values of a metric by class; the array is copied. */
    public Builder putClassValues(Metric metric, double[] perClass) {
      classValues.put(metric, perClass.clone());
      return this;
    }

    /** Sets the values of a metric by pair of classes, the highest first; the list is copied. */
    public Builder putPairs(Metric metric, List<ClassPair> highestFirst) {
      pairs.put(metric, List.copyOf(highestFirst));
      return this;
    }

    /** Adds all values of others. */
    public Builder add(Measurements others) {
      values.putAll(others.values);
      classValues.putAll(others.classValues);
      pairs.putAll(others.pairs);
      return this;
    }

    /** The values as they are now. */
    public Measurements build() {
      return new Measurements(
          new EnumMap<>(values), new EnumMap<>(classValues), new EnumMap<>(pairs));
    }
  }
}
