package org.collapse4j.samples.experiment;

import java.util.function.Consumer;
import org.collapse4j.samples.data.ImageData;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.api.NeuralNetwork;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
import org.nd4j.linalg.factory.Nd4j;

/**
 * A training that nothing is written of: what there is to see of it is up to who runs it. A network
 * is trained with the same bits as by {@link ObservedTraining}.
 */
final class UnloggedTraining {
  private final Hyperparameters hyperparameters;
  private final ImageData images;

  /**
   * A training.
   *
   * @param images that the network is one for
   */
  UnloggedTraining(Hyperparameters hyperparameters, ImageData images) {
    this.hyperparameters = hyperparameters;
    this.images = images;
  }

  /**
   * Trains a new network.
   *
   * @param data what it is trained on; brought into another order for every epoch
   * @param afterEpoch is handed the network at the end of every epoch
   * @return the network after the last epoch
   */
  Model run(DataSet data, Consumer<Model> afterEpoch) {
    hyperparameters.chooseThreads();
    int epochs = hyperparameters.epochs();
    Model network = hyperparameters.network(images);
    for (int epoch = 1; epoch <= epochs; epoch++) {
      hyperparameters.shuffle(data, epoch);
      ((NeuralNetwork) network).fit(new ViewIterator(data, hyperparameters.batch()));
      afterEpoch.accept(network);
      if (epoch % ObservedTraining.EPOCHS_OF_GARBAGE == 0 || epoch == epochs) {
        Nd4j.getMemoryManager().invokeGc();
      }
    }
    return network;
  }
}
