package org.collapse4j.metric;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The definitions written down one after the other, without a thought of time: means are taken with
 * 60 digits, so that what is left to round are differences and their squares.
 */
final class SlowReference {
  private static final MathContext DIGITS = new MathContext(60);

  final int[] present;
  final int examples;
  final int left;

  /** Class means less the mean over examples, of the present classes. */
  final double[][] centred;

  /** Distances of the class means, squared. */
  final double[][] squaredDistances;

  final double[] variances;
  final double withinTrace;

  /** How many units of the last place of a mean its distance from the others is, at the most. */
  final double resolution;

  SlowReference(RandomSet set) {
    int[] kept =
        IntStream.range(0, set.rows.length)
            .filter(i -> Arrays.stream(set.rows[i]).allMatch(Double::isFinite))
            .toArray();
    examples = kept.length;
    left = set.rows.length - kept.length;
    present = IntStream.of(kept).map(i -> set.classes[i]).distinct().sorted().toArray();
    BigDecimal[][] means = new BigDecimal[present.length][];
    for (int c = 0; c < present.length; c++) {
      int wanted = present[c];
      means[c] = mean(set, IntStream.of(kept).filter(i -> set.classes[i] == wanted).toArray());
    }
    BigDecimal[] global = mean(set, kept);
    centred = new double[present.length][];
    squaredDistances = new double[present.length][present.length];
    variances = new double[present.length];
    double units = 0;
    double within = 0;
    for (int c = 0; c < present.length; c++) {
      centred[c] = less(means[c], global);
      for (int other = 0; other < present.length; other++) {
        double[] difference = less(means[c], means[other]);
        squaredDistances[c][other] = square(difference);
        for (int j = 0; j < difference.length; j++) {
          units = Math.max(units, Math.abs(difference[j]) / Math.ulp(means[c][j].doubleValue()));
        }
      }
      double count = 0;
      for (int i : kept) {
        if (set.classes[i] == present[c]) {
          BigDecimal[] row =
              Arrays.stream(set.rows[i]).mapToObj(BigDecimal::new).toArray(BigDecimal[]::new);
          variances[c] += square(less(row, means[c]));
          count++;
        }
      }
      within += variances[c];
      variances[c] /= count;
    }
    resolution = units;
    withinTrace = within / examples;
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
