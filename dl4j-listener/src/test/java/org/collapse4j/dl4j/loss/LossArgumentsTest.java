package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.SOFTMAX;
import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.linalg.schedule.ISchedule;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** What is refused, in which words, and that what is accepted stays as it was. */
class LossArgumentsTest {
  private static final INDArray LOGITS = logits(DataType.FLOAT, 5, 3, 2, 1);
  private static final INDArray LABELS = oneHot(DataType.FLOAT, 5, 3, 2);

  static Stream<SoftmaxLoss> losses() {
    return Stream.of(new LossLabelSmoothing(0.1), new LossLabelRelaxation(0.1));
  }

  private static void assertRefused(Executable call, String... parts) {
    String message = assertThrows(IllegalArgumentException.class, call).getMessage();
    for (String part : parts) {
      assertTrue(message.contains(part), () -> "\"" + part + "\" is not in: " + message);
    }
  }

  @ParameterizedTest
  @ValueSource(doubles = {-0.1, 1, 1.5, Double.NaN, Double.POSITIVE_INFINITY})
  void alphaIsInItsRange(double alpha) {
    String value = String.valueOf(alpha);
    assertRefused(() -> new LossLabelSmoothing(alpha), "[0, 1)", value);
    assertRefused(() -> new LossLabelRelaxation(alpha), "[0, 1)", value);
    assertRefused(() -> LossLabelSmoothing.builder(alpha).build(), "[0, 1)", value);
    ISchedule schedule = new MapSchedule.Builder(ScheduleType.EPOCH).add(0, alpha).build();
    assertRefused(
        () -> LossLabelSmoothing.builder(schedule).build(), "[0, 1)", value, "iteration 0");
    assertRefused(() -> LossLabelRelaxation.builder(schedule).build(), "[0, 1)", value);
  }

  @Test
  void aScheduleIsNeeded() {
    assertRefused(() -> LossLabelSmoothing.builder(null), "schedule");
    assertRefused(() -> LossLabelRelaxation.builder(null), "schedule");
  }

  @Test
  void weightsAndPriorsAreChecked() {
    INDArray negative = Nd4j.createFromArray(1.0, -2, 1);
    assertRefused(
        () -> LossLabelSmoothing.builder(0.1).weights(negative).build(), "class 1", "-2.0");
    assertRefused(
        () -> LossLabelRelaxation.builder(0.1).weights(Nd4j.ones(2, 2)), "vector", "[2, 2]");
    assertRefused(() -> LossLabelSmoothing.builder(0.1).prior(negative).build(), "class 1", "-2.0");
    assertRefused(
        () -> LossLabelSmoothing.builder(0.1).prior(Nd4j.createFromArray(0.5, 0.6)).build(),
        "sum to 1",
        "1.1");
    assertRefused(
        () ->
            LossLabelSmoothing.builder(0.1)
                .prior(Nd4j.createFromArray(0.5, 0.5))
                .weights(Nd4j.ones(3))
                .build(),
        "2 and 3");
    assertRefused(
        () ->
            LossLabelSmoothing.builder(0.1)
                .prior(Nd4j.createFromArray(0.5, 0.5))
                .build()
                .computeScore(LABELS, LOGITS, SOFTMAX, null, true),
        "prior",
        "has 3",
        "are 2");
    for (SoftmaxLoss loss :
        List.of(
            LossLabelSmoothing.builder(0.1).weights(Nd4j.ones(4)).build(),
            LossLabelRelaxation.builder(0.1).weights(Nd4j.ones(4)).build())) {
      assertRefused(() -> loss.computeScore(LABELS, LOGITS, SOFTMAX, null, true), "has 3", "are 4");
    }
  }

  @Test
  void optionsAreCopied() {
    INDArray weights = Nd4j.createFromArray(1.0, 2, 3);
    LossLabelSmoothing loss = LossLabelSmoothing.builder(0.1).weights(weights).build();
    weights.assign(7);
    loss.getWeights()[0] = 9;
    assertEquals(1, loss.getWeights()[0], 0);
  }

