package org.collapse4j.stats;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Gathers {@link MemorizationStatistics} from batches of training features with their given and
 * their clean labels, against held-out class means. In float64; only corrupted examples cost more
 * than a look at their labels.
 *
 * <p>It holds a copy of the class means outside the Java heap. {@link #close} frees it; of an
 * accumulator that is merely forgotten the garbage collector does, sometime.
 *
 * <p>Not for use by several threads at once.
 */
public final class MemorizationAccumulator implements AutoCloseable {
  private final ClassStatistics heldOut;
  private final Classifier classifier;
  private final INDArray means;
  private final long[] corrupted;
  private final double[] distances;
  private final double[] fractions;
  private final long[] fitted;
  private final long[] recovered;
  private long examples;
  private long nonFinite;
  private boolean closed;

  private MemorizationAccumulator(ClassStatistics heldOut, Classifier classifier) {
    int k = heldOut.numClasses();
    this.heldOut = heldOut;
    this.classifier = classifier;
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      this.means = heldOut.classMeans();
    }
    this.corrupted = new long[k];
    this.distances = new double[k];
    this.fractions = new double[k];
    this.fitted = new long[k];
    this.recovered = new long[k];
  }

  /**
   * An accumulator that measures against held-out class means.
   *
   * @param heldOut statistics of held-out features with clean labels
   * @param classifier for {@code memorization.fitted} and {@code .recovered}, or null for none
   * @throws IllegalArgumentException if the classes or features of the two differ
   */
  public static MemorizationAccumulator of(ClassStatistics heldOut, Classifier classifier) {
    if (classifier != null) {
      DecisionAccumulator.requireSameShape(heldOut, classifier);
    }
    return new MemorizationAccumulator(heldOut, classifier);
  }

  /**
   * Adds a batch.
   *
   * @param features {@code [N, d]}; rows with a NaN or infinite element are left out; not modified
   * @param given the labels the network is trained on, as for {@link
   *     ClassStatisticsAccumulator#observe}; not modified
   * @param clean the true labels of the same examples, likewise; not modified
   * @throws IllegalArgumentException if a shape does not fit or a class index is not from 0 to K-1
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, INDArray given, INDArray clean) {
    requireFeatures(features);
    int k = heldOut.numClasses();
    int[] y = ClassLabels.indices(given, features.size(0), k);
    if (y.length > 0) {
      add(features, y, ClassLabels.indices(clean, features.size(0), k));
    }
  }

  /**
   * Adds a batch.
   *
   * @param features {@code [N, d]}; rows with a NaN or infinite element are left out; not modified
   * @param given the class index of the label that the network is trained on, of each row; not
   *     modified
   * @param clean the class index of the true label of each row; not modified
   * @throws IllegalArgumentException if a shape does not fit or a class index is not from 0 to K-1
   * @throws IllegalStateException if the accumulator has been closed
   */
  public void observe(INDArray features, int[] given, int[] clean) {
    requireFeatures(features);
    ClassLabels.require(given, features.size(0), heldOut.numClasses());
    ClassLabels.require(clean, features.size(0), heldOut.numClasses());
    if (given.length > 0) {
      add(features, given, clean);
    }
  }

  private void requireFeatures(INDArray features) {
    if (closed) {
      throw new IllegalStateException("The accumulator has been closed");
    }
    Shapes.requireFeatures(features, heldOut.dimension());
  }

  private void add(INDArray features, int[] given, int[] clean) {
    try (MemoryWorkspace ignored = Nd4j.getMemoryManager().scopeOutOfWorkspaces()) {
      int[] rows = finite(features, differing(given, clean), given.length);
      if (rows.length > 0) {
        measure(wide(features, rows), pick(given, rows), pick(clean, rows));
      }
    }
  }

  private static int[] differing(int[] given, int[] clean) {
    return IntStream.range(0, given.length).filter(i -> given[i] != clean[i]).toArray();
  }

  /** Counts the batch's examples and keeps those of the rows whose features are finite. */
  private int[] finite(INDArray features, int[] rows, int batch) {
    examples += batch;
    boolean[] finite = FeatureBlock.finite(features);
    for (boolean kept : finite) {
      if (!kept) {
        nonFinite++;
        examples--;
      }
    }
    return Arrays.stream(rows).filter(i -> finite[i]).toArray();
  }

  private static INDArray wide(INDArray features, int[] rows) {
    return Matrices.copy(DataType.DOUBLE, Matrices.rows(features, rows));
  }

  private static int[] pick(int[] values, int[] rows) {
    return Arrays.stream(rows).map(i -> values[i]).toArray();
  }

  private void measure(INDArray h, int[] y, int[] z) {
    INDArray clean = Matrices.rows(means, z);
    INDArray towards = Matrices.rows(means, y).subi(clean);
    INDArray moved = h.sub(clean);
    double[] distance = moved.norm2(1).toDoubleVector();
    double[] along = moved.muli(towards).sum(1).toDoubleVector();
    double[] whole = Matrices.squaredNorms(towards);
    int[] predicted = classifier == null ? null : predict(h);
    for (int i = 0; i < y.length; i++) {
      int c = z[i];
      corrupted[c]++;
      distances[c] += distance[i];
      fractions[c] += whole[i] == 0 ? Double.NaN : along[i] / whole[i];
      if (predicted != null && predicted[i] == y[i]) {
        fitted[c]++;
      } else if (predicted != null && predicted[i] == c) {
        recovered[c]++;
      }
    }
  }

  private int[] predict(INDArray h) {
    return classifier.logits(h).argMax(1).toIntVector();
  }

  /** The statistics of everything added so far, also once closed. Changes nothing. */
  public MemorizationStatistics snapshot() {
    return new MemorizationStatistics(
        heldOut, classifier != null, examples, corrupted, distances, fractions, fitted, recovered);
  }

  /** The number of examples that were left out because a feature was NaN or infinite. */
  public long nonFiniteCount() {
    return nonFinite;
  }

  /** Frees the copy of the class means; no batch can be added afterwards. Closing twice is fine. */
  @Override
  public void close() {
    if (!closed) {
      means.close();
    }
    closed = true;
  }
}
