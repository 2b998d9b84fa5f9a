package org.collapse4j.log;

/**
 * Decimal numbers in JSON. Those of up to 18 digits and 22 decimals, which a log has few others of,
 * take a fraction of the time that {@link Double#parseDouble} needs, to which the others are left.
 */
final class Decimal {
  private static final int MOST_DIGITS = 18;

  /** Powers of ten that are exact in float64. */
  private static final double[] POWERS = new double[23];

  /** More than the relative error of what an estimate is corrected by, which is below 2^-51. */
  private static final double ERROR = 0x1p-40;

  static {
    for (int i = 0; i < POWERS.length; i++) {
      POWERS[i] = Double.parseDouble("1e" + i);
    }
  }

  private Decimal() {}

  /** The float64 nearest to a number, which is {@link Double#parseDouble} of its text. */
  static double value(char[] text, int from, int length) {
    int end = from + length;
    boolean isNegative = text[from] == '-';
    int at = isNegative ? from + 1 : from;
    int point = -1;
    int places = 0;
    long digits = 0;
    for (; at < end && (isDigit(text[at]) || text[at] == '.'); at++) {
      if (text[at] == '.') {
        point = at;
      } else {
        digits = 10 * digits + (text[at] - '0');
        places += digits == 0 ? 0 : 1;
      }
    }
    int decimals = (point < 0 ? 0 : at - point - 1) + shift(text, at, end);
    double size =
        places <= MOST_DIGITS && decimals < POWERS.length
            ? quotient(digits, POWERS[decimals])
            : Double.NaN;
    if (Double.isNaN(size)) {
      return Double.parseDouble(new String(text, from, length));
    }
    return isNegative ? -size : size;
  }

  private static boolean isDigit(char character) {
    return character >= '0' && character <= '9';
  }

  /** By how many places {@code E-n} at the end moves the point; beyond all for another exponent. */
  private static int shift(char[] text, int at, int end) {
    if (at == end) {
      return 0;
    }
    boolean isShort = end - at == 3 && text[at + 1] == '-' && isDigit(text[at + 2]);
    return isShort ? text[at + 2] - '0' : POWERS.length;
  }

  /**
   * A whole number below 10^18 divided by a power of ten, rounded once.
   *
   * @return NaN if it is too near to the middle between two float64 to be told which is nearer
   */
  private static double quotient(long number, double power) {
    double high = number;
    double low = number - (long) high;
    double estimate = high / power;
    // What is left of the number: the first part has no error, since the product is not rounded.
    double correction = (Math.fma(-estimate, power, high) + low) / power;
    double least = estimate + correction * (1 - ERROR);
    double most = estimate + correction * (1 + ERROR);
    return least == most ? least : Double.NaN;
  }
}
