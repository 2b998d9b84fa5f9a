package org.collapse4j.samples.experiment;

import java.math.BigDecimal;

/** Numbers as people write them. */
public final class NumberText {
  private NumberText() {}

  /** The shortest decimal, without an exponent down to 1e-4: 0.1, 2, 1.0E-5. */
  public static String of(double number) {
    double size = Math.abs(number);
    boolean plain = size == 0 || (size >= 1e-4 && size < 1e7);
    return plain
        ? BigDecimal.valueOf(number).stripTrailingZeros().toPlainString()
        : Double.toString(number);
  }
}
