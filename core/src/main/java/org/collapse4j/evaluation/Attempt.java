package org.collapse4j.evaluation;

/** How a step of an evaluation is taken that may fail by itself while the rest goes on. */
@FunctionalInterface
public interface Attempt {
  /** A failure ends the evaluation. */
  Attempt ONLY =
      (purpose, step) -> {
        step.run();
        return true;
      };

  /**
   * Takes a step.
   *
   * @param purpose what it is for, to complete the sentence "could not ..."
   * @return whether it was taken to its end
   */
  boolean run(String purpose, Runnable step);
}
