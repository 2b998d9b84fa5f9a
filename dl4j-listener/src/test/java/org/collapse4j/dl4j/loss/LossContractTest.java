package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.SOFTMAX;
import static org.collapse4j.dl4j.loss.LossTesting.assertClose;
import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.collapse4j.dl4j.loss.LossTesting.soft;
import static org.collapse4j.dl4j.loss.LossTesting.tolerance;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.common.primitives.Pair;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What is computed in host memory, on a device and in a SameDiff graph is one and the same, and is
 * the definition: for each type of numbers and each kind of mask.
 */
@Tag("slow")
class LossContractTest {
  private static final int ROWS = 6;
  private static final int CLASSES = 4;
  private static final double ALPHA = 0.2;
  private static final double[] WEIGHTS = {0.5, 1, 0, 3};
  private static final double[] PRIOR = {0.4, 0.3, 0.2, 0.1};

  /** Relative to the largest value: all paths compute in float64. */
  private static final double TOLERANCE = 1e-14;

  enum Masked {
    NOT,
    BY_ROW,
    BY_ROW_IN_EACH_COLUMN,
    BY_ELEMENT_ALL_ONES,
    BY_ELEMENT
  }

  private static INDArray rowMask() {
    return Nd4j.createFromArray(1.0, 0, 0.5, 2, 0, 1).reshape(ROWS, 1);
  }

  private static INDArray elementMask() {
    INDArray mask = oneHot(DataType.DOUBLE, ROWS, CLASSES, 9).rsubi(1);
    mask.putRow(2, Nd4j.zeros(DataType.DOUBLE, CLASSES));
    return mask;
  }

  record Case(SoftmaxLoss loss, DataType type, Masked masked, double scale) {
    INDArray z() {
      return logits(type, ROWS, CLASSES, scale, 11);
    }

    INDArray labels() {
      return loss instanceof LossLabelRelaxation
          ? oneHot(type, ROWS, CLASSES, 12)
          : soft(type, ROWS, CLASSES, 12);
    }

    INDArray mask() {
      return switch (masked) {
        case NOT -> null;
        case BY_ROW -> rowMask().castTo(type);
        case BY_ROW_IN_EACH_COLUMN -> rowMask().broadcast(ROWS, CLASSES).castTo(type);
        case BY_ELEMENT_ALL_ONES -> Nd4j.ones(type, ROWS, CLASSES);
        case BY_ELEMENT -> elementMask().castTo(type);
      };
    }

    ReferenceLoss reference() {
      boolean byRow = masked == Masked.BY_ROW || masked == Masked.BY_ROW_IN_EACH_COLUMN;
      return byRow ? unmasked().masked(rowMask()) : unmasked();
    }

    private ReferenceLoss unmasked() {
      double[] weights = loss.getWeights();
      if (loss instanceof LossLabelSmoothing smoothing) {
        INDArray elements = masked == Masked.BY_ELEMENT ? elementMask() : Nd4j.ones(ROWS, CLASSES);
        return ReferenceLoss.smoothing(
            labels(), z(), loss.getAlpha(), smoothing.getPrior(), weights, elements);
      }
      return ReferenceLoss.relaxation(labels(), z(), loss.getAlpha(), weights);
    }

    LossBatch batch() {
      return loss.accepted(LossBatch.of(labels(), z(), mask()));
    }
  }

  static Stream<Case> cases() {
    INDArray weights = Nd4j.createFromArray(WEIGHTS);
    List<SoftmaxLoss> losses =
        List.of(
            new LossLabelSmoothing(0),
            new LossLabelSmoothing(ALPHA),
            LossLabelSmoothing.builder(ALPHA)
                .weights(weights)
                .prior(Nd4j.createFromArray(PRIOR))
                .build(),
            new LossLabelRelaxation(0),
            new LossLabelRelaxation(ALPHA),
            LossLabelRelaxation.builder(ALPHA).weights(weights).build());
    List<Case> cases = new ArrayList<>();
    for (SoftmaxLoss loss : losses) {
      for (DataType type :
          List.of(DataType.DOUBLE, DataType.FLOAT, DataType.FLOAT16, DataType.BFLOAT16)) {
        for (Masked masked : Masked.values()) {
          for (double scale : new double[] {1, 30, 1e4}) {
            if (masked != Masked.BY_ELEMENT || loss instanceof LossLabelSmoothing) {
              cases.add(new Case(loss, type, masked, scale));
            }
          }
        }
      }
    }
    return cases.stream();
  }

