package org.collapse4j.samples.experiment;

import java.util.Arrays;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.collapse4j.evaluation.ArrayRows;
import org.collapse4j.evaluation.Evaluation;
import org.collapse4j.evaluation.MemorizationEvidence;
import org.collapse4j.metric.Dilation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.stats.ClassLabels;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Arrays of features, labels and weights that a network of any framework left behind, and
 * everything that can be measured of them.
 */
public final class ExportedFeatures {
  /** The features that everything else belongs to, in messages. */
  public static final String FEATURES = "features";

  /** The features of examples that took no part in training, in messages. */
  public static final String HELD_OUT = "held-out features";

  /** The features of examples of no class, in messages. */
  public static final String OUT_OF_DISTRIBUTION = "out-of-distribution features";

  /** The metrics take tables of K x K numbers, which do not fit into memory from here on. */
  private static final long MOST_CLASSES = 16_384;

  private final INDArray features;
  private final INDArray labels;
  private INDArray clean;
  private INDArray heldOutFeatures;
  private INDArray heldOutLabels;
  private INDArray outOfDistribution;
  private Classifier classifier;
  private int batch = 128;
  private LeftOut leftOut = (array, count, examples) -> {};

  /**
   * What is always needed; shapes are checked when arrays are set. Nothing given is modified.
   *
   * @param features {@code [N, d]}
   * @param labels class indices {@code [N]}
   */
  public ExportedFeatures(INDArray features, INDArray labels) {
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
  public ExportedFeatures classifier(INDArray weights, INDArray bias) {
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
  public ExportedFeatures heldOut(INDArray rows, INDArray trueLabels) {
    heldOutFeatures = requireSameWidth("held-out features", rows);
    heldOutLabels = requireVector("held-out labels", trueLabels, rows.size(0));
    return this;
  }

  /** The true labels {@code [N]} of the training examples, for memorization. */
  public ExportedFeatures clean(INDArray trueLabels) {
    clean = requireVector("clean labels", trueLabels, features.size(0));
    return this;
  }

  /** Features {@code [M, d]} of examples of no class, for nc5. */
  public ExportedFeatures outOfDistribution(INDArray rows) {
    outOfDistribution = requireSameWidth("out-of-distribution features", rows);
    return this;
  }

  /** Who is told of examples that are left out; nobody unless set. */
  public ExportedFeatures leftOut(LeftOut listener) {
    leftOut = listener;
    return this;
  }

  /** How many rows are measured at a time; 128 unless set. */
  public ExportedFeatures batch(int rows) {
    if (rows < 1) {
      throw new IllegalArgumentException("A batch must have at least 1 row, not " + rows);
    }
    batch = rows;
    return this;
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
          "Labels must be class indices below %s, of which every pair is measured, but one is %s"
              .formatted(MOST_CLASSES, largest));
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
    int numClasses = classifier != null ? classifier.numClasses() : largestLabel() + 1;
    requireMatchingClassifier();
    Map<String, ClassStatistics> heldOut =
        heldOutFeatures == null
            ? Map.of()
            : Map.of(
                FEATURES, statistics(rows(HELD_OUT, heldOutFeatures, heldOutLabels, numClasses)));
    Evaluation.Builder<String> evaluation =
        Evaluation.builder(trainingRows(numClasses))
            .globalMean(globalMean)
            .outOfDistributionMeans(outOfDistributionMeans())
            .evidence(new MemorizationEvidence<>("the " + FEATURES, heldOut));
    Evaluation.Result result = evaluation.build().measure().get(FEATURES);
    tellLeftOut(FEATURES, result.statistics(), features);
    Measurements values = result.measurements();
    return heldOut.isEmpty() ? values : values.and(Dilation.of(heldOut.get(FEATURES)));
  }

  private void requireMatchingClassifier() {
    if (classifier != null && classifier.dimension() != features.size(1)) {
      throw new IllegalArgumentException(
          String.format(
              "In weights: Classifier weights must have shape [%s, %s] to go with the features,"
                  + " not [%s, %s]",
              classifier.numClasses(),
              features.size(1),
              classifier.numClasses(),
              classifier.dimension()));
    }
  }

  private ArrayRows trainingRows(int numClasses) {
    ArrayRows rows = rows(FEATURES, features, labels, numClasses).withClassifier(classifier);
    return clean == null
        ? rows
        : named("clean labels", () -> rows.withClean(classes(clean, features.size(0), numClasses)));
  }

  private ArrayRows rows(String name, INDArray rows, INDArray classes, int numClasses) {
    return named(
        name,
        () ->
            ArrayRows.of(name, rows, classes(classes, rows.size(0), numClasses), numClasses)
                .inBatchesOf(batch));
  }

  private static int[] classes(INDArray classes, long rows, int numClasses) {
    return ClassLabels.indices(classes, rows, numClasses);
  }

  private Map<String, INDArray> outOfDistributionMeans() {
    if (outOfDistribution == null) {
      return Map.of();
    }
    ArrayRows rows =
        ArrayRows.ofOneClass(OUT_OF_DISTRIBUTION, outOfDistribution).inBatchesOf(batch);
    return Map.of(FEATURES, statistics(rows).globalMean(GlobalMean.SAMPLE));
  }

  private ClassStatistics statistics(ArrayRows rows) {
    Map<String, ClassStatistics> statistics = Evaluation.builder(rows).build().statistics();
    String name = statistics.keySet().iterator().next();
    tellLeftOut(
        name, statistics.get(name), name.equals(HELD_OUT) ? heldOutFeatures : outOfDistribution);
    return statistics.get(name);
  }

  private void tellLeftOut(String name, ClassStatistics statistics, INDArray rows) {
    if (statistics.nonFiniteCount() > 0) {
      leftOut.examples(name, statistics.nonFiniteCount(), rows.size(0));
    }
  }

  /** Is told of examples that are left out because a feature of them is NaN or infinite. */
  @FunctionalInterface
  public interface LeftOut {
    /**
     * Called once for each array that has such examples.
     *
     * @param array {@link #FEATURES}, {@link #HELD_OUT} or {@link #OUT_OF_DISTRIBUTION}
     * @param count how many are left out
     * @param examples how many there are
     */
    void examples(String array, long count, long examples);
  }

  private static <T> T named(String what, Supplier<T> step) {
    try {
      return step.get();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException("In " + what + ": " + e.getMessage(), e);
    }
  }

  private INDArray requireSameWidth(String what, INDArray array) {
    if (requireMatrix(what, array).size(1) != features.size(1)) {
      throw new IllegalArgumentException(
          "The %s must have the %s columns of the features, not %s"
              .formatted(what, features.size(1), array.size(1)));
    }
    return array;
  }

  private static INDArray requireMatrix(String what, INDArray array) {
    if (array.rank() != 2) {
      throw new IllegalArgumentException(
          "The %s must have shape [examples, features], not %s"
              .formatted(what, Arrays.toString(array.shape())));
    }
    return array;
  }

  private static INDArray requireVector(String what, INDArray array, long examples) {
    boolean column = array.rank() == 2 && array.size(1) == 1;
    if (!(array.rank() == 1 || column) || array.length() != examples) {
      throw new IllegalArgumentException(
          "The %s must have shape [%s], one class index for each row of features, not %s"
              .formatted(what, examples, Arrays.toString(array.shape())));
    }
    return array.reshape(examples);
  }

  private static void requireFinite(String what, INDArray array) {
    if (!Double.isFinite(array.castTo(DataType.DOUBLE).sumNumber().doubleValue())) {
      throw new IllegalArgumentException(
          "The classifier's " + what + " must be finite, but there is a NaN or infinite one");
    }
  }
}
