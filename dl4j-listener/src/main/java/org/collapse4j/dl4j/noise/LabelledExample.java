package org.collapse4j.dl4j.noise;

import java.io.Serializable;
import java.util.Locale;

/**
 * What an example carries along as DL4J example metadata: which one it is, the label that training
 * sees, and the clean one. {@link LabelledExamples} attaches and reads it.
 *
 * @param index of the example in its data set, at least 0
 * @param given the class of the label that training sees
 * @param clean the true class, or {@link #UNKNOWN}
 * @param source the metadata the example carried before, or null
 */
public record LabelledExample(long index, int given, int clean, Serializable source)
    implements Serializable {
  /** The clean class of an example whose true label is not known. */
  public static final int UNKNOWN = -1;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the index or the given class is negative, or the clean one
   *     below {@link #UNKNOWN}
   */
  public LabelledExample {
    if (index < 0 || given < 0 || clean < UNKNOWN) {
      throw new IllegalArgumentException(
          String.format(
              Locale.ROOT,
              "Index and classes of an example are at least 0 (its clean class %d if unknown), not"
                  + " index %d, given %d, clean %d",
              UNKNOWN,
              index,
              given,
              clean));
    }
  }

  /** Whether the clean label is known. */
  public boolean isCleanKnown() {
    return clean != UNKNOWN;
  }

  /** Whether the label is known to be wrong. */
  public boolean isCorrupted() {
    return isCleanKnown() && given != clean;
  }
}