  static Stream<Case> casesWithoutMasks() {
    return cases().filter(test -> test.masked() == Masked.NOT);
  }

  private static void assertLosses(ReferenceLoss expected, RowLosses actual, double rounding) {
    INDArray scores = Nd4j.createFromArray(actual.scores()).reshape(ROWS, 1);
    assertClose(expected.scores(), scores, TOLERANCE, "scores");
    assertClose(expected.gradients(), actual.gradient(), rounding, "gradient");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void hostMemory(Case test) {
    DataType written = test.type() == DataType.DOUBLE ? DataType.DOUBLE : DataType.FLOAT;
    assertLosses(test.reference(), test.loss().onHost(test.batch(), true), tolerance(written));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void device(Case test) {
    assertLosses(test.reference(), test.loss().onDevice(test.batch(), true), TOLERANCE);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void outputLayer(Case test) {
    ReferenceLoss expected = test.reference();
    Pair<Double, INDArray> actual =
        test.loss().computeGradientAndScore(test.labels(), test.z(), SOFTMAX, test.mask(), false);
    assertEquals(expected.sum(), actual.getFirst(), TOLERANCE * Math.max(1, expected.sum()));
    assertEquals(test.type(), actual.getSecond().dataType());
    assertClose(expected.gradients(), actual.getSecond(), tolerance(test.type()), "gradient");
    INDArray scores = test.loss().computeScoreArray(test.labels(), test.z(), SOFTMAX, test.mask());
    assertClose(expected.scores(), scores, tolerance(scores.dataType()), "scores");
  }

  @ParameterizedTest
  @MethodSource("casesWithoutMasks")
  void graph(Case test) {
    ReferenceLoss expected = test.reference();
    SameDiff graph = SameDiff.create();
    SDVariable labels = graph.placeHolder("t", test.type(), -1, CLASSES);
    SDVariable logits = graph.var("z", test.z());
    SDVariable loss = test.loss().addTo(graph, "loss", labels, logits);
    assertEquals(test.type(), loss.dataType());
    Map<String, INDArray> at = Map.of("t", test.labels());
    double mean = expected.sum() / ROWS;
    double tolerance = tolerance(test.type());
    assertEquals(
        mean, graph.output(at, "loss").get("loss").getDouble(0), tolerance * Math.max(1, mean));
    INDArray gradient = graph.calculateGradients(at, "z").get("z");
    assertClose(expected.gradients().divi(ROWS), gradient, tolerance, "gradient");
  }

  /** At which float32 would round the score to 0. */
  @Test
  void aMaskOfOnesChangesNoDigit() {
    INDArray z = Nd4j.createFromArray(new float[][] {{17, 0, 0}, {0, 18, 0}});
    INDArray labels = Nd4j.createFromArray(new float[][] {{1, 0, 0}, {0, 1, 0}});
    LossLabelSmoothing loss = new LossLabelSmoothing(0);
    double expected = Math.log1p(2 * Math.exp(-17)) + Math.log1p(2 * Math.exp(-18));
    for (INDArray mask : new INDArray[] {null, Nd4j.ones(2, 1), Nd4j.ones(2, 3)}) {
      assertEquals(expected, loss.computeScore(labels, z, SOFTMAX, mask, false), 1e-14 * expected);
    }
    double onDevice = loss.onDevice(LossBatch.of(labels, z, Nd4j.ones(2, 3)), false).sum();
    assertEquals(expected, onDevice, 1e-15);
  }

  /** Whatever a masked row holds, not a number included. */
  @Test
  void rowsThatDoNotCountAreZeroEverywhere() {
    INDArray z = logits(DataType.FLOAT, ROWS, CLASSES, 1, 11);
    INDArray labels = oneHot(DataType.FLOAT, ROWS, CLASSES, 12);
    z.putRow(1, Nd4j.valueArrayOf(CLASSES, Float.NaN));
    labels.putRow(1, Nd4j.valueArrayOf(CLASSES, Float.NaN));
    for (INDArray mask : List.of(rowMask(), rowMask().broadcast(ROWS, CLASSES))) {
      for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.1), new LossLabelRelaxation(0.1))) {
        LossBatch batch = loss.accepted(LossBatch.of(labels, z, mask));
        for (RowLosses losses : List.of(loss.onHost(batch, true), loss.onDevice(batch, true))) {
          assertEquals(0, losses.scores()[1], 0);
          assertEquals(Nd4j.zeros(CLASSES), losses.gradient().getRow(1).castTo(DataType.FLOAT));
          assertFalse(losses.gradient().isNaN().any());
        }
      }
    }
  }
}
