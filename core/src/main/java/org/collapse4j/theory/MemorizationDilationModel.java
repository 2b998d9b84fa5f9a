package org.collapse4j.theory;

import org.hipparchus.analysis.solvers.BracketingNthOrderBrentSolver;

/**
 * The memorization-dilation model of two classes: a network of limited expressivity that fits wrong
 * labels pays by spreading, dilating, the classes of clean examples.
 *
 * <p>Let {@code h_1 = s e_1}, {@code h_2 = s e_2}, {@code w_1 = c (e_1 - e_2) = -w_2} be the
 * collapsed minimiser without noise: (s, c) minimise {@code loss_alpha((c s, -c s), 1) + lambda s^2
 * + 2 lambda c^2}, with {@code loss_alpha} cross-entropy against {@code (1 - alpha) t + alpha/2};
 * and {@code D = ||h_1 - h_2||}. Clean examples of class n have features {@code h_n + v}, v an
 * isotropic Gaussian in two dimensions with {@code E||v||^2 = r^2}. Examples labelled 1 whose true
 * class is 2 have the feature {@code u_1}, and {@code u_2} is the reverse. The model minimises,
 * over {@code r >= 0, u_1 >= 0, u_2 >= 0},
 *
 * <pre>{@literal
 * sum_n E_v[ loss_alpha(W (h_n + v), n) + lambda ||h_n + v||^2 ]
 *     + eta sum_n [ loss_alpha(W u_n, n) + lambda ||u_n||^2 ]
 * subject to  eta ||u_1 - h_2|| <= C r / D  and  eta ||u_2 - h_1|| <= C r / D
 * }</pre>
 *
 * <p>The problem is strictly convex and the same with the classes exchanged, so the minimiser is
 * unique and symmetric. The constraint always binds for eta above 0: the free minimum of {@code
 * u_1} is {@code h_1}, which is out of reach as long as dilation costs anything. So {@code ||u_1 -
 * h_2||} alone is left to be found, as the root of the derivative, which rises with it. In that
 * derivative the expected loss stands as {@code 4 c^2 r E[loss'']} (Stein's lemma), a
 * one-dimensional integral of a positive function, so that small r lose no digits. Roots and
 * integrals are Hipparchus's.
 *
 * <p>With C of 1 and above, r/D falls as alpha grows to 0.4, for eta up to 0.45 and lambda from
 * 1e-5 to 0.05: near its optimum cross-entropy is so flat that dilation is almost free, smoothed
 * cross-entropy is not. It is no law of the model everywhere: for small C and large eta (C = 0.5,
 * eta = 0.5, lambda = 1e-3) smoothing dilates more, as u then stays so near its true class that
 * what is saved there counts for more.
 *
 * <p>The model has two classes here. For K classes u could be reduced in the same way, but the
 * expected log-sum-exp of K noisy logits is no one-dimensional integral any more, and the
 * constraint needs choices that the two-class statement does not make: how wrong labels spread over
 * the other classes, and whether the classes share one budget.
 *
 * <pre>{@code
 * MemorizationDilationSolution solution =
 *     MemorizationDilationModel.builder(0.1)
 *         .alpha(0.1)
 *         .lambda(1e-3)
 *         .expressivity(1)
 *         .build()
 *         .solve();
 * double relative = solution.relativeDilation();
 * }</pre>
 *
 * <p>Immutable, and safe to use by several threads. Source: Nguyen, Levie, Lienen, Hüllermeier,
 * Kutyniok, "Memorization-Dilation: Modeling Neural Collapse Under Label Noise", ICLR 2023.
 */
public final class MemorizationDilationModel {
  private static final double RELATIVE_ACCURACY = 1e-13;
  private static final int MAX_EVALUATIONS = 5_000;

  private final double noiseRate;
  private final double lambda;
  private final double expressivity;
  private final TwoClassLoss loss;
  private final CollapsedMinimiser collapsed;

  private MemorizationDilationModel(Builder options) {
    this.noiseRate = options.noiseRate;
    this.lambda = options.lambda;
    this.expressivity = options.expressivity;
    this.loss = new TwoClassLoss(options.alpha);
    this.collapsed = CollapsedMinimiser.of(options.alpha, options.lambda);
  }

