package org.collapse4j.theory;

/** The ranges of the models' parameters, each with its rule in one place. */
final class Parameters {
  private Parameters() {}

  static double alpha(double alpha) {
    return within(alpha >= 0 && alpha < 1, "alpha must be at least 0 and below 1", alpha);
  }

  static double positive(String name, double value) {
    return within(value > 0 && value < Double.POSITIVE_INFINITY, name + " must be positive", value);
  }

  static double share(String name, double value) {
    return within(value >= 0 && value <= 1, name + " must be from 0 to 1", value);
  }

  static int atLeast(String name, int least, int value) {
    if (value < least) {
      throw new IllegalArgumentException(name + " must be at least " + least + ", not " + value);
    }
    return value;
  }

  private static double within(boolean inside, String rule, double value) {
    if (!inside) {
      throw new IllegalArgumentException(rule + ", not " + value);
    }
    return value;
  }
}
