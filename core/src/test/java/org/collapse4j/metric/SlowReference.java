package org.collapse4j.metric;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.EigenDecomposition;
import org.apache.commons.math3.linear.RealMatrix;
import org.apache.commons.math3.linear.RealVector;

/**
 * The definitions written down one after the other, without a thought of time: means are taken with
 * 60 digits, so that what is left to round are differences and their squares.
 */
final class SlowReference {
  private static final MathContext DIGITS = new MathContext(60);

  /** Scores that differ by less, relative to their terms, may be equal in float32. */
  private static final double UNSURE = 1e-5;

  final int[] present;
  final int examples;
  final int left;

  /** Class means less the mean over examples, of the present classes. */
  final double[][] centred;

  /** Distances of the class means, squared. */
  final double[][] squaredDistances;

  final double[] variances;
  final double withinTrace;

  /** Class means of the present classes. */
  private final double[][] means;

  private final RandomSet set;
  private final int[] kept;

  /** How many units of the last place of a mean its distance from the others is, at the most. */
  final double resolution;

  SlowReference(RandomSet set) {
    this.set = set;
    kept =
        IntStream.range(0, set.rows.length)
            .filter(i -> Arrays.stream(set.rows[i]).allMatch(Double::isFinite))
            .toArray();
    examples = kept.length;
    left = set.rows.length - kept.length;
    present = IntStream.of(kept).map(i -> set.classes[i]).distinct().sorted().toArray();
    BigDecimal[][] exactMeans = new BigDecimal[present.length][];
    means = new double[present.length][];
    for (int c = 0; c < present.length; c++) {
      int wanted = present[c];
      exactMeans[c] = mean(set, IntStream.of(kept).filter(i -> set.classes[i] == wanted).toArray());
      means[c] = Arrays.stream(exactMeans[c]).mapToDouble(BigDecimal::doubleValue).toArray();
    }
    BigDecimal[] global = mean(set, kept);
    centred = new double[present.length][];
    squaredDistances = new double[present.length][present.length];
    variances = new double[present.length];
    double units = 0;
    double within = 0;
    for (int c = 0; c < present.length; c++) {
      centred[c] = less(exactMeans[c], global);
      for (int other = 0; other < present.length; other++) {
        double[] difference = less(exactMeans[c], exactMeans[other]);
        squaredDistances[c][other] = square(difference);
        for (int j = 0; j < difference.length; j++) {
          units = Math.max(units, Math.abs(difference[j]) / Math.ulp(means[c][j]));
        }
      }
      double count = 0;
      for (int i : kept) {
        if (set.classes[i] == present[c]) {
          BigDecimal[] row =
              Arrays.stream(set.rows[i]).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
          variances[c] += square(less(row, exactMeans[c]));
          count++;
        }
      }
      within += variances[c];
      variances[c] /= count;
    }
    resolution = units;
    withinTrace = within / examples;
  }

  /**
   * {@code tr(S_W pinv(S_B)) / K} by the eigenvectors of S_B, both with all features over one
   * number, which leaves it as it is.
   *
   * @return the value, and how many times the largest eigenvalue is the smallest that counts
   */
  double[] pinv() {
    int d = set.dimension;
    int k = present.length;
    double unit =
        Arrays.stream(centred).flatMapToDouble(Arrays::stream).map(Math::abs).max().orElse(1);
    RealMatrix between = new Array2DRowRealMatrix(d, d);
    RealMatrix within = new Array2DRowRealMatrix(d, d);
    for (double[] row : centred) {
      addOuter(between, row, unit, 1.0 / k);
    }
    for (int i : kept) {
      double[] mean = means[Arrays.binarySearch(present, set.classes[i])];
      double[] row = set.rows[i];
      double[] deviation = IntStream.range(0, d).mapToDouble(j -> row[j] - mean[j]).toArray();
      addOuter(within, deviation, unit, 1.0 / examples);
    }
    EigenDecomposition eigen = new EigenDecomposition(between);
    double largest = Arrays.stream(eigen.getRealEigenvalues()).max().orElse(0);
    double smallest = largest;
    double sum = 0;
    for (int j = 0; j < d; j++) {
      double value = eigen.getRealEigenvalue(j);
      if (value > Math.max(d, k) * 0x1p-52 * largest) {
        RealVector vector = eigen.getEigenvector(j);
        sum += within.operate(vector).dotProduct(vector) / value;
        smallest = Math.min(smallest, value);
      }
    }
    return new double[] {sum / k, largest / smallest};
  }

  private static void addOuter(RealMatrix sum, double[] row, double unit, double weight) {
    for (int a = 0; a < row.length; a++) {
      for (int b = 0; b < row.length; b++) {
        sum.addToEntry(a, b, row[a] / unit * (row[b] / unit) * weight);
      }
    }
  }

