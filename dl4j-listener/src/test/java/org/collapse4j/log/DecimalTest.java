package org.collapse4j.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalTest {
  private static void assertIsRead(String number) {
    String within = "[" + number + "]";
    double read = Decimal.value(within.toCharArray(), 1, number.length());
    assertEquals(
        Double.doubleToRawLongBits(Double.parseDouble(number)),
        Double.doubleToRawLongBits(read),
        () -> number + " is read as " + read);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0",
        "-0",
        "0.0",
        "-0.0",
        "3",
        "-3000.0",
        "1.0",
        "0.5",
        "2.0",
        "0.1",
        "999999999999999999",
        "999999999999999999.9",
        "9223372036854775808",
        "99999999999999999999999999",
        "0.0000000000000000000001",
        "0.00000000000000000000001",
        "1.2345678901234567E-4",
        "1.2345678901234567E-9",
        "1.2345678901234567E-10",
        "0.0012345678901234567",
        "0.00000000000000000000000000000000001",
        "-5E-3",
        "5e-3",
        "1E5",
        "1e+5",
        "1.5E22",
        "1E-400",
        "1E400",
        "4.9E-324",
        "1.7976931348623157E308"
      })
  void numbersOfAllFormsAreRead(String number) {
    assertIsRead(number);
  }

  @Test
  void whateverJavaWritesIsRead() {
    Random random = new Random(1);
    for (int i = 0; i < 200_000; i++) {
      double value = random.nextGaussian() * Math.pow(10, random.nextInt(12) - 6);
      assertIsRead(Double.toString(value));
      assertIsRead(Double.toString((float) value));
    }
  }

  @Test
  void digitsThatNoFloatHasAreRounded() {
    Random random = new Random(2);
    for (int i = 0; i < 200_000; i++) {
      String digits = Long.toString(random.nextLong() >>> 1);
      int kept = 1 + random.nextInt(digits.length());
      int decimals = random.nextInt(25);
      assertIsRead(new BigDecimal(digits.substring(0, kept)).movePointLeft(decimals).toString());
    }
  }

  /** The middle between two float64 rounds to the even one, whatever is near it to its side. */
  @Test
  void middlesAndWhatIsNearThemAreRounded() {
    Random random = new Random(3);
    for (int i = 0; i < 200_000; i++) {
      double any = random.nextLong() >>> (5 + random.nextInt(9));
      double value = i % 4 == 0 ? Math.scalb(1.0, random.nextInt(60)) : any;
      BigDecimal below = new BigDecimal(Math.nextDown(value));
      BigDecimal middle = below.add(new BigDecimal(value)).divide(BigDecimal.valueOf(2));
      BigDecimal step = BigDecimal.ONE.movePointLeft(random.nextInt(8));
      assertIsRead(middle.toPlainString());
      assertIsRead(middle.add(step).toPlainString());
      assertIsRead(middle.subtract(step).toPlainString());
    }
  }

  /**
   * Numbers n / 10^22 that miss the middle (2 m + 1) / 2^(s + 22) between two float64 by c / (10^22
   * 2^s), which is some 2^-52 of what lies between these: n 2^s - (2 m + 1) 5^22 = c.
   */
  @Test
  void numbersAsNearToAMiddleAsCanBeAreRounded() {
    BigInteger five = BigInteger.valueOf(5).pow(22);
    int found = 0;
    for (int s = 44; s <= 48; s++) {
      BigInteger power = BigInteger.TWO.pow(s);
      for (int c = -9; c <= 9; c++) {
        BigInteger least = BigInteger.valueOf(c).multiply(power.modInverse(five)).mod(five);
        for (int t = 40; t < 400; t += 3) {
          BigInteger n = least.add(five.multiply(BigInteger.valueOf(t)));
          BigInteger middle = n.multiply(power).subtract(BigInteger.valueOf(c)).divide(five);
          if (middle.testBit(0) && middle.bitLength() == 54) {
            assertIsRead(new BigDecimal(n).movePointLeft(22).toPlainString());
            found++;
          }
        }
      }
    }
    assertTrue(found > 1000, "too few to tell: " + found);
  }
}