  @ParameterizedTest
  @MethodSource("losses")
  void shapesMustAgree(SoftmaxLoss loss) {
    INDArray wrong = Nd4j.zeros(5, 4);
    assertRefused(() -> loss.computeScore(wrong, LOGITS, SOFTMAX, null, true), "[5, 3]", "[5, 4]");
    assertRefused(() -> loss.computeScoreArray(wrong, LOGITS, SOFTMAX, null), "[5, 3]", "[5, 4]");
    assertRefused(() -> loss.computeGradient(wrong, LOGITS, SOFTMAX, null), "[5, 3]", "[5, 4]");
    assertRefused(
        () -> loss.computeGradientAndScore(null, LOGITS, SOFTMAX, null, true), "labels", "null");
    assertRefused(() -> loss.computeGradient(LABELS, null, SOFTMAX, null), "output", "null");
    assertRefused(() -> loss.computeGradient(Nd4j.ones(3), Nd4j.ones(3), SOFTMAX, null), "[3]");
    for (INDArray mask : List.of(Nd4j.ones(4, 1), Nd4j.ones(1, 5), Nd4j.ones(5, 2))) {
      assertRefused(
          () -> loss.computeGradient(LABELS, LOGITS, SOFTMAX, mask),
          "a mask must have one value an example or time step, 5 of them, or the shape of the"
              + " output, [5, 3], but has "
              + Arrays.toString(mask.shape()));
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Activation.class,
      names = {"SIGMOID", "IDENTITY", "TANH", "RELU"})
  void otherActivationsAreRefused(Activation activation) {
    losses()
        .forEach(
            loss -> {
              assertRefused(
                  () ->
                      loss.computeGradient(
                          LABELS, LOGITS, activation.getActivationFunction(), null),
                  loss.getClass().getSimpleName(),
                  activation.getActivationFunction().toString(),
                  "Activation.SOFTMAX");
              assertRefused(
                  () ->
                      loss.computeScore(
                          LABELS, LOGITS, activation.getActivationFunction(), null, true),
                  "Activation.SOFTMAX");
            });
  }

  @Test
  void relaxationNeedsOneHotLabels() {
    LossLabelRelaxation loss = new LossLabelRelaxation(0.1);
    for (float[] row : new float[][] {{0.5f, 0.5f, 0}, {0, 0, 0}, {1, 1, 0}, {1, 0, 0.1f}}) {
      INDArray labels = LABELS.dup();
      labels.putRow(3, Nd4j.createFromArray(row));
      assertRefused(
          () -> loss.computeGradient(labels, LOGITS, SOFTMAX, null),
          "one-hot",
          "row 3",
          "LossLabelSmoothing");
      LossBatch batch = LossBatch.of(labels, LOGITS, null);
      assertRefused(() -> loss.onDevice(batch, false), "one-hot", "row 3");
      assertTrue(
          Double.isFinite(
              loss.computeScore(
                  labels, LOGITS, SOFTMAX, Nd4j.createFromArray(1f, 1, 1, 0, 1), true)));
    }
  }

  @Test
  void theFirstRowRefusedIsNamedWhateverItsBlock() {
    INDArray labels = oneHot(DataType.FLOAT, 4000, 50, 1);
    labels.putRow(3990, Nd4j.zeros(50));
    labels.putRow(2001, Nd4j.zeros(50));
    assertRefused(
        () ->
            new LossLabelRelaxation(0.1)
                .computeScore(labels, Nd4j.zeros(4000, 50), SOFTMAX, null, true),
        "row 2001");
  }

  @Test
  void relaxationHasNoMasksOfSingleOutputs() {
    INDArray mask = Nd4j.ones(5, 3);
    mask.putScalar(2, 1, 0);
    assertRefused(
        () -> new LossLabelRelaxation(0.1).computeGradient(LABELS, LOGITS, SOFTMAX, mask),
        "mask",
        "row");
  }

  @Test
  void argumentsStayAsTheyWere() {
    INDArray mask = Nd4j.createFromArray(1f, 0, 1, 0.5f, 1).reshape(5, 1);
    INDArray elements = Nd4j.ones(5, 3);
    for (SoftmaxLoss loss : losses().toList()) {
      for (INDArray used : List.of(mask, elements)) {
        for (DataType type : List.of(DataType.FLOAT, DataType.DOUBLE, DataType.FLOAT16)) {
          INDArray labels = LABELS.castTo(type).dup();
          INDArray z = LOGITS.castTo(type).dup();
          INDArray m = used.castTo(type).dup();
          loss.computeScore(labels, z, SOFTMAX, m, true);
          loss.computeScoreArray(labels, z, SOFTMAX, m);
          loss.computeGradient(labels, z, SOFTMAX, m);
          loss.computeGradientAndScore(labels, z, SOFTMAX, m, true);
          loss.onDevice(loss.accepted(LossBatch.of(labels, z, m)), true);
          assertEquals(LABELS.castTo(type), labels);
          assertEquals(LOGITS.castTo(type), z);
          assertEquals(used.castTo(type), m);
        }
      }
    }
  }
}
