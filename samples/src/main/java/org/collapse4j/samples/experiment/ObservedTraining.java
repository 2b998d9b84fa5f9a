package org.collapse4j.samples.experiment;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.data.LabelCorrections;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A network that is trained on images, whose labels may be corrupted, while a {@link
 * NeuralCollapseListener} probes training and held-out images.
 */
public final class ObservedTraining {
  /**
   * After how many the garbage collector is called. ND4J's arrays are small on the heap and large
   * beside it, so that the virtual machine does not call it before twice the memory it may have is
   * taken.
   */
  static final int EPOCHS_OF_GARBAGE = 10;

  /** How much longer than for a checkpoint is trained until the next: they take a twentieth. */
  private static final int EPOCHS_TO_CHECKPOINTS = 20;

  private static final int PROBE_BATCH = 1000;

  private final Hyperparameters hyperparameters;
  private final Path log;
  private String run;
  private int everyEpochs = 1;
  private boolean suspectLabels;
  private boolean sampled;
  private LabelCorrections corrections;
  private Path checkpointFile;
  private Checkpoint checkpoint;
  private long checkpointWritten;
  private long checkpointTook;

  /**
   * A training with what is always needed; its options are each checked when they are set.
   *
   * @param hyperparameters of the training
   * @param log of JSON lines; continued if it exists
   */
  public ObservedTraining(Hyperparameters hyperparameters, Path log) {
    this.hyperparameters = hyperparameters;
    this.log = log;
    this.run = hyperparameters.runName();
  }

  /** The name of the run in the log; one made of the hyperparameters unless set. */
  public ObservedTraining named(String name) {
    run = name;
    return this;
  }

  /** Measures after every n-th epoch, and after the last; after every epoch unless set. */
  public ObservedTraining everyEpochs(int n) {
    if (n < 1) {
      throw new IllegalArgumentException("measure-every must be at least 1, not " + n);
    }
    everyEpochs = n;
    return this;
  }

  /** Whether to rank the training examples by how probably their label is wrong. */
  public ObservedTraining suspectLabels(boolean enabled) {
    suspectLabels = enabled;
    return this;
  }

  /**
   * Whether a second listener, with no option that says what to measure, logs the sample of the
   * training examples that it keeps, as a run of its own.
   */
  public ObservedTraining sampled(boolean enabled) {
    sampled = enabled;
    return this;
  }

  /** What has been decided of single labels, after they were corrupted; nothing unless set. */
  public ObservedTraining corrections(LabelCorrections decisions) {
    corrections = decisions;
    return this;
  }

  /**
   * Writes a checkpoint before the first epoch, after the last, and after others as often as it
   * takes no more than a twentieth of the time; none unless set.
   */
  public ObservedTraining checkpoints(Path file) {
    checkpointFile = file;
    return this;
  }

  /** Goes on from a checkpoint; begins anew unless one is set, or where it is null. */
  public ObservedTraining from(Checkpoint stopped) {
    checkpoint = stopped;
    return this;
  }

  /**
   * Trains a network, a new one unless it goes on from a checkpoint. What the log has of the run
   * beyond that, as of a training that was stopped, is taken out of it.
   *
   * @param all what the hyperparameters select from; not modified
   * @param progress is told how it goes
   * @return the trained network
   * @throws IllegalArgumentException if the checkpoint is of another training
   * @throws IOException if log or checkpoint cannot be read or written
   */
  public Model run(ImageData all, TrainingProgress progress) throws IOException {
    if (checkpoint != null) {
      checkpoint.requireSame(run, hyperparameters);
    }
    hyperparameters.chooseThreads();
    Examples examples = examples(all);
    ImageData images = examples.images();
    DataSet train = examples.train();
    Model network = checkpoint == null ? hyperparameters.network(images) : checkpoint.restore();
    int done = epochsDone();
    new LoggedRun(log, run).keepUntil(done, done - done % everyEpochs);
    Loss loss = new Loss(progress);
    NeuralCollapseListener listener =
        listener(train, images.heldOut(), hyperparameters.parameters());
    listener.requireMeasurable(network);
    network.setListeners(loss, listener);
    if (sampled) {
      network.addListeners(sampleListener(done));
    }
    progress.started(images, network.numParams(), log);
    train(network, train, progress, loss, listener);
    return network;
  }

  /**
   * Measures a network that has been trained elsewhere, as it is.
   *
   * @param all what the hyperparameters select from; not modified
   * @param network for images of this size and these classes
   * @param progress is told of one epoch
   * @throws IllegalArgumentException if the network is none for these images
   */
  public void observe(ImageData all, Model network, TrainingProgress progress) {
    ImageData images = hyperparameters.select(all);
    NeuralCollapseListener listener =
        listener(corrupted(images), images.heldOut(), hyperparameters.dataParameters());
    listener.requireMeasurable(network);
    progress.started(images, network.numParams(), log);
    progress.epochStarted(1, 1, 1);
    long start = System.nanoTime();
    try {
      listener.observe(network);
    } catch (RuntimeException e) {
      throw new IllegalArgumentException(
          "The network must be one for the images of " + images.name() + ": " + e.getMessage(), e);
    }
    EpochReport report = report(1, Double.NaN, listener, true, start);
    progress.epochDone(report);
  }

