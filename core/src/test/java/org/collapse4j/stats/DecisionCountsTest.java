package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class DecisionCountsTest {
  private static final int BINS = DecisionStatistics.CONFIDENCE_BINS;

  @Test
  void aBinHasItsUpperEdgeAndNotItsLowerOne() {
    for (int j = 1; j <= BINS; j++) {
      double edge = (double) j / BINS;
      assertEquals(j - 1, DecisionCounts.bin(edge), "at " + edge);
      assertEquals(j - 1, DecisionCounts.bin(Math.nextDown(edge)), "below " + edge);
      if (j < BINS) {
        assertEquals(j, DecisionCounts.bin(Math.nextUp(edge)), "above " + edge);
      }
    }
    assertEquals(0, DecisionCounts.bin(0));
  }

  @Test
  void whatTookPartIsNamedInMessages() {
    assertEquals(
        "3 classes with classifier and without centres",
        new DecisionCounts(3, true, false).toString());
    assertEquals(
        "2 classes without classifier and with centres",
        new DecisionCounts(2, false, true).toString());
  }
}
