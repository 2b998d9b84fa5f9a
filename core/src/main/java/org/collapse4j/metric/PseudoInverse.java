package org.collapse4j.metric;

import java.util.Optional;
import org.collapse4j.stats.Matrices;
import org.nd4j.linalg.api.blas.BlasException;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** {@code tr(S_W pinv(S_B))}, without forming the pseudo-inverse. */
final class PseudoInverse {
  private static final double EPSILON = 0x1p-52;

  /** A matrix is regular if its trace times that of its inverse is below this. */
  private static final double REGULAR = 1e9;

  private PseudoInverse() {}

  /**
   * A trace, and the error that rounding has left in it.
   *
   * @param value {@code tr(S_W pinv(S_B))}
   * @param ofDiagonal the same of the diagonal of S_W alone. A rounding error of S_W that is a
   *     share e of {@code sqrt(S_ii S_jj)} in each element, and independent from element to
   *     element, is about e times this in the trace
   */
  record Trace(double value, double ofDiagonal) {
    private Trace times(double factor) {
      return new Trace(factor * value, factor * ofDiagonal);
    }
  }

  /**
   * The trace of the within-class covariance times the pseudo-inverse of {@code S_B = M^T M / K}.
   * Eigenvalues of S_B at or below {@code max(d, K) 2^-52} times the largest count as zero.
   *
   * @param within {@code [d, d]}, or in a basis of B rows that spans M, {@code [B, B]}
   * @param centred M, {@code [K, d]} or in that basis {@code [K, B]}, whose rows are linearly
   *     dependent
   * @param dimension d
   * @return at least 0; NaN if S_B is zero
   */
  static Trace trace(INDArray within, INDArray centred, int dimension) {
    double negligible = Math.max(centred.rows(), dimension) * EPSILON;
    return centred.rows() <= centred.columns()
        ? byClasses(within, centred, negligible)
        : byFeatures(within, centred, negligible);
  }

  /**
   * For d below K: the trace with the inverse of {@code M^T M}, and where there is none, with its
   * eigenvectors v and eigenvalues l, the sum of {@code v^T S_W v / l}; both times K.
   */
  private static Trace byFeatures(INDArray within, INDArray centred, double negligible) {
    int k = centred.rows();
    INDArray between = Matrices.product(centred, centred, true, false);
    Optional<Trace> regular = byInverse(within, between);
    if (regular.isPresent()) {
      between.close();
      return regular.get().times(k);
    }
    double[] values = eigen(between);
    return trace(within, between, values, 0, negligible).times(k);
  }

  /**
   * {@code tr(S_W A^-1)}: with the factor L of {@code A = L L^T} it is the trace of {@code L^-1 S_W
   * L^-T}. A tenth of the time of the eigenvectors.
   *
   * @return empty if A is singular, or so close to it that the inverse would lose digits
   */
  private static Optional<Trace> byInverse(INDArray within, INDArray a) {
    int d = a.rows();
    INDArray factor = a.dup('f');
    try {
      Nd4j.getBlasWrapper().lapack().potrf(factor, true);
    } catch (BlasException notPositive) {
      return Optional.empty();
    }
    double[] inverse = inverseOfTriangle(Matrices.elementsAndClose(factor), d);
    // The trace of the inverse is between the largest of its eigenvalues and d times that.
    if (!(sumOfProducts(inverse, inverse) * trace(Matrices.elements(a), d) < REGULAR)) {
      return Optional.empty();
    }
    INDArray rows = Nd4j.createFromArray(inverse).reshape(d, d);
    // The transpose of the product, whose order is that of columns, is in that of rows.
    double[] product = Matrices.elementsAndClose(Matrices.product(within, rows, true, true));
    rows.close();
    double ofDiagonal = sumOfWeightedSquares(diagonal(within), inverse);
    return Optional.of(new Trace(sumOfProducts(product, inverse), ofDiagonal));
  }

  /**
   * The inverse of a lower triangle, row by row from the first, since {@code X_i = (e_i - sum over
   * k below i of L_ik X_k) / L_ii}. ND4J's triangular_solve takes hundreds of times as long.
   *
   * @param triangle by columns
   * @return by rows
   */
  private static double[] inverseOfTriangle(double[] triangle, int d) {
    double[][] rows = new double[d][];
    double[] inverse = new double[d * d];
    for (int i = 0; i < d; i++) {
      double[] row = new double[i + 1];
      double diagonal = triangle[d * i + i];
      for (int k = 0; k < i; k++) {
        addMultiple(row, -triangle[d * k + i] / diagonal, rows[k]);
      }
      row[i] = 1 / diagonal;
      rows[i] = row;
      System.arraycopy(row, 0, inverse, d * i, i + 1);
    }
    return inverse;
  }