  /** Clean labels and indices go along with the examples, so that a probe sees memorization. */
  private DataSet corrupted(ImageData images) {
    return LabelledExamples.corrupt(images.train(), hyperparameters.noise(images.numClasses()));
  }

  /** The images, and those to train on with indices and clean labels. */
  private record Examples(ImageData images, DataSet train) {}

  private Examples examples(ImageData all) {
    ImageData selected = hyperparameters.select(all);
    DataSet labelled = corrupted(selected);
    if (corrections == null) {
      return new Examples(selected, labelled);
    }
    ImageData corrected = corrections.apply(selected, labelled, all);
    return new Examples(corrected, withCleanLabels(corrected.train()));
  }

  /** Where no label was corrupted here, what has been decided of labels is the best known. */
  private DataSet withCleanLabels(DataSet corrected) {
    return hyperparameters.noiseRate() > 0
        ? corrected
        : LabelledExamples.corrupt(
            new DataSet(corrected.getFeatures(), corrected.getLabels()),
            hyperparameters.noise(corrected.numOutcomes()));
  }

  private NeuralCollapseListener listener(
      DataSet train, DataSet heldOut, Map<String, String> parameters) {
    NeuralCollapseListener.Builder listener =
        NeuralCollapseListener.builder()
            .sample(0)
            .trainProbe(probe(train))
            .heldOutProbe(probe(heldOut))
            .everyEpochs(everyEpochs)
            .suspectLabels(suspectLabels)
            .failFast(true)
            .run(run)
            .sink(new JsonLinesSink(log));
    parameters.forEach(listener::parameter);
    return listener.build();
  }

  private NeuralCollapseListener sampleListener(int done) throws IOException {
    String sample = run + ", sample";
    new LoggedRun(log, sample).keepUntil(done, 0);
    return NeuralCollapseListener.builder()
        .everyEpochs(everyEpochs)
        .failFast(true)
        .run(sample)
        .sink(new JsonLinesSink(log))
        .build();
  }

  private int epochsDone() {
    return checkpoint == null ? 0 : checkpoint.epoch();
  }

  /** Batches of their own, which stay as they are when the data are shuffled. */
  private static DataSetIterator probe(DataSet data) {
    return new ExistingDataSetIterator(data.batchBy(PROBE_BATCH));
  }

  private void train(
      Model network,
      DataSet data,
      TrainingProgress progress,
      Loss loss,
      NeuralCollapseListener listener)
      throws IOException {
    int epochs = hyperparameters.epochs();
    int batch = hyperparameters.batch();
    int batches = (data.numExamples() + batch - 1) / batch;
    // An epoch's order is that of the epoch before, shuffled.
    for (int epoch = 1; epoch <= epochsDone(); epoch++) {
      hyperparameters.shuffle(data, epoch);
    }
    writeCheckpoint(epochsDone(), network);
    for (int epoch = epochsDone() + 1; epoch <= epochs; epoch++) {
      long start = System.nanoTime();
      hyperparameters.shuffle(data, epoch);
      progress.epochStarted(epoch, epochs, batches);
      ((NeuralNetwork) network).fit(new ViewIterator(data, batch));
      boolean measured = epoch % everyEpochs == 0;
      if (epoch == epochs && !measured) {
        listener.observe(network);
        measured = true;
      }
      progress.epochDone(report(epoch, loss.mean(), listener, measured, start));
      if (epoch == epochs || isCheckpointDue()) {
        writeCheckpoint(epoch, network);
      }
      if (epoch % EPOCHS_OF_GARBAGE == 0 || epoch == epochs) {
        Nd4j.getMemoryManager().invokeGc();
      }
    }
  }

  private boolean isCheckpointDue() {
    return System.nanoTime() - checkpointWritten >= EPOCHS_TO_CHECKPOINTS * checkpointTook;
  }

  private void writeCheckpoint(int epoch, Model network) throws IOException {
    if (checkpointFile != null) {
      long start = System.nanoTime();
      Checkpoint.write(checkpointFile, run, hyperparameters, epoch, network);
      checkpointWritten = System.nanoTime();
      checkpointTook = checkpointWritten - start;
    }
  }

  private EpochReport report(
      int epoch, double loss, NeuralCollapseListener listener, boolean measured, long start) {
    return new EpochReport(
        epoch,
        loss,
        measured ? observed(listener, Observation.TRAIN) : Measurements.empty(),
        measured ? observed(listener, Observation.HELD_OUT) : Measurements.empty(),
        measured && suspectLabels ? listener.suspectLabels() : null,
        (System.nanoTime() - start) / 1e9);
  }

  private static Measurements observed(NeuralCollapseListener listener, String split) {
    return listener
        .lastObservation(split)
        .map(Observation::measurements)
        .orElse(Measurements.empty());
  }

  /** Gathers the losses of an epoch's batches, without the penalty of the weights. */
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

    /** Here the parameters are still those that the score is of. */
    @Override
    public void onGradientCalculation(Model model) {
      sum += model.score() - penalty(model);
    }

    private static double penalty(Model model) {
      return model instanceof MultiLayerNetwork layers
          ? layers.calcRegularizationScore(true)
          : ((ComputationGraph) model).calcRegularizationScore(true);
    }

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      batches++;
      progress.batchDone();
    }

    double mean() {
      return sum / batches;
    }
  }
}
