package org.collapse4j.samples.experiment;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.model.Mlp;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.schedule.MapSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/**
 * A small fully connected network, trained on images while a {@link NeuralCollapseListener} probes
 * training and held-out images after every epoch.
 */
public final class ObservedTraining {
  private static final int PROBE_BATCH = 1000;

  private final int epochs;
  private final int batch;
  private final List<Integer> widths;
  private final boolean batchNorm;
  private final double learningRate;
  private final double weightDecay;
  private final long seed;
  private final Path log;
  private final String run;

  private ObservedTraining(Builder builder) {
    epochs = builder.epochs;
    batch = builder.batch;
    widths = builder.widths;
    batchNorm = builder.batchNorm;
    learningRate = builder.learningRate;
    weightDecay = builder.weightDecay;
    seed = builder.seed;
    run = builder.run;
    log = builder.runs.resolve(builder.run + ".jsonl");
  }

  /** Starts with the defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Trains a new network.
   *
   * @param images its training examples are put into another order
   * @param progress is told how it goes
   * @return the trained network
   * @throws FileAlreadyExistsException if there is a log of this run already; it stays as it is
   */
  public MultiLayerNetwork run(ImageData images, TrainingProgress progress) throws IOException {
    if (Files.exists(log)) {
      throw new FileAlreadyExistsException(
          log + " is there already: choose another name with --run, or remove it");
    }
    MultiLayerNetwork network = network(images);
    Loss loss = new Loss(progress);
    NeuralCollapseListener listener = listener(images);
    listener.requireMeasurable(network);
    network.setListeners(loss, listener);
    progress.started(images, network.numParams(), log);
    train(network, images.train(), progress, loss, listener);
    return network;
  }

  private MultiLayerNetwork network(ImageData images) {
    return Mlp.builder(images.numPixels(), images.numClasses())
        .widths(widths)
        .batchNorm(batchNorm)
        .learningRate(schedule())
        .weightDecay(weightDecay)
        .seed(seed)
        .build();
  }

  private MapSchedule schedule() {
    int drop = Math.max(1, 2 * epochs / 3);
    return new MapSchedule(ScheduleType.EPOCH, Map.of(0, learningRate, drop, learningRate / 10));
  }

  private NeuralCollapseListener listener(ImageData images) {
    // The probe reads the examples in whatever order they are by then; its numbers do not change.
    return NeuralCollapseListener.builder().stream(false)
        .trainProbe(batches(images.train(), PROBE_BATCH))
        .heldOutProbe(batches(images.heldOut(), PROBE_BATCH))
        .run(run)
        .sink(new JsonLinesSink(log))
        .build();
  }

  private static DataSetIterator batches(DataSet data, int batch) {
    return new ViewIterator(data, batch);
  }

  private void train(
      MultiLayerNetwork network,
      DataSet data,
      TrainingProgress progress,
      Loss loss,
      NeuralCollapseListener listener) {
    int batches = (data.numExamples() + batch - 1) / batch;
    EpochReport first = null;
    EpochReport last = null;
    for (int epoch = 1; epoch <= epochs; epoch++) {
      long start = System.nanoTime();
      data.shuffle(seed * 1_000_003 + epoch);
      progress.epochStarted(epoch, epochs, batches);
      network.fit(batches(data, batch));
      double seconds = (System.nanoTime() - start) / 1e9;
      last =
          new EpochReport(
              epoch,
              loss.mean(),
              observed(listener, "train"),
              observed(listener, "heldout"),
              seconds);
      first = first == null ? last : first;
      progress.epochDone(last);
    }
    progress.finished(first, last);
  }

  private static Measurements observed(NeuralCollapseListener listener, String split) {
    return listener
        .lastObservation(split)
        .map(Observation::measurements)
        .orElse(Measurements.empty());
  }

  /** Gathers the scores of an epoch's batches. */
  private static final class Loss extends BaseTrainingListener {
    private final TrainingProgress progress;
    private double sum;
    private int batches;

    Loss(TrainingProgress progress) {
      this.progress = progress;
    }

    @Override
    public void onEpochStart(Model model) {
      sum = 0;
      batches = 0;
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      sum += model.score();
      batches++;
      progress.batchDone();
    }

    double mean() {
      return sum / batches;
    }
  }

  /** The options of a training; each is checked when it is set. */
  public static final class Builder {
    private int epochs = 30;
    private int batch = 128;
    private List<Integer> widths = List.of(256, 256, 256);
    private boolean batchNorm = true;
    private double learningRate = 0.1;
    private double weightDecay = 5e-4;
    private long seed = 1;
    private Path runs = Path.of("runs");
    private String run =
        "train-"
            + LocalDateTime.now(ZoneId.systemDefault())
                .format(DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH-mm-ss"));

    private Builder() {}

    /** The number of epochs, at least 1. */
    public Builder epochs(int n) {
      epochs = requirePositive("epochs", n);
      return this;
    }

    /** The number of examples of a batch, at least 1. */
    public Builder batch(int n) {
      batch = requirePositive("batch", n);
      return this;
    }

    /** The units of each hidden layer, at least one layer and 1 unit. */
    public Builder widths(List<Integer> units) {
      if (units.isEmpty()) {
        throw new IllegalArgumentException("widths must name at least one hidden layer");
      }
      units.forEach(n -> requirePositive("widths", n));
      widths = List.copyOf(units);
      return this;
    }

    /** Whether every hidden layer is normalised over the batch; true unless set. */
    public Builder batchNorm(boolean enabled) {
      batchNorm = enabled;
      return this;
    }

    /** The learning rate, above 0; dropped tenfold after two thirds of the epochs. */
    public Builder learningRate(double rate) {
      if (!(rate > 0 && Double.isFinite(rate))) {
        throw new IllegalArgumentException("learning-rate must be above 0, not " + rate);
      }
      learningRate = rate;
      return this;
    }

    /** The factor of the squared weights and biases in the objective, halved; at least 0. */
    public Builder weightDecay(double factor) {
      if (!(factor >= 0 && Double.isFinite(factor))) {
        throw new IllegalArgumentException("weight-decay must be at least 0, not " + factor);
      }
      weightDecay = factor;
      return this;
    }

    /** The seed of the weights and of the order of examples. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** The directory of logs. */
    public Builder runs(Path directory) {
      if (Files.exists(directory) && !Files.isDirectory(directory)) {
        throw new IllegalArgumentException(
            "runs must be a directory, and " + directory + " is not");
      }
      runs = directory;
      return this;
    }

    /** The name of the run, which its log is called after. */
    public Builder run(String name) {
      if (!name.matches("[^/\\\\]+") || name.startsWith(".")) {
        throw new IllegalArgumentException(
            "run must be a name that a file can have, not \"" + name + "\"");
      }
      run = name;
      return this;
    }

    private static int requirePositive(String option, int n) {
      if (n < 1) {
        throw new IllegalArgumentException(option + " must be at least 1, not " + n);
      }
      return n;
    }

    /** Builds the training. */
    public ObservedTraining build() {
      return new ObservedTraining(this);
    }
  }
}
