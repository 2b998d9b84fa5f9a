package org.collapse4j.anymodel;

import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** The eigenvalues of a small symmetric matrix, the largest first, by Jacobi's rotations. */
final class SymmetricEigen {
  private static final int SWEEPS = 60;

  private final double[][] a;
  private final double[][] vectors;
  private final List<Integer> order;

  SymmetricEigen(double[][] matrix) {
    int d = matrix.length;
    a = new double[d][];
    vectors = new double[d][d];
    for (int i = 0; i < d; i++) {
      a[i] = matrix[i].clone();
      vectors[i][i] = 1;
    }
    for (int sweep = 0; sweep < SWEEPS && isCoupled(); sweep++) {
      for (int p = 0; p < d; p++) {
        for (int q = p + 1; q < d; q++) {
          rotate(p, q);
        }
      }
    }
    order =
        IntStream.range(0, d)
            .boxed()
            .sorted(Comparator.comparingDouble((Integer i) -> a[i][i]).reversed())
            .toList();
  }

  private boolean isCoupled() {
    for (int p = 0; p < a.length; p++) {
      for (int q = p + 1; q < a.length; q++) {
        if (a[p][q] != 0) {
          return true;
        }
      }
    }
    return false;
  }

  /** Makes the element at (p, q) zero. */
  private void rotate(int p, int q) {
    if (a[p][q] == 0) {
      return;
    }
    if (Math.abs(a[p][q]) < 1e-30 * (Math.abs(a[p][p]) + Math.abs(a[q][q]))) {
      a[p][q] = 0;
      a[q][p] = 0;
      return;
    }
    double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
    double t = Math.copySign(1, theta) / (Math.abs(theta) + Math.hypot(theta, 1));
    double c = 1 / Math.hypot(t, 1);
    double s = t * c;
    for (int i = 0; i < a.length; i++) {
      double ip = a[i][p];
      double iq = a[i][q];
      a[i][p] = c * ip - s * iq;
      a[i][q] = s * ip + c * iq;
      double vp = vectors[i][p];
      double vq = vectors[i][q];
      vectors[i][p] = c * vp - s * vq;
      vectors[i][q] = s * vp + c * vq;
    }
    for (int i = 0; i < a.length; i++) {
      double pi = a[p][i];
      double qi = a[q][i];
      a[p][i] = c * pi - s * qi;
      a[q][i] = s * pi + c * qi;
    }
    a[p][q] = 0;
    a[q][p] = 0;
  }

  /** The j-th largest eigenvalue. */
  double value(int j) {
    return a[order.get(j)][order.get(j)];
  }

  /** The unit eigenvector of the j-th largest eigenvalue. */
  double[] vector(int j) {
    int column = order.get(j);
    return IntStream.range(0, a.length).mapToDouble(i -> vectors[i][column]).toArray();
  }
}
