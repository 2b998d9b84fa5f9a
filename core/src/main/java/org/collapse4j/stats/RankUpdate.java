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
 * The upper triangle of X^T X, which BLAS's operation {@code syrk} gives for little more than half
 * of a product's work. ND4J has it, but passes a wrong inner size in the only method that is
 * public; so the one behind it is called, and where there is none, a product taken.
 */
final class RankUpdate {
  private static final Optional<Method> SINGLE = find("ssyrk");
  private static final Optional<Method> DOUBLE = find("dsyrk");

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
    int n = x.rows();
    int d = x.columns();
    Object alpha = isDouble ? (Object) factor : (Object) (float) factor;
    Object beta = isDouble ? (Object) share : (Object) (float) share;
    try {
      // What is in the order of rows is the transpose in that of columns, of d rows.
      syrk.get()
          .invoke(Nd4j.getBlasWrapper().level3(), 'f', 'U', 'N', d, n, alpha, x, d, beta, c, d);
    } catch (IllegalAccessException e) {
      throw new IllegalStateException("ND4J's syrk cannot be called", e);
    } catch (InvocationTargetException e) {
      throw new IllegalStateException("ND4J's syrk failed", e.getCause());
    }
  }
}
