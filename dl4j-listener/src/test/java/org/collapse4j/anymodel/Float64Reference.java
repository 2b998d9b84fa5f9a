package org.collapse4j.anymodel;

import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.collapse4j.metric.Metric;
import org.collapse4j.stats.GlobalMean;

/**
 * The metrics as they are defined, in loops over plain numbers in float64: slow, and sharing no
 * code, no array library and no shortcut with what it checks.
 *
 * <p>Means are taken of differences to the first row, so that those of rows that are all the same
 * are exactly that row.
 */
public final class Float64Reference {
  private static final int BINS = 15;

  /**
   * An eigenvalue of S_B, relative to the largest, below which it is not known in float64 whether
   * it is zero. Only those above it are compared, and those that are zero beyond doubt.
   */
  private static final double UNDECIDED = 1e-12;

  /** The unit roundoff of float64, which class means are in whatever the features are. */
  private static final double FLOAT64 = 0x1p-53;

  private final double[][] features;
  private final int[] classes;
  private final int numClasses;
  private final int nonFinite;
  private double[][] weights;
  private double[] bias;
  private double[][] logits;
  private GlobalMean globalMean = GlobalMean.SAMPLE;
  private boolean heldOut;
  private double[] outOfDistribution;

  /** Relative size of the noise that is put on the within-class covariance; see {@link #noisy}. */
  private double covarianceNoise;

  private boolean rounded;

  private Random noise;

  private final Map<Metric, Double> values = new EnumMap<>(Metric.class);
  private final Map<Metric, double[]> classValues = new EnumMap<>(Metric.class);
  private int[] present;
  private double[][] means;
  private double[][] centred;
  private double[] origin;
  private double[] variances;
  private boolean pinvIsDecided = true;

  /**
   * Rows of features.
   *
   * @param features h, one row an example; those that are not finite are counted and left out
   * @param classes y, one an example
   * @param numClasses K
   */
  public Float64Reference(double[][] features, int[] classes, int numClasses) {
    int[] kept = finite(features);
    this.features = IntStream.of(kept).mapToObj(i -> features[i]).toArray(double[][]::new);
    this.classes = IntStream.of(kept).map(i -> classes[i]).toArray();
    this.numClasses = numClasses;
    this.nonFinite = features.length - kept.length;
  }

  private Float64Reference(double[][] finite, int[] classes, int numClasses, int nonFinite) {
    this.features = finite;
    this.classes = classes;
    this.numClasses = numClasses;
    this.nonFinite = nonFinite;
  }

  /** Which rows have finite elements only. */
  private static int[] finite(double[][] rows) {
    return IntStream.range(0, rows.length)
        .filter(i -> Arrays.stream(rows[i]).allMatch(Double::isFinite))
        .toArray();
  }

  /** With a classifier: W, one row a class, and b. */
  public Float64Reference classifier(double[][] w, double[] b) {
    weights = w;
    bias = b;
    logits = new double[features.length][];
    for (int i = 0; i < features.length; i++) {
      logits[i] = new double[w.length];
      for (int c = 0; c < w.length; c++) {
        logits[i][c] = dot(w[c], features[i]) + b[c];
      }
    }
    return this;
  }

  /** With the features as logits and no weights, as before a layer that is a loss only. */
  public Float64Reference featuresAsLogits() {
    logits = features;
    return this;
  }

  /** With another global mean than that over examples. */
  public Float64Reference centredAt(GlobalMean kind) {
    globalMean = kind;
    return this;
  }

  /** With the metrics of dilation. */
  public Float64Reference heldOut() {
    heldOut = true;
    return this;
  }

  /** With nc5, g being the mean of other features. */
  public Float64Reference outOfDistribution(double[] g) {
    outOfDistribution = g;
    return this;
  }

  /** Of features that are known no better than to rounding of the whole of each. */
  Float64Reference ofRoundedFeatures() {
    rounded = true;
    return this;
  }

