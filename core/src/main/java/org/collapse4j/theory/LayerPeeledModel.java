package org.collapse4j.theory;

import java.util.Random;
import java.util.stream.IntStream;
import org.collapse4j.stats.Classifier;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The layer-peeled model: what the last layer's features and classifier would be if the layers
 * below could put every example wherever they liked.
 *
 * <p>It minimises, over a classifier W ({@code [K, d]}, no bias) and one feature vector {@code h_i}
 * for each of {@code N = K n} examples,
 *
 * <pre>{@literal
 * mean_i loss_alpha(W h_i, y_i) + lambdaW ||W||_F^2 + lambdaH (sum_i ||h_i||^2) / N
 * }</pre>
 *
 * with {@code loss_alpha} cross-entropy against {@code (1 - alpha) t + alpha/K}, t the one-hot
 * label; alpha = 0 is plain cross-entropy. Features are either non-negative, as behind a rectifier,
 * or free. With d at least K and small lambdas the minimisers collapse: the features of a class
 * coincide; non-negative class means form an orthogonal frame, free ones a simplex equiangular
 * tight frame. With lambdas too large the minimiser is zero, and there is nothing to collapse.
 *
 * <p>The minimum is sought by Hipparchus's conjugate gradients (Polak-Ribière) from seeded random
 * starts, of which the lowest end counts. Non-negative features have minima that are local only,
 * such as one with all features of a class at zero: they are why there are several starts. Order
 * {@code N K d} for each evaluation of the objective.
 *
 * <pre>{@code
 * LayerPeeledModel model =
 *     LayerPeeledModel.builder(4, 8).alpha(0.1).lambdas(5e-4).nonNegative(true).seed(1).build();
 * LayerPeeledSolution solution = model.solve();
 * double variability = solution.measurements().value(Metric.NC1_PINV);
 * }</pre>
 *
 * <p>Immutable, and safe to use by several threads. Source: Nguyen, Levie, Lienen, Hüllermeier,
 * Kutyniok, ICLR 2023, the layer-peeled model with positive features; for free features Zhu et al.,
 * NeurIPS 2021.
 */
public final class LayerPeeledModel {
  private static final Logger log = LoggerFactory.getLogger(LayerPeeledModel.class);

  private final LayerPeeledObjective objective;
  private final int starts;
  private final int maxIterations;
  private final double gradientTolerance;
  private final long seed;

  private LayerPeeledModel(Builder options) {
    this.objective = new LayerPeeledObjective(options);
    this.starts = options.starts;
    this.maxIterations = options.maxIterations;
    this.gradientTolerance = options.gradientTolerance;
    this.seed = options.seed;
  }

  /**
   * Starts a model. Without further options: cross-entropy, both lambdas 5e-4, non-negative
   * features, 5 examples a class.
   *
   * @param numClasses K, at least 2
   * @param dimension the number of features d, at least 1
   * @throws IllegalArgumentException if either is below
   */
  public static Builder builder(int numClasses, int dimension) {
    return new Builder(numClasses, dimension);
  }

  /**
   * Seeks the minimum. The same model gives the same solution each time.
   *
   * @return the lowest point found, which says itself whether the search {@linkplain
   *     LayerPeeledSolution#converged() converged}; if it did not, that is logged as a warning too
   */
  public LayerPeeledSolution solve() {
    Random random = new Random(seed);
    LayerPeeledSearch best = null;
    for (int start = 0; start < starts; start++) {
      LayerPeeledSearch search =
          new LayerPeeledSearch(objective, random, maxIterations, gradientTolerance);
      search.run();
      if (best == null || search.value() < best.value()) {
        best = search;
      }
    }
    LayerPeeledSolution solution = toSolution(best);
    if (!solution.converged()) {
      log.warn("{}", solution);
    }
    return solution;
  }

  private LayerPeeledSolution toSolution(LayerPeeledSearch search) {
    int rows = objective.numExamples();
    double[] variables = search.variables();
    double[] weights = new double[objective.numWeights()];
    double[] features = new double[variables.length - weights.length];
    System.arraycopy(variables, 0, weights, 0, weights.length);
    for (int i = 0; i < features.length; i++) {
      features[i] = objective.feature(variables[weights.length + i]);
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      return new LayerPeeledSolution(
          matrix(features, rows),
          Nd4j.createFromArray(IntStream.range(0, rows).map(objective::label).toArray()),
          Classifier.of(matrix(weights, objective.numClasses()), null),
          search.value(),
          search.residual(),
          search.iterations(),
          search.residual() <= gradientTolerance);
    }
  }

