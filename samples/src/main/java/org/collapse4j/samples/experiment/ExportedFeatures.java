package org.collapse4j.samples.experiment;

import java.util.Arrays;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.collapse4j.metric.Calibration;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Memorization;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.stats.MemorizationAccumulator;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;

/**
 * Arrays of features, labels and weights that a network of any framework left behind, and
 * everything that can be measured of them.
 */
public final class ExportedFeatures {
  /** The features that everything else belongs to, in messages. */
  public static final String FEATURES = "features";

  /** Those of examples that took no part in training, in messages. */
  public static final String HELD_OUT = "held-out features";

  /** Those of examples of no class, in messages. */
  public static final String OUT_OF_DISTRIBUTION = "out-of-distribution features";

  /** The metrics take tables of K x K numbers, which do not fit into memory from here on. */
  private static final long MOST_CLASSES = 16_384;

  private final INDArray features;
  private final INDArray labels;
  private final INDArray clean;
  private final INDArray heldOutFeatures;
  private final INDArray heldOutLabels;
  private final INDArray outOfDistribution;
  private final Classifier classifier;
  private final int numClasses;
  private final int batch;
  private final LeftOut leftOut;

  private ExportedFeatures(Builder builder) {
    features = builder.features;
    labels = builder.labels;
    clean = builder.clean;
    heldOutFeatures = builder.heldOutFeatures;
    heldOutLabels = builder.heldOutLabels;
    outOfDistribution = builder.outOfDistribution;
    classifier = builder.classifier;
    batch = builder.batch;
    leftOut = builder.leftOut;
    numClasses = classifier != null ? classifier.numClasses() : largestLabel() + 1;
  }

  /**
   * Starts with what is always needed. Nothing given to the builder is modified.
   *
   * @param features {@code [N, d]}
   * @param labels class indices {@code [N]}
   */
  public static Builder builder(INDArray features, INDArray labels) {
    return new Builder(features, labels);
  }

  private int largestLabel() {
    long largest =
        Stream.of(labels, clean, heldOutLabels)
            .filter(array -> array != null)
            .mapToLong(array -> array.maxNumber().longValue())
            .max()
            .orElseThrow();
    if (largest >= MOST_CLASSES) {
      throw new IllegalArgumentException(
          "Labels must be class indices below "
              + MOST_CLASSES
              + ", of which every pair is measured, but one is "
              + largest);
    }
    return (int) Math.max(0, largest);
  }

  /**
   * Measures everything that the arrays allow.
   *
   * @param globalMean the centre that class means are taken from
   * @throws IllegalArgumentException if shapes do not match, or a label is not from 0 to K-1, with
   *     K the number of weight rows, or without weights one more than the largest label
   */
  public Measurements measure(GlobalMean globalMean) {
    ClassStatistics statistics = statistics(FEATURES, features, labels);
    DecisionAccumulator decisions =
        named("weights", () -> DecisionAccumulator.of(statistics, classifier));
    inBatches(features, labels, null, (h, y, z) -> decisions.observe(h, y));
    Measurements values =
        NeuralCollapse.ofFeatures(statistics, globalMean)
            .and(NeuralCollapse.ofDecisions(decisions.snapshot()));
    if (classifier != null) {
      values =
          values
              .and(NeuralCollapse.ofClassifier(statistics, classifier, globalMean))
              .and(Calibration.of(decisions.snapshot()));
    }
    if (outOfDistribution != null) {
      values = values.and(outOfDistribution(statistics));
    }
    return values.and(noise(statistics.dimension()));
  }

  private Measurements outOfDistribution(ClassStatistics statistics) {
    return named(
        OUT_OF_DISTRIBUTION,
        () -> {
          ClassStatisticsAccumulator all =
              ClassStatisticsAccumulator.builder(1).covarianceLimit(0).build();
          INDArray noClass = Nd4j.zeros(DataType.INT32, outOfDistribution.size(0));
          return NeuralCollapse.ofOutOfDistribution(
              statistics,
              gathered(OUT_OF_DISTRIBUTION, all, outOfDistribution, noClass)
                  .globalMean(GlobalMean.SAMPLE));
        });
  }

  private Measurements noise(int dimension) {
    if (heldOutFeatures == null && clean == null) {
      return Measurements.empty();
    }
    // Without held-out examples what is measured against their centres is undefined.
    ClassStatistics reference =
        heldOutFeatures == null
            ? ClassStatistics.empty(numClasses, dimension)
            : statistics(HELD_OUT, heldOutFeatures, heldOutLabels);
    Measurements values = heldOutFeatures == null ? Measurements.empty() : Dilation.of(reference);
    return clean == null ? values : values.and(memorization(reference));
  }

  private Measurements memorization(ClassStatistics reference) {
    return named(
        "clean labels",
        () -> {
          MemorizationAccumulator accumulator = MemorizationAccumulator.of(reference, classifier);
          inBatches(features, labels, clean, accumulator::observe);
          return Memorization.of(accumulator.snapshot());
        });
  }

  private ClassStatistics statistics(String name, INDArray rows, INDArray classes) {
    return named(
        name,
        () -> {
          ClassStatisticsAccumulator accumulator =
              ClassStatisticsAccumulator.forClasses(numClasses);
          return gathered(name, accumulator, rows, classes);
        });
  }

