package org.collapse4j.metric;

import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.factory.Nd4j;

/**
 * How far the classes are spread that unseen examples fall into (Nguyen, Levie, Lienen, Kutyniok,
 * Hüllermeier 2023), from statistics of held-out features with clean labels.
 */
public final class Dilation {
  private Dilation() {}

  /**
   * The dilation of held-out features. Class means are centred at the mean over examples, as in the
   * authors' code, whatever is chosen for the metrics of neural collapse.
   *
   * @param heldOut statistics of features that took no part in training, with clean labels
   * @return dilation.*, and by class {@code dilation.cdnv} and {@code dilation.radius} (the square
   *     root of a class's variance); what needs two classes is NaN if fewer have examples
   */
  public static Measurements of(ClassStatistics heldOut) {
    Measurements variability = NeuralCollapse.variability(heldOut, GlobalMean.SAMPLE);
    double radius = radius(heldOut);
    return Measurements.builder()
        .put(Metric.DILATION_NC1, variability.value(Metric.NC1_PINV))
        .put(Metric.DILATION_QUOTIENT, variability.value(Metric.NC1_QUOTIENT))
        .put(Metric.DILATION_CDNV, variability.value(Metric.NC1_CDNV))
        .putClassValues(Metric.DILATION_CDNV, variability.classValues(Metric.NC1_CDNV))
        .put(Metric.DILATION_RADIUS, radius)
        .putClassValues(Metric.DILATION_RADIUS, classRadii(heldOut))
        .put(Metric.DILATION_RELATIVE, radius / separation(heldOut))
        .build();
  }

  /**
   * The separation D of held-out classes: the mean over pairs of the distance of their means.
   *
   * @return in feature units, 0 if all class means are the same but for rounding; NaN if fewer than
   *     two classes have examples
   */
  public static double separation(ClassStatistics heldOut) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        Frame means = Frame.ofCentredMeans(heldOut, GlobalMean.CLASS)) {
      return ClassDistances.separation(means);
    }
  }

  private static double radius(ClassStatistics heldOut) {
    Spread variances = new Spread();
    for (int c : heldOut.presentClasses()) {
      variances.add(heldOut.classVariance(c));
    }
    return Math.sqrt(variances.mean());
  }

  private static double[] classRadii(ClassStatistics heldOut) {
    double[] radii = new double[heldOut.numClasses()];
    for (int c = 0; c < radii.length; c++) {
      radii[c] = Math.sqrt(heldOut.classVariance(c));
    }
    return radii;
  }
}
