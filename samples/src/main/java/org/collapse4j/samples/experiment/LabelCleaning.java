package org.collapse4j.samples.experiment;

import java.util.List;
import java.util.OptionalInt;
import java.util.function.Predicate;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.dl4j.noise.LabelledExamples;
import org.collapse4j.noise.NoisyLabels;
import org.collapse4j.noise.SuspectLabel;
import org.collapse4j.noise.SuspectLabels;
import org.collapse4j.samples.data.ImageData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.evaluation.classification.Evaluation;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Training labels that look wrong are left out or replaced, and a network is trained anew.
 *
 * <p>The evidence on the labels is complete where memorization begins. From there the first
 * training only goes on, unobserved, to tell what it would have come to without cleaning; where
 * nothing is compared it ends there.
 */
public final class LabelCleaning {
  private final Hyperparameters hyperparameters;
  private final boolean replaced;
  private final boolean compared;
  private final ImageData images;
  private final Progress progress;

  /**
   * A cleaning.
   *
   * @param hyperparameters of every training, and of the noise
   * @param replaced whether suspect labels are replaced by the class that their example sits with;
   *     else the examples are left out
   * @param compared whether it is also told what training on all labels, and on clean ones, comes
   *     to
   * @param all what the hyperparameters select from; not modified
   * @param progress is told how it goes
   */
  public LabelCleaning(
      Hyperparameters hyperparameters,
      boolean replaced,
      boolean compared,
      ImageData all,
      Progress progress) {
    this.hyperparameters = hyperparameters;
    this.replaced = replaced;
    this.compared = compared;
    this.images = hyperparameters.select(all);
    this.progress = progress;
  }

  /** Told how it goes on, by its own thread. */
  public interface Progress {
    /** A training begins. */
    void trainingStarted(String labels, int epochs);

    /** One of its epochs has ended. */
    void epochDone();
  }

  /**
   * What came of it. Accuracies are those of the held-out images after the last epoch.
   *
   * @param wrong the number of corrupted labels
   * @param suspects the number of labels that looked wrong
   * @param suspectsWrong how many of these were corrupted
   * @param lastEvidence the epoch at the end of which memorization began, and the evidence was
   *     complete; empty if it has not begun
   * @param accuracyBefore trained on all labels as they were; NaN if nothing is compared
   * @param accuracyAfter trained on the cleaned ones
   * @param accuracyClean trained on all labels before they were corrupted; NaN if nothing is
   *     compared
   */
  public record Outcome(
      int wrong,
      int suspects,
      int suspectsWrong,
      OptionalInt lastEvidence,
      double accuracyBefore,
      double accuracyAfter,
      double accuracyClean) {}

  /** Finds suspects, cleans, and trains anew. */
  public Outcome run() {
    NoisyLabels labels =
        hyperparameters
            .noise(images.numClasses())
            .corrupt(images.train().getLabels().argMax(1).toIntVector());
    NeuralCollapseListener listener = listener();
    Model first = train("all labels", corrupted(), network -> look(listener, network));
    SuspectLabels found = listener.suspectLabels();
    List<SuspectLabel> suspects = found.suspects();
    Model second =
        suspects.isEmpty() && (compared || found.frozenAt().isEmpty())
            ? first
            : train("cleaned labels", cleaned(suspects), network -> true);
    double before = compared ? accuracy(first) : Double.NaN;
    double clean =
        compared && labels.corruptedCount() > 0
            ? accuracy(train("clean labels", LabelledExamples.index(images.train()), n -> true))
            : before;
    return new Outcome(
        labels.corruptedCount(),
        suspects.size(),
        (int) suspects.stream().filter(s -> labels.isCorrupted((int) s.index())).count(),
        found.frozenAt(),
        before,
        accuracy(second),
        clean);
  }

  private DataSet corrupted() {
    return LabelledExamples.corrupt(images.train(), hyperparameters.noise(images.numClasses()));
  }

  private DataSet cleaned(List<SuspectLabel> suspects) {
    return replaced
        ? LabelledExamples.replace(corrupted(), suspects)
        : LabelledExamples.drop(corrupted(), suspects);
  }

  /** Looks for suspects, by their position, and for nothing that clean labels would tell. */
  private NeuralCollapseListener listener() {
    return UnloggedTraining.listener()
        .trainProbe(UnloggedTraining.probe(corrupted()))
        .suspectLabels(true)
        .build();
  }

  /**
   * Until the evidence is complete: from then on there is nothing to see.
   *
   * @return whether the training goes on
   */
  private boolean look(NeuralCollapseListener listener, Model network) {
    if (listener.suspectLabels().frozenAt().isEmpty()) {
      listener.observe(network);
    }
    return compared || listener.suspectLabels().frozenAt().isEmpty();
  }

  private Model train(String labels, DataSet data, Predicate<Model> goesOn) {
    progress.trainingStarted(labels, hyperparameters.epochs());
    return new UnloggedTraining(hyperparameters, images)
        .run(
            data,
            network -> {
              progress.epochDone();
              return goesOn.test(network);
            });
  }

  private double accuracy(Model network) {
    DataSetIterator batches = UnloggedTraining.probe(images.heldOut());
    return ((NeuralNetwork) network).doEvaluation(batches, new Evaluation())[0].accuracy();
  }
}
