package org.collapse4j.observe;

/**
 * When a model is observed: at the end of epochs, or between iterations. Training that fires no
 * epoch events is observed between iterations too.
 */
final class Schedule {
  /** After how many iterations training without epoch events is observed if nothing is set. */
  static final int ITERATIONS_WITHOUT_EPOCHS = 100;

  private final int everyEpochs;
  private final int everyIterations;
  private volatile boolean inEpoch;
  private volatile boolean epochsSeen;

  /**
   * A schedule.
   *
   * @param everyEpochs at the end of every how many epochs
   * @param everyIterations after every how many iterations instead; 0 for epochs
   */
  Schedule(int everyEpochs, int everyIterations) {
    this.everyEpochs = everyEpochs;
    this.everyIterations = everyIterations;
  }

  void epochStarted() {
    inEpoch = true;
    epochsSeen = true;
  }

  void epochEnded() {
    inEpoch = false;
  }

  boolean isInEpoch() {
    return inEpoch;
  }

  /** Whether training has fired an epoch event. */
  boolean hasEpochs() {
    return epochsSeen;
  }

  boolean countsIterations() {
    return everyIterations > 0;
  }

  boolean isDueAfterIterations(long completed) {
    int every = countsIterations() ? everyIterations : ITERATIONS_WITHOUT_EPOCHS;
    return (countsIterations() || !inEpoch) && completed % every == 0;
  }

  boolean isDueAfterEpochs(int completed) {
    return !countsIterations() && completed % everyEpochs == 0;
  }

  /** Whether what is gathered now is reported, or has the class means of what is reported next. */
  boolean isWorthGathering(int epochsCompleted) {
    return countsIterations()
        || !inEpoch
        || isDueAfterEpochs(epochsCompleted + 1)
        || isDueAfterEpochs(epochsCompleted + 2);
  }
}