  /**
   * The same of features that differ by rounding: the deviation of each element from its class mean
   * (the whole element if it is rounded itself) by up to a relative error, the elements of S_W by
   * as much of the deviations they are sums of, class means by rounding to float64, and eigenvalues
   * of S_B by an eighth of that at which they count as zero. How far a metric moves says how well
   * it can be known in that precision at all.
   */
  Float64Reference noisy(double relativeError, Random random) {
    computeMeans();
    if (features.length == 0) {
      return this;
    }
    double[][] moved = new double[features.length][];
    double[][] shifts = shifts(random);
    for (int i = 0; i < moved.length; i++) {
      double[] mean = means[classes[i]];
      moved[i] = features[i].clone();
      for (int j = 0; j < mean.length; j++) {
        double error = relativeError * (2 * random.nextDouble() - 1);
        double size = rounded ? features[i][j] : features[i][j] - mean[j];
        moved[i][j] += size * error + shifts[classes[i]][j];
      }
    }
    Float64Reference other = new Float64Reference(moved, classes, numClasses, nonFinite);
    other.globalMean = globalMean;
    other.heldOut = heldOut;
    other.outOfDistribution = outOfDistribution;
    other.covarianceNoise = relativeError;
    other.noise = random;
    if (weights != null) {
      other.classifier(weights, bias);
    } else {
      other.logits = logits;
    }
    return other;
  }

  /** A class mean is a number of float64, but where it is exactly the global mean it is that. */
  private double[][] shifts(Random random) {
    double[][] shifts = new double[numClasses][dimension()];
    for (int row = 0; row < present.length; row++) {
      double[] mean = means[present[row]];
      for (int j = 0; j < mean.length; j++) {
        double error = FLOAT64 * (2 * random.nextDouble() - 1) * Math.abs(mean[j]);
        shifts[present[row]][j] = centred[row][j] == 0 ? 0 : error;
      }
    }
    return shifts;
  }

  /** Whether every eigenvalue of S_B is zero or not zero beyond doubt. */
  boolean pinvIsDecided() {
    values();
    return pinvIsDecided;
  }

  /** The value of every metric that these arrays define, NaN where it is undefined for them. */
  public Map<Metric, Double> values() {
    if (values.isEmpty()) {
      computeMeans();
      countExamples();
      if (features.length == 0) {
        undefinedWithoutExamples();
        return values;
      }
      variability();
      if (present.length < 2) {
        undefinedForOneClass();
      } else {
        meansArranged();
        if (weights != null) {
          classifierArranged();
          duality();
        }
      }
      if (heldOut) {
        dilation();
      }
      if (outOfDistribution != null) {
        orthogonality();
      }
      decisions();
      values.replaceAll((metric, value) -> Double.isInfinite(value) ? Double.NaN : value);
    }
    return values;
  }

  /** The values of metrics by class. */
  public Map<Metric, double[]> classValues() {
    values();
    return classValues;
  }

  /** The number of features, d. */
  public int dimension() {
    return features.length == 0 ? 0 : features[0].length;
  }

  /** An example's logits. */
  double[] logits(int i) {
    return logits[i];
  }

  /** The softmax of an example's logits. */
  double[] probabilities(int i) {
    double largest = logits[i][argMax(logits[i])];
    double[] powers = Arrays.stream(logits[i]).map(z -> Math.exp(z - largest)).toArray();
    double sum = Arrays.stream(powers).sum();
    return Arrays.stream(powers).map(power -> power / sum).toArray();
  }

  // Means.

  private void computeMeans() {
    if (means != null || features.length == 0) {
      present = present == null ? new int[0] : present;
      return;
    }
    means = new double[numClasses][];
    variances = new double[numClasses];
    for (int c = 0; c < numClasses; c++) {
      int wanted = c;
      int[] members =
          IntStream.range(0, classes.length).filter(i -> classes[i] == wanted).toArray();
      if (members.length > 0) {
        means[c] = mean(Arrays.stream(members).mapToObj(i -> features[i]).toList(), features[0]);
        for (int i : members) {
          variances[c] += squaredDistance(features[i], means[c]) / members.length;
        }
      }
    }
    present = IntStream.range(0, numClasses).filter(c -> means[c] != null).toArray();
    origin =
        globalMean == GlobalMean.SAMPLE
            ? mean(List.of(features), features[0])
            : mean(Arrays.stream(present).mapToObj(c -> means[c]).toList(), features[0]);
    centred =
        Arrays.stream(present).mapToObj(c -> minus(means[c], origin)).toArray(double[][]::new);
  }

