package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * What given logits decide. They are collected in a block that caches hold, and decided when it is
 * full: of many classes they would take as much memory as the features, and as long to go through.
 */
final class GivenDecisions implements AutoCloseable {
  private final int height;
  private final FeatureBlock logits;
  private int[] classes = new int[0];
  private int[] predicted = new int[0];
  private double[] confidence = new double[0];
  private boolean[] finite = new boolean[0];

  /** How many rows have been decided; those of the block have not. */
  private int decided;

  private GivenDecisions(FeatureBlock logits, int height) {
    this.logits = logits;
    this.height = height;
  }

  /**
   * For logits of rows.
   *
   * @param type of the logits, float32 or float64
   * @param features of the same rows, of which there are as many at a time; null if there are none
   */
  static GivenDecisions of(DataType type, int numClasses, FeatureBlock features) {
    FeatureBlock logits = FeatureBlock.forGiven(type, numClasses);
    return new GivenDecisions(logits, features == null ? logits.height() : features.height());
  }

  DataType type() {
    return logits.type();
  }

  boolean isEmpty() {
    return size() == 0;
  }

  boolean isFull() {
    return size() == height;
  }

  private int size() {
    return decided + logits.size();
  }

  /**
   * Adds the logits of as many rows as fit.
   *
   * @return the number of rows
   */
  int add(INDArray rows, int[] labels, int from) {
    int to = Math.min(labels.length, from + height - size());
    for (int next = from; next < to; ) {
      next += logits.fill(rows, labels, next, to);
      if (logits.isFull()) {
        decide();
      }
    }
    return to - from;
  }

  private void decide() {
    if (logits.isEmpty()) {
      return;
    }
    int from = decided;
    int count = logits.size();
    decided += count;
    makeRoomFor(decided);
    double[] sure = new double[count];
    int[] best = ClassScores.best(logits.rows(), sure);
    System.arraycopy(logits.classes(), 0, classes, from, count);
    System.arraycopy(best, 0, predicted, from, count);
    System.arraycopy(sure, 0, confidence, from, count);
    System.arraycopy(logits.finite(), 0, finite, from, count);
    logits.clear();
  }

  private void makeRoomFor(int count) {
    if (count > classes.length) {
      int room = Math.max(count, Math.min(height, 2 * classes.length));
      classes = Arrays.copyOf(classes, room);
      predicted = Arrays.copyOf(predicted, room);
      confidence = Arrays.copyOf(confidence, room);
      finite = Arrays.copyOf(finite, room);
    }
  }

  /** Which rows have only numbers, neither NaN nor infinite. */
  boolean[] finite() {
    decide();
    return Arrays.copyOf(finite, decided);
  }

  /**
   * The decisions on all rows.
   *
   * @param nearest the nearest centre of each, or null
   */
  Decisions with(int[] nearest) {
    decide();
    return new Decisions(
        Arrays.copyOf(classes, decided),
        Arrays.copyOf(predicted, decided),
        Arrays.copyOf(confidence, decided),
        nearest);
  }

  void clear() {
    logits.clear();
    decided = 0;
  }

  @Override
  public void close() {
    logits.close();
  }
}
