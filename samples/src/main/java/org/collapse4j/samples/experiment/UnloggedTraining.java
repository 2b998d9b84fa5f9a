package org.collapse4j.samples.experiment;

import java.util.function.Predicate;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.collapse4j.samples.data.ImageData;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training that nothing is written of: what there is to see of it is up to who runs it. A network
 * is trained with the same bits as by {@link ObservedTraining}.
 *
 * @param images that the network is one for
 */
record UnloggedTraining(Hyperparameters hyperparameters, ImageData images) {
  /** How many examples are measured at a time. */
  private static final int PROBE_BATCH = 1000;

  /** Starts a listener that looks on, at probes only. */
  static NeuralCollapseListener.Builder listener() {
    return NeuralCollapseListener.builder()
        .sample(0)
        .covarianceLimit(0)
        .sink(observation -> {})
        .failFast(true);
  }

  /** Without clean labels and indices: an example is known by its position, and only by that. */
  static DataSetIterator probe(DataSet data) {
    DataSet bare = new DataSet(data.getFeatures(), data.getLabels());
    return new ExistingDataSetIterator(bare.batchBy(PROBE_BATCH));
  }

  /**
   * Trains a new network.
   *
   * @param data what it is trained on; brought into another order for every epoch
   * @param goesOn is handed the network at the end of every epoch, and says whether another follows
   *     if there is one
   * @return the network after the last epoch
   */
  Model run(DataSet data, Predicate<Model> goesOn) {
    hyperparameters.chooseThreads();
    int epochs = hyperparameters.epochs();
    Model network = hyperparameters.network(images);
    boolean isOver = false;
    for (int epoch = 1; !isOver; epoch++) {
      hyperparameters.shuffle(data, epoch);
      ((NeuralNetwork) network).fit(new ViewIterator(data, hyperparameters.batch()));
      isOver = !goesOn.test(network) || epoch == epochs;
      if (epoch % ObservedTraining.EPOCHS_OF_GARBAGE == 0 || isOver) {
        Nd4j.getMemoryManager().invokeGc();
      }
    }
    return network;
  }
}
