package org.collapse4j.dl4j.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ExponentialTest {
  @Test
  void isTheExponentialToItsLastDigit() {
    for (double x = 0; x > -708; x -= 0.00371) {
      double expected = Math.exp(x);
      assertEquals(expected, Exponential.of(x), 2 * Math.ulp(expected), () -> "exp");
    }
  }

  @Test
  void endsWellAtItsEnds() {
    assertEquals(1, Exponential.of(0), 0);
    assertEquals(0, Exponential.of(-1e5), 1e-307);
    assertEquals(0, Exponential.of(Double.NEGATIVE_INFINITY), 1e-307);
    assertTrue(Double.isNaN(Exponential.of(Double.NaN)));
  }
}
