package org.collapse4j.theory;

/**
 * The minimiser of a {@link MemorizationDilationModel}. Lengths are in units of the features. By
 * the symmetry of the two classes one memorized feature stands for both: {@code u_1 = (alongGiven,
 * alongTrue)} in the basis {@code e_1, e_2}, and {@code u_2} is its mirror image.
 *
 * @param dilation r, the root mean square distance of clean features from their class's collapsed
 *     one; at least 0
 * @param separation D, the distance of the two collapsed features; above 0
 * @param featureNorm s, the length of a collapsed feature, {@code D / sqrt(2)}
 * @param classifierScale c, of the classifier's rows {@code c (e_1 - e_2)} and {@code c (e_2 -
 *     e_1)}
 * @param alongGiven the coordinate of a memorized feature along the class of its given, wrong
 *     label; at least 0
 * @param alongTrue its coordinate along its true class; at least 0
 * @param objective the minimum, in nats
 */
public record MemorizationDilationSolution(
    double dilation,
    double separation,
    double featureNorm,
    double classifierScale,
    double alongGiven,
    double alongTrue,
    double objective) {

  /**
   * The dilation over the separation, {@code r / D}: scale-free, and what {@code dilation.relative}
   * is measured as.
   */
  public double relativeDilation() {
    return dilation / separation;
  }

  /**
   * How far wrongly labelled examples have moved from their true class, {@code ||u_1 - h_2||}: what
   * {@code memorization.mean} is measured as. From 0 to D.
   */
  public double memorization() {
    return Math.hypot(alongGiven, featureNorm - alongTrue);
  }

  /**
   * The share of the way to the class of the wrong label, {@code <u_1 - h_2, h_1 - h_2> / D^2}:
   * what {@code memorization.fraction} is measured as. From 0, with the true class, to 1.
   */
  public double memorizationFraction() {
    return (alongGiven + featureNorm - alongTrue) / (2 * featureNorm);
  }
}