  private static double[] mean(List<double[]> rows, double[] near) {
    double[] mean = near.clone();
    for (int j = 0; j < near.length; j++) {
      double sum = 0;
      for (double[] row : rows) {
        sum += row[j] - near[j];
      }
      mean[j] += sum / rows.size();
    }
    return mean;
  }

  private void countExamples() {
    values.put(Metric.CLASSES_PRESENT, (double) present.length);
    values.put(Metric.EXAMPLES, (double) features.length);
    values.put(Metric.EXAMPLES_NONFINITE, (double) nonFinite);
  }

  /** Whether there is a row at all. */
  boolean hasExamples() {
    return features.length > 0;
  }

  private void undefinedWithoutExamples() {
    undefinedForOneClass();
    List<Metric> others =
        List.of(Metric.NC1_PINV, Metric.NC1_QUOTIENT, Metric.NC1_CDNV, Metric.NC4_NCC_ACCURACY);
    others.forEach(metric -> values.put(metric, Double.NaN));
    if (logits != null) {
      List.of(Metric.NC4_MISMATCH, Metric.ACCURACY, Metric.ECE, Metric.CONFIDENCE)
          .forEach(metric -> values.put(metric, Double.NaN));
    }
    if (heldOut) {
      OF_DILATION.forEach(metric -> values.put(metric, Double.NaN));
    }
    if (outOfDistribution != null) {
      values.put(Metric.NC5_ORTHOGONALITY, Double.NaN);
    }
  }

  // NC1.

  private void variability() {
    values.put(Metric.NC1_PINV, pinv());
    values.put(Metric.NC1_QUOTIENT, quotient(centred));
    double[] perClass = new double[numClasses];
    values.put(Metric.NC1_CDNV, cdnv(perClass));
    classValues.put(Metric.NC1_CDNV, perClass);
  }

  private double quotient(double[][] m) {
    double within = 0;
    for (int i = 0; i < features.length; i++) {
      within += squaredDistance(features[i], means[classes[i]]) / features.length;
    }
    double between = 0;
    for (double[] row : m) {
      between += dot(row, row) / m.length;
    }
    return m.length < 2 ? Double.NaN : within / between;
  }

  private double cdnv(double[] perClass) {
    Arrays.fill(perClass, Double.NaN);
    double sum = 0;
    for (int a : present) {
      perClass[a] = present.length > 1 ? 0 : Double.NaN;
      for (int b : present) {
        if (a != b) {
          double value = (variances[a] + variances[b]) / (2 * squaredDistance(means[a], means[b]));
          perClass[a] += value / (present.length - 1);
          sum += value;
        }
      }
    }
    return sum / (present.length * (present.length - 1.0));
  }

  private double pinv() {
    if (present.length < 2) {
      return Double.NaN;
    }
    int d = features[0].length;
    int k = present.length;
    double[][] within = new double[d][d];
    for (int i = 0; i < features.length; i++) {
      double[] deviation = minus(features[i], means[classes[i]]);
      for (int a = 0; a < d; a++) {
        for (int b = 0; b < d; b++) {
          within[a][b] += deviation[a] * deviation[b] / features.length;
        }
      }
    }
    addNoise(within);
    double[][] between = new double[d][d];
    for (double[] row : centred) {
      for (int a = 0; a < d; a++) {
        for (int b = 0; b < d; b++) {
          between[a][b] += row[a] * row[b] / k;
        }
      }
    }
    return pinvTrace(within, between, k) / k;
  }

