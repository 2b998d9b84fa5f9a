package org.collapse4j.samples.experiment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.samples.data.ImageData;

/**
 * Trainings under label noise, one after the other, whose observations go to one log. A training
 * that the log has to its end is not run again, so that an experiment that was stopped goes on.
 */
public final class NoiseExperiment {
  private static final List<String> SPLITS = List.of(Observation.TRAIN, Observation.HELD_OUT);

  private final List<Hyperparameters> cells;
  private final Path log;
  private final int everyEpochs;
  private final boolean sampled;

  /**
   * An experiment.
   *
   * @param cells the trainings
   * @param log of JSON lines; continued if it exists
   * @param everyEpochs after how many epochs to measure, besides the last, at least 1
   * @param sampled whether what a listener measures with no option set is logged too, each training
   *     under a name of its own
   */
  public NoiseExperiment(List<Hyperparameters> cells, Path log, int everyEpochs, boolean sampled) {
    this.cells = List.copyOf(cells);
    this.log = log;
    this.everyEpochs = everyEpochs;
    this.sampled = sampled;
    cells.forEach(cell -> new ObservedTraining(cell, log).everyEpochs(everyEpochs));
  }

  /**
   * Runs what the log does not have yet.
   *
   * @param images what the hyperparameters select from
   * @param progress is told how it goes
   * @return the last measurements of every training, in the order of the cells
   * @throws IllegalArgumentException if the log's file is there and is no log
   * @throws IOException if the log cannot be read
   */
  public List<CellResult> run(ImageData images, ExperimentProgress progress) throws IOException {
    List<Hyperparameters> missing = new ArrayList<>(cells);
    missing.removeAll(finished().keySet());
    progress.planned(cells.size(), missing, log);
    for (Hyperparameters cell : missing) {
      new ObservedTraining(cell, log)
          .everyEpochs(everyEpochs)
          .suspectLabels(true)
          .sampled(sampled)
          .run(images, progress.cellStarted(cell));
      progress.cellDone(cell);
    }
    Map<Hyperparameters, CellResult> results = finished();
    return cells.stream().filter(results::containsKey).map(results::get).toList();
  }

  /** The cells whose last epoch is in the log, in both splits. */
  private Map<Hyperparameters, CellResult> finished() throws IOException {
    Map<Map<String, String>, Map<String, Measurements>> last = new HashMap<>();
    if (Files.exists(log) && Files.size(log) > 0) {
      for (Observation o : MetricLog.read(log).observations()) {
        if (String.valueOf(o.epoch()).equals(o.parameters().get("epochs"))) {
          last.computeIfAbsent(o.parameters(), p -> new HashMap<>())
              .put(o.split(), o.measurements());
        }
      }
    }
    Map<Hyperparameters, CellResult> finished = new HashMap<>();
    for (Hyperparameters cell : cells) {
      Map<String, Measurements> splits = last.getOrDefault(cell.parameters(), Map.of());
      if (splits.keySet().containsAll(SPLITS)) {
        finished.put(
            cell,
            new CellResult(cell, splits.get(Observation.TRAIN), splits.get(Observation.HELD_OUT)));
      }
    }
    return finished;
  }
}
