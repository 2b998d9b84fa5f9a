package org.collapse4j.samples.data;

import java.util.List;
import java.util.stream.Collectors;

/** Texts from files as a line of a message has them: short, and nothing that moves a cursor. */
final class Texts {
  private static final int LONGEST = 60;

  private Texts() {}

  /** A text of one line. */
  static String shown(String text) {
    String shown = text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "...";
    return shown.replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", "?");
  }

  /** The first of several, and how many more there are. */
  static String listed(List<String> texts, int most) {
    String first = texts.stream().limit(most).map(Texts::shown).collect(Collectors.joining(", "));
    return texts.size() <= most ? first : first + " and " + (texts.size() - most) + " more";
  }
}