  private void addNoise(double[][] products) {
    if (noise == null) {
      return;
    }
    int d = products.length;
    double[] size = new double[d];
    for (int a = 0; a < d; a++) {
      size[a] = Math.sqrt(products[a][a]);
    }
    for (int a = 0; a < d; a++) {
      for (int b = 0; b <= a; b++) {
        products[a][b] += covarianceNoise * (2 * noise.nextDouble() - 1) * size[a] * size[b];
        products[b][a] = products[a][b];
      }
    }
  }

  /** The rows of M are dependent, so that no more than K - 1 eigenvalues are not zero. */
  private double pinvTrace(double[][] within, double[][] between, int k) {
    int d = within.length;
    SymmetricEigen eigen = new SymmetricEigen(between);
    double largest = eigen.value(0);
    double cutoff = Math.max(d, k) * 0x1p-52 * largest;
    double trace = 0;
    for (int j = 0; j < Math.min(d, k - 1); j++) {
      double error = noise == null ? 0 : cutoff / 8 * (2 * noise.nextDouble() - 1);
      double value = eigen.value(j) + error;
      if (value > cutoff / 8 && value < UNDECIDED * largest) {
        pinvIsDecided = false;
      }
      if (value > cutoff) {
        double[] v = eigen.vector(j);
        for (int a = 0; a < d; a++) {
          trace += v[a] * dot(within[a], v) / value;
        }
      }
    }
    return largest > 0 ? trace : Double.NaN;
  }

  // NC2 and NC3.

  private static final List<Metric> OF_MEANS =
      List.of(
          Metric.NC2_NORM_CV_MEANS,
          Metric.NC2_ANGLE_STD_MEANS,
          Metric.NC2_ANGLE_GAP_MEANS,
          Metric.NC2_ETF_MEANS,
          Metric.NC2_ORTHOGONAL_MEANS,
          Metric.NC2_UNIFORMITY_DISTANCE_MEAN,
          Metric.NC2_UNIFORMITY_DISTANCE_VARIANCE,
          Metric.NC2_UNIFORMITY_LOG_MEAN,
          Metric.NC2_UNIFORMITY_LOG_VARIANCE);
  private static final List<Metric> OF_CLASSIFIER =
      List.of(
          Metric.NC2_NORM_CV_CLASSIFIER,
          Metric.NC2_ANGLE_STD_CLASSIFIER,
          Metric.NC2_ANGLE_GAP_CLASSIFIER,
          Metric.NC2_ETF_CLASSIFIER,
          Metric.NC3_DUALITY,
          Metric.NC3_ALIGNMENT,
          Metric.NC3_COSINE,
          Metric.NC3_UNIFORM_DUALITY,
          Metric.NC3_BIAS);

  private static final List<Metric> OF_DILATION =
      List.of(
          Metric.DILATION_NC1,
          Metric.DILATION_QUOTIENT,
          Metric.DILATION_CDNV,
          Metric.DILATION_RADIUS,
          Metric.DILATION_RELATIVE);

  private void undefinedForOneClass() {
    OF_MEANS.forEach(metric -> values.put(metric, Double.NaN));
    if (weights != null) {
      OF_CLASSIFIER.forEach(metric -> values.put(metric, Double.NaN));
    }
  }

  private void meansArranged() {
    int k = present.length;
    values.put(Metric.NC2_NORM_CV_MEANS, normVariation(centred));
    values.put(Metric.NC2_ANGLE_STD_MEANS, deviation(cosines(centred)));
    values.put(Metric.NC2_ANGLE_GAP_MEANS, mean(gaps(centred)));
    values.put(Metric.NC2_ETF_MEANS, etf(products(centred, centred)));
    double[][] uncentred = Arrays.stream(present).mapToObj(c -> means[c]).toArray(double[][]::new);
    double[][] identity = new double[k][k];
    for (int c = 0; c < k; c++) {
      identity[c][c] = 1 / Math.sqrt(k);
    }
    values.put(
        Metric.NC2_ORTHOGONAL_MEANS, distanceOfUnit(products(uncentred, uncentred), identity));
    double[] distances = new double[k * (k - 1) / 2];
    double[] logarithms = new double[distances.length];
    int pair = 0;
    for (int a = 0; a < k; a++) {
      for (int b = a + 1; b < k; b++) {
        distances[pair] = Math.sqrt(squaredDistance(unit(centred[a]), unit(centred[b])));
        logarithms[pair] = Math.log(1 / distances[pair]);
        pair++;
      }
    }
    values.put(Metric.NC2_UNIFORMITY_DISTANCE_MEAN, mean(distances));
    values.put(Metric.NC2_UNIFORMITY_DISTANCE_VARIANCE, variance(distances));
    values.put(Metric.NC2_UNIFORMITY_LOG_MEAN, mean(logarithms));
    values.put(Metric.NC2_UNIFORMITY_LOG_VARIANCE, variance(logarithms));
  }

