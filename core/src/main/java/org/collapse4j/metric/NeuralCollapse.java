package org.collapse4j.metric;

import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionStatistics;
import org.collapse4j.stats.GlobalMean;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The neural collapse metrics NC1 to NC5, as pure functions of statistics. Definitions, ideals and
 * papers are with each {@link Metric}.
 *
 * <p>A class without examples takes no part; K is the number of classes that have some. What is
 * undefined is NaN: everything about pairs if fewer than two classes have examples, and quotients
 * whose denominator is zero. No argument is modified.
 */
public final class NeuralCollapse {
  private static final Logger log = LoggerFactory.getLogger(NeuralCollapse.class);

  /** Share of nc1.pinv by which it may be off before that is said. */
  private static final double TOLERATED = 0.01;

  static final AtomicBoolean HAS_WARNED = new AtomicBoolean();

  private NeuralCollapse() {}

  /**
   * What features alone tell: nc1, nc2 of the class means, and the counts.
   *
   * @param statistics of the features
   * @param globalMean the centre the class means are taken from
   * @return nc1.*, nc2.*.means, nc2.uniformity.*, classes.present, examples, examples.nonfinite;
   *     {@code nc1.pinv} is NaN if the statistics lack the within-class covariance (see {@link
   *     #pinvInSpan})
   */
  public static Measurements ofFeatures(ClassStatistics statistics, GlobalMean globalMean) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        Frame means = Frame.ofCentredMeans(statistics, globalMean)) {
      return Measurements.builder()
          .add(variability(statistics, means))
          .add(arrangement(means, statistics.globalMean(globalMean)))
          .put(Metric.CLASSES_PRESENT, means.size())
          .put(Metric.EXAMPLES, (double) statistics.totalCount())
          .put(Metric.EXAMPLES_NONFINITE, (double) statistics.nonFiniteCount())
          .build();
    }
  }

  /**
   * NC1 of features: {@code nc1.pinv}, {@code nc1.quotient}, {@code nc1.cdnv}, the last by class
   * too (mean over the pairs of a class with every other).
   *
   * @param statistics of the features
   * @param globalMean the centre the class means are taken from
   */
  public static Measurements variability(ClassStatistics statistics, GlobalMean globalMean) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        Frame means = Frame.ofCentredMeans(statistics, globalMean)) {
      return variability(statistics, means);
    }
  }

  private static Measurements variability(ClassStatistics statistics, Frame means) {
    int k = means.size();
    double between = 0;
    for (int a = 0; a < k; a++) {
      between += means.square(a) / k;
    }
    boolean defined = k > 1 && between > 0;
    return Measurements.builder()
        .put(Metric.NC1_PINV, defined ? pinv(statistics, means) : Double.NaN)
        .put(Metric.NC1_QUOTIENT, defined ? statistics.withinClassTrace() / between : Double.NaN)
        .add(ClassDistances.normalisedVariance(statistics, means))
        .build();
  }

  private static double pinv(ClassStatistics statistics, Frame means) {
    Optional<INDArray> within = statistics.withinClassCovariance();
    if (within.isEmpty()) {
      return Double.NaN;
    }
    PseudoInverse.Trace trace =
        PseudoInverse.trace(within.get(), means.rows(), statistics.dimension());
    double error = statistics.withinClassRounding() * trace.ofDiagonal();
    if (error > TOLERATED * trace.value()) {
      warnOnce(trace.value() / means.size(), error / means.size());
    }
    return trace.value() / means.size();
  }

  /**
   * {@code nc1.pinv} without the within-class covariance, from how the features spread in the span
   * of the class means, outside of which the pseudo-inverse is zero.
   *
   * @param statistics of the features
   * @param spanScatter of the same features, as {@link DecisionStatistics#spanScatter} has it
   * @param globalMean the centre the class means are taken from
   * @return at least 0; NaN below two classes, or if all class means are the same
   */
  public static double pinvInSpan(
      ClassStatistics statistics, INDArray spanScatter, GlobalMean globalMean) {
    int[] present = statistics.presentClasses();
    if (present.length < 2) {
      return Double.NaN;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      INDArray within = spanScatter.div(statistics.totalCount());
      INDArray centred = statistics.centredClassMeans(globalMean);
      INDArray inSpan = Matrices.product(centred, statistics.basisOfMeans(), false, true);
      return PseudoInverse.trace(within, inSpan, statistics.dimension()).value() / present.length;
    }
  }

  private static void warnOnce(double value, double error) {
    if (!HAS_WARNED.getAndSet(true)) {
      log.warn(
          "collapse4j: nc1.pinv is {}, but may be off by {}: the class means of these float32"
              + " features spread a thousand times less in some directions than in others, which"
              + " takes float64 features to resolve. This is logged once.",
          value,
          error);
    }
  }

  private static Measurements arrangement(Frame means, INDArray centre) {
    if (means.size() < 2) {
      return undefined(
          Metric.NC2_NORM_CV_MEANS,
          Metric.NC2_ANGLE_STD_MEANS,
          Metric.NC2_ANGLE_GAP_MEANS,
          Metric.NC2_ETF_MEANS,
          Metric.NC2_ORTHOGONAL_MEANS,
          Metric.NC2_UNIFORMITY_DISTANCE_MEAN,
          Metric.NC2_UNIFORMITY_DISTANCE_VARIANCE,
          Metric.NC2_UNIFORMITY_LOG_MEAN,
          Metric.NC2_UNIFORMITY_LOG_VARIANCE);
    }
    int k = means.size();
    double[] vector = Matrices.elements(centre);
    Deviation size = Deviation.fromZero();
    Deviation sizeUncentred = Deviation.fromZero();
    means.gram().scan(size, means.shiftedBy(vector, sizeUncentred));
    Frame.Angles angles = means.new Angles();
    Frame.Distances distances = means.new Distances();
    Deviation fromSimplex = Deviation.fromSimplex(k, size);
    Deviation fromOrthogonal = Deviation.fromOrthogonal(k, sizeUncentred);
    means.gram().scan(angles, distances, fromSimplex, means.shiftedBy(vector, fromOrthogonal));
    return Measurements.builder()
        .put(Metric.NC2_NORM_CV_MEANS, means.normVariation())
        .put(Metric.NC2_ANGLE_STD_MEANS, angles.cosines().deviation())
        .put(Metric.NC2_ANGLE_GAP_MEANS, angles.gaps().mean())
        .put(Metric.NC2_ETF_MEANS, fromSimplex.distance())
        .put(Metric.NC2_ORTHOGONAL_MEANS, fromOrthogonal.distance())
        .put(Metric.NC2_UNIFORMITY_DISTANCE_MEAN, distances.distances().mean())
        .put(Metric.NC2_UNIFORMITY_DISTANCE_VARIANCE, distances.distances().variance())
        .put(Metric.NC2_UNIFORMITY_LOG_MEAN, distances.energies().mean())
        .put(Metric.NC2_UNIFORMITY_LOG_VARIANCE, distances.energies().variance())
        .build();
  }

  private static Measurements undefined(Metric... metrics) {
    Measurements.Builder values = Measurements.builder();
    for (Metric metric : metrics) {
      values.put(metric, Double.NaN);
    }
    return values.build();
  }

  /**
   * How the classifier is arranged, and how it goes with the class means: nc2 of the classifier and
   * nc3. Rows of classes without examples are left out, but for {@code nc3.bias}, which has the
   * logits of all classes.
   *
   * @param statistics of the features
   * @param classifier of as many classes and features
   * @param globalMean the centre the class means are taken from
   * @return nc2.*.classifier and nc3.*
   * @throws IllegalArgumentException if the numbers of classes or features differ
   */
  public static Measurements ofClassifier(
      ClassStatistics statistics, Classifier classifier, GlobalMean globalMean) {
    requireSameShape(statistics, classifier);
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        Frame means = Frame.ofCentredMeans(statistics, globalMean);
        Frame rows = Frame.of(classifier.weights());
        Frame weights = rows.rowsOf(statistics.presentClasses())) {
      if (means.size() < 2) {
        return undefined(
            Metric.NC2_NORM_CV_CLASSIFIER,
            Metric.NC2_ANGLE_STD_CLASSIFIER,
            Metric.NC2_ANGLE_GAP_CLASSIFIER,
            Metric.NC2_ETF_CLASSIFIER,
            Metric.NC3_DUALITY,
            Metric.NC3_ALIGNMENT,
            Metric.NC3_COSINE,
            Metric.NC3_UNIFORM_DUALITY,
            Metric.NC3_BIAS);
      }
      Deviation size = Deviation.fromZero();
      weights.gram().scan(size);
      Frame.Angles angles = weights.new Angles();
      Deviation fromSimplex = Deviation.fromSimplex(weights.size(), size);
      weights.gram().scan(angles, fromSimplex);
      return Measurements.builder()
          .put(Metric.NC2_NORM_CV_CLASSIFIER, weights.normVariation())
          .put(Metric.NC2_ANGLE_STD_CLASSIFIER, angles.cosines().deviation())
          .put(Metric.NC2_ANGLE_GAP_CLASSIFIER, angles.gaps().mean())
          .put(Metric.NC2_ETF_CLASSIFIER, fromSimplex.distance())
          .add(duality(weights, means))
          .put(
              Metric.NC3_BIAS,
              Frame.norm(logits(rows, classifier, statistics.globalMean(globalMean))))
          .build();
    }
  }

  private static Measurements duality(Frame weights, Frame means) {
    Products products = Frame.products(weights, means);
    Spread cosines = new Spread();
    Spread dots = new Spread();
    Deviation size = Deviation.fromZero();
    products.scan(
        size,
        (c, row) -> {
          cosines.add(row[c] / (weights.norm(c) * means.norm(c)));
          dots.add(row[c]);
        });
    Deviation fromSimplex = Deviation.fromSimplex(means.size(), size);
    products.scan(fromSimplex);
    return Measurements.builder()
        .put(Metric.NC3_DUALITY, fromSimplex.distance())
        .put(Metric.NC3_ALIGNMENT, Frame.squaredDistanceOfUnits(weights, means))
        .put(Metric.NC3_COSINE, cosines.mean())
        .put(Metric.NC3_UNIFORM_DUALITY, dots.sampleVariance())
        .build();
  }

  private static double[] logits(Frame rows, Classifier classifier, INDArray features) {
    double[] logits = rows.along(Matrices.elements(features));
    double[] bias = Matrices.elements(classifier.bias());
    for (int c = 0; c < logits.length; c++) {
      logits[c] += bias[c];
    }
    return logits;
  }

  private static void requireSameShape(ClassStatistics statistics, Classifier classifier) {
    if (classifier.numClasses() != statistics.numClasses()
        || classifier.dimension() != statistics.dimension()) {
      throw new IllegalArgumentException(
          "The classifier must have "
              + statistics.numClasses()
              + " classes and "
              + statistics.dimension()
              + " features as the statistics have, not "
              + classifier.numClasses()
              + " and "
              + classifier.dimension());
    }
  }

  /**
   * NC4, from decisions over the same features: how the nearest class centre decides, and how often
   * otherwise than the classifier.
   *
   * @param decisions with centres
   * @return nc4.ncc_accuracy, also by class, and with a classifier nc4.mismatch; NaN without
   *     examples
   * @throws IllegalArgumentException if the decisions are without centres
   */
  public static Measurements ofDecisions(DecisionStatistics decisions) {
    if (!decisions.hasCentres()) {
      throw new IllegalArgumentException("nc4 needs decisions with class centres");
    }
    double total = decisions.totalCount();
    long correct = 0;
    double[] perClass = new double[decisions.numClasses()];
    for (int c = 0; c < perClass.length; c++) {
      correct += decisions.nearestCentreCorrectCount(c);
      perClass[c] = (double) decisions.nearestCentreCorrectCount(c) / decisions.count(c);
    }
    Measurements.Builder values =
        Measurements.builder()
            .put(Metric.NC4_NCC_ACCURACY, correct / total)
            .putClassValues(Metric.NC4_NCC_ACCURACY, perClass);
    if (decisions.hasClassifier()) {
      values.put(Metric.NC4_MISMATCH, decisions.mismatchCount() / total);
    }
    return values.build();
  }

  /**
   * NC5: how far class means are from orthogonal to out-of-distribution features.
   *
   * @param statistics of the features of the classes
   * @param outOfDistributionMean the mean out-of-distribution feature g, {@code [d]}
   * @return nc5.orthogonality, from 0 to 1; NaN if g or a class mean is zero
   * @throws IllegalArgumentException if g has not d elements
   */
  public static Measurements ofOutOfDistribution(
      ClassStatistics statistics, INDArray outOfDistributionMean) {
    if (outOfDistributionMean.length() != statistics.dimension()) {
      throw new IllegalArgumentException(
          "The out-of-distribution mean must have %s features, not %s"
              .formatted(statistics.dimension(), outOfDistributionMean.length()));
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        Frame means = Frame.of(statistics.presentClassMeans())) {
      double[] g = outOfDistributionMean.castTo(DataType.DOUBLE).dup('c').data().asDouble();
      double norm = Frame.norm(g);
      double[] products = means.along(g);
      Spread cosines = new Spread();
      for (int c = 0; c < means.size(); c++) {
        cosines.add(Math.abs(products[c] / (means.norm(c) * norm)));
      }
      return Measurements.builder().put(Metric.NC5_ORTHOGONALITY, cosines.mean()).build();
    }
  }
}
