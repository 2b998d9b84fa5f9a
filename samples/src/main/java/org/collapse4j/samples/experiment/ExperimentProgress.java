package org.collapse4j.samples.experiment;

import java.nio.file.Path;
import java.util.List;

/** Told how an experiment goes on, by its own thread. */
public interface ExperimentProgress {
  /**
   * The experiment begins.
   *
   * @param cells the number of its trainings
   * @param missing those that the log does not have yet
   * @param log where observations are written
   */
  void planned(int cells, List<Hyperparameters> missing, Path log);

  /**
   * A training begins.
   *
   * @return what is told how it goes on
   */
  TrainingProgress cellStarted(Hyperparameters cell);

  /** A training has ended. */
  void cellDone(Hyperparameters cell);
}