  private void classifierArranged() {
    double[][] w = presentWeights();
    values.put(Metric.NC2_NORM_CV_CLASSIFIER, normVariation(w));
    values.put(Metric.NC2_ANGLE_STD_CLASSIFIER, deviation(cosines(w)));
    values.put(Metric.NC2_ANGLE_GAP_CLASSIFIER, mean(gaps(w)));
    values.put(Metric.NC2_ETF_CLASSIFIER, etf(products(w, w)));
  }

  private double[][] presentWeights() {
    return Arrays.stream(present).mapToObj(c -> weights[c]).toArray(double[][]::new);
  }

  private void duality() {
    double[][] w = presentWeights();
    int k = present.length;
    values.put(Metric.NC3_DUALITY, etf(products(w, centred)));
    double difference = 0;
    for (int c = 0; c < k; c++) {
      for (int j = 0; j < w[c].length; j++) {
        double of = w[c][j] / frobenius(w) - centred[c][j] / frobenius(centred);
        difference += of * of;
      }
    }
    values.put(Metric.NC3_ALIGNMENT, difference);
    double[] cosines = new double[k];
    double[] dots = new double[k];
    for (int c = 0; c < k; c++) {
      dots[c] = dot(w[c], centred[c]);
      cosines[c] = dots[c] / (norm(w[c]) * norm(centred[c]));
    }
    values.put(Metric.NC3_COSINE, mean(cosines));
    values.put(Metric.NC3_UNIFORM_DUALITY, variance(dots) * k / (k - 1));
    double[] atOrigin = new double[numClasses];
    for (int c = 0; c < numClasses; c++) {
      atOrigin[c] = dot(weights[c], origin) + bias[c];
    }
    values.put(Metric.NC3_BIAS, norm(atOrigin));
  }

