package org.collapse4j.dl4j.loss;

import static org.collapse4j.dl4j.loss.LossTesting.assertClose;
import static org.collapse4j.dl4j.loss.LossTesting.logits;
import static org.collapse4j.dl4j.loss.LossTesting.oneHot;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** The losses in a SameDiff graph, against the definitions in float64. */
class LossSameDiffTest {
  private static final int ROWS = 6;

  private interface Adding {
    SDVariable to(SameDiff graph, SDVariable labels, SDVariable logits);
  }

  private static void assertGraph(
      Adding loss, INDArray labels, INDArray z, ReferenceLoss reference, String what) {
    SameDiff graph = SameDiff.create();
    SDVariable t = graph.placeHolder("t", labels.dataType(), -1, labels.size(1));
    SDVariable logits = graph.var("z", z.dup());
    SDVariable added = loss.to(graph, t, logits);
    assertEquals("loss", added.name());
    assertEquals(List.of("loss"), graph.getLossVariables());
    Map<String, INDArray> at = Map.of("t", labels);
    double tolerance = z.dataType() == DataType.DOUBLE ? 1e-13 : 5e-6;
    double expected = reference.sum() / ROWS;
    assertEquals(
        expected,
        graph.output(at, "loss").get("loss").getDouble(0),
        tolerance * Math.max(1, expected),
        what);
    INDArray gradient = graph.calculateGradients(at, "z").get("z");
    assertClose(reference.gradients().divi(ROWS), gradient, tolerance, what);
  }

  @Test
  void staticMethodsAddTheLosses() {
    for (DataType type : List.of(DataType.DOUBLE, DataType.FLOAT)) {
      for (double scale : new double[] {1, 30, 1e4}) {
        for (double alpha : new double[] {0, 0.1, 0.5}) {
          INDArray z = logits(type, ROWS, 4, scale, 11);
          INDArray labels = oneHot(type, ROWS, 4, 12);
          assertGraph(
              (graph, t, x) -> LossLabelSmoothing.addTo(graph, "loss", t, x, alpha),
              labels,
              z,
              ReferenceLoss.smoothing(labels, z, alpha, null, null),
              "smoothing " + type + " " + scale + " " + alpha);
          assertGraph(
              (graph, t, x) -> LossLabelRelaxation.addTo(graph, "loss", t, x, alpha),
              labels,
              z,
              ReferenceLoss.relaxation(labels, z, alpha, null),
              "relaxation " + type + " " + scale + " " + alpha);
        }
      }
    }
  }

  @Test
  void optionsAreThoseOfTheLoss() {
    double[] weights = {0.5, 1, 2, 3};
    double[] prior = {0.4, 0.3, 0.2, 0.1};
    INDArray z = logits(DataType.DOUBLE, ROWS, 4, 2, 11);
    INDArray labels = oneHot(DataType.FLOAT, ROWS, 4, 12);
    assertGraph(
        (graph, t, x) ->
            LossLabelSmoothing.builder(0.2)
                .weights(Nd4j.createFromArray(weights))
                .prior(Nd4j.createFromArray(prior))
                .build()
                .addTo(graph, "loss", t, x),
        labels,
        z,
        ReferenceLoss.smoothing(labels, z, 0.2, prior, weights),
        "smoothing");
    assertGraph(
        (graph, t, x) ->
            LossLabelRelaxation.builder(0.2)
                .weights(Nd4j.createFromArray(weights))
                .build()
                .addTo(graph, "loss", t, x),
        labels,
        z,
        ReferenceLoss.relaxation(labels, z, 0.2, weights),
        "relaxation");
  }

  @Test
  void aSavedGraphGivesTheSame() throws IOException {
    INDArray labels = oneHot(DataType.FLOAT, ROWS, 4, 12);
    for (SoftmaxLoss loss : List.of(new LossLabelSmoothing(0.2), new LossLabelRelaxation(0.2))) {
      SameDiff graph = SameDiff.create();
      SDVariable t = graph.placeHolder("t", DataType.FLOAT, -1, 4);
      SDVariable logits = graph.var("z", logits(DataType.FLOAT, ROWS, 4, 2, 11));
      loss.addTo(graph, "loss", t, logits);
      SameDiff loaded = SameDiff.fromFlatBuffers(graph.asFlatBuffers(true));
      Map<String, INDArray> at = Map.of("t", labels);
      assertEquals(graph.outputSingle(at, "loss"), loaded.outputSingle(at, "loss"));
      assertEquals(
          graph.calculateGradients(at, "z").get("z"), loaded.calculateGradients(at, "z").get("z"));
    }
  }
}
