package org.collapse4j.dl4j.loss;

/**
 * The exponential to 1e-9 of its value, which is more than float32 holds, in a third of the time of
 * {@link Math#exp}: with {@code x = (k + r) ln 2 / 32}, k an integer and {@code |r| <= 1/2}, {@code
 * exp(x) = 2^(k / 32) * 2^(r / 32)}. The first factor is from a table and an exponent, the second a
 * polynomial of degree 3. This is how C libraries compute expf.
 */
final class ShortExponential {
  private static final int STEPS = 32;
  private static final double STEPS_PER_UNIT = STEPS / Math.log(2);

  /** Added and taken away again, it rounds to an integer, which stands in the low bits between. */
  private static final double ROUNDING = 0x1.8p52;

  /** exp of this is far below what float32 holds, and still a normal float64. */
  private static final double LOWEST = -700;

  private static final double C1 = Math.log(2) / STEPS;
  private static final double C2 = C1 * C1 / 2;
  private static final double C3 = C1 * C1 * C1 / 6;

  /** The bits of 2^(j/32), less j where the shifted k will add it again. */
  private static final long[] POWERS = powers();

  private ShortExponential() {}

  private static long[] powers() {
    long[] powers = new long[STEPS];
    for (int j = 0; j < STEPS; j++) {
      powers[j] = Double.doubleToRawLongBits(Math.pow(2, j / (double) STEPS)) - ((long) j << 47);
    }
    return powers;
  }

  /**
   * The exponential.
   *
   * @param x at most 0; below -700 it is taken as -700; NaN gives NaN
   */
  static double of(double x) {
    double scaled = (x < LOWEST ? LOWEST : x) * STEPS_PER_UNIT;
    double shifted = scaled + ROUNDING;
    long k = Double.doubleToRawLongBits(shifted);
    double r = scaled - (shifted - ROUNDING);
    double power = Double.longBitsToDouble(POWERS[(int) k & (STEPS - 1)] + (k << 47));
    double r2 = r * r;
    return power * ((1 + C1 * r) + r2 * (C2 + C3 * r));
  }
}
