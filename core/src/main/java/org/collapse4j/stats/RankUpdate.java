package org.collapse4j.stats;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * The upper triangle of X^T X or X X^T, which BLAS's operation {@code syrk} gives for little more
 * than half of a product's work. ND4J has it, but passes a wrong inner size in the only method that
 * is public; so the one behind it is called, and where there is none, a product taken.
 */
final class RankUpdate {
  private static final Optional<Method> SINGLE = find("ssyrk");
  private static final Optional<Method> DOUBLE = find("dsyrk");

  /** Of smaller matrices a whole product takes no longer than half of one and a copy of it. */
  private static final int WORTH_A_TRIANGLE = 256;

  private RankUpdate() {}

  private static Optional<Method> find(String name) {
    try {
      Optional<Method> syrk =
          Stream.<Class<?>>iterate(
                  Nd4j.getBlasWrapper().level3().getClass(), Objects::nonNull, Class::getSuperclass)
              .flatMap(type -> Arrays.stream(type.getDeclaredMethods()))
              .filter(method -> method.getName().equals(name))
              .findFirst();
      syrk.ifPresent(method -> method.setAccessible(true));
      return syrk;
    } catch (RuntimeException notAccessible) {
      return Optional.empty();
    }
  }

  /**
   * Sets the upper triangle of {@code C} to {@code factor X^T X + share C}; the other elements of C
   * mean nothing afterwards.
   *
   * @param c {@code [d, d]} by columns, of the type of x, modified
   * @param x {@code [n, d]} in C order, the first rows of its buffer; float32 or float64
   */
  static void set(INDArray c, double share, INDArray x, double factor) {
    boolean isDouble = x.dataType() == DataType.DOUBLE;
    Optional<Method> syrk = isDouble ? DOUBLE : SINGLE;
    if (syrk.isEmpty() || !HostMatrix.available() || x.offset() != 0 || c.offset() != 0) {
      Nd4j.gemm(x, x, c, true, false, factor, share);
      return;
    }
    // What is in the order of rows is the transpose in that of columns, of d rows.
    update(syrk.get(), 'N', c, x.rows(), share, x, factor);
  }

  /**
   * {@code X X^T} or {@code X^T X} as a whole; empty where it is small, or BLAS's operation does
   * not give it.
   *
   * @param x in float64
   * @param ofRows whether the products are those of rows with rows
   * @return by columns
   */
  static Optional<INDArray> product(INDArray x, boolean ofRows) {
    int size = ofRows ? x.rows() : x.columns();
    boolean gives =
        DOUBLE.isPresent()
            && size >= WORTH_A_TRIANGLE
            && x.dataType() == DataType.DOUBLE
            && HostMatrix.isReadInPlace(x)
            && x.offset() == 0;
    if (!gives) {
      return Optional.empty();
    }
    INDArray c = Nd4j.createUninitialized(DataType.DOUBLE, new long[] {size, size}, 'f');
    update(DOUBLE.get(), ofRows ? 'T' : 'N', c, ofRows ? x.columns() : x.rows(), 0, x, 1);
    HostMatrix.mirrorUpperTriangle(c);
    return Optional.of(c);
  }

  private static void update(
      Method syrk,
      char transposed,
      INDArray c,
      int inner,
      double share,
      INDArray x,
      double factor) {
    boolean isDouble = x.dataType() == DataType.DOUBLE;
    Object alpha = isDouble ? (Object) factor : (Object) (float) factor;
    Object beta = isDouble ? (Object) share : (Object) (float) share;
    int size = c.rows();
    int width = x.columns();
    try {
      syrk.invoke(
          Nd4j.getBlasWrapper().level3(),
          'f',
          'U',
          transposed,
          size,
          inner,
          alpha,
          x,
          width,
          beta,
          c,
          size);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("ND4J's syrk cannot be called", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("ND4J's syrk failed", e.getCause());
    }
  }
}