  private static INDArray matrix(double[] elements, int rows) {
    return Nd4j.create(elements, new long[] {rows, elements.length / rows}, DataType.DOUBLE);
  }

  /** The options of a {@link LayerPeeledModel}. */
  public static final class Builder {
    final int numClasses;
    final int dimension;
    int examplesPerClass = 5;
    double alpha;
    double lambdaW = 5e-4;
    double lambdaH = 5e-4;
    boolean nonNegative = true;
    private int starts = 5;
    private int maxIterations = 20_000;
    private double gradientTolerance = 1e-6;
    private long seed;

    private Builder(int numClasses, int dimension) {
      this.numClasses = Parameters.atLeast("The number of classes", 2, numClasses);
      this.dimension = Parameters.atLeast("The number of features", 1, dimension);
    }

    /**
     * The examples of each class n; 5 if not set.
     *
     * @throws IllegalArgumentException if below 1
     */
    public Builder examplesPerClass(int examplesPerClass) {
      this.examplesPerClass =
          Parameters.atLeast("The number of examples per class", 1, examplesPerClass);
      return this;
    }

    /**
     * The loss's label smoothing alpha, a share of the label's probability mass; 0 if not set.
     *
     * @throws IllegalArgumentException unless at least 0 and below 1
     */
    public Builder alpha(double alpha) {
      this.alpha = Parameters.alpha(alpha);
      return this;
    }

    /**
     * Both penalties, {@link #lambdaW} and {@link #lambdaH}, at once.
     *
     * @throws IllegalArgumentException unless positive and finite
     */
    public Builder lambdas(double lambda) {
      return lambdaW(lambda).lambdaH(lambda);
    }

    /**
     * The penalty on the squared weights, in units of loss per squared weight; 5e-4 if not set.
     *
     * @throws IllegalArgumentException unless positive and finite
     */
    public Builder lambdaW(double lambdaW) {
      this.lambdaW = Parameters.positive("lambdaW", lambdaW);
      return this;
    }

    /**
     * The penalty on the mean squared length of the features, in units of loss per squared feature;
     * 5e-4 if not set.
     *
     * @throws IllegalArgumentException unless positive and finite
     */
    public Builder lambdaH(double lambdaH) {
      this.lambdaH = Parameters.positive("lambdaH", lambdaH);
      return this;
    }

    /** Whether features must not be negative (the default), as behind a rectifier, or are free. */
    public Builder nonNegative(boolean nonNegative) {
      this.nonNegative = nonNegative;
      return this;
    }

    /**
     * The number of random starts; 5 if not set.
     *
     * @throws IllegalArgumentException if below 1
     */
    public Builder starts(int starts) {
      this.starts = Parameters.atLeast("The number of starts", 1, starts);
      return this;
    }

    /**
     * How many iterations a start may take; 20,000 if not set.
     *
     * @throws IllegalArgumentException if below 1
     */
    public Builder maxIterations(int maxIterations) {
      this.maxIterations = Parameters.atLeast("The number of iterations", 1, maxIterations);
      return this;
    }

    /**
     * The {@linkplain LayerPeeledSolution#gradientNorm() gradient} up to which the search counts as
     * converged; 1e-6 if not set. The search itself goes on to a thousandth of it, or as far as
     * float64 carries: small lambdas leave the objective so flat that it takes that.
     *
     * @throws IllegalArgumentException unless positive and finite
     */
    public Builder gradientTolerance(double gradientTolerance) {
      this.gradientTolerance = Parameters.positive("The gradient tolerance", gradientTolerance);
      return this;
    }

    /** The seed of the random starts; 0 if not set. */
    public Builder seed(long seed) {
      this.seed = seed;
      return this;
    }

    /** The model. */
    public LayerPeeledModel build() {
      return new LayerPeeledModel(this);
    }
  }
}