  /**
   * Starts a model. Without further options: cross-entropy, lambda 1e-3, expressivity 1.
   *
   * @param noiseRate eta, the share of examples with a wrong label, from 0 to 1
   * @throws IllegalArgumentException if it is not
   */
  public static Builder builder(double noiseRate) {
    return new Builder(noiseRate);
  }

  /**
   * The minimiser. Without noise (eta = 0) r is 0, and the memorized feature, which then has no
   * weight, is the limit for small eta: fully memorized, {@code u_1 = h_1}.
   */
  public MemorizationDilationSolution solve() {
    if (noiseRate == 0) {
      return solution(0, collapsed.featureNorm(), 0, 0);
    }
    double share = memorizedShare();
    MemorizedFeature memorized = memorizedAt(share);
    return solution(
        dilationAt(share), memorized.alongGiven(), memorized.alongTrue(), memorized.value());
  }

  /** The minimiser's {@code ||u_1 - h_2|| / D}, above 0 and at most 1. */
  private double memorizedShare() {
    if (objectiveSlope(1) <= 0) {
      return 1;
    }
    return new BracketingNthOrderBrentSolver(
            RELATIVE_ACCURACY, Double.MIN_NORMAL, Double.MIN_NORMAL, 5)
        .solve(MAX_EVALUATIONS, this::objectiveSlope, 0, 1);
  }

  /** The derivative of half the objective by r, where the constraint binds. */
  private double objectiveSlope(double share) {
    double dilation = dilationAt(share);
    double scale = collapsed.marginSlope();
    double curvature = noise(dilation).expectedCurvature();
    return dilation * (scale * scale * curvature + 2 * lambda)
        + expressivity / collapsed.separation() * memorizedAt(share).slope();
  }

  private MemorizedFeature memorizedAt(double share) {
    return new MemorizedFeature(collapsed, loss, lambda, share * collapsed.separation());
  }

  /** The least dilation that lets u move by a share of D. */
  private double dilationAt(double share) {
    double separation = collapsed.separation();
    return noiseRate * share * separation * separation / expressivity;
  }

  /** The margin under noise: v moves it by {@code <w_1 - w_2, v>}, of deviation {@code 2 c r}. */
  private MarginNoise noise(double dilation) {
    return new MarginNoise(collapsed.margin(), collapsed.marginSlope() * dilation);
  }

  private MemorizationDilationSolution solution(
      double dilation, double alongGiven, double alongTrue, double memorizedValue) {
    double norm = collapsed.featureNorm();
    double clean =
        noise(dilation).expectedLoss(loss.alpha()) + lambda * (norm * norm + dilation * dilation);
    return new MemorizationDilationSolution(
        dilation,
        collapsed.separation(),
        norm,
        collapsed.classifierScale(),
        alongGiven,
        alongTrue,
        2 * (clean + noiseRate * memorizedValue));
  }

  /** The options of a {@link MemorizationDilationModel}. */
  public static final class Builder {
    private final double noiseRate;
    private double alpha;
    private double lambda = 1e-3;
    private double expressivity = 1;

    private Builder(double noiseRate) {
      this.noiseRate = Parameters.share("The noise rate eta", noiseRate);
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
     * The penalty lambda on squared features, in units of loss per squared feature; 1e-3 if not
     * set.
     *
     * @throws IllegalArgumentException unless positive and finite
     */
    public Builder lambda(double lambda) {
      this.lambda = Parameters.positive("lambda", lambda);
      return this;
    }

    /**
     * The expressivity C, in units of the features: how far wrongly labelled examples can be moved
     * for a given relative dilation; 1 if not set.
     *
     * @throws IllegalArgumentException unless positive and finite
     */
    public Builder expressivity(double expressivity) {
      this.expressivity = Parameters.positive("The expressivity C", expressivity);
      return this;
    }

    /**
     * The model.
     *
     * @throws IllegalArgumentException unless {@code alpha/2 + sqrt(2) lambda} is below 1/2; from
     *     there on the classes do not separate
     */
    public MemorizationDilationModel build() {
      return new MemorizationDilationModel(this);
    }
  }
}
