package org.collapse4j.stats;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers {@link DecisionStatistics}: what a classifier predicts and which class centre is nearest,
 * for batches of features. It needs the centres beforehand, so for exact values it runs over the
 * data a second time, after the {@link ClassStatisticsAccumulator}. Order {@code N K d}.
 *
 * <p>It holds memory outside the Java heap from the first batch on: a block of up to 64 MB that
 * batches are collected in, and as much again for their products with the centres. {@link #close}
 * frees it; of an accumulator that is merely forgotten the garbage collector does, sometime.
 *
 * <p>Not for use by several threads at once.
 */
public final class DecisionAccumulator implements AutoCloseable {
  private final ClassStatistics centres;
  private final Classifier classifier;
  private final int numClasses;
  private final DecisionCounts counts;
  private final boolean centresInFloatRange;

  private FeatureBlock block;

  /** What logits decide on the rows of the block, or on rows without features; null without any. */
  private GivenDecisions given;

  private Decider decider;

  /** As {@link DecisionCounts#span}; null if it is not gathered. */
  private INDArray span;

  private long nonFinite;
  private boolean closed;

  private DecisionAccumulator(
      int numClasses, ClassStatistics centres, Classifier classifier, boolean hasClassifier) {
    this.numClasses = numClasses;
    this.centres = centres;
    this.classifier = classifier;
    this.counts = new DecisionCounts(numClasses, hasClassifier, centres != null);
    this.centresInFloatRange = centres == null || inFloatRange(centres);
  }

  /** Whether products of features and centres stay in the range of float32. */
  private static boolean inFloatRange(ClassStatistics centres) {
    double largest = 0;
    int[] present = centres.presentClasses();
    if (present.length == 0) {
      return true;
    }
    double[] squares = Matrices.squaredNorms(centres.centredClassMeans(GlobalMean.CLASS));
    for (int i = 0; i < present.length; i++) {
      largest = Math.max(largest, Math.max(squares[i], centres.classVariance(present[i])));
    }
    return Moments.isInFloatRange(Math.sqrt(largest));
  }

  /**
   * An accumulator of the decisions of class centres, of a classifier, or of both.
   *
   * @param centres whose class means are the centres, or null for none; a class without examples is
   *     nobody's nearest
   * @param classifier or null for none
   * @throws IllegalArgumentException if both are null, or their classes or features differ
   */
  public static DecisionAccumulator of(ClassStatistics centres, Classifier classifier) {
    if (centres == null && classifier == null) {
      throw new IllegalArgumentException("Decisions need class centres, a classifier, or both");
    }
    if (centres != null && classifier != null) {
      requireSameShape(centres, classifier);
    }
    int numClasses = centres == null ? classifier.numClasses() : centres.numClasses();
    return new DecisionAccumulator(numClasses, centres, classifier, classifier != null);
  }

  /**
   * An accumulator that is handed logits, for a classifier that changes from batch to batch.
   *
   * @param numClasses K
   * @param centres as in {@link #of}, or null for none
   */
  public static DecisionAccumulator ofLogits(int numClasses, ClassStatistics centres) {
    return new DecisionAccumulator(numClasses, centres, null, true);
  }

  /**
   * Gathers the {@linkplain DecisionStatistics#spanScatter spread in the span of the class means}
   * of what is added from now on, in float64, which takes {@code N K (d + K)} operations more. Not
   * of more than 4096 classes, which would take too much memory, nor of fewer than two with
   * examples, which span nothing.
   *
   * @return this accumulator, which must have centres
   */
  public DecisionAccumulator gatherSpan() {
    if (centres == null) {
      throw new IllegalArgumentException(
          "The span is that of class means, of which there are none");
    }
    int present = centres.presentClasses().length;
    if (span == null && numClasses <= Decider.MOST_TABLED && present > 1) {
      try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
        flush();
        int size = Math.min(present, centres.dimension());
        span = Nd4j.create(DataType.DOUBLE, new long[] {size, size}, 'f');
      }
    }
    return this;
  }

  static void requireSameShape(ClassStatistics centres, Classifier classifier) {
    if (classifier.numClasses() != centres.numClasses()
        || classifier.dimension() != centres.dimension()) {
      throw new IllegalArgumentException(
          String.format(
              "Classifier weights must have shape [%s, %s] to go with the features, not [%s, %s]",
              centres.numClasses(),
              centres.dimension(),
              classifier.numClasses(),
              classifier.dimension()));
    }
  }

  /**
   * Adds a batch.
   *
   * @param features {@code [N, d]}; rows with a NaN or infinite element are left out; not modified
   * @param labels as for {@link ClassStatisticsAccumulator#observe(INDArray, INDArray)}; not
   *     modified
   * @throws IllegalArgumentException if a shape does not fit or a class index is not from 0 to K-1
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, INDArray labels) {
    requireFeatures(features);
    add(features, ClassLabels.indices(labels, features.size(0), numClasses));
  }

  /**
   * Adds a batch.
   *
   * @param features {@code [N, d]}; rows with a NaN or infinite element are left out; not modified
   * @param classes the class index of each row, N of them; not modified, and not kept
   * @throws IllegalArgumentException if a shape does not fit or a class index is not from 0 to K-1
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, int[] classes) {
    requireFeatures(features);
    ClassLabels.require(classes, features.size(0), numClasses);
    add(features, classes);
  }

  private void requireFeatures(INDArray features) {
    requireOpen();
    Shapes.requireFeatures(features, dimension());
  }

  private void add(INDArray features, int[] classes) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      prepare(features.dataType(), features.columns());
      for (int from = 0; from < classes.length; ) {
        from += block.fill(features, classes, from);
        if (block.isFull()) {
          flush();
        }
      }
    }
  }

  /**
   * Adds a batch with its own logits, to an accumulator {@linkplain #ofLogits made for them}.
   *
   * @param features {@code [N, d]}, used if there are centres, or null if there are none; rows with
   *     a NaN or infinite element are left out; not modified
   * @param logits {@code [N, K]} of any floating type; rows with a NaN or infinite element are left
   *     out; not modified
   * @param labels as for {@link ClassStatisticsAccumulator#observe(INDArray, INDArray)}; not
   *     modified
   * @throws IllegalArgumentException if a shape does not fit or a class index is not from 0 to K-1
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, INDArray logits, INDArray labels) {
    requireLogits(features, logits);
    add(features, logits, ClassLabels.indices(labels, logits.size(0), numClasses));
  }

  /**
   * Adds a batch with its own logits, to an accumulator {@linkplain #ofLogits made for them}.
   *
   * @param features {@code [N, d]}, used if there are centres, or null if there are none; rows with
   *     a NaN or infinite element are left out; not modified
   * @param logits {@code [N, K]} of any floating type; rows with a NaN or infinite element are left
   *     out; not modified
   * @param classes the class index of each row, N of them; not modified, and not kept
   * @throws IllegalArgumentException if a shape does not fit or a class index is not from 0 to K-1
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, INDArray logits, int[] classes) {
    requireLogits(features, logits);
    ClassLabels.require(classes, logits.size(0), numClasses);
    add(features, logits, classes);
  }

  private void requireLogits(INDArray features, INDArray logits) {
    requireOpen();
    if (logits.rank() != 2 || logits.size(1) != numClasses) {
      throw new IllegalArgumentException(
          "Logits must have shape [examples, %s], not %s"
              .formatted(numClasses, Shapes.describe(logits.shape())));
    }
    if (features == null && centres == null) {
      return;
    }
    if (features == null) {
      throw new IllegalArgumentException("Where there are class centres, features must be given");
    }
    Shapes.requireFeatures(features, dimension());
    if (features.size(0) != logits.size(0)) {
      throw new IllegalArgumentException(
          "Features must have a row for each of the %s rows of logits, not shape %s"
              .formatted(logits.size(0), Shapes.describe(features.shape())));
    }
  }

  private void add(INDArray features, INDArray logits, int[] classes) {
    if (classes.length == 0) {
      return;
    }
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      prepare(features, logits);
      for (int from = 0; from < classes.length; ) {
        if (centres != null) {
          block.fill(features, classes, from);
        }
        from += given.add(logits, classes, from);
        if (given.isFull()) {
          flush();
        }
      }
    }
  }

  private void prepare(INDArray features, INDArray logits) {
    DataType type = logits.dataType() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    if (given != null && given.type() != type) {
      flush();
      freeGiven();
    }
    if (centres != null) {
      prepare(features.dataType(), features.columns());
    }
    if (given == null) {
      given = GivenDecisions.of(type, numClasses, block);
    }
  }

  /**
   * The statistics of everything added so far. Changes nothing: another snapshot is equal, and what
   * is added later counts as if there had been none.
   *
   * @throws IllegalStateException if the accumulator has been closed
   */
  public DecisionStatistics snapshot() {
    requireOpen();
    DecisionCounts sums = counts.copy();
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces();
        FeatureBlock rows = isEmpty(block) ? null : block.copy()) {
      INDArray spanNow = span == null ? null : span.dup('f');
      if (!hasNoLogits()) {
        decideByGiven(rows, sums, spanNow);
      } else if (rows != null) {
        decide(rows, sums, spanNow);
      }
      sums.span = span == null ? null : Matrices.elementsAndClose(spanNow);
    }
    return new DecisionStatistics(sums);
  }

  /** The number of examples that were left out because a feature was NaN or infinite. */
  public long nonFiniteCount() {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      boolean[] finite = hasNoLogits() ? new boolean[0] : given.finite();
      boolean[] finiteFeatures = isEmpty(block) ? finite : block.finite();
      long count = nonFinite;
      for (int i = 0; i < finiteFeatures.length; i++) {
        boolean isFinite = finiteFeatures[i] && (finite.length == 0 || finite[i]);
        count += isFinite ? 0 : 1;
      }
      return count;
    }
  }

  private static boolean isEmpty(FeatureBlock rows) {
    return rows == null || rows.isEmpty();
  }

  private boolean hasNoLogits() {
    return given == null || given.isEmpty();
  }

  /**
   * Frees all memory; nothing can be added or asked for afterwards but the {@link #nonFiniteCount}.
   * Closing twice does nothing.
   */
  @Override
  public void close() {
    nonFinite = nonFiniteCount();
    freeBlock();
    freeGiven();
    if (span != null) {
      span.close();
      span = null;
    }
    if (decider != null) {
      decider.close();
      decider = null;
    }
    closed = true;
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("The accumulator has been closed");
    }
  }

  private long dimension() {
    if (centres != null) {
      return centres.dimension();
    }
    return classifier == null ? -1 : classifier.dimension();
  }

  private void prepare(DataType features, int dimension) {
    // Where class means hardly differ in some direction, float32 would lose what is there.
    boolean inFloat = centresInFloatRange && numClasses <= Decider.MOST_TABLED && span == null;
    DataType type = inFloat ? FeatureBlock.workingType(features, dimension) : DataType.DOUBLE;
    if (block == null || block.type() != type) {
      flush();
      freeBlock();
      block = FeatureBlock.forScores(type, dimension, numClasses);
    }
    if (decider == null || decider.type() != type) {
      if (decider != null) {
        decider.close();
      }
      decider = new Decider(type, centres, classifier);
    }
  }

  private void freeBlock() {
    if (block != null) {
      block.close();
      block = null;
    }
  }

  private void freeGiven() {
    if (given != null) {
      given.close();
      given = null;
    }
  }

  private void flush() {
    if (!hasNoLogits()) {
      nonFinite += decideByGiven(block, counts, span);
      given.clear();
    } else if (!isEmpty(block)) {
      nonFinite += decide(block, counts, span);
    }
    if (block != null) {
      block.clear();
    }
  }

  /**
   * Counts the decisions of given logits on the rows of a block, which are overwritten.
   *
   * @param rows null if there are no centres
   * @return how many rows were left out because an element or a logit is not finite
   */
  private int decideByGiven(FeatureBlock rows, DecisionCounts sums, INDArray spanSum) {
    boolean[] finite = given.finite();
    int[] nearest = null;
    if (rows != null) {
      decider.shift(rows);
      nearest = decider.decide(rows, spanSum).nearest;
      for (int i = 0; i < finite.length; i++) {
        finite[i] &= nearest[i] != ClassScores.NONE;
      }
    }
    Decisions decisions = given.with(nearest).only(finite);
    sums.add(decisions);
    return finite.length - decisions.labels.length;
  }

  /**
   * Counts the decisions on the rows of a block, which are overwritten.
   *
   * @return how many rows were left out because an element is not finite
   */
  private int decide(FeatureBlock rows, DecisionCounts sums, INDArray spanSum) {
    decider.shift(rows);
    Decisions decisions = decider.decide(rows, spanSum);
    if (decisions.areFinite()) {
      sums.add(decisions);
      return 0;
    }
    int leftOut = rows.dropNonFinite();
    if (!rows.isEmpty()) {
      sums.add(decider.decide(rows, null));
    }
    return leftOut;
  }
}
