package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SpreadTest {
  private static final double EXACT = 1e-12;

  private static Spread of(double... values) {
    Spread spread = new Spread();
    for (double value : values) {
      spread.add(value);
    }
    return spread;
  }

  @Test
  void manyAtOnceAreTheSameAsOneByOne() {
    // The mean is so large that a sum of squares would cancel.
    double[] values = new Random(1).doubles(1000, 1e6, 1e6 + 1).toArray();
    Spread atOnce = new Spread();
    atOnce.addAll(values, 0, 1);
    atOnce.addAll(values, 1, 1);
    atOnce.addAll(values, 1, 700);
    atOnce.addAll(values, 700, 1000);
    double mean = Arrays.stream(values).map(v -> v - 1e6).average().orElseThrow();
    double variance =
        Arrays.stream(values).map(v -> (v - 1e6 - mean) * (v - 1e6 - mean)).average().orElseThrow();
    for (Spread spread : new Spread[] {atOnce, of(values)}) {
      assertEquals(1e6 + mean, spread.mean(), 1e6 * EXACT);
      assertEquals(variance, spread.variance(), 1e-9);
      assertEquals(variance * 1000 / 999, spread.sampleVariance(), 1e-9);
    }
  }

  @Test
  void equalNumbersHaveNoVariance() {
    assertEquals(0, of(0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1).variance(), 0);
    assertEquals(0, of(1e200).variance(), 0);
    assertTrue(Double.isNaN(of(1e200).sampleVariance()));
  }

  @Test
  void withoutNumbersNothingIsDefined() {
    assertTrue(Double.isNaN(of().mean()));
    assertTrue(Double.isNaN(of().variance()));
  }

  @Test
  void anInfiniteNumberMakesTheMeanInfiniteWhereverItComes() {
    double infinite = Double.POSITIVE_INFINITY;
    for (Spread spread :
        new Spread[] {of(infinite, 1, 2), of(1, infinite, 2), of(1, 2, infinite)}) {
      assertEquals(infinite, spread.mean());
      assertTrue(Double.isNaN(spread.variance()));
    }
    assertEquals(infinite, of(1, infinite, infinite).mean());
    assertTrue(Double.isNaN(of(infinite, Double.NaN).mean()));
    assertTrue(Double.isNaN(of(infinite, -infinite).mean()));
  }
}
