package org.collapse4j.stats;

import java.nio.DoubleBuffer;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The sum of the rows of each class, in float64. ND4J's own scatter and segment operations are no
 * choice: the first races with itself over equal indices, the second is forty times slower.
 */
interface ClassSums {
  /**
   * Sums rows by class.
   *
   * @param rows {@code [n, d]} in C order, in float32 or float64; not modified
   * @param classes the class of each row; its first n elements are read
   * @param numClasses K
   * @return {@code [K, d]} in float64
   */
  INDArray sum(INDArray rows, int[] classes, int numClasses);

  /** The way that suits the backend: where arrays live in host memory, a loop over them. */
  static ClassSums forBackend() {
    return Nd4j.getExecutioner().type() == OpExecutioner.ExecutionerType.NATIVE_CPU
        ? new HostClassSums()
        : new OneHotClassSums();
  }

  /** A product with the one-hot matrix of the labels: nothing leaves the device. */
  final class OneHotClassSums implements ClassSums {
    @Override
    public INDArray sum(INDArray rows, int[] classes, int numClasses) {
      int n = rows.rows();
      float[] oneHot = new float[n * numClasses];
      for (int i = 0; i < n; i++) {
        oneHot[i * numClasses + classes[i]] = 1f;
      }
      INDArray membership = Nd4j.createFromArray(oneHot).reshape(n, numClasses);
      INDArray asDouble = Nd4j.createUninitialized(DataType.DOUBLE, rows.shape());
      asDouble.assign(rows);
      return Nd4j.gemm(membership.castTo(DataType.DOUBLE), asDouble, true, false);
    }
  }

  /** One pass over host memory, a stretch of rows at a time so that it stays in the cache. */
  final class HostClassSums implements ClassSums {
    private static final int STRETCH_ELEMENTS = 1 << 14;

    @Override
    public INDArray sum(INDArray rows, int[] classes, int numClasses) {
      int n = rows.rows();
      int d = rows.columns();
      int stretch = Math.max(1, STRETCH_ELEMENTS / d);
      double[] sums = new double[numClasses * d];
      if (rows.dataType() == DataType.DOUBLE) {
        addDoubles(rows.data().asNioDouble(), new double[stretch * d], classes, n, d, sums);
      } else {
        addFloats(rows.data().asNioFloat(), new float[stretch * d], classes, n, d, sums);
      }
      return Nd4j.createFromArray(sums).reshape(numClasses, d);
    }

    private static void addFloats(
        FloatBuffer rows, float[] stretch, int[] classes, int n, int d, double[] sums) {
      int height = stretch.length / d;
      for (int first = 0; first < n; first += height) {
        int last = Math.min(n, first + height);
        rows.get(first * d, stretch, 0, (last - first) * d);
        for (int i = first; i < last; i++) {
          int from = (i - first) * d;
          int to = classes[i] * d;
          for (int j = 0; j < d; j++) {
            sums[to + j] += stretch[from + j];
          }
        }
      }
    }

    private static void addDoubles(
        DoubleBuffer rows, double[] stretch, int[] classes, int n, int d, double[] sums) {
      int height = stretch.length / d;
      for (int first = 0; first < n; first += height) {
        int last = Math.min(n, first + height);
        rows.get(first * d, stretch, 0, (last - first) * d);
        for (int i = first; i < last; i++) {
          int from = (i - first) * d;
          int to = classes[i] * d;
          for (int j = 0; j < d; j++) {
            sums[to + j] += stretch[from + j];
          }
        }
      }
    }
  }
}