  private ClassStatistics gathered(
      String name, ClassStatisticsAccumulator accumulator, INDArray rows, INDArray classes) {
    inBatches(rows, classes, null, (h, y, z) -> accumulator.observe(h, y));
    ClassStatistics statistics = accumulator.snapshot();
    if (statistics.nonFiniteCount() > 0) {
      leftOut.examples(name, statistics.nonFiniteCount(), rows.size(0));
    }
    return statistics;
  }

  /** Is told of examples that are left out because a feature of them is NaN or infinite. */
  @FunctionalInterface
  public interface LeftOut {
    /**
     * Called once for each array that has such examples.
     *
     * @param array {@link #FEATURES}, {@link #HELD_OUT} or {@link #OUT_OF_DISTRIBUTION}
     * @param count how many are left out
     * @param of how many there are
     */
    void examples(String array, long count, long of);
  }

  /** What is done with a batch of rows, their labels, and their clean labels if there are any. */
  @FunctionalInterface
  private interface BatchConsumer {
    void accept(INDArray features, INDArray labels, INDArray clean);
  }

  private void inBatches(INDArray rows, INDArray given, INDArray truth, BatchConsumer consumer) {
    long n = rows.size(0);
    for (long from = 0; from < n; from += batch) {
      long to = Math.min(n, from + batch);
      consumer.accept(
          rows.get(NDArrayIndex.interval(from, to), NDArrayIndex.all()),
          given.get(NDArrayIndex.interval(from, to)),
          truth == null ? null : truth.get(NDArrayIndex.interval(from, to)));
    }
  }

  private static <T> T named(String what, Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("In " + what + ": " + e.getMessage(), e);
    }
  }

  /** The arrays of an {@link ExportedFeatures}; shapes are checked when they are set. */
  public static final class Builder {
    private final INDArray features;
    private final INDArray labels;
    private INDArray clean;
    private INDArray heldOutFeatures;
    private INDArray heldOutLabels;
    private INDArray outOfDistribution;
    private Classifier classifier;
    private int batch = 128;
    private LeftOut leftOut = (array, count, of) -> {};

    private Builder(INDArray features, INDArray labels) {
      this.features = requireMatrix("features", features);
      this.labels = requireVector("labels", labels, features.size(0));
    }

    /**
     * The classifier on top of the features.
     *
     * @param weights {@code [K, d]}
     * @param bias {@code [K]}, or null for none
     * @throws IllegalArgumentException if a shape does not fit or a value is not finite
     */
    public Builder classifier(INDArray weights, INDArray bias) {
      requireFinite("weights", weights);
      if (bias != null) {
        requireFinite("bias", bias);
      }
      classifier = Classifier.of(weights, bias);
      return this;
    }

    /**
     * Examples that took no part in training, for dilation.
     *
     * @param rows {@code [M, d]}
     * @param trueLabels {@code [M]}
     */
    public Builder heldOut(INDArray rows, INDArray trueLabels) {
      heldOutFeatures = requireSameWidth("held-out features", rows);
      heldOutLabels = requireVector("held-out labels", trueLabels, rows.size(0));
      return this;
    }

    /** The true labels {@code [N]} of the training examples, for memorization. */
    public Builder clean(INDArray trueLabels) {
      clean = requireVector("clean labels", trueLabels, features.size(0));
      return this;
    }

    /** Features {@code [M, d]} of examples of no class, for nc5. */
    public Builder outOfDistribution(INDArray rows) {
      outOfDistribution = requireSameWidth("out-of-distribution features", rows);
      return this;
    }

    /** Who is told of examples that are left out; nobody unless set. */
    public Builder leftOut(LeftOut told) {
      leftOut = told;
      return this;
    }

    /** How many rows are measured at a time; 128 unless set. */
    public Builder batch(int rows) {
      if (rows < 1) {
        throw new IllegalArgumentException("A batch must have at least 1 row, not " + rows);
      }
      batch = rows;
      return this;
    }

    private INDArray requireSameWidth(String what, INDArray array) {
      if (requireMatrix(what, array).size(1) != features.size(1)) {
        throw new IllegalArgumentException(
            "The "
                + what
                + " must have the "
                + features.size(1)
                + " columns of the features, not "
                + array.size(1));
      }
      return array;
    }

    private static INDArray requireMatrix(String what, INDArray array) {
      if (array.rank() != 2) {
        throw new IllegalArgumentException(
            "The "
                + what
                + " must have shape [examples, features], not "
                + Arrays.toString(array.shape()));
      }
      return array;
    }

    private static INDArray requireVector(String what, INDArray array, long examples) {
      boolean column = array.rank() == 2 && array.size(1) == 1;
      if (!(array.rank() == 1 || column) || array.length() != examples) {
        throw new IllegalArgumentException(
            "The "
                + what
                + " must have shape ["
                + examples
                + "], one class index for each row of features, not "
                + Arrays.toString(array.shape()));
      }
      return array.reshape(examples);
    }

    private static void requireFinite(String what, INDArray array) {
      if (!Double.isFinite(array.castTo(DataType.DOUBLE).sumNumber().doubleValue())) {
        throw new IllegalArgumentException(
            "The classifier's " + what + " must be finite, but there is a NaN or infinite one");
      }
    }

    /** Everything that was set. */
    public ExportedFeatures build() {
      return new ExportedFeatures(this);
    }
  }
}
