package org.collapse4j.verdict;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.List;
import java.util.Locale;
import org.collapse4j.verdict.Verdict.Direction;
import org.collapse4j.verdict.Verdict.Tone;
import org.collapse4j.verdict.Verdict.Topic;

/** Numbers and lists as sentences have them. */
final class Wording {
  private static final MathContext THREE_DIGITS = new MathContext(3);

  private Wording() {}

  static Verdict verdict(Topic topic, Tone tone, String format, Object... values) {
    return new Verdict(topic, tone, String.format(Locale.ROOT, format, values));
  }

  /** Three digits, without an exponent from 0.0001 to a million: 0.0115, 169, 0. */
  static String number(double value) {
    double size = Math.abs(value);
    if (size != 0 && (size < 1e-4 || size >= 1e6)) {
      return String.format(Locale.ROOT, "%.1e", value);
    }
    return BigDecimal.valueOf(value).round(THREE_DIGITS).stripTrailingZeros().toPlainString();
  }

  /** A share as 94.4%, and above 99% with two decimals cut off, so that 99.97% is not 100%. */
  static String percent(double share) {
    if (share > 0.99 && share < 1) {
      BigDecimal cut = BigDecimal.valueOf(share).movePointRight(2).setScale(2, RoundingMode.DOWN);
      return cut.stripTrailingZeros().toPlainString() + "%";
    }
    return String.format(Locale.ROOT, "%.1f%%", 100 * share).replace(".0%", "%");
  }

  /** A number of things, as 3,000. */
  static String count(double number) {
    return String.format(Locale.ROOT, "%,d", Math.round(number));
  }

  /** Joins names as a sentence does: "one, two and three". */
  static String list(List<String> names) {
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " and " + names.get(last);
  }

  /** Behind a value: ", falling"; nothing if it is not known which way it goes. */
  static String going(Direction direction) {
    return direction == Direction.UNKNOWN ? "" : ", " + direction.name().toLowerCase(Locale.ROOT);
  }
}
