package org.collapse4j.stats;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import java.util.Arrays;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.ops.transforms.Transforms;

/**
 * Scores of rows for K classes, each the sum of a product and of what a table in float64 has for
 * the class of the row. Only the best class of each row is wanted, and how sure it is.
 */
interface ClassScores {
  /**
   * The class with the largest score, the first of equal ones.
   *
   * @param products {@code [n, K]} in C order, the first rows of their buffer; may be overwritten
   * @param classes the class of each row; its first n elements are read
   * @param confidence n elements that are set to {@code 1 / sum_c exp(score_c - largest)}, the
   *     softmax of the largest score; null if it is not wanted
   */
  int[] best(INDArray products, int[] classes, double[] confidence);

  /**
   * The way that suits the backend: where arrays live in host memory, one loop over them.
   *
   * @param table {@code [K, K]} in float64
   */
  static ClassScores forBackend(INDArray table) {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
        ? new HostScores(table)
        : new WholeArrayScores(table);
  }

  /** Operations on whole arrays: nothing leaves the device but a number a row. */
  final class WholeArrayScores implements ClassScores {
    private final INDArray table;

    WholeArrayScores(INDArray table) {
      this.table = table;
    }

    @Override
    public int[] best(INDArray products, int[] classes, double[] confidence) {
      int n = products.rows();
      INDArray scores = Nd4j.createUninitialized(DataType.DOUBLE, n, products.columns());
      INDArray rows = Nd4j.createFromArray(Arrays.copyOf(classes, n));
      ShiftedRows.gatherInto(scores, table, rows);
      scores.addi(ShiftedRows.as(DataType.DOUBLE, products));
      int[] best = scores.argMax(1).toIntVector();
      if (confidence != null) {
        scores.subiColumnVector(scores.max(true, 1));
        double[] sums = Transforms.exp(scores, false).sum(1).toDoubleVector();
        for (int i = 0; i < n; i++) {
          confidence[i] = 1 / sums[i];
        }
      }
      return best;
    }
  }

  /** One pass over host memory, a stretch of rows at a time so that it stays in the cache. */
  final class HostScores implements ClassScores {
    private static final int STRETCH_ELEMENTS = 1 << 14;

    /** What is less likely than the largest by this factor adds nothing to a sum from one on. */
    private static final double NEGLIGIBLE = Math.log(0x1p-54);

    private final double[] table;

    HostScores(INDArray table) {
      this.table = table.dup('c').data().asDouble();
    }

    @Override
    public int[] best(INDArray products, int[] classes, double[] confidence) {
      int n = products.rows();
      int k = products.columns();
      int[] best = new int[n];
      double[] scores = new double[k];
      Stretch stretch = Stretch.of(products, Math.max(1, STRETCH_ELEMENTS / k));
      for (int i = 0; i < n; i++) {
        stretch.row(i, scores);
        int at = addAndFindLargest(scores, classes[i] * k);
        best[i] = at;
        if (confidence != null) {
          confidence[i] = 1 / sumOfExponentials(scores, scores[at]);
        }
      }
      return best;
    }

    private int addAndFindLargest(double[] scores, int tableRow) {
      int at = 0;
      double largest = Double.NEGATIVE_INFINITY;
      for (int c = 0; c < scores.length; c++) {
        double score = scores[c] + table[tableRow + c];
        scores[c] = score;
        if (score > largest) {
          largest = score;
          at = c;
        }
      }
      return at;
    }

    private static double sumOfExponentials(double[] scores, double largest) {
      double sum = 0;
      for (double score : scores) {
        double below = score - largest;
        if (!(below < NEGLIGIBLE)) {
          sum += Math.exp(below);
        }
      }
      return sum;
    }

    /** Some rows at a time, copied out of the buffer of an array of either type. */
    private abstract static class Stretch {
      private final int rows;
      private final int height;
      private int first;
      private int last;

      Stretch(int rows, int height) {
        this.rows = rows;
        this.height = height;
      }

      static Stretch of(INDArray products, int height) {
        return products.dataType() == DataType.DOUBLE
            ? new Doubles(products, height)
            : new Floats(products, height);
      }

      void row(int i, double[] into) {
        if (i >= last) {
          first = i;
          last = Math.min(rows, i + height);
          read(first * into.length, (last - first) * into.length);
        }
        copy((i - first) * into.length, into);
      }

      abstract void read(int from, int length);

      abstract void copy(int from, double[] into);
    }

    private static final class Floats extends Stretch {
      private final FloatBuffer buffer;
      private final float[] values;

      Floats(INDArray products, int height) {
        super(products.rows(), height);
        this.buffer = products.data().asNioFloat();
        this.values = new float[height * products.columns()];
      }

      @Override
      void read(int from, int length) {
        buffer.get(from, values, 0, length);
      }

      @Override
      void copy(int from, double[] into) {
        for (int c = 0; c < into.length; c++) {
          into[c] = values[from + c];
        }
      }
    }

    private static final class Doubles extends Stretch {
      private final DoubleBuffer buffer;
      private final double[] values;

      Doubles(INDArray products, int height) {
        super(products.rows(), height);
        this.buffer = products.data().asNioDouble();
        this.values = new double[height * products.columns()];
      }

      @Override
      void read(int from, int length) {
        buffer.get(from, values, 0, length);
      }

      @Override
      void copy(int from, double[] into) {
        System.arraycopy(values, from, into, 0, into.length);
      }
    }
  }
}