  /**
   * Counts of decisions of each example: predicted as labelled, nearest to the centre of its class,
   * prediction other than nearest class; and how many examples are so near to a boundary that
   * rounding decides.
   */
  Decisions decisions(double[][] weights, double[] bias) {
    int right = 0;
    int nearest = 0;
    int mismatch = 0;
    int close = 0;
    for (int i : kept) {
      double[] row = set.rows[i];
      double[] scores = new double[weights.length];
      double size = 0;
      for (int c = 0; c < scores.length; c++) {
        scores[c] = dot(weights[c], row) + bias[c];
        double[] absolute = Arrays.stream(weights[c]).map(Math::abs).toArray();
        double[] features = Arrays.stream(row).map(Math::abs).toArray();
        size = Math.max(size, dot(absolute, features) + Math.abs(bias[c]));
      }
      double[] nearness = new double[present.length];
      double spread = 0;
      for (int c = 0; c < nearness.length; c++) {
        double[] centre = means[c];
        for (int j = 0; j < centre.length; j++) {
          double difference = row[j] - centre[j];
          nearness[c] -= difference * difference;
          spread += Math.pow(Math.abs(row[j]) + Math.abs(centre[j]), 2);
        }
      }
      boolean unsure = margin(scores) <= UNSURE * size || margin(nearness) <= UNSURE * spread;
      int predicted = largest(scores);
      int closest = present[largest(nearness)];
      close += unsure ? 1 : 0;
      right += predicted == set.classes[i] ? 1 : 0;
      nearest += closest == set.classes[i] ? 1 : 0;
      mismatch += predicted == closest ? 0 : 1;
    }
    return new Decisions(right, nearest, mismatch, close);
  }

  /** Counts, and of how many examples they depend on rounding. */
  record Decisions(int right, int nearest, int mismatch, int close) {}

  private static int largest(double[] values) {
    int largest = 0;
    for (int c = 1; c < values.length; c++) {
      largest = values[c] > values[largest] ? c : largest;
    }
    return largest;
  }

  private static double margin(double[] values) {
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    int last = sorted.length - 1;
    return last == 0 ? Double.POSITIVE_INFINITY : sorted[last] - sorted[last - 1];
  }

  private static BigDecimal[] mean(RandomSet set, int[] chosen) {
    BigDecimal[] sums = new BigDecimal[set.dimension];
    Arrays.fill(sums, BigDecimal.ZERO);
    for (int i : chosen) {
      for (int j = 0; j < sums.length; j++) {
        sums[j] = sums[j].add(new BigDecimal(set.rows[i][j]));
      }
    }
    BigDecimal count = new BigDecimal(Math.max(1, chosen.length));
    return Arrays.stream(sums).map(sum -> sum.divide(count, DIGITS)).toArray(BigDecimal[]::new);
  }

  private static double[] less(BigDecimal[] a, BigDecimal[] b) {
    return IntStream.range(0, a.length)
        .mapToDouble(j -> a[j].subtract(b[j]).doubleValue())
        .toArray();
  }

  static double square(double[] vector) {
    return dot(vector, vector);
  }

  private static double dot(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(j -> a[j] * b[j]).sum();
  }

  double quotient() {
    double between = Arrays.stream(centred).mapToDouble(SlowReference::square).sum();
    return withinTrace / (between / present.length);
  }

  double cdnv() {
    return IntStream.range(0, present.length)
        .boxed()
        .flatMapToDouble(
            a ->
                IntStream.range(a + 1, present.length)
                    .mapToDouble(b -> (variances[a] + variances[b]) / (2 * squaredDistances[a][b])))
        .average()
        .orElse(Double.NaN);
  }

  double radius() {
    return Math.sqrt(Arrays.stream(variances).average().orElse(Double.NaN));
  }

  double separation() {
    return IntStream.range(0, present.length)
        .boxed()
        .flatMapToDouble(
            a ->
                IntStream.range(a + 1, present.length)
                    .mapToDouble(b -> Math.sqrt(squaredDistances[a][b])))
        .average()
        .orElse(Double.NaN);
  }

  double normVariation() {
    double[] norms = Arrays.stream(centred).mapToDouble(row -> Math.sqrt(square(row))).toArray();
    double mean = Arrays.stream(norms).average().orElse(Double.NaN);
    double variance =
        Arrays.stream(norms).map(norm -> (norm - mean) * (norm - mean)).average().orElse(mean);
    return Math.sqrt(variance) / mean;
  }

  double distanceFromSimplex() {
    int k = present.length;
    double[][] gram = new double[k][k];
    double norm = 0;
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < k; b++) {
        gram[a][b] = dot(centred[a], centred[b]);
        norm += gram[a][b] * gram[a][b];
      }
    }
    double sum = 0;
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < k; b++) {
        double simplex = ((a == b ? 1 : 0) - 1.0 / k) / Math.sqrt(k - 1.0);
        sum += Math.pow(gram[a][b] / Math.sqrt(norm) - simplex, 2);
      }
    }
    return Math.sqrt(sum);
  }
}
