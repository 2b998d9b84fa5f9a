package org.collapse4j.verdict;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Expected values are from SciPy 1.17: t.ppf(0.975, nu) * sqrt(va / na + vb / nb). */
class WelchIntervalTest {
  private static final double TOLERANCE = 1e-9;

  @Test
  void toldApart() {
    WelchInterval interval =
        new WelchInterval(List.of(0.351, 0.343, 0.359), List.of(0.293, 0.287, 0.300));
    assertEquals(0.0576666666666667, interval.difference(), TOLERANCE);
    assertEquals(0.016803841350027098, interval.halfWidth(), TOLERANCE);
    assertTrue(interval.excludesZero());
    assertEquals(OptionalInt.of(2), interval.sizeNeeded());
  }

  @Test
  void notToldApartAndHowManyItWouldTake() {
    WelchInterval few = new WelchInterval(List.of(0.55, 0.47), List.of(0.62, 0.49));
    assertEquals(0.40135270191261907, few.halfWidth(), TOLERANCE);
    assertFalse(few.excludesZero());
    assertEquals(OptionalInt.of(24), few.sizeNeeded());
    WelchInterval uneven =
        new WelchInterval(List.of(0.50, 0.52, 0.61, 0.44), List.of(0.60, 0.53, 0.71));
    assertEquals(0.18078160358710646, uneven.halfWidth(), TOLERANCE);
    assertFalse(uneven.excludesZero());
    assertEquals(OptionalInt.of(7), uneven.sizeNeeded());
  }

  @Test
  void oneValueASideHasNoScatter() {
    WelchInterval interval = new WelchInterval(List.of(1.0), List.of(2.0, 2.1, 2.2));
    assertFalse(interval.isKnown());
    assertEquals(Double.POSITIVE_INFINITY, interval.halfWidth());
    assertFalse(interval.excludesZero());
    assertEquals(OptionalInt.empty(), interval.sizeNeeded());
  }

  @Test
  void repetitionsThatDoNotVaryTellNothing() {
    WelchInterval interval = new WelchInterval(List.of(1.0, 1.0), List.of(2.0, 2.0));
    assertFalse(interval.excludesZero());
    assertEquals(OptionalInt.empty(), interval.sizeNeeded());
  }

  @Test
  void equalMeansAreNotToldApartByAnyNumber() {
    WelchInterval interval = new WelchInterval(List.of(1.0, 2.0), List.of(2.0, 1.0));
    assertEquals(OptionalInt.empty(), interval.sizeNeeded());
  }

  @Test
  void sidesThatVaryAlike() {
    WelchInterval interval = new WelchInterval(List.of(1.0, 2.0), List.of(3.0, 4.0));
    assertEquals(3.0424349222966542, interval.halfWidth(), TOLERANCE);
    assertFalse(interval.excludesZero());
    assertEquals(OptionalInt.of(3), interval.sizeNeeded());
  }
}
