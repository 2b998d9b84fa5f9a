package org.collapse4j.metric;

import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code tr(S_W pinv(S_B))}, without forming the pseudo-inverse. */
final class PseudoInverse {
  private static final double EPSILON = 0x1p-52;

  private PseudoInverse() {}

  /**
   * The trace of the within-class covariance times the pseudo-inverse of {@code S_B = M^T M / K}.
   * Eigenvalues of S_B at or below {@code max(d, K) 2^-52} times the largest count as zero.
   *
   * @param within {@code [d, d]}
   * @param centred M, {@code [K, d]}, whose rows are linearly dependent
   * @return at least 0; NaN if S_B is zero
   */
  static double trace(INDArray within, INDArray centred) {
    int k = centred.rows();
    return k <= centred.columns() ? byClasses(within, centred) : byFeatures(within, centred);
  }

  /**
   * For d below K: with the eigenvectors v and eigenvalues l of S_B, the sum of {@code v^T S_W v /
   * l}.
   */
  private static double byFeatures(INDArray within, INDArray centred) {
    INDArray vectors = Nd4j.gemm(centred, centred, true, false).divi(centred.rows());
    double[] values = eigen(vectors);
    return sum(values, 0, quadraticForms(within, vectors), cutoff(values, centred));
  }

  /**
   * For K up to d: the eigenvalues l are those of {@code M M^T / K}, and with its eigenvectors a
   * the eigenvectors of S_B are {@code M^T a / sqrt(K l)}. One eigenvalue, the smallest, is zero
   * since the rows of M are dependent, whatever rounding makes of it.
   */
  private static double byClasses(INDArray within, INDArray centred) {
    int k = centred.rows();
    INDArray vectors = Nd4j.gemm(centred, centred, false, true).divi(k);
    double[] values = eigen(vectors);
    INDArray projected = Nd4j.gemm(centred, vectors, true, false);
    double[] forms = quadraticForms(within, projected);
    for (int j = 0; j < k; j++) {
      forms[j] /= k * values[j];
    }
    return sum(values, 1, forms, cutoff(values, centred));
  }

  private static double cutoff(double[] ascending, INDArray centred) {
    double largest = ascending[ascending.length - 1];
    return Math.max(centred.rows(), centred.columns()) * EPSILON * largest;
  }

  private static double sum(double[] values, int first, double[] forms, double cutoff) {
    double sum = 0;
    boolean any = false;
    for (int j = first; j < values.length; j++) {
      if (values[j] > cutoff) {
        sum += forms[j] / values[j];
        any = true;
      }
    }
    return any ? sum : Double.NaN;
  }

  /** Eigenvalues in ascending order; the symmetric matrix becomes its eigenvectors, by columns. */
  private static double[] eigen(INDArray symmetric) {
    INDArray values = Nd4j.create(DataType.DOUBLE, symmetric.rows());
    Nd4j.getBlasWrapper().lapack().syev('V', 'U', symmetric, values);
    return values.toDoubleVector();
  }

  /** {@code v^T A v} for each column v. */
  private static double[] quadraticForms(INDArray a, INDArray columns) {
    return Nd4j.gemm(a, columns, false, false).muli(columns).sum(0).toDoubleVector();
  }
}
