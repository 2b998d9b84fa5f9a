package org.collapse4j.metric;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.factory.Nd4j;

class FrameTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 255, 256, 301})
  void theGramMatrixHasTheDotProductsOfAllPairs(int k) {
    Random random = new Random(k);
    double[][] rows = new double[k][5];
    for (double[] row : rows) {
      row[0] = random.nextGaussian();
      row[4] = random.nextGaussian();
    }
    double[][] gram = Frame.of(Nd4j.createFromArray(rows)).gram();
    for (int a = 0; a < k; a++) {
      for (int b = 0; b < k; b++) {
        double expected = rows[a][0] * rows[b][0] + rows[a][4] * rows[b][4];
        assertEquals(expected, gram[a][b], 1e-14 * (1 + Math.abs(expected)));
      }
    }
  }
}
