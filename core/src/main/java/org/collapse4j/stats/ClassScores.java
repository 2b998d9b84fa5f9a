package org.collapse4j.stats;

import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Scores of rows for K classes, each the sum of a product and of what a table in float64 has for
 * the class of the row. Only the best class of each row is wanted, and how sure it is.
 */
interface ClassScores extends AutoCloseable {
  /** Stands for a class where no score is finite, as those of a row that is not finite. */
  int NONE = -1;

  /**
   * The class with the largest score, the first of equal ones, or {@link #NONE}.
   *
   * @param products {@code [n, K]}, each row's elements next to each other; not modified
   * @param classes the class of each row; its first n elements are read
   * @param confidence n elements that are set to {@code 1 / sum_c exp(score_c - largest)}, the
   *     softmax of the largest score; null if it is not wanted
   */
  int[] best(INDArray products, int[] classes, double[] confidence);

  /**
   * What the table has at most for another class than that of the row, for each class; null where
   * the table is not at hand.
   */
  default double[] bestOfOthers() {
    return null;
  }

  /** The table, {@code K K} numbers, not to be modified; null where it is not at hand. */
  default double[] table() {
    return null;
  }

  /** Frees what it holds outside the Java heap. */
  @Override
  default void close() {}

  /**
   * The scores of rows near a row of their class: with its products with each vector in the table.
   *
   * @param base the row of each class, {@code [K, d]} in float64
   * @param vectors of each class, {@code [K, d]} in float64
   * @param offsets what is added for each class, K elements
   */
  static ClassScores of(INDArray base, INDArray vectors, double[] offsets) {
    // The transpose of a product in the order of columns is in that of rows.
    INDArray products = Matrices.product(vectors, base, false, true);
    ClassScores scores = inTable(products.transpose(), offsets);
    products.close();
    return scores;
  }

  /** The scores whose table is products, which are copied, and offsets. */
  private static ClassScores inTable(INDArray products, double[] offsets) {
    return HostMatrix.available()
        ? new HostScores(products, offsets)
        : new WholeArrayScores(products, offsets);
  }

  /**
   * The best classes of scores as they are.
   *
   * @param scores {@code [n, K]} in C order, in float32 or float64; not modified
   * @param confidence n elements that are set to the softmax of the best class
   * @return the index of the best class of each row
   */
  static int[] best(INDArray scores, double[] confidence) {
    int k = scores.columns();
    INDArray zeros = Nd4j.create(DataType.DOUBLE, 1, k);
    try (ClassScores asTheyAre = inTable(zeros, new double[k])) {
      return asTheyAre.best(scores, new int[scores.rows()], confidence);
    } finally {
      zeros.close();
    }
  }

  /** Operations on whole arrays: nothing leaves the device but a number a row. */
  final class WholeArrayScores implements ClassScores {
    private final INDArray table;

    WholeArrayScores(INDArray products, double[] offsets) {
      this.table = products.addRowVector(Nd4j.createFromArray(offsets));
    }

    @Override
    public void close() {
      table.close();
    }

    @Override
    public int[] best(INDArray products, int[] classes, double[] confidence) {
      int n = products.rows();
      INDArray scores = Nd4j.createUninitialized(DataType.DOUBLE, n, products.columns());
      Matrices.gather(scores, table, Arrays.copyOf(classes, n));
      scores.addi(Matrices.copy(DataType.DOUBLE, products));
      int[] best = ArrayMemory.current.integers(scores.argMax(1));
      double[] largest = ArrayMemory.current.numbers(scores.max(1));
      for (int i = 0; i < n; i++) {
        best[i] = Double.isFinite(largest[i]) ? best[i] : NONE;
      }
      if (confidence != null) {
        scores.subiColumnVector(scores.max(true, 1));
        double[] sums = ArrayMemory.current.numbers(Transforms.exp(scores, false).sum(1));
        for (int i = 0; i < n; i++) {
          confidence[i] = 1 / sums[i];
        }
      }
      return best;
    }
  }

  /** Loops over host memory, row by row. */
  final class HostScores implements ClassScores {
    private final double[] table;
    private final int numClasses;

    /** Made when it is first needed. */
    private ScoreBlocks parts;

    HostScores(INDArray products, double[] offsets) {
      this.numClasses = offsets.length;
      this.table = Matrices.elements(products);
      for (int i = 0; i < table.length; i += numClasses) {
        for (int c = 0; c < numClasses; c++) {
          table[i + c] += offsets[c];
        }
      }
    }

    @Override
    public double[] table() {
      return table;
    }

    @Override
    public double[] bestOfOthers() {
      double[] best = new double[table.length / numClasses];
      for (int y = 0; y < best.length; y++) {
        best[y] = Double.NEGATIVE_INFINITY;
        for (int c = 0; c < numClasses; c++) {
          best[y] = c == y ? best[y] : Math.max(best[y], table[y * numClasses + c]);
        }
      }
      return best;
    }

    @Override
    public int[] best(INDArray products, int[] classes, double[] confidence) {
      int[] best = new int[products.rows()];
      ScoreBlocks blocks = blocks(products.dataType(), confidence != null);
      try (HostMatrix scores = HostMatrix.of(products)) {
        for (int i = 0; i < best.length; i++) {
          int row = classes[i] * numClasses;
          int count = blocks.read(scores, i, row);
          int at = largest(scores, row, blocks, count);
          double largest = at == NONE ? Double.NaN : scores.value(at) + table[row + at];
          best[i] = Double.isFinite(largest) ? at : NONE;
          if (confidence != null) {
            confidence[i] = 1 / sumOfExponentials(scores, row, largest, blocks, count);
          }
        }
      }
      return best;
    }

    /** Parts are worth a table of their own where there are exponentials to spare. */
    private ScoreBlocks blocks(DataType type, boolean withExponentials) {
      boolean looks =
          withExponentials
              && type == DataType.FLOAT
              && numClasses >= ScoreBlocks.WORTH_LOOKING
              && numClasses <= ScoreBlocks.MOST_CLASSES;
      if (!looks) {
        return ScoreBlocks.whole(numClasses);
      }
      if (parts == null) {
        parts = ScoreBlocks.of(table, numClasses);
      }
      return parts;
    }

    private int largest(HostMatrix scores, int row, ScoreBlocks blocks, int count) {
      int best = NONE;
      double largest = Double.NEGATIVE_INFINITY;
      for (int i = 0; i < count; i++) {
        int at = scores.largestWith(table, row, blocks.firstOf(i), blocks.lastOf(i));
        if (at != NONE && scores.value(at) + table[row + at] > largest) {
          best = at;
          largest = scores.value(at) + table[row + at];
        }
      }
      return best;
    }

    private double sumOfExponentials(
        HostMatrix scores, int row, double largest, ScoreBlocks blocks, int count) {
      double sum = 0;
      for (int i = 0; i < count; i++) {
        sum += scores.sumOfExponentials(table, row, largest, blocks.firstOf(i), blocks.lastOf(i));
      }
      return sum;
    }
  }
}
