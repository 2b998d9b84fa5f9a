package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import org.junit.jupiter.api.Test;

/** Classes of which the first has no example, so that none is at the place of its number. */
class ClassCentresTest {
  private static ClassCentres of(double... means) {
    Moments moments = Moments.empty(4, 2, false);
    System.arraycopy(means, 0, moments.means, 2, means.length);
    for (int c = 1; c < 4; c++) {
      moments.counts[c] = c;
    }
    return new ClassCentres(moments, new int[] {1, 2, 3});
  }

  @Test
  void aMeanThatIsAnotherButForRoundingIsThatOther() {
    double[] means = {9, 1, 5, 7, Math.nextUp(5.0), 7};
    ClassCentres centres = of(means);
    assertArrayEquals(new double[] {9, 1, 5, 7, 5, 7}, centres.means());
    assertArrayEquals(new double[] {19 / 3.0, 5}, centres.globalMean(GlobalMean.CLASS), 1e-15);
    assertArrayEquals(new double[] {34 / 6.0, 6}, centres.globalMean(GlobalMean.SAMPLE), 1e-15);
  }

  @Test
  void aMeanThatIsTheGlobalOneButForRoundingIsAtZero() {
    double[] centred = of(0.1, 0.1, 0.4, 0.4, 0.7, 0.7).centred(GlobalMean.CLASS);
    assertArrayEquals(new double[] {0, 0}, new double[] {centred[2], centred[3]});
    assertArrayEquals(new double[] {-0.3, -0.3, 0, 0, 0.3, 0.3}, centred, 1e-15);
  }
}
