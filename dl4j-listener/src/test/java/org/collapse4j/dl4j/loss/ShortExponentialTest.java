package org.collapse4j.dl4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShortExponentialTest {
  @Test
  void isTheExponentialToNineDigits() {
    for (double x = 0; x > -699; x -= 0.00371) {
      double expected = Math.exp(x);
      assertEquals(expected, ShortExponential.of(x), 1e-9 * expected, () -> "exp");
    }
  }

  @Test
  void endsWellAtItsEnds() {
    assertEquals(1, ShortExponential.of(0), 0);
    assertEquals(0f, (float) ShortExponential.of(-1e5), 0);
    assertEquals(0f, (float) ShortExponential.of(Double.NEGATIVE_INFINITY), 0);
    assertTrue(Double.isNaN(ShortExponential.of(Double.NaN)));
  }
}
