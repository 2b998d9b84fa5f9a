package org.collapse4j.log;

import java.nio.file.Path;
import org.collapse4j.dashboard.DashboardSink;
import org.collapse4j.dl4j.NeuralCollapseListener;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.ui.model.storage.sqlite.J7FileStatsStorage;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Trains a network with a sink of every kind that has a file, and says of each iteration that all
 * have written it, until killed.
 */
final class KilledTraining {
  static final String JSON_LINES = "log.jsonl";
  static final String CSV = "log.csv";
  static final String TENSOR_BOARD = "board";
  static final String STATS_STORAGE = "storage.sqlite";
  static final String PAGE = "page.html";

  private KilledTraining() {}

  @SuppressWarnings("SystemOut") // How the parent process is told.
  public static void main(String[] arguments) {
    Path folder = Path.of(arguments[0]);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .run("killed")
            .everyIterations(1)
            .sink(new JsonLinesSink(folder.resolve(JSON_LINES)))
            .sink(new CsvSink(folder.resolve(CSV)))
            .sink(new TensorBoardSink(folder.resolve(TENSOR_BOARD)))
            .sink(
                new StatsStorageSink(
                    new J7FileStatsStorage(folder.resolve(STATS_STORAGE).toFile())))
            .sink(new DashboardSink(folder.resolve(PAGE)))
            .sink(observation -> System.out.println(observation.iteration() + ";"))
            .build();
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            new NeuralNetConfiguration.Builder()
                .list()
                .layer(new DenseLayer.Builder().nIn(4).nOut(5).build())
                .layer(new OutputLayer.Builder().nIn(5).nOut(3).build())
                .build());
    network.init();
    network.setListeners(listener);
    INDArray labels = Nd4j.zeros(30, 3);
    for (int i = 0; i < labels.rows(); i++) {
      labels.putScalar(i, i % 3, 1);
    }
    DataSet batch = new DataSet(Nd4j.rand(30, 4), labels);
    while (true) {
      network.fit(batch);
    }
  }
}
