package org.collapse4j.stats;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** A single sigmoid unit as a classifier of two classes. */
class UnitClassifierTest {
  private static final double EXACT = 1e-12;

  private final INDArray weights = Nd4j.createFromArray(new double[][] {{0.5, -2, 3}});

  @Test
  void theSoftmaxOfItsLogitsIsTheSigmoid() {
    Classifier classifier = Classifier.ofUnit(weights, Nd4j.createFromArray(0.7));
    INDArray h = Nd4j.createFromArray(new double[][] {{1, 0.2, -0.4}});
    INDArray logits = h.mmul(classifier.weights().transpose()).addRowVector(classifier.bias());
    double z = 0.5 - 0.4 - 1.2 + 0.7;
    double e0 = Math.exp(logits.getDouble(0, 0));
    double e1 = Math.exp(logits.getDouble(0, 1));
    assertEquals(1 / (1 + Math.exp(-z)), e1 / (e0 + e1), EXACT);
    assertEquals(logits, Classifier.unitLogits(Nd4j.createFromArray(new double[][] {{z}})));
  }

  @Test
  void itsRowsAreCentred() {
    Classifier classifier = Classifier.ofUnit(weights, null);
    assertEquals(2, classifier.numClasses());
    assertEquals(0, classifier.weights().sum(0).norm2Number().doubleValue());
    assertEquals(0, classifier.bias().norm2Number().doubleValue());
  }

  @Test
  void moreThanOneUnitIsRefused() {
    assertThrows(IllegalArgumentException.class, () -> Classifier.ofUnit(Nd4j.ones(2, 3), null));
    assertThrows(IllegalArgumentException.class, () -> Classifier.ofUnit(weights, Nd4j.ones(2)));
  }
}
