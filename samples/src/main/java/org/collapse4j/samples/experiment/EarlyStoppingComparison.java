package org.collapse4j.samples.experiment;

import java.util.List;
import java.util.stream.IntStream;
import org.collapse4j.dl4j.HeldOutScoreCalculator;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.metric.Metric;
import org.collapse4j.samples.data.ImageData;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.earlystopping.EarlyStoppingConfiguration;
import org.deeplearning4j.earlystopping.EarlyStoppingResult;
import org.deeplearning4j.earlystopping.listener.EarlyStoppingListener;
import org.deeplearning4j.earlystopping.saver.InMemoryModelSaver;
import org.deeplearning4j.earlystopping.termination.MaxEpochsTerminationCondition;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingGraphTrainer;
import org.deeplearning4j.earlystopping.trainer.EarlyStoppingTrainer;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What DL4J's early stopping keeps of a training on noisy labels when it scores the epochs by how
 * far held-out classes are spread, against the last epoch. The held-out images are halved: every
 * other one scores the epochs, and the rest, which nothing was chosen by, test what is kept.
 */
public final class EarlyStoppingComparison {
  private static final int BATCH = 1000;

  /** The metrics that can score epochs. */
  public static final List<Metric> SCORES = List.of(Metric.DILATION_RELATIVE, Metric.DILATION_NC1);

  private final Hyperparameters hyperparameters;
  private final ImageData images;
  private final DataSet scoring;
  private final DataSet testing;

  /**
   * A comparison.
   *
   * @param hyperparameters of the training
   * @param all what they select from; not modified
   */
  public EarlyStoppingComparison(Hyperparameters hyperparameters, ImageData all) {
    this.hyperparameters = hyperparameters;
    images = hyperparameters.select(all);
    scoring = everyOther(images.heldOut(), 0);
    testing = everyOther(images.heldOut(), 1);
  }

  /**
   * What was kept and what the last epoch would have been.
   *
   * @param score the metric that epochs were scored by
   * @param keptEpoch from 1
   * @param lastEpoch the number of epochs trained
   * @param keptAccuracy on images that nothing was chosen by
   * @param lastAccuracy of the last epoch on the same images
   */
  public record Outcome(
      Metric score, int keptEpoch, int lastEpoch, double keptAccuracy, double lastAccuracy) {}

  private static DataSet everyOther(DataSet data, int first) {
    int[] rows = IntStream.range(0, data.numExamples()).filter(i -> i % 2 == first).toArray();
    return new DataSet(
        Nd4j.pullRows(data.getFeatures(), 1, rows), Nd4j.pullRows(data.getLabels(), 1, rows));
  }

  /**
   * Trains to the end and tells what early stopping by a metric has kept.
   *
   * @param score one of {@link #SCORES}
   */
  public Outcome run(Metric score) {
    Model network = hyperparameters.network(images);
    return network instanceof MultiLayerNetwork layers
        ? run(layers, score, this::trainer)
        : run((ComputationGraph) network, score, this::graphTrainer);
  }

  /** Makes DL4J's trainer for a kind of network, and runs it. */
  @FunctionalInterface
  private interface Trainer<T extends Model> {
    EarlyStoppingResult<T> fit(
        EarlyStoppingConfiguration<T> configuration,
        T network,
        DataSetIterator batches,
        EarlyStoppingListener<T> listener);
  }

  private EarlyStoppingResult<MultiLayerNetwork> trainer(
      EarlyStoppingConfiguration<MultiLayerNetwork> configuration,
      MultiLayerNetwork network,
      DataSetIterator batches,
      EarlyStoppingListener<MultiLayerNetwork> listener) {
    return new EarlyStoppingTrainer(configuration, network, batches, listener).fit();
  }

  private EarlyStoppingResult<ComputationGraph> graphTrainer(
      EarlyStoppingConfiguration<ComputationGraph> configuration,
      ComputationGraph network,
      DataSetIterator batches,
      EarlyStoppingListener<ComputationGraph> listener) {
    return new EarlyStoppingGraphTrainer(configuration, network, batches, listener).fit();
  }

  private <T extends Model> Outcome run(T network, Metric score, Trainer<T> trainer) {
    DataSet train =
        LabelledExamples.corrupt(images.train(), hyperparameters.noise(images.numClasses()));
    EarlyStoppingConfiguration<T> configuration =
        new EarlyStoppingConfiguration.Builder<T>()
            .modelSaver(new InMemoryModelSaver<>())
            .scoreCalculator(calculator(score))
            .epochTerminationConditions(new MaxEpochsTerminationCondition(hyperparameters.epochs()))
            .build();
    Reshuffling<T> reshuffling = new Reshuffling<>(train);
    EarlyStoppingResult<T> result =
        trainer.fit(
            configuration, network, new ViewIterator(train, hyperparameters.batch()), reshuffling);
    if (result.getTerminationReason() == EarlyStoppingResult.TerminationReason.Error) {
      throw new IllegalStateException(
          "The training ended with an error: " + result.getTerminationDetails());
    }
    return new Outcome(
        score,
        result.getBestModelEpoch() + 1,
        hyperparameters.epochs(),
        accuracy(result.getBestModel()),
        accuracy(network));
  }

  private <T extends Model> HeldOutScoreCalculator<T> calculator(Metric score) {
    DataSetIterator batches = new ExistingDataSetIterator(scoring.batchBy(BATCH));
    if (score == Metric.DILATION_RELATIVE) {
      return HeldOutScoreCalculator.dilation(batches);
    }
    if (score == Metric.DILATION_NC1) {
      return HeldOutScoreCalculator.nc1(batches);
    }
    throw new IllegalArgumentException("Epochs are scored by one of " + SCORES + ", not " + score);
  }

  private double accuracy(Model network) {
    DataSetIterator batches = new ExistingDataSetIterator(testing.batchBy(BATCH));
    return ((NeuralNetwork) network).doEvaluation(batches, new Evaluation())[0].accuracy();
  }

  /** Puts the examples into another order for every epoch, as other trainings have it. */
  private final class Reshuffling<T extends Model> implements EarlyStoppingListener<T> {
    private final DataSet data;

    Reshuffling(DataSet data) {
      this.data = data;
      shuffle(1);
    }

    private void shuffle(int epoch) {
      hyperparameters.shuffle(data, epoch);
    }

    @Override
    public void onStart(EarlyStoppingConfiguration<T> configuration, T network) {}

    @Override
    public void onEpoch(
        int epoch, double score, EarlyStoppingConfiguration<T> configuration, T network) {
      shuffle(epoch + 2);
    }

    @Override
    public void onCompletion(EarlyStoppingResult<T> result) {}
  }
}
