package org.collapse4j.dl4j.noise;

import java.io.Serializable;
import java.util.Objects;

/**
 * What an example carries along as DL4J example metadata: which one it is, the label that training
 * sees, and the clean one. {@link LabelledExamples} attaches and reads it. Immutable; no record,
 * since Spark's Kryo cannot read records.
 */
public final class LabelledExample implements Serializable {
  /** The clean class of an example whose true label is not known. */
  public static final int UNKNOWN = -1;

  /** Zero, as of the record that this class once was, so that data sets saved then are read. */
  private static final long serialVersionUID = 0;

  private final long index;
  private final int given;
  private final int clean;
  private final Serializable source;

  /**
   * An example.
   *
   * @param index of the example in its data set, at least 0
   * @param given the class of the label that training sees
   * @param clean the true class, or {@link #UNKNOWN}
   * @param source the metadata the example carried before, or null
   * @throws IllegalArgumentException if the index or the given class is negative, or the clean one
   *     below {@link #UNKNOWN}
   */
  public LabelledExample(long index, int given, int clean, Serializable source) {
    if (index < 0 || given < 0 || clean < UNKNOWN) {
      throw new IllegalArgumentException(
          String.format(
              "Index and classes of an example are at least 0 (its clean class %s if unknown), not"
                  + " index %s, given %s, clean %s",
              UNKNOWN, index, given, clean));
    }
    this.index = index;
    this.given = given;
    this.clean = clean;
    this.source = source;
  }

  /** The index of the example in its data set. */
  public long index() {
    return index;
  }

  /** The class of the label that training sees. */
  public int given() {
    return given;
  }

  /** The true class, or {@link #UNKNOWN}. */
  public int clean() {
    return clean;
  }

  /** The metadata the example carried before, or null. */
  public Serializable source() {
    return source;
  }

  /** Whether the clean label is known. */
  public boolean isCleanKnown() {
    return clean != UNKNOWN;
  }

  /** Whether the label is known to be wrong. */
  public boolean isCorrupted() {
    return isCleanKnown() && given != clean;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof LabelledExample example
        && index == example.index
        && given == example.given
        && clean == example.clean
        && Objects.equals(source, example.source);
  }

  @Override
  public int hashCode() {
    return Objects.hash(index, given, clean, source);
  }

  @Override
  public String toString() {
    return "example " + index + ", given " + given + ", clean " + clean + ", source " + source;
  }
}
