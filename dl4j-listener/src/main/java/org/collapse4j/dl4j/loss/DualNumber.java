package org.collapse4j.dl4j.loss;

/**
 * A number and its derivative by the variable of a formula, which is carried along.
 *
 * @param slope the derivative
 */
record DualNumber(double value, double slope) implements Quantity<DualNumber> {
  static DualNumber constant(double value) {
    return new DualNumber(value, 0);
  }

  /** The variable that derivatives are taken by. */
  static DualNumber variable(double value) {
    return new DualNumber(value, 1);
  }

  @Override
  public DualNumber plus(DualNumber other) {
    return new DualNumber(value + other.value, slope + other.slope);
  }

  @Override
  public DualNumber plus(double number) {
    return new DualNumber(value + number, slope);
  }

  @Override
  public DualNumber times(DualNumber other) {
    return new DualNumber(value * other.value, slope * other.value + value * other.slope);
  }

  @Override
  public DualNumber times(double number) {
    return new DualNumber(value * number, slope * number);
  }

  @Override
  public DualNumber over(DualNumber divisor) {
    double divided = divisor.value == 0 ? 1 : divisor.value;
    double quotient = value / divided;
    return new DualNumber(quotient, (slope - quotient * divisor.slope) / divided);
  }

  @Override
  public DualNumber exp() {
    double exponential = Math.exp(value);
    return new DualNumber(exponential, slope * exponential);
  }

  @Override
  public DualNumber log() {
    return new DualNumber(Math.log(value), slope / value);
  }

  @Override
  public DualNumber positivePart() {
    return value <= 0 ? constant(0) : this;
  }
}
