package org.collapse4j.samples.experiment;

import java.nio.file.Path;
import org.collapse4j.samples.data.ImageData;

/** Told how a training goes on, by the training's own thread. */
public interface TrainingProgress {
  /**
   * Training begins.
   *
   * @param images that are trained on
   * @param parameters the number of the network's parameters
   * @param log where observations are written
   */
  void started(ImageData images, long parameters, Path log);

  /** An epoch of so many batches begins. */
  void epochStarted(int epoch, int epochs, int batches);

  /** A batch has been trained on. */
  void batchDone();

  /** An epoch has ended and has been measured. */
  void epochDone(EpochReport report);
}
