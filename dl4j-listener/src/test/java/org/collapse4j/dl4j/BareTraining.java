package org.collapse4j.dl4j;

import java.io.IOException;
import java.nio.file.Path;
import org.collapse4j.log.CsvSink;
import org.collapse4j.log.JsonLinesSink;
import org.collapse4j.log.MetricLog;
import org.collapse4j.log.Slf4jSink;
import org.collapse4j.log.TensorBoardSink;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;

/** Trains with every sink that needs nothing beyond the listener's own dependencies. */
final class BareTraining {
  static final String[] OPTIONAL = {
    "io.micrometer.core.instrument.MeterRegistry",
    "org.deeplearning4j.core.storage.StatsStorage",
    "org.deeplearning4j.ui.api.UIModule",
    "io.vertx.core.Vertx",
    "org.apache.commons.csv.CSVParser"
  };

  private BareTraining() {}

  @SuppressWarnings("SystemOut") // How the parent process is told.
  public static void main(String[] arguments) throws IOException {
    for (String optional : OPTIONAL) {
      try {
        System.out.println("there is " + Class.forName(optional));
      } catch (ClassNotFoundException expected) {
        // As it should be.
      }
    }
    Path folder = Path.of(arguments[0]);
    NeuralCollapseListener listener =
        NeuralCollapseListener.builder()
            .sink(new Slf4jSink())
            .sink(new JsonLinesSink(folder.resolve("log.jsonl")))
            .sink(new CsvSink(folder.resolve("log.csv")))
            .sink(new TensorBoardSink(folder.resolve("board")))
            .failFast(true)
            .build();
    MultiLayerNetwork network = Training.multiLayerNetwork();
    network.addListeners(listener);
    network.fit(Training.batches(Training.clusters(90, 1), 30), 2);
    MetricLog log = MetricLog.read(folder);
    network.setListeners(new NeuralCollapseListener());
    network.fit(Training.batches(Training.clusters(90, 1), 30), 1);
    System.out.println("read " + log.observations().size() + " " + log.warnings());
    System.out.println("failures " + listener.failureCount());
  }
}
