package org.collapse4j.noise;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What is gathered of one example, at once or in three parts. */
class EvidenceTest {
  /** Relative error of a sum in float32. */
  private static final double ROUNDED = 1e-6;

  private static final int OBSERVATIONS = 9;
  private static final int RIVALS = 3;

  private final double[] ratios = new double[OBSERVATIONS];
  private final int[] rivals = new int[OBSERVATIONS];

  private Evidence from(int first, int end) {
    Evidence evidence = new Evidence();
    int number = evidence.numberOf(7, 0);
    for (int i = first; i < end; i++) {
      evidence.add(number, i, rivals[i], ratios[i]);
    }
    return evidence;
  }

  /** Without one of most observations any rival may be named. */
  private int rivalOfMost(int otherwise) {
    return IntStream.rangeClosed(1, RIVALS)
        .filter(c -> 2 * IntStream.of(rivals).filter(rival -> rival == c).count() > OBSERVATIONS)
        .findAny()
        .orElse(otherwise);
  }

  @Test
  void partsOfWhatIsObservedOfAnExampleAreTheWhole() {
    Random random = new Random(1);
    int told = 0;
    for (int trial = 0; trial < 300; trial++) {
      double logarithms = 0;
      for (int i = 0; i < OBSERVATIONS; i++) {
        rivals[i] = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(RIVALS);
        ratios[i] = Math.exp(random.nextGaussian());
        logarithms += Math.log(ratios[i]);
      }
      Evidence merged = from(0, random.nextInt(OBSERVATIONS));
      merged.add(0, from(merged.epochs(0), random.nextInt(merged.epochs(0), OBSERVATIONS)), 0);
      merged.add(0, from(merged.epochs(0), OBSERVATIONS), 0);
      for (Evidence evidence : new Evidence[] {from(0, OBSERVATIONS), merged}) {
        SuspectLabel label = evidence.snapshot(0);
        assertEquals(OBSERVATIONS, label.epochs());
        assertEquals(Math.exp(logarithms / OBSERVATIONS), label.distanceRatio(), 5 * ROUNDED);
        assertEquals(rivalOfMost(label.sitsWith()), label.sitsWith());
        assertEquals((OBSERVATIONS - 1) / 2.0, label.margin());
      }
      told += rivalOfMost(0) > 0 ? 1 : 0;
    }
    assertTrue(told > 50, told + " had a rival of most observations");
  }

  /** One vote of the first part is outvoted by three of the second, and these by five. */
  @Test
  void theRivalOfMostObservationsIsThatOfNoPartAlone() {
    System.arraycopy(new int[] {1, 2, 2, 2, 1, 1, 1, 1, 3}, 0, rivals, 0, OBSERVATIONS);
    Evidence merged = from(0, 1);
    merged.add(0, from(1, 4), 0);
    assertEquals(2, merged.snapshot(0).sitsWith());
    merged.add(0, from(4, OBSERVATIONS), 0);
    assertEquals(1, merged.snapshot(0).sitsWith());
  }

  @Test
  void anExampleIsObservedAsOftenAsA16BitNumberCounts() {
    Evidence many = new Evidence();
    int number = many.numberOf(7, 0);
    for (int i = 0; i < Evidence.MOST - 5; i++) {
      many.add(number, 1, 1, Double.NaN);
    }
    many.add(number, from(0, 6), 0);
    assertEquals(Evidence.MOST - 5, many.epochs(number));
    assertEquals(1, many.snapshot(number).margin());
    many.add(number, from(0, 5), 0);
    assertEquals(Evidence.MOST, many.epochs(number));
    many.add(number, 1, 1, Double.NaN);
    assertEquals(Evidence.MOST, many.epochs(number));
  }
}
