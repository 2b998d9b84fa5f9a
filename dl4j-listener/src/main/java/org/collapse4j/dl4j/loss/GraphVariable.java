package org.collapse4j.dl4j.loss;

import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** A variable of a SameDiff graph, in float64. */
record GraphVariable(SDVariable variable) implements Quantity<GraphVariable> {
  /** The variable in float64, whatever its type. */
  static GraphVariable of(SDVariable variable) {
    return new GraphVariable(variable.castTo(DataType.DOUBLE));
  }

  /** A constant, {@code [1, K]}. */
  static GraphVariable row(SameDiff graph, double[] values) {
    return new GraphVariable(
        graph.constant(Nd4j.createFromArray(values).reshape(1, values.length)));
  }

  /** The sum over the classes, {@code [n, 1]}. */
  GraphVariable sum() {
    return new GraphVariable(variable.sum(true, 1));
  }

  /** The log-softmax; SameDiff's own gives negative infinity for logits far apart. */
  GraphVariable logSoftmax() {
    GraphVariable shifted = new GraphVariable(variable.sub(variable.max(true, 1)));
    return shifted.plus(shifted.exp().sum().log().times(-1));
  }

  @Override
  public GraphVariable plus(GraphVariable other) {
    return new GraphVariable(variable.add(other.variable));
  }

  @Override
  public GraphVariable plus(double number) {
    return new GraphVariable(variable.add(number));
  }

  @Override
  public GraphVariable times(GraphVariable other) {
    return new GraphVariable(variable.mul(other.variable));
  }

  @Override
  public GraphVariable times(double number) {
    return new GraphVariable(variable.mul(number));
  }

  @Override
  public GraphVariable over(GraphVariable divisor) {
    GraphVariable oneWhereZero = of(divisor.variable.eq(0));
    return new GraphVariable(variable.div(divisor.plus(oneWhereZero).variable));
  }

  @Override
  public GraphVariable exp() {
    return new GraphVariable(variable.getSameDiff().math().exp(variable));
  }

  @Override
  public GraphVariable log() {
    return new GraphVariable(variable.getSameDiff().math().log(variable));
  }

  @Override
  public GraphVariable positivePart() {
    return times(of(variable.gt(0)));
  }
}
