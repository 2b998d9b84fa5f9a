package org.collapse4j.log;

import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.IntPredicate;

/** Names that a destination's own syntax would trip over, percent-encoded as in a URL. */
final class SafeName {
  private SafeName() {}

  /**
   * A name in which each character that is not kept, and the percent sign, stands as its UTF-8
   * bytes: {@code a/b} as {@code a%2Fb}. Different names stay different.
   */
  static String of(String name, IntPredicate kept) {
    StringBuilder safe = new StringBuilder(name.length());
    name.codePoints()
        .forEach(c -> safe.append(c != '%' && kept.test(c) ? Character.toString(c) : encoded(c)));
    return safe.toString();
  }

  private static String encoded(int codePoint) {
    if (Character.MIN_SURROGATE <= codePoint && codePoint <= Character.MAX_SURROGATE) {
      return String.format(Locale.ROOT, "%%u%04X", codePoint); // Half a character has no UTF-8.
    }
    StringBuilder hex = new StringBuilder();
    for (byte b : Character.toString(codePoint).getBytes(StandardCharsets.UTF_8)) {
      hex.append(String.format(Locale.ROOT, "%%%02X", b));
    }
    return hex.toString();
  }
}
