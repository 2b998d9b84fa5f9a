package org.collapse4j.theory;

import java.util.Locale;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.NeuralCollapse;
import org.collapse4j.stats.ClassStatistics;
import org.collapse4j.stats.ClassStatisticsAccumulator;
import org.collapse4j.stats.Classifier;
import org.collapse4j.stats.DecisionAccumulator;
import org.collapse4j.stats.GlobalMean;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Where the search for the minimum of a {@link LayerPeeledModel} ended. Immutable: arrays are
 * handed out as copies.
 */
public final class LayerPeeledSolution {
  private final INDArray features;
  private final INDArray labels;
  private final Classifier classifier;
  private final double objective;
  private final double gradientNorm;
  private final int iterations;
  private final boolean converged;

  LayerPeeledSolution(
      INDArray features,
      INDArray labels,
      Classifier classifier,
      double objective,
      double gradientNorm,
      int iterations,
      boolean converged) {
    this.features = features;
    this.labels = labels;
    this.classifier = classifier;
    this.objective = objective;
    this.gradientNorm = gradientNorm;
    this.iterations = iterations;
    this.converged = converged;
  }

  /** The features, {@code [N, d]} in float64, one row an example. */
  public INDArray features() {
    return features.dup();
  }

  /** The class indices of the examples, {@code [N]}. */
  public INDArray labels() {
    return labels.dup();
  }

  /** The classifier W; its bias is zero. */
  public Classifier classifier() {
    return classifier;
  }

  /** The value of the objective: the mean loss, in nats, and the penalties. */
  public double objective() {
    return objective;
  }

  /**
   * How far the point is from stationary: the largest absolute element of {@code x - P(x -
   * gradient)}, x being W and the features divided by {@code sqrt(N)}, P the projection on what is
   * allowed. Zero exactly where the first-order conditions of a minimum hold.
   */
  public double gradientNorm() {
    return gradientNorm;
  }

  /** The iterations of conjugate gradients that led here from the start. */
  public int iterations() {
    return iterations;
  }

  /**
   * Whether the gradient is within the model's {@linkplain
   * LayerPeeledModel.Builder#gradientTolerance tolerance}. If not, this is the lowest point found,
   * and no minimum.
   */
  public boolean converged() {
    return converged;
  }

  /** The class statistics of the features. */
  public ClassStatistics statistics() {
    ClassStatisticsAccumulator accumulator =
        ClassStatisticsAccumulator.forClasses(classifier.numClasses());
    accumulator.observe(features, labels);
    return accumulator.snapshot();
  }

  /** The neural collapse metrics nc1 to nc4 of the features and the classifier. */
  public Measurements measurements() {
    ClassStatistics statistics = statistics();
    DecisionAccumulator decisions = DecisionAccumulator.of(statistics, classifier);
    decisions.observe(features, labels);
    return NeuralCollapse.ofFeatures(statistics, GlobalMean.SAMPLE)
        .and(NeuralCollapse.ofClassifier(statistics, classifier, GlobalMean.SAMPLE))
        .and(NeuralCollapse.ofDecisions(decisions.snapshot()));
  }

  /** How the search ended, in one line. */
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "Layer-peeled model %s after %d iterations: objective %.6g, gradient %.1e",
        converged ? "converged" : "did not converge",
        iterations,
        objective,
        gradientNorm);
  }
}
