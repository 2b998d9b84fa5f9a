package org.collapse4j.samples.experiment;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.TrainingScoreCalculator;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.log.Observation;
import org.collapse4j.metric.Measurements;
import org.collapse4j.metric.Metric;
import org.collapse4j.noise.LabelNoise;
import org.collapse4j.samples.data.ImageData;
import org.collapse4j.samples.experiment.EpochScores.HeldOutScores;
import org.collapse4j.samples.experiment.EpochScores.TrainScores;
import org.deeplearning4j.nn.api.Model;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Everything that early stopping could go by in a training on noisy labels, epoch by epoch: one
 * training tells what each {@link StoppingCriterion} would have kept. The held-out images are
 * halved: every other one scores the epochs, and the rest, which nothing is chosen by, test.
 */
public final class EarlyStoppingComparison {
  private static final String TEST = "test";

  private final Hyperparameters hyperparameters;
  private final ImageData images;
  private final DataSet train;
  private final NeuralCollapseListener clean;
  private final NeuralCollapseListener noisy;

  /**
   * A comparison.
   *
   * @param hyperparameters of the training
   * @param all what they select from; not modified
   */
  public EarlyStoppingComparison(Hyperparameters hyperparameters, ImageData all) {
    this.hyperparameters = hyperparameters;
    images = hyperparameters.select(all);
    LabelNoise noise = hyperparameters.noise(images.numClasses());
    train = LabelledExamples.corrupt(images.train(), noise);
    DataSet scoring = everyOther(images.heldOut(), 0);
    DataSet testing = everyOther(images.heldOut(), 1);
    clean =
        UnloggedTraining.listener()
            .trainProbe(UnloggedTraining.probe(train))
            .suspectLabels(true)
            .heldOutProbe(UnloggedTraining.probe(scoring))
            .probe(TEST, UnloggedTraining.probe(testing))
            .build();
    noisy =
        UnloggedTraining.listener()
            .heldOutProbe(UnloggedTraining.probe(LabelledExamples.corrupt(scoring, other(noise))))
            .build();
  }

  /** The noise with another seed, so that a position among the held-out images has another fate. */
  private LabelNoise other(LabelNoise noise) {
    return noise.withSeed(~hyperparameters.seed());
  }

  private static DataSet everyOther(DataSet data, int first) {
    int[] rows = IntStream.range(0, data.numExamples()).filter(i -> i % 2 == first).toArray();
    return new DataSet(
        Nd4j.pullRows(data.getFeatures(), 1, rows), Nd4j.pullRows(data.getLabels(), 1, rows));
  }

  /**
   * Trains to the last epoch.
   *
   * @param epochDone is called after every epoch
   * @return the scores of every epoch, from the first on
   */
  public List<EpochScores> run(Runnable epochDone) {
    List<EpochScores> epochs = new ArrayList<>();
    new UnloggedTraining(hyperparameters, images)
        .run(
            train,
            network -> {
              epochs.add(scores(epochs.size() + 1, network));
              epochDone.run();
              return true;
            });
    return List.copyOf(epochs);
  }

  private EpochScores scores(int epoch, Model network) {
    clean.observe(network);
    noisy.observe(network);
    return new EpochScores(
        epoch,
        heldOut(clean),
        heldOut(noisy),
        train(clean),
        measured(clean, TEST).value(Metric.ACCURACY));
  }

  private static TrainScores train(NeuralCollapseListener listener) {
    Measurements train = measured(listener, Observation.TRAIN);
    return new TrainScores(
        train.value(Metric.ACCURACY),
        train.value(Metric.SUSPECTS_SHARE),
        train.value(Metric.MEMORIZATION_ESTIMATED),
        TrainingScoreCalculator.score(train));
  }

  private static HeldOutScores heldOut(NeuralCollapseListener listener) {
    Measurements heldOut = measured(listener, Observation.HELD_OUT);
    return new HeldOutScores(
        heldOut.value(Metric.DILATION_RELATIVE), heldOut.value(Metric.ACCURACY));
  }

  private static Measurements measured(NeuralCollapseListener listener, String split) {
    return listener.lastObservation(split).orElseThrow().measurements();
  }
}
