package org.collapse4j.metric;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Everything that is measured: the one vocabulary of keys, meanings, ideals and sources. The key is
 * a metric's public name in logs, files and dashboards.
 *
 * <p>Notation: {@code h_i} is the feature vector of example i, {@code y_i} its label, {@code mu_c}
 * and {@code v_c} mean and variance of class c, {@code mu_G} the global mean, {@code M} the matrix
 * of rows {@code mu_c - mu_G}, {@code W} and {@code b} weights and bias of the classifier, {@code
 * S_W} and {@code S_B} the within-class and between-class covariance, {@code etf(G) = || G/||G||_F
 * - (I - 11^T/K)/sqrt(K-1) ||_F}, K the number of classes that have examples.
 */
public enum Metric {
  /** {@code tr(S_W pinv(S_B)) / K}. */
  NC1_PINV(
      "nc1.pinv",
      "Within-class against between-class covariance: tr(S_W pinv(S_B)) / K",
      0,
      "Papyan, Han, Donoho 2020"),
  /** {@code tr(S_W) / tr(S_B)}. */
  NC1_QUOTIENT(
      "nc1.quotient",
      "Within-class against between-class variance: tr(S_W) / tr(S_B)",
      0,
      "Tirer, Huang, Niles-Weed 2023"),
  /** Mean over pairs of {@code (v_a + v_b) / (2 ||mu_a - mu_b||^2)}. */
  NC1_CDNV(
      "nc1.cdnv",
      "Class-distance normalised variance: mean over pairs of (v_a + v_b) / (2 ||mu_a - mu_b||^2)",
      0,
      "Galanti, Gyorgy, Hutter 2022"),
  /** Standard deviation over mean of the row norms of M. */
  NC2_NORM_CV_MEANS(
      "nc2.norm_cv.means",
      "How unequal the lengths of the centred class means are: standard deviation / mean",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Standard deviation over mean of the row norms of W. */
  NC2_NORM_CV_CLASSIFIER(
      "nc2.norm_cv.classifier",
      "How unequal the lengths of the classifier's rows are: standard deviation / mean",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Standard deviation over pairs of the cosines between rows of M. */
  NC2_ANGLE_STD_MEANS(
      "nc2.angle_std.means",
      "How unequal the angles between centred class means are: standard deviation of the cosines",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Standard deviation over pairs of the cosines between rows of W. */
  NC2_ANGLE_STD_CLASSIFIER(
      "nc2.angle_std.classifier",
      "How unequal the angles between the classifier's rows are: standard deviation of the cosines",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Mean over pairs of {@code abs(cosine + 1/(K-1))} between rows of M. */
  NC2_ANGLE_GAP_MEANS(
      "nc2.angle_gap.means",
      "How far the angles between centred class means are from the widest: mean of"
          + " abs(cosine + 1/(K-1))",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Mean over pairs of {@code abs(cosine + 1/(K-1))} between rows of W. */
  NC2_ANGLE_GAP_CLASSIFIER(
      "nc2.angle_gap.classifier",
      "How far the angles between the classifier's rows are from the widest: mean of"
          + " abs(cosine + 1/(K-1))",
      0,
      "Papyan, Han, Donoho 2020"),
  /** {@code etf(M M^T)}. */
  NC2_ETF_MEANS(
      "nc2.etf.means",
      "Distance of the centred class means from a simplex equiangular tight frame",
      0,
      "Zhu et al. 2021; Kothapalli 2023"),
  /** {@code etf(W W^T)}. */
  NC2_ETF_CLASSIFIER(
      "nc2.etf.classifier",
      "Distance of the classifier's rows from a simplex equiangular tight frame",
      0,
      "Zhu et al. 2021; Kothapalli 2023"),
  /** {@code || G/||G||_F - I/sqrt(K) ||_F}, G the Gram matrix of the uncentred means. */
  NC2_ORTHOGONAL_MEANS(
      "nc2.orthogonal.means",
      "Distance of the uncentred class means from an orthogonal frame, the optimum for rectified"
          + " features",
      0,
      "Nguyen et al. 2023"),
  /** Mean over pairs of unit rows u of M of {@code ||u_a - u_b||}. */
  NC2_UNIFORMITY_DISTANCE_MEAN(
      "nc2.uniformity.distance.mean",
      "Mean distance between the directions of centred class means",
      Double.NaN,
      "Liu et al. 2023"),
  /** Variance over pairs of unit rows u of M of {@code ||u_a - u_b||}. */
  NC2_UNIFORMITY_DISTANCE_VARIANCE(
      "nc2.uniformity.distance.variance",
      "Variance of the distance between the directions of centred class means",
      0,
      "Liu et al. 2023"),
  /** Mean over pairs of unit rows u of M of {@code log(1 / ||u_a - u_b||)}. */
  NC2_UNIFORMITY_LOG_MEAN(
      "nc2.uniformity.log.mean",
      "Mean logarithmic energy of the directions of centred class means",
      Double.NaN,
      "Liu et al. 2023"),
  /** Variance over pairs of unit rows u of M of {@code log(1 / ||u_a - u_b||)}. */
  NC2_UNIFORMITY_LOG_VARIANCE(
      "nc2.uniformity.log.variance",
      "Variance of the logarithmic energy of the directions of centred class means",
      0,
      "Liu et al. 2023"),
  /** {@code etf(W M^T)}. */
  NC3_DUALITY(
      "nc3.duality",
      "Distance of the classifier from the simplex frame dual to the class means: etf(W M^T)",
      0,
      "Zhu et al. 2021"),
  /** {@code || W/||W||_F - M/||M||_F ||_F^2}. */
  NC3_ALIGNMENT(
      "nc3.alignment",
      "Squared distance between classifier and centred class means, both scaled to length one",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Mean over classes of {@code cos(w_c, m_c)}. */
  NC3_COSINE(
      "nc3.cosine",
      "Mean cosine between a class's classifier row and its centred mean",
      1,
      "Papyan, Han, Donoho 2020"),
  /** Variance (divided by K-1) over classes of {@code w_c . m_c}. */
  NC3_UNIFORM_DUALITY(
      "nc3.uniform_duality",
      "Variance over classes of the dot product of classifier row and centred mean",
      0,
      "Wu, Papyan 2024"),
  /** {@code || W mu_G + b ||}. */
  NC3_BIAS(
      "nc3.bias", "Length of the logits of the global mean: ||W mu_G + b||", 0, "Zhu et al. 2021"),
  /** Share of examples whose predicted class is not that of the nearest class mean. */
  NC4_MISMATCH(
      "nc4.mismatch",
      "Share of examples where the classifier disagrees with the nearest class mean",
      0,
      "Papyan, Han, Donoho 2020"),
  /** Share of examples whose nearest class mean is that of their label. */
  NC4_NCC_ACCURACY(
      "nc4.ncc_accuracy",
      "Share of examples whose nearest class mean is that of their label",
      1,
      "Papyan, Han, Donoho 2020"),
  /** Mean over classes of {@code abs(cos(mu_c, g))}, g the mean out-of-distribution feature. */
  NC5_ORTHOGONALITY(
      "nc5.orthogonality",
      "Mean absolute cosine between class means and the mean out-of-distribution feature",
      0,
      "Ammar et al. 2024"),
  /** Share of examples whose predicted class is their label. */
  ACCURACY("accuracy", "Share of examples predicted as their label", 1, "Guo et al. 2017"),
  /** Expected calibration error over 15 bins of the top probability. */
  ECE(
      "ece",
      "Expected calibration error: how far confidence is from accuracy, over 15 bins",
      0,
      "Guo et al. 2017"),
  /** Mean over examples of the probability of the predicted class. */
  CONFIDENCE(
      "confidence",
      "Mean probability of the predicted class, above accuracy if over-confident",
      Double.NaN,
      "Guo et al. 2017"),
  /** {@link #NC1_PINV} of held-out features. */
  DILATION_NC1(
      "dilation.nc1",
      "nc1.pinv of held-out features: how far noise has spread the classes unseen examples fall into",
      0,
      "Nguyen et al. 2023"),
  /** {@link #NC1_QUOTIENT} of held-out features. */
  DILATION_QUOTIENT(
      "dilation.quotient", "nc1.quotient of held-out features", 0, "Nguyen et al. 2023"),
  /** {@link #NC1_CDNV} of held-out features. */
  DILATION_CDNV("dilation.cdnv", "nc1.cdnv of held-out features", 0, "Nguyen et al. 2023"),
  /** {@code sqrt(mean_c v_c)} of held-out features. */
  DILATION_RADIUS(
      "dilation.radius",
      "Radius of the held-out classes, in feature units: sqrt(mean_c v_c)",
      0,
      "Nguyen et al. 2023"),
  /** {@link #DILATION_RADIUS} over the mean distance of the held-out class means. */
  DILATION_RELATIVE(
      "dilation.relative",
      "Radius of the held-out classes over the mean distance of their centres",
      0,
      "Nguyen et al. 2023"),
  /** Share of training examples whose label is not their clean label. */
  NOISE_RATE(
      "noise.rate", "Share of training examples with a wrong label", 0, "Nguyen et al. 2023"),
  /** Sum over corrupted examples of the distance to the held-out mean of their clean class. */
  MEMORIZATION_SUM(
      "memorization.sum",
      "Sum of the distances of corrupted examples to the held-out centre of their clean class",
      0,
      "Nguyen et al. 2023"),
  /** {@link #MEMORIZATION_SUM} over the number of corrupted examples. */
  MEMORIZATION_MEAN(
      "memorization.mean",
      "Mean distance of corrupted examples to the held-out centre of their clean class",
      0,
      "Nguyen et al. 2023"),
  /** {@link #MEMORIZATION_MEAN} over the mean distance of the held-out class means. */
  MEMORIZATION_RELATIVE(
      "memorization.relative",
      "memorization.mean over the mean distance of the held-out centres",
      0,
      "Nguyen et al. 2023"),
  /** How far corrupted examples have moved from their clean class (0) to their given one (1). */
  MEMORIZATION_FRACTION(
      "memorization.fraction",
      "How far corrupted examples have moved from their clean class (0) to that of their label (1)",
      0,
      "Nguyen et al. 2023"),
  /** Share of corrupted examples predicted as their given label. */
  MEMORIZATION_FITTED(
      "memorization.fitted",
      "Share of corrupted examples predicted as their wrong label",
      0,
      "Nguyen et al. 2023"),
  /** Share of corrupted examples predicted as their clean label. */
  MEMORIZATION_RECOVERED(
      "memorization.recovered",
      "Share of corrupted examples predicted as their clean label",
      1,
      "Nguyen et al. 2023"),
  /** Estimated number of wrong labels among those observed. */
  SUSPECTS_COUNT("suspects.count", "Estimated number of wrong labels", Double.NaN, "collapse4j"),
  /** {@link #SUSPECTS_COUNT} over the number of examples observed. */
  SUSPECTS_SHARE("suspects.share", "Estimated share of wrong labels", 0, "collapse4j"),
  /** Share of the most suspect examples, as many as are wrong, predicted as their given label. */
  MEMORIZATION_ESTIMATED(
      "memorization.estimated",
      "Share of the examples whose label looks wrong that are predicted as that label",
      0,
      "collapse4j"),
  /** The number of classes with at least one example. */
  CLASSES_PRESENT(
      "classes.present", "Number of classes with at least one example", Double.NaN, "collapse4j"),
  /** The number of examples measured. */
  EXAMPLES("examples", "Number of examples measured", Double.NaN, "collapse4j"),
  /** The number of examples left out for a NaN or infinite feature. */
  EXAMPLES_NONFINITE(
      "examples.nonfinite",
      "Number of examples left out because a feature was NaN or infinite",
      0,
      "collapse4j");

  private static final Map<String, Metric> BY_KEY = new HashMap<>();

  static {
    for (Metric metric : values()) {
      BY_KEY.put(metric.key, metric);
    }
  }

  private final String key;
  private final String meaning;
  private final double ideal;
  private final String source;

  Metric(String key, String meaning, double ideal, String source) {
    this.key = key;
    this.meaning = meaning;
    this.ideal = ideal;
    this.source = source;
  }

  /** The metric with a key, if there is one. */
  public static Optional<Metric> withKey(String key) {
    return Optional.ofNullable(BY_KEY.get(key));
  }

  /** The public name: lower case, with dots. */
  public String key() {
    return key;
  }

  /** One sentence that says what the number is. */
  public String meaning() {
    return meaning;
  }

  /** The value at complete collapse, or the best one; NaN if there is no such value. */
  public double ideal() {
    return ideal;
  }

  /** The paper that defines it. */
  public String source() {
    return source;
  }

  @Override
  public String toString() {
    return key;
  }
}
