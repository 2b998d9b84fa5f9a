package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Finds the predicted class and the nearest class centre of rows of features.
 *
 * <p>A row h of class y is taken as {@code r_y + s}, r the class mean rounded to the type of the
 * rows. Then the logits are {@code (W r_y + b) + W s}, and the nearest centre is the one with the
 * largest {@code s . mu_c - ||r_y - mu_c||^2 / 2}: what is large is in a K x K table in float64,
 * and only products with the deviation s are rounded.
 */
final class Decider {
  private static final double NEVER = -1e30;

  private final DataType type;
  private final INDArray reference;
  private final ShiftedRows shiftedRows = new ShiftedRows();

  private final INDArray weights;
  private final INDArray logitTable;
  private final INDArray centres;
  private final INDArray centreTable;

  private INDArray products;
  private INDArray scores;
  private INDArray gathered;

  /**
   * Prepares for one set of centres and one classifier.
   *
   * @param type of the rows
   * @param statistics whose class means are the centres, or null
   * @param classifier or null
   */
  Decider(DataType type, ClassStatistics statistics, Classifier classifier) {
    this.type = type;
    if (statistics == null) {
      int d = classifier.dimension();
      this.reference = Nd4j.create(type, classifier.numClasses(), d);
      this.centres = null;
      this.centreTable = null;
    } else {
      INDArray means = statistics.moments().means;
      this.reference = ShiftedRows.as(type, means);
      INDArray origin = statistics.globalMean(GlobalMean.CLASS);
      this.centres = ShiftedRows.as(type, means.subRowVector(origin));
      this.centreTable =
          centreTable(
              exact(reference).subiRowVector(origin), means.subRowVector(origin), statistics);
    }
    this.weights = classifier == null ? null : ShiftedRows.as(type, classifier.weights());
    this.logitTable = classifier == null ? null : logitTable(classifier);
  }

  private static INDArray exact(INDArray array) {
    return ShiftedRows.as(DataType.DOUBLE, array);
  }

  private INDArray logitTable(Classifier classifier) {
    INDArray table = Nd4j.gemm(exact(reference), classifier.weights(), false, true).dup('c');
    return table.addiRowVector(classifier.bias());
  }

  private static INDArray centreTable(INDArray from, INDArray to, ClassStatistics statistics) {
    INDArray table = Nd4j.gemm(from, to, false, true).dup('c');
    double[] halfNorms = Moments.squaredNorms(to);
    for (int c = 0; c < halfNorms.length; c++) {
      halfNorms[c] = statistics.count(c) == 0 ? -NEVER : halfNorms[c] / 2;
    }
    return table.subiRowVector(Nd4j.createFromArray(halfNorms));
  }

  /**
   * Decides on the rows of a block.
   *
   * @param block its rows are shifted in place
   */
  Decisions decide(RowBlock block) {
    shiftedRows.shift(block, reference);
    int n = block.size();
    int[] labels = Arrays.copyOf(block.classes(), n);
    INDArray classes = block.classArray();
    int[] nearest = null;
    if (centres != null) {
      nearest = score(block.rows(), centres, centreTable, classes).argMax(1).toIntVector();
    }
    if (weights == null) {
      return new Decisions(labels, null, null, nearest);
    }
    return ofLogits(labels, score(block.rows(), weights, logitTable, classes), nearest);
  }

  /** The decisions of given logits, which are overwritten. */
  static Decisions ofLogits(int[] labels, INDArray logits, int[] nearest) {
    int[] predicted = logits.argMax(1).toIntVector();
    logits.subiColumnVector(logits.max(true, 1));
    double[] sums = Transforms.exp(logits, false).sum(1).toDoubleVector();
    for (int i = 0; i < sums.length; i++) {
      sums[i] = 1 / sums[i];
    }
    return new Decisions(labels, predicted, sums, nearest);
  }

  /** Row i: the table's row of its class plus its products with the vectors; {@code [n, K]}. */
  private INDArray score(INDArray rows, INDArray vectors, INDArray table, INDArray classes) {
    int n = rows.rows();
    if (scores == null || scores.rows() < n) {
      products = Nd4j.createUninitialized(type, n, vectors.rows());
      scores = Nd4j.createUninitialized(DataType.DOUBLE, n, vectors.rows());
      gathered = Nd4j.createUninitialized(DataType.DOUBLE, n, vectors.rows());
    }
    INDArray product = Nd4j.gemm(rows, vectors, first(products, n), false, true, 1, 0);
    INDArray perRow = first(gathered, n);
    ShiftedRows.gatherInto(perRow, table, classes);
    return first(scores, n).assign(product).addi(perRow);
  }

  private static INDArray first(INDArray buffer, int n) {
    return buffer.rows() == n
        ? buffer
        : buffer.get(NDArrayIndex.interval(0, n), NDArrayIndex.all());
  }
}
