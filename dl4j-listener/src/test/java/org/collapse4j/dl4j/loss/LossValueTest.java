package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.SOFTMAX;
import static org.collapse4j.dl4j.loss.LossTesting.assertClose;
import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.collapse4j.dl4j.loss.LossTesting.soft;
import static org.collapse4j.dl4j.loss.LossTesting.tolerance;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.indexing.NDArrayIndex;
import org.nd4j.linalg.lossfunctions.impl.LossMCXENT;

/** Values and gradients, of both computations, against the definitions in float64. */
class LossValueTest {
  private static final int ROWS = 7;
  private static final double[] ALPHAS = {0, 0.1, 0.5, 0.99};

  private static final double WHOLE_ARRAYS_TOLERANCE = 1e-14;

  record Case(DataType type, int classes, double scale, double alpha, boolean weighted) {}

  static Stream<Case> cases() {
    List<Case> cases = new ArrayList<>();
    for (DataType type :
        List.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)) {
      for (int classes : new int[] {2, 5, 33}) {
        for (double scale : new double[] {1, 30, 1e4}) {
          for (double alpha : ALPHAS) {
            cases.add(new Case(type, classes, scale, alpha, classes == 5));
          }
        }
      }
    }
    return cases.stream();
  }

  private static double[] weights(Case test) {
    return test.weighted() ? new double[] {0.5, 2, 1, 0, 3} : null;
  }

  private static INDArray row(double[] values) {
    return values == null ? null : Nd4j.createFromArray(values);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void smoothingIsItsDefinition(Case test) {
    INDArray z = logits(test.type(), ROWS, test.classes(), test.scale(), 1);
    LossLabelSmoothing loss =
        LossLabelSmoothing.builder(test.alpha()).weights(row(weights(test))).build();
    for (INDArray labels :
        List.of(
            oneHot(test.type(), ROWS, test.classes(), 2),
            soft(test.type(), ROWS, test.classes(), 2))) {
      assertLoss(
          loss, labels, z, ReferenceLoss.smoothing(labels, z, test.alpha(), null, weights(test)));
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void relaxationIsItsDefinition(Case test) {
    INDArray z = logits(test.type(), ROWS, test.classes(), test.scale(), 1);
    INDArray labels = oneHot(test.type(), ROWS, test.classes(), 2);
    LossLabelRelaxation loss =
        LossLabelRelaxation.builder(test.alpha()).weights(row(weights(test))).build();
    assertLoss(loss, labels, z, ReferenceLoss.relaxation(labels, z, test.alpha(), weights(test)));
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"DOUBLE", "FLOAT"})
  void smoothingGoesTowardsAPrior(DataType type) {
    double[] prior = {0.7, 0, 0.2, 0.1};
    double[] weights = {1, 2, 0.5, 3};
    INDArray z = logits(type, ROWS, 4, 2, 3);
    INDArray labels = soft(type, ROWS, 4, 4);
    assertLoss(
        LossLabelSmoothing.builder(0.3).prior(row(prior)).build(),
        labels,
        z,
        ReferenceLoss.smoothing(labels, z, 0.3, prior, null));
    assertLoss(
        LossLabelSmoothing.builder(0.3)
            .prior(row(prior).castTo(DataType.FLOAT))
            .weights(row(weights).reshape(1, 4).castTo(DataType.FLOAT))
            .build(),
        labels,
        z,
        ReferenceLoss.smoothing(
            labels, z, 0.3, row(prior).castTo(DataType.FLOAT).toDoubleVector(), weights));
  }

  /** Every public method, and the whole-array computation, against a reference. */
  private static void assertLoss(
      SoftmaxLoss loss, INDArray labels, INDArray z, ReferenceLoss reference) {
    double tolerance = tolerance(z.dataType());
    INDArray gradient = loss.computeGradient(labels, z, SOFTMAX, null);
    assertEquals(z.dataType(), gradient.dataType());
    assertClose(reference.gradients(), gradient, tolerance, loss + " gradient");
    INDArray scores = loss.computeScoreArray(labels, z, SOFTMAX, null);
    DataType scoreType = isDouble(z) ? DataType.DOUBLE : DataType.FLOAT;
    assertEquals(scoreType, scores.dataType(), "which float16 would overflow");
    assertClose(reference.scores(), scores, tolerance(scoreType), loss + " scores");
    double sum = reference.sum();
    double close = LossTesting.DOUBLE_TOLERANCE * Math.max(1, sum) * (isDouble(z) ? 1 : 1e6);
    assertEquals(sum, loss.computeScore(labels, z, SOFTMAX, null, false), close);
    assertEquals(sum / ROWS, loss.computeScore(labels, z, SOFTMAX, null, true), close);
    Pair<Double, INDArray> both = loss.computeGradientAndScore(labels, z, SOFTMAX, null, true);
    assertEquals(sum / ROWS, both.getFirst(), close);
    assertEquals(gradient, both.getSecond());
    assertWholeArrays(loss, LossBatch.of(labels, z, null), reference);
  }

  private static boolean isDouble(INDArray array) {
    return array.dataType() == DataType.DOUBLE;
  }

  private static void assertWholeArrays(
      SoftmaxLoss loss, LossBatch batch, ReferenceLoss reference) {
    double tolerance = WHOLE_ARRAYS_TOLERANCE;
    RowLosses actual = loss.onDevice(batch, true);
    INDArray scores = Nd4j.createFromArray(actual.scores()).reshape(batch.rows(), 1);
    assertClose(reference.gradients(), actual.gradient(), tolerance, loss + " on a device");
    assertClose(reference.scores(), scores, tolerance, loss + " scores on a device");
    assertEquals(reference.sum(), actual.sum(), tolerance * Math.max(1, reference.sum()));
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"DOUBLE", "FLOAT"})
  void alphaZeroIsCrossEntropyToTheLastDigits(DataType type) {
    INDArray z = logits(type, 50, 6, 4, 5);
    INDArray labels = oneHot(type, 50, 6, 6);
    LossMCXENT dl4j = new LossMCXENT(0, null);
    double units = type == DataType.DOUBLE ? 4e-16 : 2e-7;
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0), new LossLabelRelaxation(0))) {
      assertClose(
          dl4j.computeGradient(labels, z, SOFTMAX, null),
          loss.computeGradient(labels, z, SOFTMAX, null),
          units,
          "gradient");
      assertClose(
          dl4j.computeScoreArray(labels, z, SOFTMAX, null),
          loss.computeScoreArray(labels, z, SOFTMAX, null),
          4 * units,
          "scores");
    }
  }

  @Test
  void relaxationTendsToCrossEntropyAsAlphaGoesToZero() {
    INDArray z = logits(DataType.DOUBLE, 50, 6, 4, 5);
    INDArray labels = oneHot(DataType.DOUBLE, 50, 6, 6);
    LossLabelSmoothing crossEntropy = new LossLabelSmoothing(0);
    double expected = crossEntropy.computeScore(labels, z, SOFTMAX, null, true);
    for (double alpha : new double[] {1e-3, 1e-6, 1e-9}) {
      double actual = new LossLabelRelaxation(alpha).computeScore(labels, z, SOFTMAX, null, true);
      assertEquals(expected, actual, 50 * alpha);
    }
  }

  @Test
  void saturatedRowsKeepTheirDigits() {
    INDArray z = Nd4j.createFromArray(new double[][] {{40, 0, 0}, {40, 0, 0}});
    INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0, 0}, {0, 1, 0}});
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0), new LossLabelRelaxation(0))) {
        INDArray g = loss.computeGradient(labels, z.castTo(type), SOFTMAX, null);
        double tiny = 2 * Math.exp(-40);
        assertEquals(-tiny, g.getDouble(0, 0), 1e-7 * tiny);
        assertEquals(tiny / 2, g.getDouble(0, 1), 1e-7 * tiny);
        assertEquals(-1, g.getDouble(1, 1), 1e-7);
        INDArray scores = loss.computeScoreArray(labels, z.castTo(type), SOFTMAX, null);
        assertEquals(tiny, scores.getDouble(0), 1e-7 * tiny);
        assertEquals(40, scores.getDouble(1), 1e-5);
      }
    }
  }

  @Test
  void relaxationIsZeroFromOneMinusAlphaOn() {
    LossLabelRelaxation loss = new LossLabelRelaxation(0.1);
    INDArray labels = Nd4j.createFromArray(new double[][] {{1, 0}, {1, 0}, {1, 0}});
    double edge = Math.log(0.9 / 0.1);
    INDArray z =
        Nd4j.createFromArray(new double[][] {{edge + 1e-6, 0}, {edge - 1e-3, 0}, {100, 0}});
    INDArray scores = loss.computeScoreArray(labels, z, SOFTMAX, null);
    INDArray gradients = loss.computeGradient(labels, z, SOFTMAX, null);
    assertEquals(0, scores.getDouble(0), 0);
    assertEquals(0, gradients.getDouble(0, 0), 0);
    assertTrue(scores.getDouble(1) > 0);
    assertTrue(gradients.getDouble(1, 0) < 0);
    assertEquals(0, scores.getDouble(2), 0);
  }

  @Test
  void stridesAndOrdersDoNotMatter() {
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      INDArray z = logits(DataType.FLOAT, 9, 4, 3, 7);
      INDArray labels = oneHot(DataType.FLOAT, 9, 4, 8);
      INDArray expected = loss.computeGradient(labels, z, SOFTMAX, null);
      double score = loss.computeScore(labels, z, SOFTMAX, null, false);
      for (INDArray strided : List.of(z.dup('f'), inside(z), inside(z.dup('f')), transposed(z))) {
        for (INDArray stridedLabels :
            List.of(labels.dup('f'), inside(labels), transposed(labels))) {
          assertEquals(expected, loss.computeGradient(stridedLabels, strided, SOFTMAX, null));
          assertEquals(score, loss.computeScore(stridedLabels, strided, SOFTMAX, null, false), 0);
        }
      }
    }
  }

  /** The same values as a view with an offset into a larger array. */
  private static INDArray inside(INDArray array) {
    INDArray larger =
        Nd4j.valueArrayOf(
            new long[] {array.rows() + 3, array.columns() + 2}, -77, array.dataType());
    INDArray view =
        larger.get(
            NDArrayIndex.interval(2, 2 + array.rows()),
            NDArrayIndex.interval(1, 1 + array.columns()));
    view.assign(array);
    return view;
  }

  private static INDArray transposed(INDArray array) {
    return array.transpose().dup('c').transpose();
  }

  @ParameterizedTest
  @EnumSource(
      value = DataType.class,
      names = {"DOUBLE", "FLOAT", "INT", "BOOL", "UBYTE"})
  void labelsAndMasksMayBeOfAnotherType(DataType type) {
    INDArray z = logits(DataType.FLOAT, 9, 4, 3, 7);
    INDArray labels = oneHot(DataType.FLOAT, 9, 4, 8);
    INDArray mask = oneHot(DataType.FLOAT, 9, 2, 9).getColumn(0).dup().reshape(9, 1);
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      assertEquals(
          loss.computeGradient(labels, z, SOFTMAX, mask),
          loss.computeGradient(labels.castTo(type), z, SOFTMAX, mask.castTo(type)));
    }
  }

  @Test
  void masksMultiplyRows() {
    INDArray z = logits(DataType.DOUBLE, 5, 4, 3, 7);
    INDArray labels = oneHot(DataType.DOUBLE, 5, 4, 8);
    INDArray mask = Nd4j.createFromArray(1.0, 0, 0.5, 2, 0).reshape(5, 1);
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      ReferenceLoss reference =
          (loss instanceof LossLabelSmoothing
                  ? ReferenceLoss.smoothing(labels, z, 0.2, null, null)
                  : ReferenceLoss.relaxation(labels, z, 0.2, null))
              .masked(mask);
      INDArray brokenLogits = z.dup();
      INDArray brokenLabels = labels.dup();
      brokenLogits.putRow(1, Nd4j.valueArrayOf(4, Double.NaN));
      brokenLabels.putRow(1, Nd4j.zeros(DataType.DOUBLE, 4));
      assertClose(
          reference.gradients(),
          loss.computeGradient(brokenLabels, brokenLogits, SOFTMAX, mask),
          1e-14,
          "gradient");
      assertEquals(
          reference.sum(),
          loss.computeScore(brokenLabels, brokenLogits, SOFTMAX, mask, false),
          1e-13);
      assertWholeArrays(loss, LossBatch.of(brokenLabels, brokenLogits, mask), reference);
      assertEquals(
          loss.computeGradient(labels, z, SOFTMAX, mask),
          loss.computeGradient(labels, z, SOFTMAX, mask.reshape(5)));
    }
  }

  /** As LossMCXENT does for the score of smoothed labels; it refuses the gradient. */
  @Test
  void smoothingTakesMasksOfSingleOutputs() {
    INDArray z = logits(DataType.DOUBLE, 5, 4, 3, 7);
    INDArray labels = soft(DataType.DOUBLE, 5, 4, 8);
    INDArray mask = oneHot(DataType.DOUBLE, 5, 4, 9).rsubi(1);
    INDArray weights = Nd4j.createFromArray(1.0, 2, 3, 4);
    LossLabelSmoothing loss = LossLabelSmoothing.builder(0.2).weights(weights).build();
    INDArray smoothed = labels.mul(0.8).addi(0.2 / 4);
    LossMCXENT dl4j = new LossMCXENT(0, weights.reshape(1, 4));
    assertClose(
        dl4j.computeScoreArray(smoothed, z, SOFTMAX, mask),
        loss.computeScoreArray(labels, z, SOFTMAX, mask),
        1e-14,
        "scores");
    INDArray gradient = loss.computeGradient(labels, z, SOFTMAX, mask);
    double step = 1e-6;
    for (int c = 0; c < 4; c++) {
      INDArray up = z.dup();
      INDArray down = z.dup();
      up.putScalar(2, c, up.getDouble(2, c) + step);
      down.putScalar(2, c, down.getDouble(2, c) - step);
      double slope =
          (loss.computeScore(labels, up, SOFTMAX, mask, false)
                  - loss.computeScore(labels, down, SOFTMAX, mask, false))
              / (2 * step);
      assertEquals(slope, gradient.getDouble(2, c), 1e-8);
    }
  }

  @Test
  void relaxationTakesMasksOfOutputsThatAreMasksOfRows() {
    INDArray z = logits(DataType.FLOAT, 3, 4, 3, 7);
    INDArray labels = oneHot(DataType.FLOAT, 3, 4, 8);
    INDArray rows = Nd4j.createFromArray(1f, 0, 1).reshape(3, 1);
    INDArray elements = Nd4j.ones(3, 4).muliColumnVector(rows);
    LossLabelRelaxation loss = new LossLabelRelaxation(0.2);
    assertEquals(
        loss.computeGradient(labels, z, SOFTMAX, rows),
        loss.computeGradient(labels, z, SOFTMAX, elements));
  }

  /** What LossMCXENT makes of labels smoothed by hand. */
  @Test
  void classWeightsAreThoseOfCrossEntropyOnSmoothedLabels() {
    INDArray z = logits(DataType.DOUBLE, 20, 4, 3, 7);
    INDArray labels = oneHot(DataType.DOUBLE, 20, 4, 8);
    INDArray weights = Nd4j.createFromArray(0.3, 1, 2, 5);
    INDArray smoothed = labels.mul(0.9).addi(0.1 / 4);
    LossMCXENT dl4j = new LossMCXENT(0, weights.reshape(1, 4));
    LossLabelSmoothing loss = LossLabelSmoothing.builder(0.1).weights(weights).build();
    assertClose(
        dl4j.computeGradient(smoothed, z, SOFTMAX, null),
        loss.computeGradient(labels, z, SOFTMAX, null),
        1e-14,
        "gradient");
    assertEquals(
        dl4j.computeScore(smoothed, z, SOFTMAX, null, true),
        loss.computeScore(labels, z, SOFTMAX, null, true),
        1e-13);
  }

  @Test
  void higherRanksHaveTheirClassesAlongDimensionOne() {
    int n = 2;
    int k = 3;
    int steps = 4; // and 8 rows
    INDArray z = logits(DataType.DOUBLE, n * steps, k, 3, 7);
    INDArray labels = oneHot(DataType.DOUBLE, n * steps, k, 8);
    INDArray mask = Nd4j.createFromArray(1.0, 0, 1, 1, 1, 1, 0, 1);
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      INDArray expected = loss.computeGradient(labels, z, SOFTMAX, mask.reshape(8, 1));
      INDArray gradient =
          loss.computeGradient(sequences(labels), sequences(z), SOFTMAX, mask.reshape(n, steps));
      assertEquals(sequences(expected), gradient);
      INDArray images =
          loss.computeGradient(
              sequences(labels).reshape('c', n, k, 2, 2),
              sequences(z).reshape('c', n, k, 2, 2),
              SOFTMAX,
              mask.reshape(n, 1, 2, 2));
      assertEquals(sequences(expected).reshape('c', n, k, 2, 2), images);
      INDArray scores =
          loss.computeScoreArray(sequences(labels), sequences(z), SOFTMAX, mask.reshape(n, steps));
      assertEquals(List.of(2L, 1L, 4L), List.of(scores.size(0), scores.size(1), scores.size(2)));
      double sum = loss.computeScore(labels, z, SOFTMAX, mask.reshape(8, 1), false);
      assertEquals(sum, scores.sumNumber().doubleValue(), 1e-13);
      assertEquals(
          sum / n,
          loss.computeScore(sequences(labels), sequences(z), SOFTMAX, mask.reshape(n, steps), true),
          1e-13);
    }
  }

  /** From [examples * steps, classes] to [examples, classes, steps]. */
  private static INDArray sequences(INDArray rows) {
    return rows.reshape('c', 2, 4, 3).permute(0, 2, 1).dup('c');
  }

  @Test
  void manyRowsInBlocksAreTheSameAsOneByOne() {
    int rows = 3000;
    int classes = 70;
    INDArray z = logits(DataType.FLOAT, rows, classes, 3, 7);
    INDArray labels = oneHot(DataType.FLOAT, rows, classes, 8);
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      INDArray gradient = loss.computeGradient(labels, z, SOFTMAX, null);
      INDArray scores = loss.computeScoreArray(labels, z, SOFTMAX, null);
      for (int i = 0; i < rows; i += 97) {
        INDArray oneLabel = labels.getRow(i, true);
        INDArray oneRow = z.getRow(i, true);
        assertEquals(
            loss.computeGradient(oneLabel, oneRow, SOFTMAX, null), gradient.getRow(i, true));
        assertEquals(
            (float) loss.computeScore(oneLabel, oneRow, SOFTMAX, null, false),
            scores.getFloat(i),
            0);
      }
      assertEquals(
          scores.castTo(DataType.DOUBLE).sumNumber().doubleValue(),
          loss.computeScore(labels, z, SOFTMAX, null, false),
          1e-2);
    }
  }

  @Test
  void whatIsNotFiniteShows() {
    INDArray labels = oneHot(DataType.FLOAT, 3, 4, 8);
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      for (int c = 0; c < 4; c++) {
        INDArray z = logits(DataType.FLOAT, 3, 4, 3, 7);
        z.putScalar(1, c, Float.NaN);
        INDArray scores = loss.computeScoreArray(labels, z, SOFTMAX, null);
        assertTrue(Float.isFinite(scores.getFloat(0)));
        assertTrue(Float.isNaN(scores.getFloat(1)));
        assertTrue(loss.computeGradient(labels, z, SOFTMAX, null).getRow(1).isNaN().any());
      }
    }
  }

  @Test
  void aForbiddenClassCostsCrossEntropyNothing() {
    INDArray z = Nd4j.createFromArray(new double[][] {{1, Double.NEGATIVE_INFINITY, 2}});
    INDArray labels = Nd4j.createFromArray(new double[][] {{0, 0, 1}});
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0), new LossLabelRelaxation(0.1))) {
      assertTrue(Double.isFinite(loss.computeScore(labels, z, SOFTMAX, null, false)));
      assertEquals(0, loss.computeGradient(labels, z, SOFTMAX, null).getDouble(1), 1e-300);
    }
  }
}
