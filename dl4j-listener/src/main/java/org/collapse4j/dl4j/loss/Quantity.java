package org.collapse4j.dl4j.loss;

/**
 * What the formulas of losses are written in, so that each stands once: numbers with their
 * derivative, or variables of a SameDiff graph, which differentiates by itself.
 */
interface Quantity<Q extends Quantity<Q>> {
  Q plus(Q other);

  Q plus(double number);

  Q times(Q other);

  Q times(double number);

  /** The quotient; 0 by 0 is 0. */
  Q over(Q divisor);

  Q exp();

  Q log();

  /** Itself where it is above 0, else 0. */
  Q positivePart();
}
