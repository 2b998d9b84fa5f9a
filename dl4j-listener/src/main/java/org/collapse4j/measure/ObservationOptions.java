package org.collapse4j.measure;

import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.collapse4j.dashboard.DashboardSink;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricSink;
import org.collapse4j.log.Slf4jSink;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.GlobalMean;

/**
 * When a listener observes, how it measures and where observations go, whatever it listens to.
 *
 * @param sinks the destinations; at least one
 * @param stream whether features are gathered from the training forward passes
 * @param everyEpochs at the end of every how many epochs it observes
 * @param everyIterations after every how many iterations it observes instead; 0 for epochs
 * @param covarianceLimit up to how many features the within-class covariance is gathered
 * @param globalMean the centre that class means are taken from
 * @param failFast whether a failure ends training
 * @param run the name of the run
 * @param parameters the hyperparameters of the run, in the order in which they were said
 */
public record ObservationOptions(
    List<MetricSink> sinks,
    boolean stream,
    int everyEpochs,
    int everyIterations,
    int covarianceLimit,
    GlobalMean globalMean,
    boolean failFast,
    String run,
    Map<String, String> parameters) {

  /** Copies the lists. */
  public ObservationOptions {
    sinks = List.copyOf(sinks);
    parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
  }

  /** Whether it observes between iterations, and not at the end of epochs. */
  public boolean countsIterations() {
    return everyIterations > 0;
  }

  /** Whether it observes after so many iterations. */
  public boolean isDueAfterIterations(long completed) {
    return countsIterations() && completed % everyIterations == 0;
  }

  /** Whether it observes at the end of so many epochs. */
  public boolean isDueAfterEpochs(int completed) {
    return !countsIterations() && completed % everyEpochs == 0;
  }

  /**
   * The options that every listener has. Each is checked when it is set.
   *
   * @param <B> the builder of a listener, which these are options of
   */
  public abstract static class Builder<B extends Builder<B>> {
    private final List<MetricSink> sinks = new ArrayList<>();
    private final Map<String, String> parameters = new LinkedHashMap<>();
    private boolean stream = true;
    private int everyEpochs = 1;
    private int everyIterations;
    private int covarianceLimit = ClassStatisticsAccumulator.DEFAULT_COVARIANCE_LIMIT;
    private GlobalMean globalMean = GlobalMean.SAMPLE;
    private boolean failFast;
    private String run =
        LocalDateTime.now(ZoneId.systemDefault())
            .truncatedTo(ChronoUnit.SECONDS)
            .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss"));

    /** Options as they are unless set. */
    protected Builder() {}

    /** This builder. */
    protected abstract B self();

    /** What has been set. */
    protected final ObservationOptions observation() {
      return new ObservationOptions(
          sinks.isEmpty() ? List.of(new Slf4jSink()) : sinks,
          stream,
          everyEpochs,
          everyIterations,
          covarianceLimit,
          globalMean,
          failFast,
          run,
          parameters);
    }

    /** Whether to gather features from the training forward passes; true unless set. */
    public final B stream(boolean enabled) {
      stream = enabled;
      return self();
    }

    /**
     * Observes at the end of every n-th epoch; every epoch unless set.
     *
     * @throws IllegalArgumentException if n is below 1
     */
    public final B everyEpochs(int n) {
      everyEpochs = requirePositive("everyEpochs", n);
      everyIterations = 0;
      return self();
    }

    /**
     * Observes after every n-th iteration instead of at the end of epochs.
     *
     * @throws IllegalArgumentException if n is below 1
     */
    public final B everyIterations(int n) {
      everyIterations = requirePositive("everyIterations", n);
      return self();
    }

    private static int requirePositive(String option, int n) {
      if (n < 1) {
        throw new IllegalArgumentException(option + " must be at least 1, not " + n);
      }
      return n;
    }

    /** The centre that class means are taken from; the mean over examples unless set. */
    public final B globalMean(GlobalMean kind) {
      globalMean = Objects.requireNonNull(kind, "globalMean");
      return self();
    }

    /**
     * Up to which number of features the within-class covariance is gathered, as {@link
     * ClassStatisticsAccumulator.Builder#covarianceLimit}.
     */
    public final B covarianceLimit(int dimension) {
      ClassStatisticsAccumulator.builder(1).covarianceLimit(dimension);
      covarianceLimit = dimension;
      return self();
    }

    /** Adds a destination. If none is added, there is {@link Slf4jSink}. */
    public final B sink(MetricSink sink) {
      sinks.add(Objects.requireNonNull(sink, "sink"));
      return self();
    }

    /** Adds a file of JSON lines, as {@link JsonLinesSink}. */
    public final B jsonLines(Path file) {
      return sink(new JsonLinesSink(file));
    }

    /**
     * Adds a page that shows the run and is rewritten at every observation, as {@link
     * DashboardSink}.
     */
    public final B dashboard(Path page) {
      return sink(new DashboardSink(page));
    }

    /** Whether a failure in measuring or writing ends training; false unless set. */
    public final B failFast(boolean enabled) {
      failFast = enabled;
      return self();
    }

    /** The name of the run in every observation; the time of the builder unless set. */
    public final B run(String name) {
      run = Objects.requireNonNull(name, "run");
      return self();
    }

    /**
     * Says a hyperparameter of the run, such as {@code loss}, {@code alpha}, {@code noise.rate} or
     * {@code seed}: it goes into every observation, and runs are told apart and compared by it. One
     * said again replaces the former. The dashboard takes the names of the classes from {@code
     * class.names}, separated by commas.
     *
     * @throws IllegalArgumentException if the key is blank
     */
    public final B parameter(String key, String value) {
      if (key.isBlank()) {
        throw new IllegalArgumentException("A parameter's key must not be blank: \"" + key + "\"");
      }
      parameters.put(key, Objects.requireNonNull(value, "value"));
      return self();
    }
  }
}
