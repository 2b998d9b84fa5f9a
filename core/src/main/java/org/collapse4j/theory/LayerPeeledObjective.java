package org.collapse4j.theory;

/**
 * The function that {@link LayerPeeledModel} minimises, of one vector of variables: the rows of the
 * weights W, then for every example the variables of its features.
 *
 * <p>Free features are {@code h = sqrt(N) q}, non-negative ones {@code h = sqrt(N) q^2}, of
 * variables q that are without bounds in both cases, so that an optimiser without bounds serves.
 * The factor makes the penalty {@code lambda_H ||H||^2 / N} as steep in q as that of W is in W,
 * whatever the number of examples.
 */
final class LayerPeeledObjective {
  private final int numClasses;
  private final int dimension;
  private final int numExamples;
  private final double alpha;
  private final double lambdaW;
  private final double lambdaH;
  private final boolean nonNegative;
  private final double featureScale;

  LayerPeeledObjective(LayerPeeledModel.Builder options) {
    this.numClasses = options.numClasses;
    this.dimension = options.dimension;
    this.numExamples = options.numClasses * options.examplesPerClass;
    this.alpha = options.alpha;
    this.lambdaW = options.lambdaW;
    this.lambdaH = options.lambdaH;
    this.nonNegative = options.nonNegative;
    this.featureScale = Math.sqrt(numExamples);
  }

  int numVariables() {
    return numWeights() + numExamples * dimension;
  }

  int numWeights() {
    return numClasses * dimension;
  }

  int numClasses() {
    return numClasses;
  }

  int numExamples() {
    return numExamples;
  }

  boolean isNonNegative() {
    return nonNegative;
  }

  /** The class of an example: they take turns. */
  int label(int example) {
    return example % numClasses;
  }

  /** The feature that a variable stands for, divided by {@code sqrt(N)}. */
  double scaledFeature(double variable) {
    return nonNegative ? variable * variable : variable;
  }

  /** The feature that a variable stands for. */
  double feature(double variable) {
    return featureScale * scaledFeature(variable);
  }

  double value(double[] variables) {
    return evaluate(variables, null);
  }

  /** The gradient by the variables. */
  double[] gradient(double[] variables) {
    double[] gradient = scaledGradient(variables);
    if (nonNegative) {
      for (int i = numWeights(); i < gradient.length; i++) {
        gradient[i] *= 2 * variables[i];
      }
    }
    return gradient;
  }

  /** The gradient by W and by the features divided by {@code sqrt(N)}. */
  double[] scaledGradient(double[] variables) {
    double[] gradient = new double[variables.length];
    evaluate(variables, gradient);
    return gradient;
  }

  /**
   * How far a point is from stationary: the largest element of {@code x - P(x - gradient)}, x being
   * W and the features divided by {@code sqrt(N)}, P the projection on what is allowed. It is zero
   * exactly where the conditions of Karush, Kuhn and Tucker hold.
   */
  double residual(double[] variables, double[] scaledGradient) {
    double largest = 0;
    for (int i = 0; i < variables.length; i++) {
      double step = scaledGradient[i];
      if (nonNegative && i >= numWeights()) {
        step = Math.min(step, scaledFeature(variables[i]));
      }
      largest = Math.max(largest, Math.abs(step));
    }
    return largest;
  }

  private double evaluate(double[] variables, double[] gradient) {
    double[] feature = new double[dimension];
    double[] logits = new double[numClasses];
    double loss = 0;
    double squaredFeatures = 0;
    for (int example = 0; example < numExamples; example++) {
      int offset = numWeights() + example * dimension;
      for (int j = 0; j < dimension; j++) {
        feature[j] = feature(variables[offset + j]);
        squaredFeatures += feature[j] * feature[j];
      }
      logits(variables, feature, logits);
      loss += toLossGradient(logits, label(example));
      if (gradient != null) {
        addGradient(variables, feature, logits, gradient, offset);
      }
    }
    double squaredWeights = 0;
    for (int i = 0; i < numWeights(); i++) {
      squaredWeights += variables[i] * variables[i];
      if (gradient != null) {
        gradient[i] += 2 * lambdaW * variables[i];
      }
    }
    return (loss + lambdaH * squaredFeatures) / numExamples + lambdaW * squaredWeights;
  }

  private void logits(double[] weights, double[] feature, double[] logits) {
    for (int c = 0; c < numClasses; c++) {
      double sum = 0;
      for (int j = 0; j < dimension; j++) {
        sum += weights[c * dimension + j] * feature[j];
      }
      logits[c] = sum;
    }
  }

  /**
   * The loss of logits, which are replaced by its gradient: {@code p - ((1-alpha) t + alpha/K)}.
   */
  private double toLossGradient(double[] logits, int label) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double logit : logits) {
      largest = Math.max(largest, logit);
    }
    double sum = 0;
    double expected = (1 - alpha) * (logits[label] - largest);
    for (double logit : logits) {
      sum += Math.exp(logit - largest);
      expected += alpha / numClasses * (logit - largest);
    }
    for (int c = 0; c < numClasses; c++) {
      double target = alpha / numClasses + (c == label ? 1 - alpha : 0);
      logits[c] = Math.exp(logits[c] - largest) / sum - target;
    }
    return Math.log(sum) - expected;
  }

  private void addGradient(
      double[] weights, double[] feature, double[] byLogit, double[] gradient, int offset) {
    for (int c = 0; c < numClasses; c++) {
      double slope = byLogit[c] / numExamples;
      for (int j = 0; j < dimension; j++) {
        gradient[c * dimension + j] += slope * feature[j];
        gradient[offset + j] += featureScale * slope * weights[c * dimension + j];
      }
    }
    for (int j = 0; j < dimension; j++) {
      gradient[offset + j] += 2 * lambdaH / featureScale * feature[j];
    }
  }
}