  /** The distance of {@code G/||G||_F} from {@code (I - 11^T/K)/sqrt(K-1)}. */
  private static double etf(double[][] g) {
    int k = g.length;
    double[][] simplex = new double[k][k];
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < k; b++) {
        simplex[a][b] = ((a == b ? 1 : 0) - 1.0 / k) / Math.sqrt(k - 1);
      }
    }
    return distanceOfUnit(g, simplex);
  }

  private static double distanceOfUnit(double[][] g, double[][] ideal) {
    double sum = 0;
    for (int a = 0; a < g.length; a++) {
      for (int b = 0; b < g.length; b++) {
        double difference = g[a][b] / frobenius(g) - ideal[a][b];
        sum += difference * difference;
      }
    }
    return Math.sqrt(sum);
  }

  private static double[] cosines(double[][] rows) {
    double[] cosines = new double[rows.length * (rows.length - 1) / 2];
    int pair = 0;
    for (int a = 0; a < rows.length; a++) {
      for (int b = a + 1; b < rows.length; b++) {
        cosines[pair++] = dot(rows[a], rows[b]) / (norm(rows[a]) * norm(rows[b]));
      }
    }
    return cosines;
  }

  private static double[] gaps(double[][] rows) {
    return Arrays.stream(cosines(rows))
        .map(cosine -> Math.abs(cosine + 1.0 / (rows.length - 1)))
        .toArray();
  }

  private static double normVariation(double[][] rows) {
    double[] norms = Arrays.stream(rows).mapToDouble(Float64Reference::norm).toArray();
    return deviation(norms) / mean(norms);
  }

  // Dilation and NC5.

  /** Dilation is centred at the mean over examples whatever the global mean. */
  private void dilation() {
    Float64Reference sample = new Float64Reference(features, classes, numClasses, nonFinite);
    sample.covarianceNoise = covarianceNoise;
    sample.noise = noise;
    sample.computeMeans();
    values.put(Metric.DILATION_NC1, sample.pinv());
    pinvIsDecided &= sample.pinvIsDecided;
    values.put(Metric.DILATION_QUOTIENT, sample.quotient(sample.centred));
    double[] perClass = new double[numClasses];
    values.put(Metric.DILATION_CDNV, sample.cdnv(perClass));
    classValues.put(Metric.DILATION_CDNV, perClass);
    double radius =
        Math.sqrt(mean(Arrays.stream(present).mapToDouble(c -> variances[c]).toArray()));
    double[] radii = new double[numClasses];
    for (int c = 0; c < numClasses; c++) {
      radii[c] = means[c] == null ? Double.NaN : Math.sqrt(variances[c]);
    }
    values.put(Metric.DILATION_RADIUS, radius);
    classValues.put(Metric.DILATION_RADIUS, radii);
    double separation = 0;
    for (int a : present) {
      for (int b : present) {
        separation += Math.sqrt(squaredDistance(means[a], means[b]));
      }
    }
    separation /= present.length * (present.length - 1.0);
    values.put(Metric.DILATION_RELATIVE, radius / separation);
  }

  private void orthogonality() {
    values.put(
        Metric.NC5_ORTHOGONALITY,
        mean(
            Arrays.stream(present)
                .mapToDouble(
                    c ->
                        Math.abs(
                            dot(means[c], outOfDistribution)
                                / (norm(means[c]) * norm(outOfDistribution))))
                .toArray()));
  }

  // Decisions.

  private void decisions() {
    double[] nearestCorrect = new double[numClasses];
    double[] correct = new double[numClasses];
    double[] counts = new double[numClasses];
    double[] binCorrect = new double[BINS];
    double[] binConfidence = new double[BINS];
    double mismatches = 0;
    for (int i = 0; i < features.length; i++) {
      int label = classes[i];
      counts[label]++;
      int nearest = nearest(features[i]);
      nearestCorrect[label] += nearest == label ? 1 : 0;
      if (logits != null) {
        int predicted = argMax(logits[i]);
        correct[label] += predicted == label ? 1 : 0;
        mismatches += predicted == nearest ? 0 : 1;
        double confidence = confidence(logits[i]);
        int bin = bin(confidence);
        binCorrect[bin] += predicted == label ? 1 : 0;
        binConfidence[bin] += confidence;
      }
    }
    int n = features.length;
    values.put(Metric.NC4_NCC_ACCURACY, Arrays.stream(nearestCorrect).sum() / n);
    classValues.put(Metric.NC4_NCC_ACCURACY, over(nearestCorrect, counts));
    if (logits == null) {
      return;
    }
    values.put(Metric.NC4_MISMATCH, mismatches / n);
    values.put(Metric.ACCURACY, Arrays.stream(correct).sum() / n);
    classValues.put(Metric.ACCURACY, over(correct, counts));
    double error = 0;
    for (int bin = 0; bin < BINS; bin++) {
      error += Math.abs(binCorrect[bin] - binConfidence[bin]) / n;
    }
    values.put(Metric.ECE, error);
    values.put(Metric.CONFIDENCE, Arrays.stream(binConfidence).sum() / n);
  }

  private static double[] over(double[] numerators, double[] denominators) {
    return IntStream.range(0, numerators.length)
        .mapToDouble(c -> numerators[c] / denominators[c])
        .toArray();
  }

  private int nearest(double[] row) {
    int nearest = present[0];
    for (int c : present) {
      if (squaredDistance(row, means[c]) < squaredDistance(row, means[nearest])) {
        nearest = c;
      }
    }
    return nearest;
  }

  private static int argMax(double[] z) {
    int best = 0;
    for (int c = 1; c < z.length; c++) {
      best = z[c] > z[best] ? c : best;
    }
    return best;
  }

  private static double confidence(double[] z) {
    double sum = 0;
    for (double other : z) {
      sum += Math.exp(other - z[argMax(z)]);
    }
    return 1 / sum;
  }

  /** The bin (j/15, (j+1)/15] of a probability. */
  private static int bin(double confidence) {
    int bin = 0;
    while (confidence > (bin + 1.0) / BINS && bin < BINS - 1) {
      bin++;
    }
    return bin;
  }

  /**
   * The share of examples whose prediction hangs on rounding: the two largest logits differ by less
   * than a relative error of the sums that they are.
   */
  double undecidedPredictions(double relativeError) {
    double undecided = 0;
    for (int i = 0; logits != null && i < logits.length; i++) {
      double[] z = logits[i];
      int best = argMax(z);
      double size = size(i);
      boolean close = false;
      for (int c = 0; c < z.length; c++) {
        close |= c != best && z[best] - z[c] <= relativeError * size;
      }
      undecided += close ? 1 : 0;
    }
    return features.length == 0 ? 0 : undecided / features.length;
  }

  /** The largest sum of absolute values that a logit is made of. */
  private double size(int i) {
    double largest = 0;
    for (int c = 0; c < logits[i].length; c++) {
      double sum = Math.abs(logits[i][c]);
      for (int j = 0; weights != null && j < weights[c].length; j++) {
        sum += Math.abs(weights[c][j] * features[i][j]);
      }
      largest = Math.max(largest, sum);
    }
    return largest;
  }

  /** The share of examples whose nearest centre hangs on rounding. */
  double undecidedCentres(double relativeError) {
    double undecided = 0;
    for (double[] row : features) {
      int nearest = nearest(row);
      double least = squaredDistance(row, means[nearest]);
      boolean close = false;
      for (int c : present) {
        double distance = squaredDistance(row, means[c]);
        close |= c != nearest && distance - least <= relativeError * (distance + least);
      }
      undecided += close ? 1 : 0;
    }
    return features.length == 0 ? 0 : undecided / features.length;
  }

  /** The share of examples whose bin of confidence hangs on rounding. */
  double undecidedBins(double relativeError) {
    double undecided = 0;
    for (int i = 0; logits != null && i < logits.length; i++) {
      double confidence = confidence(logits[i]);
      double error = relativeError * (1 + size(i)) * confidence;
      undecided += bin(confidence - error) == bin(confidence + error) ? 0 : 1;
    }
    return features.length == 0 ? 0 : undecided / features.length;
  }

  // Vectors.

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int j = 0; j < a.length; j++) {
      sum += a[j] * b[j];
    }
    return sum;
  }

  private static double norm(double[] vector) {
    return Math.sqrt(dot(vector, vector));
  }

  private static double frobenius(double[][] matrix) {
    return Math.sqrt(Arrays.stream(matrix).mapToDouble(row -> dot(row, row)).sum());
  }

  private static double squaredDistance(double[] a, double[] b) {
    double[] difference = minus(a, b);
    return dot(difference, difference);
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = a.clone();
    for (int j = 0; j < a.length; j++) {
      difference[j] -= b[j];
    }
    return difference;
  }

  private static double[] unit(double[] vector) {
    double norm = norm(vector);
    return Arrays.stream(vector).map(element -> element / norm).toArray();
  }

  private static double[][] products(double[][] a, double[][] b) {
    double[][] products = new double[a.length][b.length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < b.length; j++) {
        products[i][j] = dot(a[i], b[j]);
      }
    }
    return products;
  }

  private static double mean(double[] numbers) {
    return Arrays.stream(numbers).sum() / numbers.length;
  }

  /** The population variance. */
  private static double variance(double[] numbers) {
    double mean = mean(numbers);
    return mean(Arrays.stream(numbers).map(x -> (x - mean) * (x - mean)).toArray());
  }

  private static double deviation(double[] numbers) {
    return Math.sqrt(variance(numbers));
  }
}
