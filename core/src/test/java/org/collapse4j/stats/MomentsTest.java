package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.MathContext;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

class MomentsTest {
  private static Moments of(double count, double mean, double rest) {
    Moments moments = Moments.empty(1, 1, true);
    moments.counts[0] = count;
    moments.means[0] = mean;
    moments.rests[0] = rest;
    return moments;
  }

  @Test
  void whatASumLosesAndADifferenceKeeps() {
    assertEquals(1e-17, Moments.lostInSum(1, 1e-17));
    assertEquals(1e-17, Moments.lostInSum(1e-17, 1));
    assertEquals(0, Moments.lostInSum(1, 2));
    assertEquals(2e-17, Moments.difference(1, 1e-17, 1, -1e-17));
    // What the difference loses and a rest together are more than half a unit.
    assertEquals(1 - 0x1p-53, Moments.difference(1, -0x1p-55, 0x1p-54, 0));
    assertEquals(0x1p-53 - 1, Moments.difference(0x1p-54, 0, 1, -0x1p-55));
    for (double[] pair : new double[][] {{1, 0x1p-54}, {0x1p-54, 1}, {3, 0.1}, {0.1, 3}}) {
      BigDecimal sum = new BigDecimal(pair[0]).add(new BigDecimal(pair[1]));
      double lost = sum.subtract(new BigDecimal(pair[0] + pair[1])).doubleValue();
      assertEquals(lost, Moments.lostInSum(pair[0], pair[1]));
    }
  }

  @Test
  void aClassThatHadNoExampleTakesMeanAndRestAsTheyAre() {
    Moments moments = Moments.empty(1, 1, true);
    moments.absorb(of(3, 1, 0x1p-60));
    assertEquals(3, moments.counts[0]);
    assertEquals(1, moments.means[0]);
    assertEquals(0x1p-60, moments.rests[0]);
    moments.absorb(of(0, 0, 0));
    assertEquals(3, moments.counts[0]);
    assertEquals(1, moments.means[0]);
  }

  @Test
  void restsMoveWithTheMeans() {
    Moments moments = of(1, 1, 0x1p-60);
    moments.absorb(of(1, 3, 0x1p-60));
    assertEquals(2, moments.means[0]);
    assertEquals(0x1p-60, moments.rests[0]);
    assertEquals(2, moments.traces[0], 1e-15);
  }

  /** The mean of n examples with mean a and m with mean b is a + (b - a) m / (n + m). */
  @Test
  void theMeanOfBothHasMoreDigitsThanFloat64() {
    double[] means = {0.1, 0.7};
    double[] rests = {0x1p-60, -0x1p-59};
    Moments moments = of(3, means[0], rests[0]);
    moments.absorb(of(4, means[1], rests[1]));
    MathContext digits = new MathContext(50);
    BigDecimal a = new BigDecimal(means[0]).add(new BigDecimal(rests[0]));
    BigDecimal b = new BigDecimal(means[1]).add(new BigDecimal(rests[1]));
    BigDecimal expected =
        a.multiply(BigDecimal.valueOf(3))
            .add(b.multiply(BigDecimal.valueOf(4)))
            .divide(BigDecimal.valueOf(7), digits);
    BigDecimal found = new BigDecimal(moments.means[0]).add(new BigDecimal(moments.rests[0]));
    assertEquals(0, expected.subtract(found).doubleValue(), 1e-16);
    assertTrue(Math.abs(moments.rests[0]) <= Math.ulp(moments.means[0]) / 2);
    double between = 0.6 * 0.6 * 12 / 7;
    assertEquals(between, moments.traces[0], 1e-15);
    assertEquals(between, moments.scatter.getDouble(0, 0), 1e-15);
  }

  /** However small the class is, the distance of its mean from the reference comes off. */
  @Test
  void whatTheReferenceIsBesideTheMeanIsTakenOffAsFarAsTheTypeHoldsIt() {
    for (double squares : new double[] {1, 0x1p-60, 0x1p60}) {
      for (DataType type : new DataType[] {DataType.DOUBLE, DataType.FLOAT}) {
        double share = type == DataType.DOUBLE ? 0x1p-20 : 0x1p-10;
        Moments moments = Moments.empty(1, 1, true);
        double[] offset = {share * Math.sqrt(squares)};
        moments.absorbAbout(of(4, 5, 0), new int[] {0}, offset, new double[] {squares}, type);
        double between = 4 * share * share * squares;
        assertEquals(-between, moments.scatter.getDouble(0, 0), type + " " + squares);
        assertEquals(squares - between, moments.traces[0]);
      }
    }
  }

  /** What is not in float64 makes the sum of both less exact, whichever came first. */
  @Test
  void productsInFloat32AreRememberedInCopiesAndSums() {
    Moments narrow = Moments.empty(1, 1, true);
    Moments about = of(1, 5, 0);
    narrow.absorbAbout(about, new int[] {0}, new double[1], new double[1], DataType.FLOAT);
    Moments wide = Moments.empty(1, 1, true);
    wide.absorbAbout(about, new int[] {0}, new double[1], new double[1], DataType.DOUBLE);
    assertTrue(narrow.hasFloatProducts() && narrow.copy().hasFloatProducts());
    assertFalse(wide.hasFloatProducts() || wide.copy().hasFloatProducts());
    wide.absorb(narrow);
    assertTrue(wide.hasFloatProducts());
    wide.absorb(of(1, 5, 0));
    assertTrue(wide.hasFloatProducts());
  }

  @Test
  void theUpperTriangleIsThereAndBack() {
    double[] upper = {1, 2, 3, 4, 5, 6};
    INDArray scatter = Moments.scatter(upper, 3);
    assertEquals(4, scatter.getDouble(0, 2));
    assertEquals(5, scatter.getDouble(1, 2));
    Moments moments =
        new Moments(1, 3, new double[1], new double[3], new double[3], new double[1], scatter);
    assertArrayEquals(upper, moments.upperTriangle());
    INDArray half = moments.scatterOver(2);
    for (int i = 0; i < 3; i++) {
      for (int j = 0; j < 3; j++) {
        assertEquals(scatter.getDouble(Math.min(i, j), Math.max(i, j)) / 2, half.getDouble(i, j));
      }
    }
  }

  @Test
  void sizesWhoseSquaresFloat32Holds() {
    assertTrue(Moments.isInFloatRange(0) && Moments.isInFloatRange(1));
    assertTrue(!Moments.isInFloatRange(1e-16) && !Moments.isInFloatRange(1e16));
    assertTrue(!Moments.isInFloatRange(Double.NaN));
  }
}
