package org.collapse4j.dl4j.loss;

/**
 * What makes a loss of softmax cross-entropy: what is wanted of each class, {@code q}, and a
 * function of the cross-entropy against it, {@code -sum_c q_c log p_c}, of each row. Its gradient
 * by the logits is the derivative of that function times {@code p_c sum_k q_k - q_c}.
 */
interface Formula {
  /**
   * What is wanted of a class; linear in the label, on which the function below must not depend
   * otherwise.
   *
   * @param weight of the class
   * @param prior share of the class
   */
  <Q extends Quantity<Q>> Q target(Q label, Q weight, Q prior);

  /**
   * The loss of a row.
   *
   * @param crossEntropy against the target
   * @param total of the target over the classes
   */
  <Q extends Quantity<Q>> Q loss(Q crossEntropy, Q total);

  /**
   * Whether the loss is defined for the labels of a row.
   *
   * @param labelled how many of them are not 0
   */
  boolean accepts(double labelled, double sumOfLabels);
}