  private static void addMultiple(double[] row, double factor, double[] shorter) {
    for (int j = 0; j < shorter.length; j++) {
      row[j] += factor * shorter[j];
    }
  }

  private static double trace(double[] square, int d) {
    double trace = 0;
    for (int i = 0; i < d; i++) {
      trace += square[d * i + i];
    }
    return trace;
  }

  private static double sumOfProducts(double[] a, double[] b) {
    double even = 0;
    double odd = 0;
    for (int i = 0; i + 1 < a.length; i += 2) {
      even += a[i] * b[i];
      odd += a[i + 1] * b[i + 1];
    }
    int last = a.length - 1;
    return a.length % 2 == 0 ? even + odd : even + odd + a[last] * b[last];
  }

  /**
   * For K up to d: the eigenvalues l are those of {@code M M^T / K}, and with its eigenvectors a
   * the eigenvectors of S_B are {@code M^T a / sqrt(K l)}. One eigenvalue, the smallest, is zero
   * since the rows of M are dependent, whatever rounding makes of it.
   */
  private static Trace byClasses(INDArray within, INDArray centred, double negligible) {
    int k = centred.rows();
    INDArray vectors = Matrices.product(centred, centred, false, true).divi(k);
    double[] values = eigen(vectors);
    INDArray projected = Matrices.product(centred, vectors, true, false);
    double[] norms = new double[k];
    for (int j = 0; j < k; j++) {
      norms[j] = Math.sqrt(k * values[j]);
    }
    projected.diviRowVector(Nd4j.createFromArray(norms));
    return trace(within, projected, values, 1, negligible);
  }

  /**
   * The sum of {@code v^T S_W v / l} over the eigenvectors v from a first one on whose eigenvalue l
   * is above a share of the largest, which counts as zero.
   */
  private static Trace trace(
      INDArray within, INDArray vectors, double[] values, int first, double negligible) {
    double[] forms = quadraticForms(within, vectors);
    INDArray squares = vectors.mul(vectors);
    INDArray diagonal = Nd4j.createFromArray(diagonal(within)).reshape(1, vectors.rows());
    double[] ofDiagonal = Matrices.product(diagonal, squares, false, false).toDoubleVector();
    double sum = 0;
    double sumOfDiagonal = 0;
    boolean any = false;
    for (int j = first; j < values.length; j++) {
      if (values[j] > negligible * values[values.length - 1]) {
        sum += forms[j] / values[j];
        sumOfDiagonal += ofDiagonal[j] / values[j];
        any = true;
      }
    }
    return any ? new Trace(sum, sumOfDiagonal) : new Trace(Double.NaN, Double.NaN);
  }

  private static double[] diagonal(INDArray within) {
    int d = within.rows();
    double[] elements = Matrices.elements(within);
    double[] diagonal = new double[d];
    for (int i = 0; i < d; i++) {
      diagonal[i] = elements[d * i + i];
    }
    return diagonal;
  }

  /** The sum over a square matrix of each element's square times the weight of its column. */
  private static double sumOfWeightedSquares(double[] weights, double[] square) {
    int d = weights.length;
    double sum = 0;
    for (int i = 0; i < d; i++) {
      for (int j = 0; j < d; j++) {
        double element = square[d * i + j];
        sum += weights[j] * element * element;
      }
    }
    return sum;
  }

  /** Eigenvalues in ascending order; the symmetric matrix becomes its eigenvectors, by columns. */
  private static double[] eigen(INDArray symmetric) {
    INDArray values = Nd4j.create(DataType.DOUBLE, symmetric.rows());
    Nd4j.getBlasWrapper().lapack().syev('V', 'U', symmetric, values);
    return values.toDoubleVector();
  }

  /** {@code v^T A v} for each column v. */
  private static double[] quadraticForms(INDArray a, INDArray columns) {
    return Matrices.product(a, columns, false, false).muli(columns).sum(0).toDoubleVector();
  }
}
